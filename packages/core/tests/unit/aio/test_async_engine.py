"""The asyncio front, over SQLite's asynchronous connector."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("greenlet")
pytest.importorskip("aiosqlite")

from lect import Column, Integer, MetaData, String, Table, create_engine, exc, select
from lect.aio import AsyncEngine, create_async_engine
from lect.aio.exc import AsyncContextNotStarted
from lect.bridge import await_only

metadata = MetaData()
thing = Table("thing", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Callable[[AsyncEngine], Awaitable[Any]]], Any]:
    """Run a coroutine function with an engine on a file with five things."""

    def runner(test: Callable[[AsyncEngine], Awaitable[Any]]) -> Any:
        async def main() -> Any:
            engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/a.db")
            async with engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
                await connection.execute(thing.insert(), [{"name": f"n{i}"} for i in range(5)])
            try:
                return await test(engine)
            finally:
                await engine.dispose()

        return asyncio.run(main())

    return runner


def test_rows_are_fetched_when_execute_returns(run: Any) -> None:
    async def test(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            result = await connection.execute(select(thing.c.name).order_by(thing.c.id))
            assert result.scalars().all() == ["n0", "n1", "n2", "n3", "n4"]
            assert await connection.scalar(select(thing.c.id).where(thing.c.name == "n3")) == 4

    run(test)


def test_streams(run: Any) -> None:
    async def test(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            async with connection.stream(select(thing.c.id).order_by(thing.c.id)) as result:
                assert [row.id async for row in result] == [1, 2, 3, 4, 5]
            scalars = await connection.stream_scalars(select(thing.c.id))
            assert [len(part) async for part in scalars.partitions(2)] == [2, 2, 1]

    run(test)


def test_error_rolls_back(run: Any) -> None:
    async def test(engine: AsyncEngine) -> None:
        with pytest.raises(exc.UniqueViolation):
            async with engine.begin() as connection:
                await connection.execute(thing.insert(), {"id": 77})
                await connection.execute(thing.insert(), {"id": 1})
        async with engine.connect() as connection:
            assert await connection.scalar(select(thing.c.id).where(thing.c.id == 77)) is None

    run(test)


def test_savepoint(run: Any) -> None:
    async def test(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            nested = await connection.begin_nested()
            await connection.execute(thing.insert(), {"id": 77})
            await nested.rollback()
            assert await connection.scalar(select(thing.c.id).where(thing.c.id == 77)) is None

    run(test)


def test_cancellation_gives_the_place_back(run: Any) -> None:
    slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000000) SELECT count(*) FROM c"

    async def test(engine: AsyncEngine) -> None:
        async def work() -> None:
            async with engine.connect() as connection:
                await connection.exec_driver_sql(slow)

        task = asyncio.create_task(work())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        async with engine.connect() as connection:
            assert await connection.scalar(select(thing.c.id).where(thing.c.id == 1)) == 1

    run(test)


def test_waiting_for_a_connection_suspends_the_task_only(tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{tmp_path}/a.db", pool_size=1, max_overflow=0, pool_timeout=5
        )
        order: list[str] = []

        async def work(name: str) -> None:
            async with engine.connect():
                order.append(name)
                await asyncio.sleep(0.01)

        await asyncio.gather(*[work(str(i)) for i in range(4)])
        assert order == ["0", "1", "2", "3"]
        await engine.dispose()

    asyncio.run(main())


def test_used_before_it_was_started(run: Any) -> None:
    async def test(engine: AsyncEngine) -> None:
        connection = engine.connect()
        with pytest.raises(AsyncContextNotStarted, match="has not been started"):
            await connection.execute(select(1))

    run(test)


def test_connector_must_be_asynchronous() -> None:
    with pytest.raises(exc.ArgumentError, match="'sqlite3' is not async"):
        create_async_engine("sqlite://")


def test_asynchronous_connector_needs_the_front(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path}/a.db")
    with pytest.raises(exc.MissingGreenlet, match="await them"):
        engine.connect()


def test_awaiting_outside() -> None:
    async def nothing() -> None: ...

    with pytest.raises(exc.MissingGreenlet):
        await_only(nothing())
