"""Entities read from statements of the user's own, and what they are called in rows and elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from lect import ForeignKey, create_engine, event, inspect, select, text
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    synonym,
)
from lect_orm.exc import UnmappedClassError


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(info={"label": "Name"})
    pen_name: Mapped[str] = synonym("name")
    books: Mapped[list[Book]] = relationship(order_by="Book.id")


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    title: Mapped[str]


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all([Author(id=1, name="ann", books=[Book(id=7, title="x")]), Author(id=2, name="bob")])
        made.commit()
        made.expunge_all()
        yield made
    engine.dispose()


@pytest.mark.parametrize("statement", [select(Author.id).order_by(Author.id), text("SELECT id FROM author ORDER BY 1")])
def test_columns_that_the_statement_lacks_load_when_they_are_read(session: Session, statement: Any) -> None:
    first, second = session.scalars(select(Author).from_statement(statement)).all()
    assert "name" not in first.__dict__
    assert (first.name, second.name) == ("ann", "bob")
    assert not session.dirty


@pytest.mark.parametrize("load", [joinedload, selectinload])
def test_nothing_is_joined_to_a_statement_of_ones_own(session: Session, load: Any) -> None:
    statement = select(Author).where(Author.id == 1)
    (found,) = session.scalars(select(Author).from_statement(statement).options(load(Author.books))).all()
    assert [b.id for b in found.books] == [7]


def test_members_come_from_a_statement_that_joins_them(session: Session) -> None:
    statement = select(Author, Book.id).join(Author.books)
    sent: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda c, cur, statement, *rest: sent.append(statement))
    (found,) = session.scalars(select(Author).from_statement(statement).options(contains_eager(Author.books))).all()
    assert [b.id for b in found.books] == [7] and len(sent) == 1
    assert found.books[0].title == "x" and len(sent) == 2


def test_a_synonym_is_a_name_in_rows_and_states(session: Session) -> None:
    row = session.execute(select(Author.id, Author.pen_name).where(Author.id == 1)).one()
    assert row.pen_name == "ann" and row._mapping[Author.pen_name] == "ann"
    author = Author(pen_name="cid")
    assert inspect(author).attrs.pen_name.history.added == ["cid"]
    assert inspect(author).attrs["pen_name"].value == "cid"


def test_facts_of_a_column_are_those_of_its_attribute() -> None:
    assert Author.name.info is Author.__table__.c.name.info
    Author.id.info["seen"] = True
    assert Author.__table__.c.id.info == {"seen": True}


def test_an_object_of_a_class_that_is_not_mapped_itself(session: Session) -> None:
    class Unknown(Author):
        __abstract__ = True

    with pytest.raises(UnmappedClassError, match="Unknown"):
        session.add(Unknown())
