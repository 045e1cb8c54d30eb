"""``engine.run`` against servers that really give transactions up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import lect
from lect import Column, Integer, MetaData, Retry, Table, exc, insert, select, text, update

metadata = MetaData()
counter = Table("counter", metadata, Column("id", Integer, primary_key=True), Column("n", Integer, nullable=False))

WORKERS = 8
VARIABLES = ["LECT_POSTGRESQL_URL", "LECT_MYSQL_URL"]


@pytest.fixture
def engine(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Any]:
    made = lect.create_engine(database_url(request.param), pool_size=WORKERS)
    metadata.create_all(made)
    with made.begin() as connection:
        connection.execute(insert(counter), [{"id": 1, "n": 0}, {"id": 2, "n": 0}])
    yield made
    metadata.drop_all(made)
    made.dispose()


def count_up(connection: lect.Connection) -> None:
    """Read, then write what was read plus one: wrong unless transactions are serialised."""
    seen = connection.scalar(select(counter.c.n).where(counter.c.id == 1)) or 0
    connection.execute(update(counter).where(counter.c.id == 1).values(n=seen + 1))


def in_threads(*work: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def guarded(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.parametrize("engine", VARIABLES, indirect=True)
@pytest.mark.parametrize("times", [25, pytest.param(1000, marks=pytest.mark.torture)])
def test_counter_is_exact(engine: Any, times: int) -> None:
    replays: list[str] = []
    retry = Retry(attempts=1000, max_delay=0.2, before=lambda e, n, s: replays.append(type(e).__name__))

    def work() -> None:
        for _ in range(times):
            engine.run(count_up, retry=retry, isolation_level="SERIALIZABLE")

    in_threads(*[work] * WORKERS)
    with engine.connect() as connection:
        assert connection.scalar(select(counter.c.n).where(counter.c.id == 1)) == WORKERS * times
    assert replays, "nobody met anybody, so nothing was tested"
    assert set(replays) <= {"SerializationFailure", "Deadlock"}


@pytest.mark.parametrize("engine", VARIABLES, indirect=True)
def test_deadlock_is_replayed(engine: Any) -> None:
    meet = threading.Barrier(2, timeout=20)
    attempts: list[int] = []
    seen: list[exc.LectError] = []
    retry = Retry(attempts=5, before=lambda e, n, s: seen.append(e))

    def crosswise(first: int, second: int) -> Callable[[], None]:
        tried: list[int] = []

        def work(connection: lect.Connection) -> None:
            tried.append(1)
            attempts.append(1)
            connection.execute(update(counter).where(counter.c.id == first).values(n=counter.c.n + 1))
            if len(tried) == 1:
                meet.wait()
            connection.execute(update(counter).where(counter.c.id == second).values(n=counter.c.n + 1))

        return lambda: engine.run(work, retry=retry)

    in_threads(crosswise(1, 2), crosswise(2, 1))
    assert len(attempts) == 3
    assert [type(e) for e in seen] == [exc.Deadlock]
    with engine.connect() as connection:
        assert connection.execute(select(counter.c.n).order_by(counter.c.id)).scalars().all() == [2, 2]


@pytest.mark.parametrize("engine", ["LECT_POSTGRESQL_URL"], indirect=True)
def test_error_that_follows_tells_the_first(engine: Any) -> None:
    with engine.connect() as connection:
        with pytest.raises(exc.UniqueViolation):
            connection.execute(insert(counter), {"id": 1, "n": 5})
        with pytest.raises(exc.DBAPIError, match="failed first with UniqueViolation at: INSERT INTO counter") as e:
            connection.execute(text("SELECT 1"))
        assert "[5" not in str(e.value)
        connection.rollback()
        connection.begin_nested()
        with pytest.raises(exc.UndefinedTable):
            connection.execute(text("SELECT * FROM missing"))
        connection.get_nested_transaction().rollback()
        with pytest.raises(exc.DBAPIError) as again:
            connection.execute(text("SELECT 1 / 0"))
        assert "failed first" not in str(again.value)


@pytest.mark.parametrize("engine", ["LECT_POSTGRESQL_URL"], indirect=True)
def test_counter_is_exact_under_asyncio(engine: Any) -> None:
    pytest.importorskip("greenlet")
    pytest.importorskip("asyncpg")
    from lect.aio import AsyncConnection, create_async_engine

    url = engine.url.set(drivername="postgresql+asyncpg")
    replays: list[str] = []
    retry = Retry(attempts=1000, max_delay=0.1, before=lambda e, n, s: replays.append(type(e).__name__))

    async def up(connection: AsyncConnection) -> None:
        seen = await connection.scalar(select(counter.c.n).where(counter.c.id == 1)) or 0
        await connection.execute(update(counter).where(counter.c.id == 1).values(n=seen + 1))

    async def main() -> None:
        asynchronous = create_async_engine(url, pool_size=4)

        async def work() -> None:
            for _ in range(10):
                await asynchronous.run(up, retry=retry, isolation_level="SERIALIZABLE")

        await asyncio.gather(*[work() for _ in range(4)])
        await asynchronous.dispose()

    asyncio.run(main())
    with engine.connect() as connection:
        assert connection.scalar(select(counter.c.n).where(counter.c.id == 1)) == 40
    assert replays
