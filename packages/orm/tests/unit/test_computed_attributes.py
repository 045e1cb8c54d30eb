"""``column_property()`` and ``query_expression()``, through aliases and eager joins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import ForeignKey, and_, create_engine, exists, func, literal, null, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    column_property,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    query_expression,
    relationship,
    selectinload,
    subqueryload,
    with_expression,
)


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    # The class that the other one refers to is not there yet; naming that one must not ask for it.
    counted: Mapped[int] = column_property(
        select(func.count(Book.id)).where(Book.author_id == id).correlate_except(Book).scalar_subquery()
    )
    given: Mapped[int | None] = query_expression()
    usual: Mapped[int] = query_expression(default_expr=literal(7))
    books: Mapped[list[Book]] = relationship(back_populates="author", order_by=Book.id)


_books = select(func.count(Book.id)).where(Book.author_id == Author.id).correlate(Author).scalar_subquery()
Author.correlated = column_property(_books)  # type: ignore[attr-defined]
Author.has_any = column_property(exists().where(Book.author_id == Author.id).correlate(Author))  # type: ignore[attr-defined]

_other = Book.__table__.alias()
_last = select(func.max(_other.c.id)).where(_other.c.author_id == Author.id).correlate(Author).scalar_subquery()
Author.last = relationship(  # type: ignore[attr-defined]
    Book, primaryjoin=and_(Book.author_id == Author.id, Book.id == _last), viewonly=True, uselist=False
)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Author(books=[Book(), Book()]), Author(books=[Book()]), Author()])
        session.commit()
        session.expunge_all()
        yield session
    engine.dispose()


def computed(author: Any) -> tuple[int, int, bool]:
    return author.counted, author.correlated, author.has_any


def test_a_correlated_expression_follows_its_class_to_an_alias(session: Session) -> None:
    expected = [(2, 2, True), (1, 1, True), (0, 0, False)]
    assert [computed(a) for a in session.scalars(select(Author).order_by(Author.id))] == expected
    session.expunge_all()
    other = aliased(Author)
    assert [computed(a) for a in session.scalars(select(other).order_by(other.id))] == expected
    session.expunge_all()
    books = session.scalars(select(Book).order_by(Book.id).options(joinedload(Book.author))).all()
    assert [computed(b.author) for b in books] == [expected[0], expected[0], expected[1]]


@pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload, immediateload])
def test_an_expression_is_given_behind_every_kind_of_loading(session: Session, load: Any) -> None:
    books = select(Book).order_by(Book.id)
    plain = books.options(load(Book.author).options(with_expression(Author.given, Author.id * 2)))
    assert [book.author.given for book in session.scalars(plain)] == [2, 2, 4]
    session.expunge_all()
    correlated = books.options(load(Book.author).options(with_expression(Author.given, _books)))
    assert [book.author.given for book in session.scalars(correlated)] == [2, 2, 1]


def test_an_expression_that_no_statement_gives_is_selected_as_null(session: Session) -> None:
    statement = select(Author.id, Author.given, Author.usual).order_by(Author.id)
    assert session.execute(statement).all() == [(1, None, 7), (2, None, 7), (3, None, 7)]
    assert session.scalars(select(Author.id).where(Author.given.is_(None)).order_by(Author.id)).all() == [1, 2, 3]
    assert not null()._annotations  # there is one NULL for everybody


def test_an_expression_with_a_default_can_be_left_out(session: Session) -> None:
    author = session.scalars(select(Author).options(load_only(Author.id))).first()
    assert author is not None
    assert "usual" not in vars(author)
    assert author.usual == 7


@pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload, immediateload, lazyload])
@pytest.mark.parametrize("entity", [Author, aliased(Author)], ids=["class", "alias"])
def test_a_relationship_to_the_last_of_many(session: Session, load: Any, entity: Any) -> None:
    authors = session.scalars(select(entity).order_by(entity.id).options(load(entity.last))).all()
    assert [author.last and author.last.id for author in authors] == [2, 3, None]
    assert session.scalars(select(entity.id).where(entity.last.has(Book.id > 2))).all() == [2]
    assert session.execute(select(entity.id, Book.id).join(entity.last).order_by(entity.id)).all() == [(1, 2), (2, 3)]
