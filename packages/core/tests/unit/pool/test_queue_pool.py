"""The queue pool, over connections that only count."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from typing import Any

import pytest

from lect import event, exc
from lect.pool import AssertionPool, Manners, NullPool, QueuePool, SingletonThreadPool, StaticPool


class Connection:
    """Counts what happens to it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.dead = False

    def cursor(self) -> Connection:
        return self

    def execute(self, statement: str) -> None:
        if self.dead:
            raise RuntimeError("gone")

    def fetchone(self) -> None: ...

    def rollback(self) -> None:
        self.said.append("rollback")

    def commit(self) -> None:
        self.said.append("commit")

    def close(self) -> None:
        self.said.append("close")


class Database:
    """Opens connections and keeps them for inspection."""

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


def test_lends_the_same_again(database: Database) -> None:
    pool = QueuePool(database)
    first = pool.connect()
    inner = first.dbapi_connection
    first.close()
    assert pool.connect().dbapi_connection is inner


def test_overflow_is_closed_on_return(database: Database) -> None:
    pool = QueuePool(database, pool_size=1, max_overflow=1)
    a, b = pool.connect(), pool.connect()
    assert pool.overflow() == 1
    a.close()
    b.close()
    assert (pool.checkedin(), pool.checkedout(), pool.overflow()) == (1, 0, 0)
    assert sum("close" in c.said for c in database.opened) == 1


def test_timeout_says_size_and_time(database: Database) -> None:
    pool = QueuePool(database, pool_size=1, max_overflow=0, timeout=0.02)
    kept = pool.connect()
    with pytest.raises(exc.TimeoutError, match=r"QueuePool limit of size 1 overflow 0 reached, .* timeout 0.02"):
        pool.connect()
    assert kept.is_valid
    assert pool.stats().timeouts == 1


def test_waiting_line_is_limited(database: Database) -> None:
    pool = QueuePool(database, pool_size=1, max_overflow=0, timeout=0.02, max_waiting=0)
    kept = pool.connect()
    with pytest.raises(exc.TimeoutError, match="max_waiting=0"):
        pool.connect()
    kept.close()


def test_waiter_is_served_before_a_newcomer(database: Database) -> None:
    pool = QueuePool(database, pool_size=1, max_overflow=0, timeout=5)
    kept = pool.connect()
    order: list[str] = []

    def wait() -> None:
        lent = pool.connect()
        order.append("waiter")
        lent.close()

    thread = threading.Thread(target=wait)
    thread.start()
    while not pool.stats().waiting:
        time.sleep(0.001)
    kept.close()
    newcomer = pool.connect()
    order.append("newcomer")
    newcomer.close()
    thread.join()
    assert order == ["waiter", "newcomer"]


def test_threads_never_share(database: Database) -> None:
    pool = QueuePool(database, pool_size=3, max_overflow=1, timeout=20)
    used: set[int] = set()
    shared: list[int] = []

    def work() -> None:
        for turn in range(300):
            lent = pool.connect()
            mark = id(lent.dbapi_connection)
            if mark in used:
                shared.append(mark)
            used.add(mark)
            if turn % 7 == 0:
                time.sleep(0)
            used.discard(mark)
            if turn % 31 == 0:
                lent.invalidate()
            lent.close()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not shared
    assert pool.checkedout() == 0
    assert len(pool._line) == 0


def test_rollback_on_return_only_when_used(database: Database) -> None:
    pool = QueuePool(database)
    pool.connect().close()
    lent = pool.connect()
    lent.cursor()
    lent.close()
    assert database.opened[0].said == ["rollback"]


@pytest.mark.parametrize(("style", "said"), [("rollback", ["rollback"]), ("commit", ["commit"]), (None, [])])
def test_reset_on_return(database: Database, style: Any, said: list[str]) -> None:
    pool = QueuePool(database, reset_on_return=style)
    lent = pool.connect()
    lent.cursor()
    lent.close()
    assert database.opened[0].said == said


def test_unknown_reset_style(database: Database) -> None:
    with pytest.raises(exc.ArgumentError, match="'sometimes'"):
        QueuePool(database, reset_on_return="sometimes")  # type: ignore[arg-type]


def test_pre_ping_replaces_dead_connections(database: Database) -> None:
    pool = QueuePool(database, pre_ping=True)
    pool.connect().close()
    database.opened[0].dead = True
    assert pool.connect().dbapi_connection is database.opened[1]
    assert "close" in database.opened[0].said


def test_recycle(database: Database) -> None:
    pool = QueuePool(database, recycle=0.01)
    pool.connect().close()
    time.sleep(0.02)
    assert pool.connect().dbapi_connection is database.opened[1]


def test_hard_invalidation(database: Database) -> None:
    pool = QueuePool(database)
    lent = pool.connect()
    lent.invalidate()
    assert not lent.is_valid
    assert database.opened[0].said == ["close"]
    with pytest.raises(exc.InvalidRequestError, match="is closed"):
        lent.cursor()
    assert pool.connect().dbapi_connection is database.opened[1]


def test_soft_invalidation(database: Database) -> None:
    pool = QueuePool(database)
    lent = pool.connect()
    lent.invalidate(soft=True)
    assert lent.is_valid
    lent.close()
    assert pool.connect().dbapi_connection is database.opened[1]


def test_failure_to_open_frees_the_place(database: Database) -> None:
    pool = QueuePool(database, pool_size=1, max_overflow=0, timeout=0.02)
    database.refuse = True
    for _ in range(3):
        with pytest.raises(RuntimeError, match="refused"):
            pool.connect()
    database.refuse = False
    assert pool.connect().is_valid


def test_forgotten_connection_comes_back_with_its_place(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    pool = QueuePool(database)
    lent = pool.connect()
    lent.cursor()
    del lent
    gc.collect()
    assert pool.checkedout() == 0
    assert database.opened[0].said == ["rollback"]
    with caplog.at_level(logging.ERROR):
        pool.connect()
        gc.collect()
    assert "test_queue_pool.py" in caplog.text
    assert "never given back" in caplog.text


def test_dispose_closes_lent_ones_when_they_come_back(database: Database) -> None:
    pool = QueuePool(database)
    lent, idle = pool.connect(), pool.connect()
    idle.close()
    pool.dispose()
    assert database.opened[1].said == ["close"]
    lent.close()
    assert database.opened[0].said == ["close"]
    assert (pool.checkedin(), pool.checkedout()) == (0, 0)
    pool.connect().close()
    assert pool.checkedin() == 1


def test_recreate_keeps_arguments_and_listeners(database: Database) -> None:
    seen: list[str] = []
    pool = QueuePool(database, pool_size=7, max_overflow=3, timeout=1.5, use_lifo=True)
    event.listen(pool, "connect", lambda *a: seen.append("connect"))
    other = pool.recreate()
    assert (other.size(), other.timeout(), other._use_lifo) == (7, 1.5, True)
    other.connect()
    assert seen == ["connect"]


def test_lifo(database: Database) -> None:
    pool = QueuePool(database, use_lifo=True)
    a, b = pool.connect(), pool.connect()
    last = b.dbapi_connection
    a.close()
    b.close()
    assert pool.connect().dbapi_connection is last


def test_detach(database: Database) -> None:
    pool = QueuePool(database, pool_size=1, max_overflow=0, timeout=0.02)
    lent = pool.connect()
    lent.info["mine"] = 1
    lent.detach()
    assert lent.is_detached
    assert lent.info["mine"] == 1
    other = pool.connect()
    lent.close()
    assert database.opened[0].said == ["close"]
    assert other.is_valid


def test_checkout_listener_may_refuse_a_connection(database: Database) -> None:
    pool = QueuePool(database)
    refused: list[Any] = []

    @event.listens_for(pool, "checkout")
    def checkout(dbapi: Any, record: Any, proxy: Any) -> None:
        if not refused:
            refused.append(dbapi)
            raise exc.DisconnectionError("stale")

    assert pool.connect().dbapi_connection is database.opened[1]


def test_info_dies_with_the_connection_record_info_with_the_place(database: Database) -> None:
    pool = QueuePool(database)
    lent = pool.connect()
    lent.info["a"] = 1
    assert lent.record_info is not None
    lent.record_info["b"] = 2
    lent.invalidate()
    lent = pool.connect()
    assert lent.info == {}
    assert lent.record_info == {"b": 2}


def test_creator_may_take_the_entry() -> None:
    seen: list[Any] = []

    def creator(entry: Any) -> Connection:
        seen.append(entry)
        return Connection()

    lent = QueuePool(creator).connect()
    assert seen == [lent._connection_record]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_fork(database: Database) -> None:
    pool = QueuePool(database)
    lent, idle = pool.connect(), pool.connect()
    idle.close()
    child = os.fork()
    if child == 0:
        ok = not lent.is_valid and pool.checkedin() == 0 and not any(c.said for c in database.opened)
        fresh = pool.connect()
        ok = ok and fresh.dbapi_connection is database.opened[2]
        lent.close()
        os._exit(0 if ok and not database.opened[0].said else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert lent.is_valid
    assert (pool.checkedin(), pool.checkedout()) == (1, 1)


def test_null_pool(database: Database) -> None:
    pool = NullPool(database)
    pool.connect().close()
    pool.connect().close()
    assert [c.said for c in database.opened] == [["close"], ["close"]]


def test_static_pool(database: Database) -> None:
    pool = StaticPool(database)
    a, b = pool.connect(), pool.connect()
    assert a.dbapi_connection is b.dbapi_connection
    a.close()
    b.close()
    pool.dispose()
    assert database.opened[0].said == ["close"]


def test_assertion_pool_names_the_place(database: Database) -> None:
    pool = AssertionPool(database)
    lent = pool.connect()
    with pytest.raises(AssertionError, match=r"already checked out at .*test_queue_pool\.py:\d+"):
        pool.connect()
    lent.close()
    pool.connect()


def test_singleton_thread_pool(database: Database) -> None:
    pool = SingletonThreadPool(database)
    a, b = pool.connect(), pool.connect()
    assert a.dbapi_connection is b.dbapi_connection
    others: list[Any] = []
    thread = threading.Thread(target=lambda: others.append(pool.connect().dbapi_connection))
    thread.start()
    thread.join()
    assert others[0] is not a.dbapi_connection
    a.close()
    assert b.is_valid
    b.close()


def test_manners_decide_how_connections_end(database: Database) -> None:
    class Cut(Manners):
        def terminate(self, connection: Any) -> None:
            connection.said.append("terminate")

    pool = QueuePool(database, manners=Cut())
    pool.connect().invalidate()
    assert database.opened[0].said == ["terminate"]


def test_leaks_are_reported_with_the_stack(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    pool = QueuePool(database, leak_after=0.02)
    pool.connect().close()
    with caplog.at_level(logging.WARNING):
        lent = pool.connect()
        deadline = time.monotonic() + 5
        while "has been out for" not in caplog.text and time.monotonic() < deadline:
            time.sleep(0.005)
    assert caplog.text.count("has been out for") == 1
    assert "test_leaks_are_reported_with_the_stack" in caplog.text
    assert "taken by thread 'MainThread', at:" in caplog.text
    assert "no statement was run on it" in caplog.text
    lent.close()
