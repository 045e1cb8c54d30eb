"""Options that follow a relationship to a subclass load all its members, and more of those of the subclass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shop import statements

from lect import ForeignKey, create_engine, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    contains_eager,
    immediateload,
    joinedload,
    lazyload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
    with_polymorphic,
)


class Base(DeclarativeBase):
    pass


class Firm(Base):
    __tablename__ = "ls_firm"

    id: Mapped[int] = mapped_column(primary_key=True)
    people: Mapped[list[Person]] = relationship(order_by="Person.id")
    boss_id: Mapped[int | None]
    boss: Mapped[Person | None] = relationship(
        primaryjoin="Firm.boss_id == Person.id", foreign_keys="Firm.boss_id", viewonly=True
    )


class Person(Base):
    __tablename__ = "ls_person"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("ls_firm.id"))


class Coder(Person):
    __tablename__ = "ls_coder"
    __mapper_args__ = {"polymorphic_identity": "coder"}

    id: Mapped[int] = mapped_column(ForeignKey("ls_person.id"), primary_key=True)
    language: Mapped[str]
    tools: Mapped[list[Tool]] = relationship(order_by="Tool.id")


class Senior(Coder):
    __tablename__ = "ls_senior"
    __mapper_args__ = {"polymorphic_identity": "senior"}

    id: Mapped[int] = mapped_column(ForeignKey("ls_coder.id"), primary_key=True)
    years: Mapped[int]


class Tool(Base):
    __tablename__ = "ls_tool"

    id: Mapped[int] = mapped_column(primary_key=True)
    coder_id: Mapped[int] = mapped_column(ForeignKey("ls_coder.id"))


@pytest.fixture
def session() -> Iterator[Any]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        coder = Coder(id=2, language="C", tools=[Tool(id=1), Tool(id=2)])
        made.add(Firm(id=1, boss_id=2, people=[Person(id=1), coder, Senior(id=3, language="B", years=9)]))
        made.add(Firm(id=2, boss_id=1, people=[Senior(id=4, language="A", years=1)]))
        made.commit()
        made.expunge_all()
        yield made
    engine.dispose()


def members(firms: Any) -> list[list[tuple[str, int]]]:
    return [[(type(p).__name__, p.id) for p in firm.people] for firm in firms]


ALL = [[("Person", 1), ("Coder", 2), ("Senior", 3)], [("Senior", 4)]]
LOADERS = {"selectin": selectinload, "joined": joinedload, "subquery": subqueryload}


@pytest.mark.parametrize("how", LOADERS)
@pytest.mark.parametrize("cls", [Coder, Senior])
def test_nobody_is_left_out(session: Any, how: str, cls: Any) -> None:
    statement = select(Firm).order_by(Firm.id).options(LOADERS[how](Firm.people.of_type(cls)))
    with statements(session.get_bind()) as texts:
        firms = session.scalars(statement).unique().all()
        assert members(firms) == ALL
        assert [p.language for f in firms for p in f.people if type(p) is cls] == (
            ["C"] if cls is Coder else ["B", "A"]
        )
    assert len(texts) == (1 if how == "joined" else 2)


@pytest.mark.parametrize("how", LOADERS)
def test_behind_the_subclass(session: Any, how: str) -> None:
    path = LOADERS[how](Firm.people.of_type(Coder)).selectinload(Coder.tools)
    firms = session.scalars(select(Firm).order_by(Firm.id).options(path)).unique().all()
    with statements(session.get_bind()) as texts:
        assert members(firms) == ALL
        assert [len(p.tools) for f in firms for p in f.people if isinstance(p, Coder)] == [2, 0, 0]
    assert texts == []


def test_other_strategies(session: Any) -> None:
    for loader in (lazyload, immediateload):
        session.expunge_all()
        firms = session.scalars(select(Firm).order_by(Firm.id).options(loader(Firm.people.of_type(Coder))))
        assert members(firms) == ALL


def test_conditions_decide(session: Any) -> None:
    for loader in LOADERS.values():
        session.expunge_all()
        only = loader(Firm.people.of_type(Coder).and_(Coder.language == "C"))
        assert members(session.scalars(select(Firm).order_by(Firm.id).options(only)).unique()) == [[("Coder", 2)], []]


def test_a_join_of_the_statement_decides(session: Any) -> None:
    joined = select(Firm).join(Firm.people.of_type(Coder)).options(contains_eager(Firm.people.of_type(Coder)))
    found = members(session.scalars(joined.order_by(Firm.id, Coder.id)).unique())
    assert found == [[("Coder", 2), ("Senior", 3)], [("Senior", 4)]]


@pytest.mark.parametrize("how", LOADERS)
def test_a_reference(session: Any, how: str) -> None:
    statement = select(Firm).order_by(Firm.id).options(LOADERS[how](Firm.boss.of_type(Coder)))
    firms = session.scalars(statement).unique().all()
    with statements(session.get_bind()) as texts:
        assert [type(f.boss).__name__ for f in firms] == ["Coder", "Person"]
        assert firms[0].boss.language == "C"
    assert texts == []


def test_a_polymorphic_alias_needs_no_join_to_the_parent(session: Any) -> None:
    people = with_polymorphic(Person, [Coder])
    with statements(session.get_bind()) as texts:
        firms = session.scalars(select(Firm).order_by(Firm.id).options(selectinload(Firm.people.of_type(people))))
        assert members(firms) == ALL
    assert "ls_firm" not in texts[1]
