"""Tasks whose connections the server or the network ruins, and which are cancelled at random: nothing is misreported.

Each checkout writes a row and remembers what it was told of the COMMIT; at the end the rows are compared with that.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Callable
from typing import Any

import bad_network
import pytest
from ledger import POOL, UNITS

pytest.importorskip("greenlet")

import lect
from lect import Column, Integer, MetaData, Table, create_engine, exc, make_url, select, text
from lect.aio import create_async_engine

ledger = Table("killed_ledger", MetaData(), Column("id", Integer, primary_key=True, autoincrement=False))

CONNECTORS = {
    "asyncpg": "LECT_POSTGRESQL_URL",
    "psycopg": "LECT_POSTGRESQL_URL",
    "asyncmy": "LECT_MYSQL_URL",
}
# How a server says which connections lead to this database, ends one, and says what state a session is in.
SERVERS = {
    "LECT_POSTGRESQL_URL": (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'",
        "SELECT pg_terminate_backend({})",
        "SELECT CAST(:n AS INTEGER), pg_backend_pid(), current_setting('transaction_isolation'), "
        "pg_current_xact_id_if_assigned() IS NOT NULL",
        "read committed",
    ),
    "LECT_MYSQL_URL": (
        "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
        "KILL {}",
        "SELECT :n, connection_id(), @@tx_isolation, @@in_transaction",
        "REPEATABLE-READ",
    ),
}
SEED = 7
LOST = (exc.ConnectionLost, exc.ConnectFailed, exc.DeadlineExceeded)


class Storm:
    """Tasks that use one pool, and the warden or the network that ends their connections."""

    def __init__(self, url: Any, variable: str, tasks: int, checkouts: int, pause_s: float, network: Any) -> None:
        self.url = url
        self.network = network
        self.listing, self.kill, self.state, self.level = SERVERS[variable]
        self.tasks, self.checkouts, self.pause_s = tasks, checkouts, pause_s
        self.numbers = itertools.count(1)
        self.held: set[int] = set()
        self.committed: set[int] = set()
        self.failed: set[int] = set()
        self.unknown: set[int] = set()
        self.lost = self.cancelled = self.killed = 0
        self.random = random.Random(SEED)

    async def run(self) -> None:
        self.engine = create_async_engine(self.url, pool_size=POOL, max_overflow=0, pool_timeout=120)
        warden = asyncio.create_task(self.end_connections() if self.network is None else asyncio.sleep(0))
        try:
            await asyncio.gather(*[self.work() for _ in range(self.tasks)])
        finally:
            warden.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await warden
        if self.network is not None:
            self.network.heal()
        for _ in range(POOL):  # the last to be ruined lie idle, and nobody has noticed yet
            with contextlib.suppress(*LOST):
                async with self.engine.connect() as connection:
                    await self.look(connection, 0)
        stats = self.engine.pool.stats()
        assert stats.in_use == stats.waiting == 0
        async with contextlib.AsyncExitStack() as stack:  # the pool is whole again
            every = [await stack.enter_async_context(self.engine.connect()) for _ in range(POOL)]
            found = await asyncio.gather(*[self.look(connection, 0) for connection in every])
            assert len({number for _, number in found}) == POOL
        assert self.engine.pool.stats().in_use == 0
        await self.engine.dispose()

    async def work(self) -> None:
        for _ in range(self.checkouts):
            if self.random.random() < 0.02:
                holding = asyncio.Event()
                task = asyncio.create_task(self.checkout(holding))
                if self.random.random() < 0.8:  # else it is cancelled while it waits for a connection
                    await holding.wait()
                await asyncio.sleep(self.random.random() * 0.03)
                task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    self.cancelled += 1
            else:
                await self.checkout()

    async def look(self, connection: Any, number: int) -> tuple[Any, int]:
        row = (await connection.execute(text(self.state), {"n": number})).one()
        assert int(row[0]) == number, "the answer to another statement"
        return row, row[1]

    async def checkout(self, holding: asyncio.Event | None = None) -> None:
        number = next(self.numbers)
        committing = committed = False
        # A network that stalls may leave both sides waiting for each other.
        limit = lect.deadline(2.0) if self.network is not None else contextlib.nullcontext()
        try:
            async with limit, self.engine.connect() as connection:
                raw = id((await connection.get_raw_connection()).driver_connection)
                assert raw not in self.held, "a connection was handed to two tasks"
                self.held.add(raw)
                if holding is not None:
                    holding.set()
                try:
                    if number % 50 == 0:
                        connection = await connection.execution_options(isolation_level="SERIALIZABLE")
                    row, _ = await self.look(connection, number)
                    assert number % 50 == 0 or row[2] == self.level, "the isolation level of another checkout"
                    assert not row[3], "the transaction of another checkout"
                    await connection.execute(ledger.insert(), {"id": number})
                    if number % 10 == 0:
                        return  # gives it back as it is: the row must not stay
                    committing = True
                    await connection.commit()
                    committed = True
                finally:
                    self.held.discard(raw)
        except exc.CommitOutcomeUnknown:
            assert committing and not committed
            self.unknown.add(number)
        except LOST:
            assert committed or not committing, "a COMMIT of unknown outcome was told as a loss"
            self.lost += 1
        except asyncio.CancelledError:
            if committing and not committed:
                self.unknown.add(number)
            raise
        finally:
            if holding is not None:
                holding.set()
            if number not in self.unknown:
                (self.committed if committed else self.failed).add(number)

    async def end_connections(self) -> None:
        engine = create_async_engine(self.url, pool_size=1, isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                while True:
                    numbers = list(await connection.scalars(text(self.listing)))
                    if numbers:
                        try:
                            await connection.execute(text(self.kill.format(int(self.random.choice(numbers)))))
                            self.killed += 1
                        except exc.DBAPIError:
                            pass  # it had gone by itself
                    await asyncio.sleep(self.pause_s)
        finally:
            await engine.dispose()


@pytest.mark.server
@pytest.mark.parametrize(
    ("tasks", "checkouts", "pause_s"),
    [
        pytest.param(20, 15, 0.02, id="short"),
        pytest.param(50, UNITS, 0.25, id="full", marks=[pytest.mark.torture, pytest.mark.timeout(1800)]),
    ],
)
@pytest.mark.parametrize("harm", ["server", "network"])
@pytest.mark.parametrize("connector", CONNECTORS)
def test_tasks_survive(
    connector: str, harm: str, tasks: int, checkouts: int, pause_s: float, database_url: Callable[[str], str]
) -> None:
    pytest.importorskip(connector)
    variable = CONNECTORS[connector]
    plain = make_url(database_url(variable))
    outside = create_engine(plain, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)
    ledger.metadata.drop_all(outside)
    ledger.metadata.create_all(outside)
    outside.dispose()  # the warden would end this connection, too
    url = plain.set(drivername=f"{plain.get_backend_name()}+{connector}")
    network = None
    if harm == "network":
        port = plain.port or {"postgresql": 5432, "mysql": 3306}[plain.get_backend_name()]
        network = bad_network.BadNetwork(plain.host or "127.0.0.1", port, SEED, 6000.0 if tasks > 20 else 3000.0)
        url = url.set(host="127.0.0.1", port=network.port)
    storm = Storm(url, variable, tasks, checkouts, pause_s, network)
    began = time.monotonic()
    try:
        asyncio.run(storm.run())
        ruined = storm.killed if network is None else sum(network.faults.values())
    finally:
        if network is not None:
            network.close()
    seconds = time.monotonic() - began
    with outside.connect() as connection:
        there = set(connection.scalars(select(ledger.c.id)))
        left: list[Any] = []
        for _ in range(100):
            left = list(connection.execute(text(storm.listing)))
            if not left:
                break
            time.sleep(0.05)
    ledger.metadata.drop_all(outside)
    outside.dispose()
    print(
        f"{connector}, {harm}, seed {SEED}: {tasks} x {checkouts} checkouts in {seconds:.1f} s, "
        f"{ruined} connections ruined, {storm.lost} losses told, {storm.cancelled} tasks cancelled; "
        f"{len(storm.committed)} committed, {len(storm.failed)} not committed, {len(storm.unknown)} unknown, "
        f"of which {len(storm.unknown & there)} are there; {len(there)} rows, {len(left)} sessions left"
    )
    assert ruined > 5
    assert storm.committed <= there, "COMMIT was reported, and the row is not there"
    assert not storm.failed & there, "a transaction that failed, or was not committed, left its row"
    assert len(storm.committed) + len(storm.failed) + len(storm.unknown) >= tasks * checkouts - storm.cancelled
    assert len(storm.unknown) < tasks * checkouts / 5
    assert left == []
