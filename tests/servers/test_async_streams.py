"""Streamed rows over every asynchronous connector: beside other statements, without a transaction, given up early."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("greenlet")

from lect import Column, Integer, MetaData, Table, insert, make_url, select, text
from lect.aio import AsyncEngine, create_async_engine

CONNECTORS = {
    "aiosqlite": "",
    "asyncpg": "LECT_POSTGRESQL_URL",
    "psycopg": "LECT_POSTGRESQL_URL",
    "asyncmy": "LECT_MYSQL_URL",
}
number = Table("aio_number", MetaData(), Column("n", Integer, primary_key=True, autoincrement=False))
Work = Callable[[AsyncEngine], Awaitable[None]]


@pytest.fixture(params=list(CONNECTORS))
def run(request: pytest.FixtureRequest, database_url: Callable[[str], str], tmp_path: Path) -> Callable[..., None]:
    pytest.importorskip(request.param)
    variable = CONNECTORS[request.param]
    url = make_url(database_url(variable) if variable else f"sqlite:///{tmp_path}/streams.db")
    url = url.set(drivername=f"{url.get_backend_name()}+{request.param}")

    def runner(work: Work, **options: Any) -> None:
        async def main() -> None:
            engine = create_async_engine(url, pool_size=1, max_overflow=0, **options)
            async with engine.begin() as connection:
                await connection.run_sync(number.metadata.drop_all)
                await connection.run_sync(number.metadata.create_all)
                await connection.execute(insert(number), [{"n": n} for n in range(500)])
            try:
                await work(engine)
                assert engine.pool.stats().in_use == 0
                async with engine.begin() as connection:
                    await connection.run_sync(number.metadata.drop_all)
            finally:
                await engine.dispose()

        asyncio.run(main())

    return runner


@pytest.mark.parametrize("level", [None, "AUTOCOMMIT"])
def test_other_statements_take_no_row_away(run: Any, level: str | None) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            above = select(number.c.n).where(number.c.n >= 100).order_by(number.c.n)
            async with connection.stream(above, execution_options={"yield_per": 50}) as rows:
                first = await rows.fetchmany(60)
                assert [n for (n,) in first] == list(range(100, 160))
                assert await connection.scalar(text("SELECT 7")) == 7
                assert await rows.fetchone() == (160,)
                assert [row.n async for row in rows] == list(range(161, 500))
            assert await connection.scalar(text("SELECT 8")) == 8

    run(work, **({"isolation_level": level} if level else {}))


@pytest.mark.parametrize("level", [None, "AUTOCOMMIT"])
def test_a_stream_is_given_up(run: Any, level: str | None) -> None:
    async def work(engine: AsyncEngine) -> None:
        every = select(number.c.n).order_by(number.c.n)
        for _ in range(2):
            async with engine.connect() as connection:
                async with connection.stream(every, execution_options={"yield_per": 5}) as rows:
                    assert [n for (n,) in await rows.fetchmany(7)] == list(range(7))
                assert await connection.scalar(text("SELECT 9")) == 9
                async with connection.stream(every) as again:
                    assert len(await again.all()) == 500

    run(work, **({"isolation_level": level} if level else {}))
