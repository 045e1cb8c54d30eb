"""Under asyncio a lazy load names what was read and what would have loaded it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lect import ForeignKey, select
from lect.exc import MissingGreenlet
from lect_orm import DeclarativeBase, DynamicMapped, Mapped, mapped_column, relationship, selectinload
from lect_orm.exc import NPlusOneError, UnawaitedLoadError
from lect_orm.ext.asyncio import AsyncAttrs, AsyncSession, create_async_engine

pytest.importorskip("aiosqlite")


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    bio: Mapped[str] = mapped_column(deferred=True)
    books: Mapped[list[Book]] = relationship(back_populates="author")
    asked: DynamicMapped[Book] = relationship(viewonly=True)


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")


def run(program: Callable[[AsyncSession], Awaitable[Any]]) -> None:
    async def main() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            session.add_all([Author(name=n, bio="b", books=[Book(), Book()]) for n in "ab"])
            await session.commit()
        async with AsyncSession(engine) as session:
            await program(session)
        await engine.dispose()

    asyncio.run(main())


def test_a_collection_names_selectinload_and_the_query() -> None:
    async def program(session: AsyncSession) -> None:
        author = (await session.scalars(select(Author).order_by(Author.id))).first()
        with pytest.raises(UnawaitedLoadError) as caught:
            author.books
        message = str(caught.value)
        assert isinstance(caught.value, MissingGreenlet)
        assert "Author.books of <Author at " in message and "(primary key (1,))" in message
        assert "SELECT book.id, book.author_id FROM book WHERE" in message
        assert ".options(selectinload(Author.books))" in message
        assert "await object.awaitable_attrs.books" in message
        assert len(await author.awaitable_attrs.books) == 2

    run(program)


def test_a_reference_names_joinedload_and_the_way() -> None:
    async def program(session: AsyncSession) -> None:
        book = (await session.scalars(select(Book))).first()
        with pytest.raises(UnawaitedLoadError, match=r"\.options\(joinedload\(Book\.author\)\)"):
            book.author

    run(program)


def test_a_deferred_column_names_undefer() -> None:
    async def program(session: AsyncSession) -> None:
        statement = select(Book).options(selectinload(Book.author))
        book = (await session.scalars(statement)).first()
        with pytest.raises(UnawaitedLoadError, match=r"options\(undefer\(Author\.bio\)\)"):
            book.author.bio

    run(program)


def test_an_expired_column_names_refresh() -> None:
    async def program(session: AsyncSession) -> None:
        author = await session.get(Author, 1)
        await session.commit()
        with pytest.raises(UnawaitedLoadError, match=r"await session\.refresh\(object\).*expire_on_commit=False"):
            author.name
        await session.refresh(author)
        assert author.name == "a"

    run(program)


def test_the_line_of_an_n_plus_one_is_that_of_the_coroutine() -> None:
    async def program(session: AsyncSession) -> None:
        authors = (await session.scalars(select(Author))).all()
        with session.sync_session.budget():
            with pytest.raises(NPlusOneError, match=r"Author\.books .*test_unawaited\.py, line \d+"):
                for author in authors:
                    await author.awaitable_attrs.books

    run(program)


def test_a_dynamic_relationship_names_the_query_and_what_can_be_awaited() -> None:
    async def program(session: AsyncSession) -> None:
        author = (await session.scalars(select(Author).order_by(Author.id))).first()
        assert author is not None
        for read in (lambda: list(author.asked), lambda: author.asked.count(), lambda: author.asked[0]):
            with pytest.raises(UnawaitedLoadError, match=r"^Author\.asked of .*FROM book.*WriteOnlyMapped"):
                read()
        assert await session.run_sync(lambda _: author.asked.count()) == 2

    run(program)
