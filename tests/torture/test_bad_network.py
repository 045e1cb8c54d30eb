"""Fifty threads on ten connections that lead over a bad network: dropped, stalled and half-closed anywhere.

LECT_TORTURE_SEED repeats the faults of a run, LECT_TORTURE_UNITS sets the checkouts per thread.
"""

from __future__ import annotations

from collections.abc import Callable

import bad_network
import ledger
import pytest

import lect

pytestmark = pytest.mark.server


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("threads", "units"), ledger.THREADS_AND_UNITS)
@pytest.mark.parametrize(
    ("variable", "driver"),
    [
        ("LECT_POSTGRESQL_URL", "postgresql+psycopg2"),
        ("LECT_POSTGRESQL_URL", "postgresql+psycopg"),
        ("LECT_MYSQL_URL", "mysql+pymysql"),
        # Not over ODBC: psqlODBC 13 with pyodbc 5 now and then leaves an exception set, or crashes, when it frees what
        # belongs to a broken connection.
    ],
    ids=lambda value: value if "+" in value else "",
)
def test_network_is_bad(
    variable: str, driver: str, threads: int, units: int, database_url: Callable[[str], str]
) -> None:
    url = lect.make_url(database_url(variable)).set(drivername=driver)
    server = ledger.SERVERS[url.get_backend_name()]
    warden = lect.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=lect.pool.NullPool)
    seed = ledger.seed()
    mean = 6000.0 if threads > 20 else 3000.0
    default_port = {"postgresql": 5432, "mysql": 3306}[url.get_backend_name()]
    network = bad_network.BadNetwork(url.host or "127.0.0.1", url.port or default_port, seed, mean)
    try:
        engine = lect.create_engine(
            url.set(host="127.0.0.1", port=network.port), pool_size=ledger.POOL, max_overflow=0, pool_timeout=60
        )
        book = ledger.Ledger(engine, server, seed, deadline_s=0.25)
        book.prepare(warden)
        took = book.work(threads, units)
        network.heal()
        book.check()
        book.recover()
        stats = engine.pool.stats()
        engine.dispose()
    finally:
        network.close()
    left = ledger.zero_left(warden, server)
    counts = book.compare(warden)
    warden.dispose()
    print(
        f"{driver}: {threads * units:,} checkouts in {took:.0f} s, {network.connections:,} connections, faults "
        f"{dict(network.faults)}; {dict(counts)}; {dict(book.errors)}; opened {stats.created:,}, waits {stats.waits:,}"
    )
    assert left == []
    assert sum(counts[told] for told in ("committed", "failed", "unknown", "rolled back")) == threads * units
    if threads > 20:
        assert set(network.faults) == set(bad_network.KINDS), "not every kind of fault happened"
    assert book.disturbed, "connections were ruined and nobody noticed"
