"""Deadlines under asyncio, over SQLite's asynchronous connector."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

pytest.importorskip("greenlet")
pytest.importorskip("aiosqlite")

import lect
from lect import exc, text
from lect.aio import AsyncEngine, create_async_engine

COUNT = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT count(*) FROM n"
)


def engine_in(folder: Path) -> AsyncEngine:
    return create_async_engine(f"sqlite+aiosqlite:///{folder}/a.db", pool_size=1, max_overflow=0)


@pytest.mark.parametrize("by", ["context", "option"])
def test_statement_is_cancelled_and_the_connection_stays(tmp_path: Path, by: str) -> None:
    async def main() -> None:
        engine = engine_in(tmp_path)
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).dbapi_connection
            started = time.monotonic()
            with pytest.raises(exc.StatementDeadlineExceeded):
                if by == "option":
                    await connection.execute(COUNT, execution_options={"timeout": 0.2})
                else:
                    async with lect.deadline(0.2):
                        await connection.execute(COUNT)
            assert time.monotonic() - started < 3
            await connection.rollback()
            assert await connection.scalar(text("SELECT 1")) == 1
            assert (await connection.get_raw_connection()).dbapi_connection is raw
        await engine.dispose()

    asyncio.run(main())


def test_waiting_for_the_pool_is_covered(tmp_path: Path) -> None:
    async def main() -> None:
        engine = engine_in(tmp_path)
        async with engine.connect(), lect.deadline(0.1):
            with pytest.raises(exc.PoolDeadlineExceeded):
                _ = await engine.connect().start()
        await engine.dispose()

    asyncio.run(main())


def test_deadline_belongs_to_its_task(tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/a.db", pool_size=2)

        async def hurried() -> str:
            try:
                async with lect.deadline(0.05), engine.connect() as connection:
                    await connection.execute(COUNT)
            except exc.DeadlineExceeded:
                return "late"
            return "done"

        async def patient() -> str:
            async with engine.connect() as connection:
                await asyncio.sleep(0.2)
                await connection.execute(text("SELECT 1"))
            return "done"

        assert tuple(await asyncio.gather(hurried(), patient())) == ("late", "done")
        await engine.dispose()

    asyncio.run(main())
