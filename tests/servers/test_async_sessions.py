"""Sessions under asyncio, over every asynchronous connector."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("greenlet")

from lect import ForeignKey, String, func, make_url, select
from lect.aio import AsyncEngine, create_async_engine
from lect.exc import IllegalStateChangeError
from lect_orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from lect_orm.exc import StaleDataError, UnawaitedLoadError
from lect_orm.ext.asyncio import AsyncAttrs, AsyncSession, async_scoped_session, async_sessionmaker

CONNECTORS = {
    "aiosqlite": "",
    "asyncpg": "LECT_POSTGRESQL_URL",
    "psycopg": "LECT_POSTGRESQL_URL",
    "asyncmy": "LECT_MYSQL_URL",
}


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "aio_author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    life: Mapped[str | None] = mapped_column(String(30), deferred=True)
    books: Mapped[list[Book]] = relationship(back_populates="author", order_by="Book.id", cascade="all")


class Counter(Base):
    __tablename__ = "aio_counted"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Book(Base):
    __tablename__ = "aio_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("aio_author.id"))
    title: Mapped[str] = mapped_column(String(30))
    author: Mapped[Author] = relationship(back_populates="books")


Work = Callable[[AsyncEngine], Awaitable[None]]


@pytest.fixture(params=list(CONNECTORS))
def run(request: pytest.FixtureRequest, database_url: Callable[[str], str], tmp_path: Path) -> Callable[[Work], None]:
    pytest.importorskip(request.param)
    variable = CONNECTORS[request.param]
    url = make_url(database_url(variable) if variable else f"sqlite:///{tmp_path}/sessions.db")
    url = url.set(drivername=f"{url.get_backend_name()}+{request.param}")

    def runner(work: Work) -> None:
        async def main() -> None:
            engine = create_async_engine(url)
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(Base.metadata.drop_all)
                    await connection.run_sync(Base.metadata.create_all)
                async with AsyncSession(engine) as session, session.begin():
                    for n in range(3):
                        session.add(Author(name=f"a{n}", life="long", books=[Book(title=f"b{n}"), Book(title="x")]))
                await work(engine)
                async with engine.begin() as connection:
                    await connection.run_sync(Base.metadata.drop_all)
            finally:
                await engine.dispose()

        asyncio.run(main())

    return runner


def test_objects_are_loaded_changed_and_deleted(run: Any) -> None:
    async def work(engine: AsyncEngine) -> None:
        make = async_sessionmaker(engine, expire_on_commit=False)
        async with make() as session:
            loading = select(Author).order_by(Author.id).options(selectinload(Author.books))
            first, second, third = (await session.scalars(loading)).all()
            assert [book.title for book in second.books] == ["b1", "x"]
            second.name = "changed"
            await session.delete(third)
            await session.commit()
            await session.refresh(second, ["name", "books"])
            assert (second.name, len(second.books)) == ("changed", 2)
            merged = await session.merge(Author(id=first.id, name="merged"))
            assert merged is first
            async with session.begin_nested() as savepoint:
                session.add(Author(name="never"))
                await session.flush()
                await savepoint.rollback()
            await session.commit()
        async with make.begin() as session:
            assert await session.scalar(select(func.count()).select_from(Author)) == 2
            assert (await session.get_one(Author, first.id)).name == "merged"
            none: Author | None = await session.get(Author, 999)
            assert none is None
            assert await session.run_sync(lambda sync: [a.name for a in sync.scalars(loading)]) == ["merged", "changed"]

    run(work)


def test_rows_and_objects_are_streamed(run: Any) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            result = await session.stream(select(Book.title, Book.id).order_by(Book.id))
            assert [title async for title, _ in result] == ["b0", "x", "b1", "x", "b2", "x"]
            books = await session.stream_scalars(select(Book).order_by(Book.id), execution_options={"yield_per": 4})
            assert [len(part) async for part in books.partitions()] == [4, 2]
            unique = await session.stream_scalars(select(Book.title).order_by(Book.title))
            assert [title async for title in unique.unique()] == ["b0", "b1", "b2", "x"]

    run(work)


def test_a_lazy_load_names_attribute_query_and_option(run: Any) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            author = (await session.scalars(select(Author).order_by(Author.id))).first()
            assert author is not None
            with pytest.raises(UnawaitedLoadError) as caught:
                _ = author.books
            told = str(caught.value)
            assert told.startswith("Author.books of <Author at ")
            assert "SELECT aio_book.id, aio_book.author_id, aio_book.title FROM aio_book WHERE" in told
            assert "add .options(selectinload(Author.books)) to the statement, or await object.awaitable_attrs" in told
            with pytest.raises(UnawaitedLoadError, match=r"add \.options\(undefer\(Author\.life\)\)"):
                _ = author.life
            assert len(await author.awaitable_attrs.books) == 2
            assert await author.awaitable_attrs.life == "long"
            assert (await author.books[0].awaitable_attrs.author) is author
            await session.commit()
            with pytest.raises(UnawaitedLoadError, match=r"await session\.refresh\(object\)"):
                _ = author.name
            assert await author.awaitable_attrs.name == "a0"

    run(work)


def test_many_rows_are_updated_by_nobody_else(run: Any) -> None:
    async def work(engine: AsyncEngine) -> None:
        if engine.name == "sqlite":
            return  # one writer at a time
        async with AsyncSession(engine) as session, session.begin():
            session.add_all([Counter(number=n) for n in range(4)])
        async with AsyncSession(engine) as session:
            mine = (await session.scalars(select(Counter))).all()
            async with AsyncSession(engine) as other, other.begin():
                (await other.scalars(select(Counter).where(Counter.number == 2))).one().number = 50
            for counter in mine:
                counter.number += 100
            with pytest.raises(StaleDataError, match=r"expected to update 4 row\(s\); 3 were matched"):
                await session.commit()
            await session.rollback()
            assert sorted(await session.scalars(select(Counter.number))) == [0, 1, 3, 50]

    run(work)


def test_every_task_has_its_session(run: Any) -> None:
    async def work(engine: AsyncEngine) -> None:
        scoped = async_scoped_session(async_sessionmaker(engine), asyncio.current_task)

        async def rename(number: int) -> Any:
            author = (await scoped.scalars(select(Author).where(Author.id == number))).one()
            author.name = f"task {number}"
            session = scoped()
            await scoped.commit()
            await scoped.remove()
            return session

        async with AsyncSession(engine) as session:
            numbers = list(await session.scalars(select(Author.id).order_by(Author.id)))
        sessions = [await asyncio.create_task(rename(number)) for number in numbers]
        assert len({id(one) for one in sessions}) == 3
        async with AsyncSession(engine) as session:
            names = list(await session.scalars(select(Author.name).order_by(Author.id)))
        assert names == [f"task {number}" for number in numbers]

    run(work)


def test_tasks_that_share_a_session_are_told(run: Any) -> None:
    async def work(engine: AsyncEngine) -> None:
        count = select(func.count()).select_from(Author)
        for warm in (True, False):
            async with AsyncSession(engine) as session:
                if warm:
                    await session.scalar(count)
                async with asyncio.timeout(20):
                    found = await asyncio.gather(*[session.scalar(count) for _ in range(3)], return_exceptions=True)
                assert found[0] == 3
                for other in found[1:]:  # aiosqlite answers one after the other
                    assert other == 3 or (isinstance(other, IllegalStateChangeError) and "each task" in str(other))
                assert engine.driver == "aiosqlite" or found.count(3) == 1
                assert await session.scalar(count) == 3

    run(work)
