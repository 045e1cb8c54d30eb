"""Deadlines on real servers: the statement ends on the server, the connection stays what it was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import lect
from lect import exc, text

_SLEEP = {
    "LECT_POSTGRESQL_URL": "SELECT pg_sleep(20), 'canary-{}'",
    "LECT_MYSQL_URL": "SELECT SLEEP(20), 'canary-{}'",
}
_RUNNING = {
    "LECT_POSTGRESQL_URL": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE :q "
    "AND pid <> pg_backend_pid()",
    "LECT_MYSQL_URL": "SELECT count(*) FROM information_schema.processlist "
    "WHERE info LIKE :q AND id <> connection_id()",
}


@pytest.fixture(params=list(_SLEEP))
def server(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[tuple[Any, str]]:
    engine = lect.create_engine(database_url(request.param))
    yield engine, request.param
    engine.dispose()


def _running(engine: Any, variable: str, mark: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(_RUNNING[variable]), {"q": f"%SLEEP(20)%{mark}%"})) + int(
            connection.scalar(text(_RUNNING[variable]), {"q": f"%pg_sleep(20)%{mark}%"})
        )


def test_statement_ends_on_the_server(server: tuple[Any, str]) -> None:
    engine, variable = server
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        started = time.monotonic()
        with pytest.raises(exc.StatementDeadlineExceeded) as e:
            connection.execute(text(_SLEEP[variable].format("a")), execution_options={"timeout": 0.3})
        assert 0.25 < time.monotonic() - started < 4
        assert not e.value.connection_invalidated
        assert _running(engine, variable, "canary-a") == 0
        connection.rollback()
        assert connection.scalar(text("SELECT 5")) == 5
        assert connection.connection.dbapi_connection is raw


def test_context_covers_everything_inside(server: tuple[Any, str]) -> None:
    engine, variable = server
    with engine.connect() as connection:
        with pytest.raises(exc.DeadlineExceeded), lect.deadline(0.4):
            assert connection.scalar(text("SELECT 1")) == 1
            connection.execute(text(_SLEEP[variable].format("b")))
        connection.rollback()
        assert connection.scalar(text("SELECT 6")) == 6


def test_many_statements_that_end_at_their_deadline_leave_no_confusion(server: tuple[Any, str]) -> None:
    """Statements that last about as long as they may: each ends or is cancelled, and the next is not hit instead."""
    engine, variable = server
    sleep = "SELECT pg_sleep({})" if variable == "LECT_POSTGRESQL_URL" else "SELECT SLEEP({})"
    cancelled = 0
    with engine.connect() as connection:
        for i in range(60):
            try:
                connection.execute(text(sleep.format(0.03)), execution_options={"timeout": 0.004 + 0.0005 * i})
            except exc.StatementDeadlineExceeded:
                cancelled += 1
                connection.rollback()
            assert connection.scalar(text("SELECT 7")) == 7
    assert 0 < cancelled


def test_connecting_to_nobody(server: tuple[Any, str]) -> None:
    engine, _ = server
    import socket

    with socket.create_server(("127.0.0.1", 0)) as deaf:  # accepts and never says a word
        url = engine.url.set(host="127.0.0.1", port=deaf.getsockname()[1])
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
