"""Threads and processes that write to one SQLite file: no update is lost, and waits for a lock end when they should."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlite_writer
from sqlite_writer import counter, ledger, metadata, open_engine

import lect
from lect import exc, func, insert, select, text

pytest.importorskip("lect_sqlite")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
@pytest.mark.parametrize("begin", ["IMMEDIATE", "DEFERRED"])
@pytest.mark.parametrize(
    ("processes", "threads", "times"),
    [
        pytest.param(2, 3, 8, id="short"),
        pytest.param(4, 8, 100, id="full", marks=pytest.mark.torture),
        pytest.param(8, 1, 1000, id="long", marks=pytest.mark.torture),
    ],
)
def test_no_update_is_lost(tmp_path: Path, journal: str, begin: str, processes: int, threads: int, times: int) -> None:
    url = f"sqlite:///{tmp_path}/w.db"
    engine = open_engine(url, begin)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"PRAGMA journal_mode = {journal}"))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(counter), {"id": 1, "n": 0})
    arguments = [sys.executable, sqlite_writer.__file__, url, begin, str(threads), str(times)]
    started = time.monotonic()
    running = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    said = [each.communicate(timeout=800)[0] for each in running]
    took = time.monotonic() - started
    assert all(each.returncode == 0 for each in running)
    wanted = processes * threads * times
    assert [line for one in said for line in one.splitlines()] == [f"{{'committed': {times}}}"] * processes * threads
    with engine.connect() as connection:
        assert connection.scalar(select(counter.c.n)) == wanted
        assert connection.scalars(select(ledger.c.seen).order_by(ledger.c.seen)).all() == list(range(wanted))
        assert connection.scalar(select(func.count()).select_from(ledger)) == wanted
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()
    print(f"{journal}, BEGIN {begin}: {wanted:,} updates by {processes} x {threads} writers in {took:.1f} s")


def test_waiting_for_a_lock_ends_after_the_configured_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/w.db"
    holder, waiter = open_engine(url, "IMMEDIATE"), open_engine(url, "IMMEDIATE", wait_s=0.4)
    metadata.create_all(holder)
    with holder.begin() as connection:
        connection.execute(insert(counter), {"id": 1, "n": 0})
        started = time.monotonic()
        with pytest.raises(exc.LockTimeout, match="database is locked"), waiter.begin():
            pass
        assert 0.35 < time.monotonic() - started < 2
    with waiter.begin() as connection:
        assert connection.scalar(select(counter.c.n)) == 0
    holder.dispose()
    waiter.dispose()


def test_waiting_for_a_lock_ends_at_the_deadline(tmp_path: Path) -> None:
    """The driver sleeps through an interruption, so that its own limit has to be shortened, and put back."""
    url = f"sqlite:///{tmp_path}/w.db"
    engine = open_engine(url, "DEFERRED", wait_s=30)
    metadata.create_all(engine)
    with engine.begin() as holder, engine.connect() as connection:
        holder.execute(insert(counter), {"id": 1, "n": 0})
        started = time.monotonic()
        with pytest.raises(exc.StatementDeadlineExceeded), lect.deadline(0.3):
            connection.execute(insert(counter), {"id": 2, "n": 0})
        assert 0.25 < time.monotonic() - started < 2
        connection.rollback()
        assert connection.scalar(text("PRAGMA busy_timeout")) == 30_000
    engine.dispose()
