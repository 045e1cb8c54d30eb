"""Tasks cancelled at every point where they wait, one after the other, over every asynchronous connector.

A scenario is run again and again; each time the task is cancelled at the next of its suspensions, until it gets
through. Cancelled `early`, what it waits for has not happened; cancelled `late`, it has happened and the task does not
learn it; cancelled `twice`, it is cancelled again in the wait after that, where it gives up what it had.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("greenlet")

import lect
from lect import Column, Integer, MetaData, String, Table, create_engine, make_url, select, text
from lect.aio import AsyncEngine, create_async_engine
from lect_orm import DeclarativeBase, Mapped, mapped_column
from lect_orm.ext.asyncio import AsyncSession

thing = Table("cancelled_thing", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(20)))


class Base(DeclarativeBase):
    metadata = thing.metadata


class Item(Base):
    __tablename__ = "cancelled_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    thing_id: Mapped[int]


#: Connections that lead to this run's database, other than the one that asks.
_LISTING = {
    "postgresql": "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
}
_NUMBER = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT connection_id()"}
_LEVEL = {"postgresql": "SHOW transaction_isolation", "mysql": "SELECT @@tx_isolation"}


class Place(NamedTuple):
    """A database, and a synchronous engine to look at it from outside."""

    url: Any
    outside: Any

    @property
    def dialect(self) -> str:
        return str(self.outside.dialect.name if self.outside.dialect.name != "mariadb" else "mysql")

    def connections(self) -> int:
        """How many connections of ours there are, as the server counts (SQLite: open files)."""
        if self.dialect == "sqlite":
            self.outside.dispose()
            opened = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
            return opened.count(os.path.realpath(self.url.database))
        with self.outside.connect() as connection:
            return len(connection.execute(text(_LISTING[self.dialect])).all())

    def names(self, number: int) -> list[str]:
        with self.outside.connect() as connection:
            return list(connection.scalars(select(thing.c.name).where(thing.c.id == number)))


CONNECTORS = {
    "aiosqlite": "",
    "asyncpg": "LECT_POSTGRESQL_URL",
    "psycopg": "LECT_POSTGRESQL_URL",
    "asyncmy": "LECT_MYSQL_URL",
}


@pytest.fixture(params=list(CONNECTORS))
def place(request: pytest.FixtureRequest, database_url: Callable[[str], str], tmp_path: Path) -> Iterator[Place]:
    pytest.importorskip(request.param)
    variable = CONNECTORS[request.param]
    url = make_url(database_url(variable) if variable else f"sqlite:///{tmp_path}/cancelled.db")
    outside = create_engine(url, pool_size=1, max_overflow=0)
    thing.metadata.create_all(outside)
    yield Place(url.set(drivername=f"{url.get_backend_name()}+{request.param}"), outside)
    thing.metadata.drop_all(outside)
    outside.dispose()


# -- cancelling -------------------------------------------------------------------------------------------------------


class Interrupted(Awaitable[Any]):
    """A coroutine whose task is cancelled when it waits for the n-th time.

    Attributes:
        waited: how often it has waited.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Any], at: int, how: str) -> None:
        self._coroutine = coroutine
        self._moments = (at, at + 1) if how == "twice" else (at,)
        self._late = how == "late"
        self.waited = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self._coroutine
        task = asyncio.current_task()
        assert task is not None
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                waits_for = inner.send(value) if error is None else inner.throw(error)
            except StopIteration as stop:
                return stop.value
            finally:
                error = None  # it would keep its traceback, and so what the frames there hold
            self.waited += 1
            if self.waited in self._moments:
                if self._late and waits_for is not None:
                    waits_for.add_done_callback(lambda _: task.cancel())
                else:
                    task.cancel()
            value = None
            try:
                value = yield waits_for
            except BaseException as raised:
                error = raised


class Progress:
    """How far a scenario came."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.committing = self.committed = False


Scenario = Callable[[AsyncEngine, Progress], Coroutine[Any, Any, None]]


async def interrupt(engine: AsyncEngine, scenario: Scenario, progress: Progress, at: int, how: str) -> bool:
    """Run a scenario and cancel it where it waits for the n-th time; whether it waited that often."""
    interrupted = Interrupted(scenario(engine, progress), at, how)

    async def run() -> None:
        await interrupted

    task = asyncio.create_task(run())
    done, _ = await asyncio.wait([task], timeout=20)
    assert done, f"the task hangs after it was cancelled at {at}"
    if not task.cancelled():
        task.result()  # an error is none of a cancelled task's outcomes
        assert interrupted.waited < at or how == "late", f"the task was cancelled at {at} and went on"
    return interrupted.waited >= at


async def check(place: Place, engine: AsyncEngine, progress: Progress, where: str) -> None:
    """See that nothing is out of order after a task was cancelled."""
    pool = engine.pool
    end = time.monotonic() + 5
    while pool.stats().in_use and time.monotonic() < end:
        await asyncio.sleep(0.001)
    assert pool.stats().in_use == 0, f"{where}: a connection is still lent"
    names = place.names(progress.number)
    if progress.committed:
        assert names == ["kept"], f"{where}: COMMIT was reported, and the row is not there"
    elif not progress.committing:
        assert names == [], f"{where}: the transaction did not end, and its row is there"
    async with asyncio.timeout(10), engine.connect() as one, engine.connect() as two:
        found = []
        for connection in (one, two):
            assert await connection.scalar(text("SELECT 41 + 1")) == 42
            if place.dialect != "sqlite":
                found.append(await connection.scalar(text(_NUMBER[place.dialect])))
                level = await connection.scalar(text(_LEVEL[place.dialect]))
                assert "erializable" not in level.lower()[1:], f"{where}: the level of the cancelled task stayed"
        assert len(set(found)) == len(found), f"{where}: a connection was lent twice"
    assert pool.stats().in_use == 0


async def enumerate_waits(place: Place, scenario: Scenario, how: str, cold: bool, **options: Any) -> int:
    """Cancel a scenario at each of its waits; returns how many there are."""
    engine: AsyncEngine | None = None
    for at in itertools.count(1):
        if engine is None:
            engine = create_async_engine(place.url, pool_size=2, max_overflow=0, **options)
            if not cold:
                async with engine.connect() as one, engine.connect() as two:  # both connections are open
                    await one.scalar(text("SELECT 1"))
                    await two.scalar(text("SELECT 1"))
        progress = Progress(next(_NUMBERS))
        reached = await interrupt(engine, scenario, progress, at, how)
        await check(place, engine, progress, f"{scenario.__name__}, cancelled {how} at {at}")
        if cold or not reached:
            await engine.dispose()
            await none_left(place)
            engine = None
        if not reached:
            return at - 1
    raise AssertionError


async def none_left(place: Place) -> None:
    end = time.monotonic() + 5
    while (left := place.connections()) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    assert left == 0, f"{left} connections are left on the server"


_NUMBERS = itertools.count(1)

# -- scenarios --------------------------------------------------------------------------------------------------------


async def connects(engine: AsyncEngine, progress: Progress) -> None:
    async with engine.connect() as connection:
        assert not connection.closed


async def queries(engine: AsyncEngine, progress: Progress) -> None:
    async with engine.connect() as connection:
        assert (await connection.scalars(select(thing.c.id).where(thing.c.id == -1))).all() == []


async def commits(engine: AsyncEngine, progress: Progress) -> None:
    connection = await engine.connect()
    try:
        transaction = await connection.begin()
        assert transaction.is_active
        await connection.execute(thing.insert(), {"id": progress.number, "name": "kept"})
        progress.committing = True
        await connection.commit()
        progress.committed = True
    finally:
        await connection.close()


async def commits_in_a_block(engine: AsyncEngine, progress: Progress) -> None:
    async with engine.begin() as connection:
        await connection.execute(thing.insert(), [{"id": progress.number, "name": "kept"}])
        progress.committing = True
    progress.committed = True


async def rolls_back(engine: AsyncEngine, progress: Progress) -> None:
    async with engine.connect() as connection:
        await connection.execute(thing.insert(), {"id": progress.number, "name": "lost"})
        async with connection.begin_nested() as savepoint:
            await connection.execute(thing.update().where(thing.c.id == progress.number).values(name="x"))
            await savepoint.rollback()
        await connection.rollback()


async def streams(engine: AsyncEngine, progress: Progress) -> None:
    numbers = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(40))
    async with engine.connect() as connection:
        async with connection.stream(text(numbers), execution_options={"yield_per": 10}) as result:
            assert len(await result.fetchmany(10)) == 10
            async for _ in result.partitions(10):
                break
        result = await connection.stream(text(numbers))
        assert len([row async for row in result]) == 40


async def changes_isolation(engine: AsyncEngine, progress: Progress) -> None:
    async with engine.connect() as connection:
        connection = await connection.execution_options(isolation_level="SERIALIZABLE")
        await connection.execute(select(thing.c.id).where(thing.c.id == -1))


async def waits_for_the_pool(engine: AsyncEngine, progress: Progress) -> None:
    async def hold() -> None:
        async with engine.connect() as connection:
            await connection.scalar(text("SELECT 1"))
            await asyncio.sleep(0.01)

    holders = [asyncio.create_task(hold()) for _ in range(4)]
    try:
        async with engine.connect() as connection:
            await connection.scalar(text("SELECT 1"))
    finally:
        for holder in holders:
            await holder


async def under_a_deadline(engine: AsyncEngine, progress: Progress) -> None:
    with lect.deadline(30):
        async with engine.begin() as connection:
            await connection.execute(thing.insert(), {"id": progress.number, "name": "kept"})
            progress.committing = True
    progress.committed = True


async def disposes(engine: AsyncEngine, progress: Progress) -> None:
    await engine.dispose()


async def flushes(engine: AsyncEngine, progress: Progress) -> None:
    async with AsyncSession(engine) as session:
        session.add_all([Item(thing_id=progress.number), Item(thing_id=progress.number)])
        await session.flush()
        await session.execute(thing.insert(), {"id": progress.number, "name": "kept"})
        item = (await session.stream_scalars(select(Item).where(Item.thing_id == progress.number))).__aiter__()
        assert (await item.__anext__()).thing_id == progress.number
        progress.committing = True
        await session.commit()
        progress.committed = True


async def replays(engine: AsyncEngine, progress: Progress) -> None:
    async def work(connection: Any) -> None:
        await connection.execute(thing.insert(), {"id": progress.number, "name": "kept"})
        progress.committing = True

    await engine.run(work)
    progress.committed = True


# (scenario, whether each run begins without connections, options of the engine, waits that there must at least be)
SCENARIOS: dict[str, tuple[Scenario, bool, dict[str, Any], int]] = {
    "connects": (connects, True, {}, 1),
    "connects under a deadline": (under_a_deadline, True, {}, 3),
    "queries": (queries, False, {}, 1),
    "pre-ping": (queries, False, {"pool_pre_ping": True}, 2),
    "commits": (commits, False, {}, 2),
    "commits in a block": (commits_in_a_block, False, {}, 2),
    "rolls back": (rolls_back, False, {}, 4),
    "streams": (streams, False, {}, 3),
    "isolation": (changes_isolation, False, {}, 3),
    "waits for the pool": (waits_for_the_pool, False, {}, 1),
    "disposes": (disposes, False, {}, 0),
    "flushes": (flushes, False, {}, 4),
    "replays": (replays, False, {}, 2),
}


def run_scenario(place: Place, name: str, how: str) -> None:
    scenario, cold, options, least = SCENARIOS[name]
    waits = asyncio.run(enumerate_waits(place, scenario, how, cold, **options))
    assert waits >= least
    asyncio.run(none_left(place))


@pytest.mark.parametrize(
    "how", ["early", pytest.param("late", marks=pytest.mark.torture), pytest.param("twice", marks=pytest.mark.torture)]
)
@pytest.mark.parametrize("name", SCENARIOS)
def test_cancelled_wherever_it_waits(place: Place, name: str, how: str) -> None:
    run_scenario(place, name, how)
