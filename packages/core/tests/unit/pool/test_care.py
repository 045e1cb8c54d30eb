"""Connections opened in advance and kept alive in the background."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lect import create_engine, exc, text
from lect.pool import QueuePool


class Cursor:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def execute(self, statement: str) -> None:
        self.connection.pings += 1
        if self.connection.dead:
            raise RuntimeError("gone")

    def fetchone(self) -> None: ...

    def close(self) -> None: ...


class Connection:
    def __init__(self) -> None:
        self.pings = 0
        self.dead = self.closed = False

    def cursor(self) -> Cursor:
        return Cursor(self)

    def rollback(self) -> None: ...

    def close(self) -> None:
        self.closed = True


class Database:
    def __init__(self) -> None:
        self.opened: list[Connection] = []
        self.refuse = False

    def __call__(self) -> Connection:
        if self.refuse:
            raise RuntimeError("refused")
        self.opened.append(Connection())
        return self.opened[-1]


@pytest.fixture
def database() -> Database:
    return Database()


def eventually(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until, "it did not come true"
        time.sleep(0.002)


def test_warm_start_opens_before_the_first_use(database: Database) -> None:
    pool = QueuePool(database, pool_size=5, min_idle=3, warm_start=True)
    eventually(lambda: pool.checkedin() == 3)
    assert len(database.opened) == 3
    pool.dispose()


def test_nothing_is_opened_before_the_first_use_otherwise(database: Database) -> None:
    pool = QueuePool(database, pool_size=5, min_idle=3)
    time.sleep(0.02)
    assert database.opened == []
    pool.connect().close()
    eventually(lambda: pool.checkedin() >= 3)
    pool.dispose()


def test_minimum_is_restored_while_connections_are_lent(database: Database) -> None:
    pool = QueuePool(database, pool_size=4, min_idle=2, warm_start=True)
    eventually(lambda: pool.checkedin() == 2)
    lent = [pool.connect() for _ in range(2)]
    eventually(lambda: pool.checkedin() == 2)
    lent.append(pool.connect())  # the size allows no more than one idle one now
    time.sleep(0.05)
    assert (pool.checkedin(), pool.checkedout(), len(database.opened)) == (1, 3, 4)
    for each in lent:
        each.close()
    assert pool.checkedin() == 4
    pool.dispose()


def test_idle_connections_are_pinged_and_dead_ones_replaced(database: Database) -> None:
    pool = QueuePool(database, pool_size=2, min_idle=2, warm_start=True, keepalive=0.04)
    eventually(lambda: pool.checkedin() == 2)
    first, second = database.opened
    eventually(lambda: first.pings and second.pings)
    first.dead = True
    eventually(lambda: first.closed and len(database.opened) == 3 and pool.checkedin() == 2)
    assert not second.closed
    assert pool.stats().invalidations == 1
    pool.dispose()


def test_connections_in_use_are_not_pinged(database: Database) -> None:
    pool = QueuePool(database, pool_size=2, keepalive=0.02)
    lent = pool.connect()
    time.sleep(0.1)
    assert database.opened[0].pings == 0
    lent.close()
    eventually(lambda: database.opened[0].pings)
    pool.dispose()


def test_server_that_is_down_is_tried_again(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    database.refuse = True
    with caplog.at_level(logging.WARNING):
        pool = QueuePool(database, pool_size=2, min_idle=1, warm_start=True)
        eventually(lambda: "Could not open a connection in advance" in caplog.text)
    database.refuse = False
    eventually(lambda: pool.checkedin() == 1 and database.opened)
    with pool.connect() as lent:
        assert lent.dbapi_connection is database.opened[0]
    pool.dispose()


def test_dispose_ends_the_thread(database: Database) -> None:
    pool = QueuePool(database, pool_size=2, min_idle=1, warm_start=True)
    eventually(lambda: pool.checkedin() == 1)
    assert pool._care is not None
    thread = pool._care._thread
    pool.dispose()
    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()
    assert database.opened[0].closed


def test_forgotten_pool_ends_the_thread(database: Database) -> None:
    pools = [QueuePool(database, pool_size=2, min_idle=1, warm_start=True)]
    eventually(lambda: pools[0].checkedin() == 1)
    care = pools[0]._care
    assert care is not None
    thread = care._thread
    pools.clear()
    gc.collect()
    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()


def test_child_of_a_fork_has_care_of_its_own(database: Database) -> None:
    pool = QueuePool(database, pool_size=2, min_idle=2, warm_start=True)
    eventually(lambda: pool.checkedin() == 2)
    child = os.fork()
    if not child:
        try:
            before = len(database.opened)
            pool.connect().close()
            until = time.monotonic() + 5
            while len(database.opened) < before + 2 and time.monotonic() < until:
                time.sleep(0.01)
            os._exit(0 if len(database.opened) == before + 2 else 1)
        except BaseException:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    pool.dispose()


def test_many_threads_and_a_caretaker(database: Database) -> None:
    pool = QueuePool(database, pool_size=4, max_overflow=0, min_idle=2, warm_start=True, keepalive=0.02, timeout=20)
    used: set[int] = set()
    shared: list[int] = []

    def work() -> None:
        for turn in range(150):
            with pool.connect() as lent:
                mark = id(lent.dbapi_connection)
                if mark in used:
                    shared.append(mark)
                used.add(mark)
                if not turn % 10:
                    time.sleep(0.001)
                used.discard(mark)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shared == []
    assert len([c for c in database.opened if not c.closed]) <= 4
    eventually(lambda: pool.checkedout() == 0)
    pool.dispose()


def test_minimum_under_asyncio(tmp_path: Path) -> None:
    pytest.importorskip("greenlet")
    pytest.importorskip("aiosqlite")
    from lect.aio import create_async_engine

    async def main() -> None:
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{tmp_path}/a.db", pool_size=3, pool_min_idle=2, pool_keepalive=0.05
        )
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            for _ in range(200):
                if engine.pool.stats().idle == 2:
                    break
                await asyncio.sleep(0.01)
            assert engine.pool.stats().idle == 2
        await asyncio.sleep(0.1)
        await engine.dispose()
        assert [t for t in asyncio.all_tasks() if t.get_name() == "lect-pool-care" and not t.cancelling()] == []

    asyncio.run(main())


def test_arguments_that_cannot_be_meant(database: Database) -> None:
    for arguments in ({"min_idle": -1}, {"min_idle": 6}, {"keepalive": 0}):
        with pytest.raises(exc.ArgumentError):
            QueuePool(database, **arguments)  # type: ignore[arg-type]


def test_arguments_of_create_engine(tmp_path: Path) -> None:
    pytest.importorskip("lect_sqlite")
    engine = create_engine(f"sqlite:///{tmp_path}/a.db", pool_min_idle=2, pool_warm_start=True, pool_keepalive=30)
    eventually(lambda: engine.pool.stats().idle == 2)
    engine.dispose()
