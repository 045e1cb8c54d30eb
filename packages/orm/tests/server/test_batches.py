"""How many statements a flush sends, and that row counts prove staleness, on every database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import JSON, Engine, ForeignKey, Integer, String, create_engine, event, func, select
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from lect_orm.exc import StaleDataError

VARIABLES = [None, *sorted(name for name in os.environ if name.startswith("LECT_") and name.endswith("_URL"))]


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "batch_parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    children: Mapped[list[Child]] = relationship(back_populates="parent", cascade="all")


class Child(Base):
    __tablename__ = "batch_child"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    parent_id: Mapped[int] = mapped_column(ForeignKey("batch_parent.id"))
    parent: Mapped[Parent] = relationship(back_populates="children")


class Given(Base):
    """Keys come from the application."""

    __tablename__ = "batch_given"
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(String(30))
    data: Mapped[Any] = mapped_column(JSON, nullable=True)


class Versioned(Base):
    __tablename__ = "batch_versioned"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(30))
    data: Mapped[Any] = mapped_column(JSON, nullable=True)
    version: Mapped[int] = mapped_column(Integer)
    __mapper_args__ = {"version_id_col": version}


@pytest.fixture(params=VARIABLES, ids=lambda v: v or "sqlite")
def engine(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Engine]:
    url = "sqlite://" if request.param is None else database_url(request.param)
    engine = create_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def seen(engine: Engine) -> list[tuple[str, int]]:
    """First words of each statement that is sent, and for how many parameter sets."""
    found: list[tuple[str, int]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        found.append((" ".join(statement.split()[:3]), len(parameters) if many else 1))

    return found


def test_a_graph_of_2000_parents_with_5_children_each(engine: Engine, seen: list[tuple[str, int]]) -> None:
    with Session(engine) as session:
        session.add_all([Parent(name=f"p{n}", children=[Child(name=f"c{m}") for m in range(5)]) for n in range(2000)])
        session.connection()
        seen.clear()
        session.flush()
        inserts = [text for text, _count in seen if text.startswith("INSERT INTO")]
        rows = session.connection().execute(
            select(Parent.__table__.c.name, func.count(), func.min(Child.__table__.c.name))
            .join(Child.__table__)
            .group_by(Parent.__table__.c.id, Parent.__table__.c.name)
        )
        assert sorted(tuple(row) for row in rows) == sorted((f"p{n}", 5, "c0") for n in range(2000))
        session.rollback()
    batches = engine.dialect.capabilities.insert_returning.value in ("unordered", "ordered")
    # 12,000 rows, 1,000 in a statement, which gives back their keys.
    assert len(inserts) == (12 if batches else 12_000)
    if batches:
        assert inserts == sorted(inserts, key=lambda text: "child" in text)  # all parents first


def test_keys_of_the_application_need_one_statement(engine: Engine, seen: list[tuple[str, int]]) -> None:
    with Session(engine) as session:
        session.add_all([Given(code=n, name=str(n)) for n in range(1000)])
        session.connection()
        seen.clear()
        session.flush()
        assert [entry for entry in seen if entry[0].startswith("INSERT")] == [("INSERT INTO batch_given", 1000)]


def test_changes_and_deletions_go_in_batches(engine: Engine, seen: list[tuple[str, int]]) -> None:
    with Session(engine) as session:
        things = [Given(code=n, name=str(n)) for n in range(300)]
        session.add_all(things)
        session.flush()
        for thing in things:
            thing.name = f"{thing.name}!"
        for thing in things[:100]:
            thing.data = {"a": thing.code}
        seen.clear()
        session.flush()
        assert sorted(seen) == [("UPDATE batch_given SET", 100), ("UPDATE batch_given SET", 200)]
        session.expire_all()
        assert [things[5].name, things[5].data, things[299].name, things[299].data] == ["5!", {"a": 5}, "299!", None]
        for thing in things:
            session.delete(thing)
        seen.clear()
        session.flush()
        assert [text for text, _count in seen] == ["DELETE FROM batch_given"]


@pytest.mark.parametrize("attribute", ["name", "data"])
@pytest.mark.parametrize("mapped", [Given, Versioned])
def test_one_row_of_many_that_is_gone_or_newer_is_noticed(engine: Engine, mapped: Any, attribute: str) -> None:
    table = mapped.__table__
    with Session(engine) as session:
        things = [mapped(code=n) if mapped is Given else mapped() for n in range(1, 21)]
        session.add_all(things)
        session.commit()
        key = things[3].code if mapped is Given else things[3].id
        for thing in things:
            setattr(thing, attribute, "x")
        session.flush()
        if mapped is Given:
            session.connection().execute(table.delete().where(table.c.code == key))
        else:
            session.connection().execute(table.update().where(table.c.id == key).values(version=99))
        for thing in things:
            setattr(thing, attribute, "y")
        with pytest.raises(StaleDataError, match=r"expected to update 20 row\(s\); 19 were matched"):
            session.flush()
