"""One engine in several event loops, one after the other or at the same time."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

pytest.importorskip("greenlet")
pytest.importorskip("aiosqlite")

from lect import exc, text
from lect.aio import AsyncEngine, create_async_engine


async def one(engine: AsyncEngine) -> object:
    async with engine.connect() as connection:
        await connection.scalar(text("SELECT 1"))
        return (await connection.get_raw_connection()).driver_connection


def test_another_loop_begins_with_no_connection(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/loops.db", pool_size=1, max_overflow=0)
    first = asyncio.run(one(engine))
    second = asyncio.run(one(engine))
    assert first is not second
    assert engine.pool.stats().closed == 1

    async def twice() -> None:
        assert await one(engine) is await one(engine)
        await engine.dispose()
        await one(engine)
        await engine.dispose()

    asyncio.run(twice())
    assert engine.pool.stats().in_use == 0


def test_loops_do_not_share_a_pool(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/loops.db")
    ready, done = threading.Event(), threading.Event()

    async def hold() -> None:
        await one(engine)
        ready.set()
        while not done.is_set():
            await asyncio.sleep(0.01)
        await engine.dispose()

    thread = threading.Thread(target=asyncio.run, args=(hold(),))
    thread.start()
    try:
        assert ready.wait(10)
        with pytest.raises(exc.InvalidRequestError, match="belong to another event loop, which is running"):
            asyncio.run(one(engine))
    finally:
        done.set()
        thread.join(10)
    asyncio.run(one(engine))
    asyncio.run(engine.dispose())
