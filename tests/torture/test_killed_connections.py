"""Fifty threads on ten connections, while another connection kills them at random.

LECT_TORTURE_SEED repeats a run, LECT_TORTURE_UNITS sets the checkouts per thread.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import ledger
import pytest

import lect
from lect import exc, text

pytestmark = pytest.mark.server


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("threads", "units"), ledger.THREADS_AND_UNITS)
@pytest.mark.parametrize(
    ("variable", "driver"),
    [
        ("LECT_POSTGRESQL_URL", "postgresql+psycopg2"),
        ("LECT_POSTGRESQL_URL", "postgresql+psycopg"),
        ("LECT_POSTGRESQL_PYODBC_URL", "postgresql+pyodbc"),
        ("LECT_MYSQL_URL", "mysql+pymysql"),
        ("LECT_MYSQL_PYODBC_URL", "mysql+pyodbc"),
    ],
    ids=lambda value: value if "+" in value else "",
)
def test_backends_are_killed(
    variable: str, driver: str, threads: int, units: int, database_url: Callable[[str], str]
) -> None:
    url = lect.make_url(database_url(variable)).set(drivername=driver)
    server = ledger.SERVERS[url.get_backend_name()]
    engine = lect.create_engine(url, pool_size=ledger.POOL, max_overflow=0, pool_timeout=60)
    warden = lect.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=lect.pool.NullPool)
    seed = ledger.seed()
    book = ledger.Ledger(engine, server, seed)
    book.prepare(warden)
    killed = [0]

    def kill(over: threading.Event) -> None:
        dice = random.Random(seed)
        with warden.connect() as connection:
            while not over.wait(dice.expovariate(1 / (0.03 if threads > 20 else 0.01))):
                found = connection.scalars(text(server.listing)).all()
                if found:
                    killed[0] += kill_one(connection, server, dice.choice(found))

    took = book.work(threads, units, kill)
    book.check()
    counts = book.compare(warden)
    book.recover()
    stats = engine.pool.stats()
    engine.dispose()
    left = ledger.zero_left(warden, server)
    warden.dispose()
    print(
        f"{driver}: {threads * units:,} checkouts in {took:.0f} s, {killed[0]:,} killed; {dict(counts)}; "
        f"{dict(book.errors)}; opened {stats.created:,}, waits {stats.waits:,}, timeouts {stats.timeouts}"
    )
    assert left == []
    assert sum(counts[told] for told in ("committed", "failed", "unknown", "rolled back")) == threads * units
    assert killed[0]
    assert book.disturbed, "connections were killed and nobody noticed"


def kill_one(connection: Any, server: ledger.Server, identifier: int) -> int:
    try:
        connection.execute(text(server.kill.format(int(identifier))))
    except exc.DBAPIError:
        return 0  # it had gone by itself
    return 1
