"""Running statements leaves nothing behind that only the cyclic collector could free."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import ForeignKey, StaticPool, create_engine, func, insert, inspect, select, update
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    children: Mapped[list[Child]] = relationship(back_populates="parent")


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent] = relationship(back_populates="children")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Parent(id=i, name=f"p{i}", children=[Child(id=i)]) for i in range(1, 21)])
        session.commit()
        yield session


def by_key(session: Session) -> None:
    for i in range(1, 21):
        assert session.get(Parent, i) is not None


def entity(session: Session) -> None:
    assert session.scalars(select(Parent).where(Parent.id == 7)).one().name == "p7"


def columns(session: Session) -> None:
    assert session.execute(select(Parent.id, Parent.name).where(Parent.id.in_([1, 2, 3]))).all()[2].name == "p3"


def joined(session: Session) -> None:
    found = session.execute(select(Parent, func.count(Child.id)).join(Parent.children).group_by(Parent.id)).all()
    assert len(found) == 20


def lazily(session: Session) -> None:
    for child in session.scalars(select(Child)):
        assert child.parent.id == child.parent_id
    session.expunge_all()


def core(session: Session) -> None:
    table = Parent.__table__
    connection = session.connection()
    assert connection.execute(select(table.c.name).where(table.c.id == 3)).scalar_one() == "p3"
    connection.execute(update(table).where(table.c.id == 3).values(name="p3"))
    connection.execute(insert(Child.__table__), [{"id": 900, "parent_id": 1}, {"id": 901, "parent_id": 1}])
    session.rollback()


def _left_behind(program: Callable[[], Any]) -> int:
    """Return what three runs of a program leave to the collector, the least of a few tries.

    A bounded cache that is emptied in between lets go of what other tests had put into it; a circle comes every time.
    """
    found = 1
    enabled = gc.isenabled()
    for _ in range(4):
        while gc.collect():
            pass
        gc.disable()
        try:
            for _ in range(3):
                program()
            found = gc.collect()
        finally:
            if enabled:
                gc.enable()
        if not found:
            break
    return found


@pytest.mark.parametrize("program", [by_key, entity, columns, joined, lazily, core], ids=lambda p: p.__name__)
def test_nothing_is_left_to_the_collector(session: Session, program: Callable[[Session], None]) -> None:
    program(session)  # whatever is kept from the first time is no garbage
    program(session)
    assert _left_behind(lambda: program(session)) == 0


def test_sessions_leave_nothing(session: Session) -> None:
    engine = session.get_bind()

    def request() -> None:
        with Session(engine) as own:
            own.get(Parent, 1)
            list(own.scalars(select(Parent).order_by(Parent.id).limit(5)))

    request()
    assert _left_behind(request) == 0


def test_mappings_that_are_disposed_of_go() -> None:
    def use() -> list[weakref.ref[Any]]:
        class Own(DeclarativeBase):
            pass

        class Author(Own):
            __tablename__ = "author"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Book(Own):
            __tablename__ = "book"
            id: Mapped[int] = mapped_column(primary_key=True)
            author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
            author: Mapped[Any] = relationship(Author, backref="books")

        engine = create_engine("sqlite://")
        Own.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Book(author=Author()))
            session.commit()
            assert session.scalars(select(Book)).one().author.id == 1
        engine.dispose()
        seen = [weakref.ref(Own.metadata), weakref.ref(Book), weakref.ref(inspect(Author))]
        Own.registry.dispose()
        return seen

    left = use()
    gc.collect()
    assert [found() for found in left] == [None, None, None]
