"""Options with "*" for classes that lead back to themselves: they end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shop import statements

from lect import ForeignKey, create_engine, select
from lect_orm import (
    DeclarativeBase,
    Load,
    Mapped,
    Session,
    immediateload,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)


class Base(DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "node"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    children: Mapped[list[Node]] = relationship(order_by="Node.id", back_populates="parent")
    parent: Mapped[Node | None] = relationship(remote_side=id, back_populates="children")
    tags: Mapped[list[Tag]] = relationship(back_populates="node")


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    node: Mapped[Node] = relationship(back_populates="tags")
    marks: Mapped[list[Mark]] = relationship()


class Mark(Base):
    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for n in range(1, 32):
            session.add(Node(id=n, parent_id=n // 2 or None, tags=[Tag(id=n, marks=[Mark(id=n)])]))
        session.commit()
        session.expunge_all()
        yield session
    engine.dispose()


def loaded(obj: Any) -> set[str]:
    return {key for key in ("children", "parent", "tags", "node", "marks") if key in obj.__dict__}


def ask(session: Session, *options: Any) -> tuple[Node, int]:
    with statements(session.get_bind()) as seen:
        node = session.scalars(select(Node).where(Node.id == 2).options(*options)).unique().one()
    return node, len(seen)


@pytest.mark.parametrize(("load", "count"), [(joinedload, 1), (selectinload, 3), (subqueryload, 3), (immediateload, 3)])
def test_everything_is_loaded_but_what_leads_back(session: Session, load: Any, count: int) -> None:
    node, sent = ask(session, load("*"))
    assert sent == count
    assert loaded(node) == {"tags"}
    assert "marks" in loaded(node.tags[0])


@pytest.mark.parametrize(("load", "count"), [("joinedload", 2), ("selectinload", 3), ("subqueryload", 3)])
def test_everything_behind_a_relationship(session: Session, load: str, count: int) -> None:
    node, sent = ask(session, getattr(selectinload(Node.children), load)("*"))
    assert sent == count
    assert loaded(node) == {"children"}
    assert [loaded(child) for child in node.children] == [{"tags"}, {"tags"}]
    assert "marks" not in loaded(node.children[0].tags[0])


def test_what_is_named_is_followed_around_the_circle(session: Session) -> None:
    deep = selectinload(Node.children).selectinload(Node.children).selectinload("*")
    node, sent = ask(session, deep)
    assert sent == 4
    assert [loaded(child) for child in node.children] == [{"children"}, {"children"}]
    assert [loaded(child) for child in node.children[1].children] == [{"tags"}, {"tags"}]


def test_one_immediate_step(session: Session) -> None:
    node, _ = ask(session, Load(Node).immediateload("*"))
    assert loaded(node) == {"children", "parent", "tags"}
    assert "children" not in loaded(node.children[0])


class Work(Base):
    __tablename__ = "work"
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


class Film(Work):
    __tablename__ = "film"
    __mapper_args__ = {"polymorphic_identity": "film"}

    id: Mapped[int] = mapped_column(ForeignKey("work.id"), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    __mapper_args__["inherit_condition"] = id == Work.id  # type: ignore[assignment]


class Series(Work):
    __tablename__ = "series"
    __mapper_args__ = {"polymorphic_identity": "series"}

    id: Mapped[int] = mapped_column(ForeignKey("work.id"), primary_key=True)
    films: Mapped[list[Film]] = relationship(foreign_keys=Film.series_id, backref="series")


@pytest.mark.parametrize("load", [joinedload, selectinload, immediateload])
def test_another_class_of_the_hierarchy_does_not_lead_back(session: Session, load: Any) -> None:
    session.add(Series(id=1, films=[Film(id=2), Film(id=3)]))
    session.commit()
    session.expunge_all()
    found = session.scalars(select(Series).options(load("*"))).unique().one()
    assert sorted(film.id for film in found.__dict__["films"]) == [2, 3]
