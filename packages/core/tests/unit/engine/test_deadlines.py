"""Deadlines, on SQLite: pool wait, connect, execute and fetch. Servers: ``tests/servers``."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lect
from lect import create_engine, exc, limits, text
from lect.engine.guard import LimitedReader

pytest.importorskip("lect_sqlite")

#: Counts up to a number that takes minutes.
ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT {} FROM n")
COUNT = text(ENDLESS.text.format("count(*)"))
ROWS = text(ENDLESS.text.format("i"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Any]:
    made = create_engine(f"sqlite:///{tmp_path / 'd.db'}", pool_size=1, max_overflow=0)
    yield made
    made.dispose()


def took(started: float) -> float:
    return time.monotonic() - started


def test_statement_is_cancelled_and_the_connection_stays(engine: Any) -> None:
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        started = time.monotonic()
        with pytest.raises(exc.StatementDeadlineExceeded) as e:
            connection.execute(COUNT, execution_options={"timeout": 0.2})
        assert 0.15 < took(started) < 2
        assert isinstance(e.value, exc.StatementTimeout)
        assert isinstance(e.value, exc.DeadlineExceeded)
        assert not e.value.connection_invalidated
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1
        assert connection.connection.dbapi_connection is raw


def test_statement_in_time_is_left_alone(engine: Any) -> None:
    with engine.connect() as connection:
        for _ in range(200):
            assert connection.scalar(text("SELECT 1"), execution_options={"timeout": 30}) == 1
    assert len(limits._watcher()._heap) < 150


def test_deadline_covers_several_statements(engine: Any) -> None:
    with engine.connect() as connection:
        started = time.monotonic()
        with pytest.raises(exc.StatementDeadlineExceeded), lect.deadline(0.3):
            connection.execute(text("SELECT 1"))
            time.sleep(0.1)
            connection.execute(COUNT)
        assert took(started) < 0.6
        connection.rollback()
        assert connection.scalar(text("SELECT 2")) == 2


def test_nothing_is_sent_after_the_deadline(engine: Any) -> None:
    with engine.connect() as connection, lect.deadline(0.05) as limit:
        connection.execute(text("SELECT 1"))
        time.sleep(0.06)
        assert limit.remaining < 0
        with pytest.raises(exc.StatementDeadlineExceeded, match="before the statement began"):
            connection.execute(text("CREATE TABLE never (x INTEGER)"))
    with engine.connect() as connection:
        assert lect.inspect(connection).get_table_names() == []


def test_fetching_is_covered(engine: Any) -> None:
    with engine.connect() as connection:
        started = time.monotonic()
        result = connection.execute(ROWS, execution_options={"timeout": 0.2})
        with pytest.raises(exc.StatementDeadlineExceeded):
            result.scalars().all()
        assert took(started) < 2
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1


def test_nothing_is_fetched_after_the_deadline(engine: Any) -> None:
    with engine.connect() as connection:
        result = connection.execute(ROWS, execution_options={"timeout": 0.2})
        assert result.fetchmany(2) == [(1,), (2,)]
        time.sleep(0.21)
        with pytest.raises(exc.StatementDeadlineExceeded, match="the time was over before all rows were fetched"):
            result.fetchmany(2)


def test_stream_ends_between_pieces_where_the_driver_cannot_be_stopped(engine: Any) -> None:
    class Deaf:
        """A driver's cursor that takes its time for each piece, and has no end."""

        def fetchmany(self, size: int) -> list[int]:
            time.sleep(0.03)
            return [0] * size

        def fetchall(self) -> list[int]:
            raise AssertionError("nobody could stop this")

    with engine.connect() as connection:
        started = time.monotonic()
        reader = LimitedReader(connection, Deaf(), started + 0.1, piece=3)
        with pytest.raises(exc.StatementDeadlineExceeded):
            reader.fetchall()
        assert took(started) < 1


def test_waiting_for_the_pool_is_covered(engine: Any) -> None:
    with engine.connect(), lect.deadline(0.1):
        started = time.monotonic()
        with pytest.raises(exc.PoolDeadlineExceeded, match="all 1 connections") as e:
            engine.connect()
        assert took(started) < 1
    assert isinstance(e.value, exc.TimeoutError)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_engine_option_covers_the_pool_too(engine: Any) -> None:
    hurried = engine.execution_options(timeout=0.1)
    with engine.connect(), pytest.raises(exc.DeadlineExceeded):
        hurried.connect()


def test_connecting_is_covered_and_late_connections_are_closed(tmp_path: Path) -> None:
    import sqlite3

    opened: list[Any] = []
    goes = threading.Event()

    class Slow(sqlite3.Connection):
        closed = False

        def close(self) -> None:
            self.closed = True
            super().close()

    def creator() -> Any:
        goes.wait(5)
        opened.append(sqlite3.connect(tmp_path / "d.db", check_same_thread=False, factory=Slow, isolation_level=None))
        return opened[-1]

    engine = create_engine(f"sqlite:///{tmp_path / 'd.db'}", creator=creator, pool_size=1, max_overflow=0)
    with lect.deadline(0.1), pytest.raises(exc.ConnectDeadlineExceeded, match="no connection to the database"):
        engine.connect()
    goes.set()
    for _ in range(100):
        if opened and opened[0].closed:
            break
        time.sleep(0.01)
    assert opened[0].closed
    with lect.deadline(5), engine.connect() as connection:  # the place in the pool is free again
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_error_of_opening_comes_through(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'no' / 'where.db'}")
    with lect.deadline(5), pytest.raises(exc.OperationalError, match="unable to open"):
        engine.connect()


def test_commit_is_not_cut_off(engine: Any) -> None:
    with engine.connect() as connection, lect.deadline(0.05):
        connection.execute(text("CREATE TABLE kept (x INTEGER)"))
        time.sleep(0.06)
        connection.commit()
    with engine.connect() as connection:
        assert lect.inspect(connection).get_table_names() == ["kept"]


def test_inner_deadline_cannot_extend_the_outer() -> None:
    with lect.deadline(1), lect.deadline(100) as inner:
        assert inner.remaining <= 1
        with lect.deadline(0.5) as nearer:
            assert nearer.remaining <= 0.5
    assert limits.remaining() is None


def test_constraint_violation_under_a_deadline_keeps_its_class(engine: Any) -> None:
    with engine.begin() as connection, lect.deadline(5):
        connection.execute(text("CREATE TABLE u (x INTEGER UNIQUE)"))
        connection.execute(text("INSERT INTO u VALUES (1)"))
        with pytest.raises(exc.UniqueViolation):
            connection.execute(text("INSERT INTO u VALUES (1)"))


@pytest.mark.parametrize("seconds", [0, -1, True, "2"])
def test_deadline_that_cannot_be_meant(engine: Any, seconds: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="positive number of seconds"):
        lect.deadline(seconds)
    with engine.connect() as connection, pytest.raises(exc.ArgumentError, match="'timeout' must be a positive number"):
        connection.execute(text("SELECT 1"), execution_options={"timeout": seconds})
