"""``session.get`` by the plan that is kept, where something is out of the ordinary."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lect import create_engine, event
from lect.exc import LectWarning
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Beast(Base):
    __tablename__ = "beast"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "beast"}


class Dog(Beast):
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Cat(Beast):
    __mapper_args__ = {"polymorphic_identity": "cat"}


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all([Thing(name="a"), Thing(name="b"), Dog(), Cat()])
        made.commit()
    with Session(engine) as used:
        yield used


def test_one_object_per_row(session: Session) -> None:
    first = session.get(Thing, 1)
    assert first is not None and first.name == "a"
    assert session.get(Thing, 1) is first
    assert session.get(Thing, "1") is first  # the database finds the row by this, too
    assert session.get(Thing, 99) is None


def test_pending_changes_are_written_first(session: Session) -> None:
    session.add(Thing(id=7, name="new"))
    found = session.get(Thing, 7)
    assert found is not None and found.name == "new"


def test_after_everything_was_let_go(session: Session) -> None:
    first = session.get(Thing, 1)
    session.expunge_all()
    again = session.get(Thing, 1)
    assert again is not first and again in session
    session.close()
    assert session.get(Thing, 1) is not again


def test_another_engine(session: Session) -> None:
    assert session.get(Thing, 1) is not None
    other = create_engine("sqlite://")
    Base.metadata.create_all(other)
    session.close()
    session.bind = other
    assert session.get(Thing, 1) is None


def test_subclasses(session: Session) -> None:
    assert isinstance(session.get(Beast, 1), Dog)
    assert session.get(Cat, 1) is None
    assert isinstance(session.get(Cat, 2), Cat)


def test_listeners_are_told(session: Session) -> None:
    session.get(Thing, 1)
    loaded: list[Thing] = []
    seen: list[object] = []

    def on_load(target: Thing, context: object) -> None:
        loaded.append(target)

    event.listen(Thing, "load", on_load)
    event.listen(session, "do_orm_execute", seen.append)
    try:
        found = session.get(Thing, 2)
    finally:
        event.remove(Thing, "load", on_load)
    assert loaded == [found]
    assert len(seen) == 1


def test_a_key_of_nothing_finds_nothing(session: Session) -> None:
    with pytest.warns(
        LectWarning, match=r"fully NULL primary key identity cannot load any object\..*session.get\(Thing, None\)"
    ):
        assert session.get(Thing, None) is None
