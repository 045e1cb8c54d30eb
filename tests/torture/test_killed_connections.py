"""Connections that the server ends while many threads use them: errors of ours only, and nothing left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from lect import create_engine, exc, text

pytestmark = [pytest.mark.torture, pytest.mark.server]

THREADS = 8
SECONDS = 6.0

# How a server says which connections lead to this database, and ends one.
SERVERS = {
    "LECT_POSTGRESQL_URL": (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        "SELECT pg_terminate_backend({})",
    ),
    "LECT_MYSQL_URL": (
        "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
        "KILL {}",
    ),
}


@pytest.mark.parametrize("variable", SERVERS)
def test_threads_survive_killed_connections(variable: str, database_url: Callable[[str], str]) -> None:
    listing, kill = SERVERS[variable]
    url = database_url(variable)
    engine = create_engine(url, pool_size=4, max_overflow=2, pool_timeout=20)
    warden = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1)
    stop = threading.Event()
    worked: list[int] = []
    lost: list[exc.DBAPIError] = []
    foreign: list[BaseException] = []

    def work(number: int) -> None:
        done = 0
        while not stop.is_set():
            try:
                with engine.begin() as connection:
                    assert connection.execute(text("SELECT :n"), {"n": number}).scalar() == number
                done += 1
            except exc.DBAPIError as error:
                lost.append(error)
            except BaseException as error:  # whatever else comes out is a fault, and is shown
                foreign.append(error)
                return
        worked.append(done)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    killed = 0
    end = time.monotonic() + SECONDS
    with warden.connect() as connection:
        while time.monotonic() < end:
            for (identifier,) in connection.execute(text(listing)).all():
                try:
                    connection.execute(text(kill.format(int(identifier))))
                    killed += 1
                except exc.DBAPIError:
                    pass  # it had gone by itself
            time.sleep(0.2)
        stop.set()
        for thread in threads:
            thread.join(30)
        assert not any(t.is_alive() for t in threads), "a thread hangs"
        engine.dispose()
        left = remaining(connection, listing)
    warden.dispose()
    assert foreign == []
    assert killed > 10
    assert lost, "connections were ended and nobody noticed"
    assert all(error.connection_invalidated for error in lost), "a lost connection was not told from other errors"
    assert len(worked) == THREADS
    assert min(worked) > 0, "a thread never got a connection"
    assert sum(worked) > 200
    assert engine.pool.stats().in_use == 0
    assert left == []


def remaining(connection: Any, listing: str) -> list[Any]:
    """Connections that the server still counts; it needs a moment to notice that a socket was closed."""
    left: list[Any] = []
    for _ in range(50):
        left = connection.execute(text(listing)).all()
        if not left:
            break
        time.sleep(0.1)
    return left
