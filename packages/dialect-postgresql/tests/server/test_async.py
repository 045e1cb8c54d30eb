"""The same under asyncio: asyncpg and the asyncio side of psycopg."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lect import Column, Integer, MetaData, String, Table, exc, func, insert, select, text
from lect.aio import create_async_engine

metadata = MetaData()
t = Table("aio_t", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))


def run(url: Any, work: Any, **options: Any) -> Any:
    """Run a coroutine function with a new engine."""

    async def main() -> Any:
        engine = create_async_engine(url, **options)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(main())


def test_rows_go_in_and_come_out(async_url: Any) -> None:
    async def work(engine: Any) -> Any:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.drop_all)
            await connection.run_sync(metadata.create_all)
            await connection.execute(insert(t), [{"name": "a"}, {"name": "b"}])
            key = (await connection.execute(insert(t).values(name="c"))).inserted_primary_key
        async with engine.connect() as connection:
            names = (await connection.scalars(select(t.c.name).order_by(t.c.id))).all()
        async with engine.begin() as connection:
            await connection.run_sync(metadata.drop_all)
        return key, names

    key, names = run(async_url, work)
    assert tuple(key) == (3,)
    assert names == ["a", "b", "c"]


def test_rollback(async_url: Any) -> None:
    async def work(engine: Any) -> Any:
        async with engine.connect() as connection:
            await connection.execute(text("CREATE TEMPORARY TABLE aio_r (x int)"))
            await connection.commit()
            await connection.execute(text("INSERT INTO aio_r VALUES (1)"))
            await connection.rollback()
            return await connection.scalar(text("SELECT count(*) FROM aio_r"))

    assert run(async_url, work) == 0


def test_rows_are_streamed(async_url: Any) -> None:
    async def work(engine: Any) -> Any:
        async with engine.connect() as connection:
            result = await connection.stream(select(func.generate_series(1, 2500)))
            return [row[0] async for row in result]

    assert run(async_url, work) == list(range(1, 2501))


def test_error_keeps_its_kind(async_url: Any) -> None:
    async def work(engine: Any) -> None:
        async with engine.connect() as connection:
            with pytest.raises(exc.UndefinedTable) as caught:
                await connection.execute(text("SELECT * FROM nowhere_at_all"))
            assert caught.value.sqlstate == "42P01"
            await connection.rollback()
            assert await connection.scalar(text("SELECT 1")) == 1

    run(async_url, work)


def test_lost_connection_is_noticed(async_url: Any) -> None:
    async def work(engine: Any) -> None:
        async with engine.connect() as connection, engine.connect() as other:
            pid = await connection.scalar(text("SELECT pg_backend_pid()"))
            await other.execute(text(f"SELECT pg_terminate_backend({pid})"))
            with pytest.raises(exc.ConnectionLost) as caught:
                await connection.execute(text("SELECT 1"))
            assert caught.value.connection_invalidated
            await connection.rollback()
            assert await connection.scalar(text("SELECT 1")) == 1

    run(async_url, work)


def test_isolation_levels(async_url: Any) -> None:
    async def work(engine: Any) -> Any:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="SERIALIZABLE")
            level = await connection.scalar(text("SHOW transaction_isolation"))
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("CREATE TEMPORARY TABLE aio_a (x int)"))
            await connection.rollback()
            await connection.execute(text("DROP TABLE aio_a"))
        return level

    assert run(async_url, work) == "serializable"


def test_pool_pings(async_url: Any) -> None:
    async def work(engine: Any) -> Any:
        pids = []
        for _ in range(2):
            async with engine.connect() as connection:
                pids.append(await connection.scalar(text("SELECT pg_backend_pid()")))
        return pids

    first, second = run(async_url, work, pool_pre_ping=True)
    assert first == second


def test_changed_table_is_seen(async_url: Any) -> None:
    async def work(engine: Any) -> Any:
        async with engine.connect() as connection:
            await connection.execute(text("CREATE TEMPORARY TABLE aio_c (x int)"))
            await connection.execute(text("INSERT INTO aio_c VALUES (1)"))
            before = (await connection.execute(text("SELECT * FROM aio_c"))).one()
            await connection.execute(text("ALTER TABLE aio_c ADD COLUMN y int DEFAULT 2"))
            after = (await connection.execute(text("SELECT * FROM aio_c"))).one()
            await connection.rollback()
            return tuple(before), tuple(after)

    assert run(async_url, work) == ((1,), (1, 2))
