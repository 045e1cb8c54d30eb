"""Many threads that write rows under bad conditions and keep a ledger of what they were told; at the end the database
is compared with the ledger.

Each unit of work has a number of its own, and writes one row with it. What the program was told says where the row must
be: committed, there; failed or rolled back, not there; of unknown outcome, either. While the units run, each of them
looks whether another thread uses its connection, whether the answer is its own, and whether somebody's transaction or
settings were left behind.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import lect
from lect import Column, Integer, MetaData, String, Table, delete, exc, func, insert, literal, select, text

__all__ = ["POOL", "SERVERS", "THREADS_AND_UNITS", "UNITS", "Ledger", "Server", "seed", "zero_left"]

POOL = 10
#: Checkouts of each thread or task at full size.
UNITS = int(os.environ.get("LECT_TORTURE_UNITS", "2000"))
#: A short run for every time, and one at full size.
THREADS_AND_UNITS = [pytest.param(12, 40, id="short"), pytest.param(50, UNITS, id="full", marks=pytest.mark.torture)]

metadata = MetaData()
rows = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("who", String(20), nullable=False),
)


class Server:
    """How one kind of server tells what we want to know.

    Args:
        listing: query of the identifiers of all connections to this database but the one that asks.
        kill: statement that ends one.
        state: query of one row with the session's settings; equal for all connections that nobody changed.
        level: an isolation level that is not the default.
    """

    def __init__(self, listing: str, kill: str, state: str, level: str) -> None:
        self.listing, self.kill, self.state, self.level = listing, kill, state, level


SERVERS = {
    "postgresql": Server(
        "SELECT pid, state, query FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
        "SELECT pg_terminate_backend({})",
        "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'), "
        "current_setting('search_path'), current_user",
        "SERIALIZABLE",
    ),
    "mysql": Server(
        "SELECT id, command, state, info FROM information_schema.processlist "
        "WHERE db = database() AND id <> connection_id()",
        "KILL {}",
        "SELECT @@tx_isolation, @@tx_read_only, @@autocommit, database()",
        "READ COMMITTED",
    ),
}


def seed() -> int:
    """LECT_TORTURE_SEED, or a new one; printed, so that a run can be had again."""
    given = os.environ.get("LECT_TORTURE_SEED")
    chosen = int(given) if given else random.SystemRandom().randrange(2**31)
    print(f"LECT_TORTURE_SEED={chosen}")
    return chosen


def zero_left(warden: Any, server: Server, wait_s: float = 20.0) -> list[Any]:
    """Connections that the server still counts; it needs a moment to notice that a socket was closed."""
    until = time.monotonic() + wait_s
    with warden.connect() as connection:  # one for all looks, so that none sees the one before it go
        while True:
            left = connection.execute(text(server.listing)).all()
            if not left or time.monotonic() > until:
                return list(left)
            time.sleep(0.05)


class _Abandoned(Exception):
    """What the program itself raises in the middle of a transaction."""


class Ledger:
    """Runs the units and keeps the book.

    Args:
        engine: whose pool is under trial.
        server: its facts.
        dice_seed: from which each thread's own dice follow.
        deadline_s: seconds that a unit may take under :func:`lect.deadline`; None: no deadlines.
    """

    def __init__(self, engine: Any, server: Server, dice_seed: int, deadline_s: float | None = None) -> None:
        self.engine, self.server = engine, server
        self._seed = dice_seed
        self._deadline_s = deadline_s
        self.outcomes: dict[int, str] = {}
        self.errors: Counter[str] = Counter()
        self.reasons: dict[int, str] = {}
        self.foreign: list[BaseException] = []
        self.dirty: list[str] = []
        self.shared: list[str] = []
        self.disturbed = 0
        self._using: dict[int, int] = {}
        self._clean: Any = None

    # -- before and after ---------------------------------------------------------------------------------------------

    def prepare(self, warden: Any) -> None:
        """Make the table, over a connection that nobody disturbs."""
        metadata.drop_all(warden)
        metadata.create_all(warden)
        plain = lect.create_engine(warden.url, poolclass=lect.pool.NullPool)
        with plain.connect() as connection:
            self._clean = tuple(connection.execute(text(self.server.state)).one())

    def work(self, threads: int, units: int, disturb: Callable[[threading.Event], None] | None = None) -> float:
        """Run `units` in each of so many threads, while `disturb` runs beside them; returns the seconds it took."""
        over = threading.Event()
        started = time.monotonic()
        workers = [
            threading.Thread(target=self._thread, args=(number, units), name=f"worker-{number}", daemon=True)
            for number in range(threads)
        ]
        trouble = threading.Thread(target=disturb, args=(over,), daemon=True) if disturb is not None else None
        for each in workers:
            each.start()
        if trouble is not None:
            trouble.start()
        limit = time.monotonic() + 1500
        for each in workers:
            each.join(max(limit - time.monotonic(), 0.1))
        over.set()
        if trouble is not None:
            trouble.join(30)
        hanging = [each.name for each in workers if each.is_alive()]
        assert not hanging, f"these threads hang: {hanging}"
        return time.monotonic() - started

    def compare(self, warden: Any) -> Counter[str]:
        """Compare the book with the table; returns how often each outcome was told."""
        with warden.connect() as connection:
            there = dict(connection.execute(select(rows.c.id, rows.c.who)).tuples().all())
        wrong = [
            f"unit {unit} was told {outcome!r}, and its row is {there.get(unit, 'not')!r} there; "
            f"{self.reasons.get(unit)}"
            for unit, outcome in self.outcomes.items()
            if outcome != "unknown" and (outcome == "committed") != (unit in there)
        ]
        assert wrong == []
        assert set(there) <= set(self.outcomes)
        counts = Counter(self.outcomes.values())
        unknown = [unit for unit, outcome in self.outcomes.items() if outcome == "unknown"]
        counts["unknown, there"] = len(set(there).intersection(unknown))
        return counts

    def check(self) -> None:
        """See that nothing happened that must not happen."""
        assert self.foreign == []
        assert self.shared == []
        assert self.dirty == []

    def recover(self) -> None:
        """See that the pool gives as many connections as ever, and all of them work."""
        for _ in range(POOL):  # the last to be ruined lie idle, and nobody has noticed yet
            try:
                with self.engine.connect() as connection:
                    connection.scalar(select(literal(1)))
            except exc.ConnectionLost:
                pass
        lent = [self.engine.connect() for _ in range(POOL)]
        for number, connection in enumerate(lent):
            assert connection.scalar(select(literal(number))) == number
        stats = self.engine.pool.stats()
        assert (stats.in_use, stats.waiting) == (POOL, 0)
        for connection in lent:
            connection.close()
        stats = self.engine.pool.stats()
        assert (stats.in_use, stats.idle) == (0, POOL)

    # -- one thread ---------------------------------------------------------------------------------------------------

    def _thread(self, number: int, units: int) -> None:
        dice = random.Random(self._seed * 1000 + number)
        try:
            for turn in range(units):
                unit = (number + 1) * 1_000_000 + turn
                self.outcomes[unit] = self._unit(unit, dice)
        except BaseException as error:
            self.foreign.append(error)

    def _unit(self, unit: int, dice: random.Random) -> str:
        """Run one unit and return what the program knows of its row afterwards."""
        hurried = self._deadline_s is not None and dice.random() < 0.5
        try:
            if hurried:
                assert self._deadline_s is not None
                with lect.deadline(self._deadline_s):
                    return self._checkout(unit, dice)
            return self._checkout(unit, dice)
        except exc.CommitOutcomeUnknown as error:
            self._note(error)
            return "unknown"
        except (exc.DBAPIError, exc.DeadlineExceeded) as error:
            self._note(error)
            self.reasons[unit] = f"{error!r} from {error.__cause__!r}"
            return "failed"
        except _Abandoned:
            return "rolled back"

    def _note(self, error: Any) -> None:
        self.errors[type(error).__name__] += 1
        if isinstance(error, exc.ConnectionLost):
            self.disturbed += 1
            if not error.connection_invalidated:
                self.dirty.append(f"a lost connection was kept: {error!r}")
        elif not isinstance(error, (exc.ConnectFailed, exc.DeadlineExceeded)):
            self.foreign.append(error)

    def _checkout(self, unit: int, dice: random.Random) -> str:
        with self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            me = threading.get_ident()
            other = self._using.setdefault(id(raw), me)
            if other != me:
                self.shared.append(f"unit {unit}: thread {other} has this connection too")
            try:
                return self._use(connection, unit, dice)
            finally:
                # The object stays alive as `raw` until it is struck out, so that no other can have its id.
                self._using.pop(id(raw), None)

    def _use(self, connection: Any, unit: int, dice: random.Random) -> str:
        chance = dice.random()
        info = connection.info
        if chance < 0.05:
            connection.execution_options(isolation_level=self.server.level)
        elif chance < 0.1:
            return self._autocommit(connection, unit)
        elif chance < 0.3:
            self._look(connection, unit, info)
            connection.rollback()
        elif chance < 0.35:
            connection.commit()
        # Somebody else's answer would be seen here.
        if connection.scalar(select(literal(unit))) != unit:
            self.dirty.append(f"unit {unit} got the answer to another question")
        connection.execute(insert(rows), {"id": unit, "who": threading.current_thread().name})
        ending = dice.random()
        if ending < 0.1:
            with connection.begin_nested() as nested:
                connection.execute(delete(rows).where(rows.c.id == unit))
                nested.rollback()
        if ending < 0.6:
            connection.commit()
            info["abandoned"] = None
            return "committed"
        info["abandoned"] = unit
        if ending < 0.75:
            raise _Abandoned
        if ending < 0.9:
            connection.rollback()
        return "rolled back"

    def _look(self, connection: Any, unit: int, info: dict[Any, Any]) -> None:
        """Look for what the one before left in this connection: settings, or a transaction that goes on."""
        state = tuple(connection.execute(text(self.server.state)).one())
        if state != self._clean:
            self.dirty.append(f"unit {unit} found {state} in place of {self._clean}")
        abandoned = info.get("abandoned")
        if abandoned is not None:
            query = select(func.count()).select_from(rows).where(rows.c.id == abandoned)
            if connection.scalar(query):
                self.dirty.append(f"unit {unit} sees the row of the abandoned unit {abandoned}")

    def _autocommit(self, connection: Any, unit: int) -> str:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(insert(rows), {"id": unit, "who": "autocommit"})
        return "committed"
