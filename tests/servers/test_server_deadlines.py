"""Deadlines on real servers: the statement ends on the server, the connection stays what it was."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import lect
from lect import Integer, bindparam, exc, text

VARIABLES = ["LECT_POSTGRESQL_URL", "LECT_POSTGRESQL_PYODBC_URL", "LECT_MYSQL_URL", "LECT_MYSQL_PYODBC_URL"]

_SLEEP = {"postgresql": "SELECT pg_sleep({})", "mysql": "SELECT SLEEP({})"}
_SLOW_ROWS = {
    "postgresql": "SELECT pg_sleep(0.001), n FROM generate_series(1, 20000) AS s (n)",
    "mysql": "SELECT SLEEP(0.001), seq FROM seq_1_to_20000",
}
_OWN_NUMBER = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT connection_id()"}
_BUSY = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid = :number",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE command <> 'Sleep' AND id = :number",
}


class Server:
    """A server over one driver; `other` looks at it over a connection that no deadline of a test can hit."""

    def __init__(self, url: Any, plain: Any) -> None:
        self.engine = lect.create_engine(url)
        self.other = lect.create_engine(plain)
        self.database = self.engine.url.get_backend_name()

    def sleep(self, seconds: float) -> str:
        """A statement that lasts so long."""
        return _SLEEP[self.database].format(seconds)

    def slow_rows(self) -> str:
        """A statement with many rows, one after another."""
        return _SLOW_ROWS[self.database]

    def number(self, connection: Any) -> int:
        """What the server calls this connection."""
        return int(connection.scalar(text(_OWN_NUMBER[self.database])))

    def busy(self, number: int) -> bool:
        """Whether the server is at a statement of the connection it calls so."""
        with self.other.connect() as connection:
            return bool(connection.scalar(text(_BUSY[self.database]), {"number": number}))


@pytest.fixture(params=VARIABLES)
def server(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Server]:
    url = database_url(request.param)
    made = Server(url, database_url(request.param.replace("_PYODBC", "")))
    yield made
    made.engine.dispose()
    made.other.dispose()


@contextlib.contextmanager
def seen_running(server: Server, number: int) -> Iterator[None]:
    """See from outside that the server is at work for the connection in the block, and no more afterwards."""
    seen = threading.Event()

    def look() -> None:
        until = time.monotonic() + 5
        while not seen.is_set() and time.monotonic() < until:
            if server.busy(number):
                seen.set()
            time.sleep(0.02)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
        until = time.monotonic() + 2  # it may take a moment
        while server.busy(number):
            assert time.monotonic() < until, "the server goes on"
            time.sleep(0.02)
    finally:
        thread.join()
    assert seen.is_set(), "the server was never at the statement, so nothing was tested"


def test_statement_ends_on_the_server(server: Server) -> None:
    with server.engine.connect() as connection:
        raw, number = connection.connection.dbapi_connection, server.number(connection)
        started = time.monotonic()
        with seen_running(server, number):
            with pytest.raises(exc.StatementDeadlineExceeded) as e:
                connection.execute(text(server.sleep(20)), execution_options={"timeout": 0.5})
            assert 0.45 < time.monotonic() - started < 4
        assert not e.value.connection_invalidated
        connection.rollback()
        assert server.number(connection) == number
        assert connection.connection.dbapi_connection is raw


def test_statement_with_parameters_ends_on_the_server(server: Server) -> None:
    """Drivers prepare it, and then wait in another call."""
    statement = text(f"{server.sleep(20)}, :x").bindparams(bindparam("x", type_=Integer))
    with server.engine.connect() as connection:
        number = server.number(connection)
        with seen_running(server, number), pytest.raises(exc.StatementDeadlineExceeded), lect.deadline(0.5):
            connection.execute(statement, {"x": 3})
        connection.rollback()
        assert connection.execute(text("SELECT :x").bindparams(bindparam("x", 4, Integer))).scalar() == 4
        assert server.number(connection) == number


def test_fetching_ends_on_the_server(server: Server) -> None:
    """Also over drivers that do not let themselves be stopped while they fetch: between two pieces."""
    with server.engine.connect() as connection:
        number = server.number(connection)
        started = time.monotonic()
        with seen_running(server, number), pytest.raises(exc.StatementDeadlineExceeded), lect.deadline(0.5):
            with connection.execute(text(server.slow_rows()), execution_options={"yield_per": 50}) as result:
                result.all()
        assert 0.45 < time.monotonic() - started < 4
        connection.rollback()
        assert server.number(connection) == number


def test_context_covers_everything_inside(server: Server) -> None:
    with server.engine.connect() as connection:
        with pytest.raises(exc.DeadlineExceeded), lect.deadline(0.4):
            assert connection.scalar(text("SELECT 1")) == 1
            connection.execute(text(server.sleep(20)))
        connection.rollback()
        assert connection.scalar(text("SELECT 6")) == 6


def test_many_statements_that_end_at_their_deadline_leave_no_confusion(server: Server) -> None:
    """Statements that last about as long as they may: each ends or is cancelled, and the next is not hit instead."""
    cancelled = 0
    with server.engine.connect() as connection:
        for i in range(60):
            try:
                connection.execute(text(server.sleep(0.03)), execution_options={"timeout": 0.004 + 0.0005 * i})
            except exc.StatementDeadlineExceeded:
                cancelled += 1
                connection.rollback()
            assert connection.scalar(text("SELECT 7")) == 7
    assert 0 < cancelled


def test_connecting_to_nobody(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # accepts and never says a word
        url = server.engine.url.set(host="127.0.0.1", port=deaf.getsockname()[1])
        silent = lect.create_engine(url)
        started = time.monotonic()
        with lect.deadline(0.3), pytest.raises(exc.ConnectDeadlineExceeded):
            silent.connect()
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("connector", ["asyncpg", "psycopg_async"])
def test_statement_ends_under_asyncio(connector: str, database_url: Callable[[str], str]) -> None:
    pytest.importorskip("greenlet")
    pytest.importorskip(connector.removesuffix("_async"))
    from lect.aio import create_async_engine

    url = lect.make_url(database_url("LECT_POSTGRESQL_URL")).set(drivername=f"postgresql+{connector}")

    async def go() -> None:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).dbapi_connection
            started = time.monotonic()
            with pytest.raises(exc.StatementDeadlineExceeded):
                async with lect.deadline(0.3):
                    await connection.execute(text("SELECT pg_sleep(20)"))
            assert time.monotonic() - started < 4
            await connection.rollback()
            assert await connection.scalar(text("SELECT 8")) == 8
            if engine.sync_engine._driver.cancels is not None:
                assert (await connection.get_raw_connection()).dbapi_connection is raw
        await engine.dispose()

    asyncio.run(go())
