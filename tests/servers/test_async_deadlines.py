"""Deadlines and cancelled tasks over every asynchronous connector: the server stops, and the connection stays."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("greenlet")

import lect
from lect import create_engine, exc, make_url, text
from lect.aio import AsyncEngine, create_async_engine
from lect.engine.retry import Retry

_ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 10000000000)"
#: connector -> variable, a long statement, a statement with many rows, how many statements like `mark` run elsewhere
CONNECTORS = {
    "aiosqlite": ("", f"{_ENDLESS} SELECT max(x) FROM n", f"{_ENDLESS} SELECT x FROM n", ""),
    "asyncpg": (
        "LECT_POSTGRESQL_URL",
        "SELECT pg_sleep(20)",
        "SELECT pg_sleep(0.001) FROM generate_series(1, 100000)",
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE :q AND pid <> pg_backend_pid()",
    ),
    "asyncmy": (
        "LECT_MYSQL_URL",
        "SELECT SLEEP(20)",
        "SELECT SLEEP(0.001) FROM seq_1_to_100000",
        "SELECT count(*) FROM information_schema.processlist WHERE info LIKE :q AND id <> connection_id()",
    ),
}
CONNECTORS["psycopg"] = CONNECTORS["asyncpg"]


class Place:
    def __init__(self, url: Any, connector: str) -> None:
        _, self.long, self.many, self._count = CONNECTORS[connector]
        self._plain = url
        self.url = url.set(drivername=f"{url.get_backend_name()}+{connector}")

    def running(self, mark: str) -> int:
        """How many statements with this mark the server is running."""
        if not self._count:
            return 0
        outside = create_engine(self._plain)
        try:
            with outside.connect() as connection:
                return int(connection.scalar(text(self._count), {"q": f"%{mark}%"}))
        finally:
            outside.dispose()

    def run(self, work: Callable[[AsyncEngine], Awaitable[None]], **options: Any) -> None:
        async def main() -> None:
            engine = create_async_engine(self.url, **options)
            try:
                await work(engine)
            finally:
                await engine.dispose()

        asyncio.run(main())


@pytest.fixture(params=list(CONNECTORS))
def place(request: pytest.FixtureRequest, database_url: Callable[[str], str], tmp_path: Path) -> Place:
    pytest.importorskip(request.param)
    variable = CONNECTORS[request.param][0]
    url = make_url(database_url(variable) if variable else f"sqlite:///{tmp_path}/deadlines.db")
    return Place(url, request.param)


def test_the_statement_ends_on_the_server_and_the_connection_stays(place: Place) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            started = time.monotonic()
            with pytest.raises(exc.StatementDeadlineExceeded) as caught:
                await connection.execute(text(f"{place.long} /* mark-a */"), execution_options={"timeout": 0.3})
            assert 0.25 < time.monotonic() - started < 4
            assert not caught.value.connection_invalidated
            assert place.running("mark-a") == 0
            await connection.rollback()
            assert await connection.scalar(text("SELECT 5")) == 5
            assert (await connection.get_raw_connection()).driver_connection is raw

    place.run(work)


def test_fetching_ends_too(place: Place) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            started = time.monotonic()
            with pytest.raises(exc.StatementDeadlineExceeded):
                async with lect.deadline(0.4):
                    statement = text(f"{place.many} /* mark-b */")
                    async with connection.stream(statement, execution_options={"yield_per": 50}) as rows:
                        async for _ in rows:
                            pass
            assert time.monotonic() - started < 4
            assert place.running("mark-b") == 0
            await connection.rollback()
            assert await connection.scalar(text("SELECT 5")) == 5
            assert (await connection.get_raw_connection()).driver_connection is raw

    place.run(work)


def test_waiting_for_the_pool_ends(place: Place) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as held:
            with pytest.raises(exc.PoolDeadlineExceeded):
                async with lect.deadline(0.1):
                    async with engine.connect():
                        pass
            assert await held.scalar(text("SELECT 1")) == 1
        assert engine.pool.stats().in_use == 0

    place.run(work, pool_size=1, max_overflow=0)


def test_connecting_ends(place: Place) -> None:
    if place.url.get_backend_name() == "sqlite":
        pytest.skip("a file is opened at once")

    async def main() -> None:
        silent = socket.create_server(("127.0.0.1", 0))  # nobody accepts, nobody answers
        port = silent.getsockname()[1]
        engine = create_async_engine(place.url.set(host="127.0.0.1", port=port))
        started = time.monotonic()
        with pytest.raises(exc.ConnectDeadlineExceeded, match=f"no connection to 127.0.0.1:{port} before the deadline"):
            async with lect.deadline(0.2):
                async with engine.connect():
                    pass
        assert time.monotonic() - started < 2
        assert engine.pool.stats().in_use == 0
        silent.close()
        await engine.dispose()

    asyncio.run(main())


def test_a_cancelled_task_stops_the_server(place: Place) -> None:
    async def work(engine: AsyncEngine) -> None:
        async def long() -> None:
            async with engine.begin() as connection:
                await connection.execute(text(f"{place.long} /* mark-c */"))

        task = asyncio.create_task(long())
        await asyncio.sleep(0.3)
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - started < 3
        assert place.running("mark-c") == 0
        assert engine.pool.stats().in_use == 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), engine.connect() as connection:
                await connection.execute(text(f"{place.long} /* mark-d */"))
        assert place.running("mark-d") == 0
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 5")) == 5

    place.run(work, pool_size=1, max_overflow=0)


def test_replayed_transactions_count_right(place: Place) -> None:
    if place.url.get_backend_name() == "sqlite":
        pytest.skip("one writer at a time: nothing to replay")
    workers, rounds = 4, 25

    async def work(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE aio_counter (id INTEGER PRIMARY KEY, n INTEGER)"))
            await connection.execute(text("INSERT INTO aio_counter VALUES (1, 0)"))

        async def increment(connection: Any) -> None:
            found = await connection.scalar(text("SELECT n FROM aio_counter WHERE id = 1"))
            await connection.execute(text("UPDATE aio_counter SET n = :n WHERE id = 1"), {"n": found + 1})

        async def worker() -> None:
            for _ in range(rounds):
                await engine.run(
                    increment, retry=Retry(attempts=100, first_delay=0.002), isolation_level="SERIALIZABLE"
                )

        try:
            await asyncio.gather(*[worker() for _ in range(workers)])
            async with engine.connect() as connection:
                assert await connection.scalar(text("SELECT n FROM aio_counter")) == workers * rounds
        finally:
            async with engine.begin() as connection:
                await connection.execute(text("DROP TABLE aio_counter"))

    place.run(work)
