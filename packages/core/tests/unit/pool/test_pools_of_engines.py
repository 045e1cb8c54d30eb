"""What pools tell about the engine's work: leaks with the last statement, figures of the small pools."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest

from lect import create_engine, exc, text
from lect.pool import AssertionPool, NullPool, QueuePool, SingletonThreadPool, StaticPool

pytest.importorskip("lect_sqlite")


def until_reported(caplog: pytest.LogCaptureFixture) -> str:
    end = time.monotonic() + 5
    while "has been out for" not in caplog.text and time.monotonic() < end:
        time.sleep(0.005)
    return caplog.text


def test_leak_is_reported_with_its_last_statement(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.db", pool_leak_after=0.05)
    with caplog.at_level(logging.WARNING), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT 'the last\n one', :x"), {"x": "canary"})
        said = until_reported(caplog)
    assert "its last statement was: SELECT 'the last one', ?; taken by thread 'MainThread', at:\n" in said
    assert "test_leak_is_reported_with_its_last_statement" in said
    assert "canary" not in said
    engine.dispose()


def test_leak_names_the_task(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("greenlet")
    pytest.importorskip("aiosqlite")
    from lect.aio import create_async_engine

    async def main() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/a.db", pool_leak_after=0.05)

        async def keep() -> None:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 2"))
                until = time.monotonic() + 5
                while "has been out for" not in caplog.text and time.monotonic() < until:
                    await asyncio.sleep(0.01)

        await asyncio.create_task(keep(), name="the forgetful one")
        await engine.dispose()

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert "its last statement was: SELECT 2" in caplog.text
    assert "task 'the forgetful one'" in caplog.text


@pytest.mark.parametrize("poolclass", [QueuePool, NullPool, StaticPool, SingletonThreadPool, AssertionPool])
def test_every_pool_counts(tmp_path: Path, poolclass: type[QueuePool]) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.db", poolclass=poolclass)
    kept = poolclass is not NullPool
    assert (engine.pool.stats().in_use, engine.pool.stats().idle) == (0, 0)
    for _ in range(2):
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            stats = engine.pool.stats()
            assert (stats.in_use, stats.idle) == (1, 0)
        stats = engine.pool.stats()
        assert (stats.in_use, stats.idle) == (0, int(kept))
    assert (stats.created, stats.closed) == ((1, 0) if kept else (2, 2))
    engine.dispose()
    assert engine.pool.stats().idle == 0


def test_lifetimes_differ() -> None:
    """Connections that are opened together do not expire together."""
    pool = QueuePool(object, recycle=1000)
    lives = [pool._expiry(0.0) for _ in range(200)]
    assert all(life is not None and 900 <= life <= 1000 for life in lives)
    assert len(set(lives)) > 190


def test_pool_that_was_disposed_of_closes_what_comes_back_late(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.db", pool_size=1, max_overflow=0, pool_timeout=1)
    pool = engine.pool
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        pool.dispose()
        with pool.connect() as other:
            assert other.dbapi_connection is not raw
    assert pool.stats().idle == 1
    with pytest.raises(engine.dialect.dbapi.ProgrammingError, match="closed"):
        raw.execute("SELECT 1")
    pool.dispose()
    with pytest.raises(exc.ResourceClosedError):
        connection.execute(text("SELECT 1"))
