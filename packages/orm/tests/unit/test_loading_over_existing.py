"""Statements that meet objects which the session has already."""

from __future__ import annotations

import enum
from typing import Any, Generic, TypeVar

import pytest

from lect import JSON, Enum, ForeignKey, create_engine, event, inspect, select
from lect_orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload

T = TypeVar("T")


class Length(enum.Enum):
    short = 1
    long = 2


class Base(DeclarativeBase):
    type_annotation_map = {enum.Enum: Enum(enum.Enum, length=42)}


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship(order_by="Book.id", back_populates="author")


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    pages: Mapped[list[Page]] = relationship()


class Page(Base):
    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))


class Setting(Base, Generic[T]):
    __tablename__ = "setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[T] = mapped_column(JSON)
    length: Mapped[Length]


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as made:
        made.add(Author(id=1, name="ann", books=[Book(id=1, pages=[Page(id=1)]), Book(id=2, pages=[Page(id=2)])]))
        made.commit()
        yield made
    engine.dispose()


@pytest.mark.parametrize("options", [(), (selectinload(Author.books),), (joinedload(Author.books),)])
def test_populate_existing_takes_back_changes_of_related_objects(session: Session, options: Any) -> None:
    author = session.get_one(Author, 1)
    author.name = "other"
    new = Book(id=9)
    author.books.append(new)
    del author.books[0]
    statement = select(Author).options(*options).execution_options(populate_existing=True)
    assert session.scalars(statement).unique().one() is author
    assert author not in session.dirty
    assert (author.name, [b.id for b in author.books]) == ("ann", [1, 2])


def test_what_lies_behind_a_loaded_collection_is_loaded(session: Session) -> None:
    author = session.get_one(Author, 1)
    new = Book(id=9)
    author.books.append(new)
    session.scalars(select(Author).options(selectinload(Author.books).selectinload(Book.pages))).all()
    sent: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda c, cur, statement, *rest: sent.append(statement))
    assert [[p.id for p in b.pages] for b in author.books] == [[1], [2], []]
    assert author.books[2] is new and sent == []


def test_a_generic_class_with_arguments_is_the_class() -> None:
    of_numbers = Setting[int]
    assert inspect(of_numbers) is Setting.__mapper__
    assert str(select(of_numbers).where(of_numbers.id == 1)) == str(select(Setting).where(Setting.id == 1))


def test_the_length_given_for_enumerations_is_that_of_each() -> None:
    column = Setting.__table__.c.length
    assert (column.type.length, column.type.enum_class) == (42, Length)
