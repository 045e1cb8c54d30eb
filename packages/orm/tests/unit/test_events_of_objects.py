"""Who listens to the life of objects hears of those too that nobody else holds, and of columns that are read later."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from lect import ForeignKey, create_engine, event, select
from lect_orm import DeclarativeBase, Mapped, Session, defer, mapped_column, relationship, with_loader_criteria


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "eo_crate"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str | None]
    size: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(deferred=True)
    bottles: Mapped[list[Bottle]] = relationship(cascade="all, delete-orphan")


class Bottle(Base):
    __tablename__ = "eo_bottle"

    id: Mapped[int] = mapped_column(primary_key=True)
    crate_id: Mapped[int | None] = mapped_column(ForeignKey("eo_crate.id"))


@pytest.fixture
def session() -> Iterator[Any]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all([Crate(id=1, label="a", text="t", bottles=[Bottle(id=1), Bottle(id=2)]), Crate(id=2, label="b")])
        made.commit()
        made.expunge_all()
        yield made
    engine.dispose()


def hear(session: Any, *names: str) -> list[Any]:
    heard: list[Any] = []
    for name in names:

        def note(session: Any, instance: Any, name: str = name) -> None:
            heard.append((name, type(instance).__name__))

        event.listen(session, name, note)
    return heard


def test_a_deleted_object_that_nobody_holds(session: Any) -> None:
    heard = hear(session, "persistent_to_deleted", "deleted_to_detached")
    session.delete(session.get(Crate, 1))
    gc.collect()
    session.flush()
    assert sorted(heard) == [("persistent_to_deleted", name) for name in ("Bottle", "Bottle", "Crate")]
    heard.clear()
    gc.collect()
    session.commit()
    assert sorted(heard) == [("deleted_to_detached", name) for name in ("Bottle", "Bottle", "Crate")]


def test_a_deleted_object_that_comes_back(session: Any) -> None:
    heard = hear(session, "persistent_to_deleted", "deleted_to_persistent")
    session.delete(session.get(Crate, 2))
    session.flush()
    gc.collect()
    session.rollback()
    assert heard == [("persistent_to_deleted", "Crate"), ("deleted_to_persistent", "Crate")]


def test_a_deleted_object_in_a_savepoint(session: Any) -> None:
    heard = hear(session, "persistent_to_deleted", "deleted_to_persistent", "deleted_to_detached")
    with session.begin_nested():
        session.delete(session.get(Crate, 2))
    gc.collect()
    assert heard == [("persistent_to_deleted", "Crate")]
    session.commit()
    assert heard[1:] == [("deleted_to_detached", "Crate")]


def test_columns_that_are_read_later_are_statements_of_the_session(session: Any) -> None:
    kinds: list[Any] = []

    @event.listens_for(session, "do_orm_execute")
    def note(execution: Any) -> None:
        of = execution.lazy_loaded_from
        lazy = None if of is None else of.key[1]
        kinds.append((execution.is_select, execution.is_column_load, execution.is_relationship_load, lazy))

    crate = session.scalars(select(Crate).where(Crate.id == 1)).one()
    assert kinds.pop() == (True, False, False, None)
    assert crate.text == "t"
    assert kinds.pop() == (True, True, False, None)
    session.expire(crate, ["label"])
    assert crate.label == "a"
    assert kinds.pop() == (True, True, False, None)
    session.refresh(crate)
    assert kinds.pop() == (True, True, False, None)
    session.commit()
    assert crate.size is None
    assert kinds.pop() == (True, True, False, None)
    assert len(crate.bottles) == 2
    assert kinds.pop() == (True, False, True, (1,))
    assert kinds == []


def test_a_listener_may_leave_columns_alone(session: Any) -> None:
    @event.listens_for(session, "do_orm_execute")
    def narrow(execution: Any) -> None:
        if execution.is_select and not execution.is_column_load:
            hidden = with_loader_criteria(Crate, lambda cls: cls.label != "a")
            execution.statement = execution.statement.options(hidden)

    crate = session.get(Crate, 2)
    assert session.get(Crate, 1) is None
    crate.label = "a"
    session.commit()
    assert crate.label == "a"
    session.refresh(crate, ["size", "label"])
    assert session.scalars(select(Crate)).all() == []


def test_what_was_refreshed(session: Any) -> None:
    heard: list[Any] = []

    def note(target: Any, context: Any, attributes: Any) -> None:
        heard.append(None if attributes is None else sorted(attributes))

    event.listen(Crate, "refresh", note)
    try:
        crate = session.scalars(select(Crate).where(Crate.id == 2).options(defer(Crate.size))).one()
        session.refresh(crate)
        session.refresh(crate, ["label"])
        assert crate.text is None
        session.scalars(select(Crate).execution_options(populate_existing=True)).all()
    finally:
        event.remove(Crate, "refresh", note)
    assert heard == [None, ["label"], ["text"], None]
