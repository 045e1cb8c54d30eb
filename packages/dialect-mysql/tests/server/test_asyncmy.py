"""Engines over asyncmy: running, streaming, failing, being cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lect import Column, Integer, LargeBinary, MetaData, String, Table, exc, insert, literal, select, text
from lect.aio import AsyncEngine, create_async_engine

table = Table(
    "asyncmy_thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(50), unique=True),
    Column("data", LargeBinary),
)


def run(url: Any, what: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    async def all_of_it() -> None:
        engine = create_async_engine(url, pool_size=2, max_overflow=0)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(table.metadata.drop_all)
                await connection.run_sync(table.metadata.create_all)
            await what(engine)
            async with engine.begin() as connection:
                await connection.run_sync(table.metadata.drop_all)
        finally:
            await engine.dispose()

    asyncio.run(all_of_it())


def test_statements(async_url: Any) -> None:
    async def what(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            first = await connection.execute(insert(table), {"name": "é'%\\", "data": b"\x00'\\"})
            assert first.inserted_primary_key == (1,)
            await connection.execute(insert(table), [{"name": f"n{i}"} for i in range(2, 100)])
            row = (await connection.execute(select(table).where(table.c.id == 1))).one()
            assert row == (1, "é'%\\", b"\x00'\\")
            result = await connection.stream(select(table.c.id).order_by(table.c.id))
            assert [row.id async for row in result] == list(range(1, 100))

    run(async_url, what)


def test_errors(async_url: Any) -> None:
    async def what(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.execute(insert(table), {"name": "a"})
        async with engine.connect() as connection:
            with pytest.raises(exc.UniqueViolation) as caught:
                await connection.execute(insert(table), {"name": "a"})
            assert (caught.value.native_code, caught.value.constraint) == (1062, "name")
        for value in ({"a": 1}, [1], object()):
            async with engine.connect() as connection:
                with pytest.raises(exc.LectError):
                    await connection.execute(select(literal(value, String)))

    run(async_url, what)


def test_killed_connection(async_url: Any) -> None:
    async def what(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            number = await connection.scalar(text("SELECT connection_id()"))
            async with engine.connect() as other:
                await other.execute(text(f"KILL {number}"))
            with pytest.raises(exc.ConnectionLost) as caught:
                await connection.execute(text("SELECT 1"))
            assert caught.value.connection_invalidated
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 2")) == 2

    run(async_url, what)


def test_deadline(async_url: Any) -> None:
    slow = text("SELECT count(*) FROM information_schema.columns a, information_schema.columns b")

    async def what(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            with pytest.raises(exc.StatementDeadlineExceeded):
                await connection.execute(slow.execution_options(timeout=0.05))
            await connection.rollback()
            assert await connection.scalar(text("SELECT 1")) == 1

    run(async_url, what)


def test_a_task_that_is_cancelled_leaves_no_answer_behind(async_url: Any) -> None:
    async def what(engine: AsyncEngine) -> None:
        async def slow() -> None:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT sleep(10)"))

        for _ in range(3):  # more than the pool has connections
            task = asyncio.create_task(slow())
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 3")) == 3

    run(async_url, what)


def test_autocommit(async_url: Any) -> None:
    async def what(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(insert(table), {"name": "kept"})
        async with engine.connect() as connection:
            assert await connection.scalar(select(table.c.name)) == "kept"

    run(async_url, what)


def test_rows_on_their_way_survive_other_statements(async_url: Any) -> None:
    async def what(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await connection.execute(insert(table), [{"name": f"n{number}"} for number in range(20)])
            result = await connection.stream(select(table.c.name).order_by(table.c.id))
            found = [(row.name, await connection.scalar(text("SELECT 3"))) async for row in result]
            assert found == [(f"n{number}", 3) for number in range(20)]

    run(async_url, what)


def test_the_end_of_the_time_of_a_stream_concerns_no_rollback(async_url: Any) -> None:
    slow = text("SELECT seq, SLEEP(0.002), repeat('x', 20000) FROM seq_1_to_100000")

    async def what(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            result = await connection.stream(slow, execution_options={"yield_per": 5, "timeout": 0.3})
            assert len(await result.fetchmany(5)) == 5
            await asyncio.sleep(0.4)  # the server has been told to stop, and its answer is not read
            with pytest.raises(exc.StatementDeadlineExceeded):
                await result.all()
            await connection.rollback()
            assert await connection.scalar(text("SELECT 5")) == 5

    run(async_url, what)


def test_rows_cut_short_concern_who_reads_them(async_url: Any) -> None:
    slow = text("SELECT seq, SLEEP(0.002), repeat('x', 20000) FROM seq_1_to_100000")

    async def what(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SET SESSION max_statement_time = 0.3"))
            result = await connection.stream(slow, execution_options={"yield_per": 5})
            assert len(await result.fetchmany(5)) == 5
            assert await connection.scalar(text("SELECT 4")) == 4  # takes the rows that are left into memory
            assert len(await result.fetchmany(5)) == 5
            with pytest.raises(exc.StatementTimeout):
                await result.all()
            await connection.rollback()
            assert await connection.scalar(text("SELECT 5")) == 5

    run(async_url, what)
