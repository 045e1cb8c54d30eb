"""A forked child works with connections of its own, and whatever it drops, its parent's sessions do not notice."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import lect
from lect import create_engine, text

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

DRIVERS = [
    ("LECT_POSTGRESQL_URL", "postgresql+psycopg2"),
    ("LECT_POSTGRESQL_URL", "postgresql+psycopg"),
    ("LECT_POSTGRESQL_PYODBC_URL", "postgresql+pyodbc"),
    ("LECT_MYSQL_URL", "mysql+pymysql"),
    ("LECT_MYSQL_PYODBC_URL", "mysql+pyodbc"),
]
SESSION = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT connection_id()"}
NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, 'padding of a row' FROM n"
)


def in_child(work: Callable[[], None], limit_s: int = 60) -> None:
    """Run `work` in a forked child and require that it ends well; objects are deleted there as they go."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(limit_s)
        try:
            work()
            gc.collect()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("variable", "driver"), DRIVERS, ids=lambda value: value if "+" in value else "")
def test_child_leaves_its_parents_sessions_alone(
    variable: str, driver: str, database_url: Callable[[str], str]
) -> None:
    url = lect.make_url(database_url(variable)).set(drivername=driver)
    session = text(SESSION[url.get_backend_name()])
    engine = create_engine(url, pool_size=5, max_overflow=0)
    disposed = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS forked"))
        connection.execute(text("CREATE TABLE forked (x INTEGER)"))

    working, streaming, detached, late = engine.connect(), engine.connect(), engine.connect(), disposed.connect()
    working.execute(text("INSERT INTO forked VALUES (1)"))
    rows = streaming.execution_options(stream_results=True, max_row_buffer=10).execute(text(NUMBERS))
    first = [next(rows)[0] for _ in range(3)]
    detached.detach()
    sessions = {name: each.scalar(session) for name, each in (("working", working), ("detached", detached))}
    late.scalar(session)
    disposed.dispose()  # `late` is of a generation that the pool has given up
    with engine.connect() as idle:
        sessions["idle"] = idle.scalar(session)
    held: list[Any] = [working, streaming, detached, late, rows]

    def child() -> None:
        nonlocal working, streaming, detached, late, rows
        assert working.invalidated
        with engine.connect() as own:
            assert own.scalar(session) not in sessions.values()
            assert engine.pool.stats().in_use == 1
        held.clear()
        del working, streaming, detached, late, rows
        gc.collect()
        engine.dispose()
        disposed.dispose()

    in_child(child)
    assert first + [row[0] for row in rows] == list(range(1, 901))
    assert working.scalar(session) == sessions["working"]
    working.commit()
    assert detached.scalar(session) == sessions["detached"]
    late.scalar(session)
    with engine.connect() as connection:
        assert connection.scalar(session) == sessions["idle"]
        assert connection.scalar(text("SELECT count(*) FROM forked")) == 1
    for each in (working, streaming, detached, late):
        each.close()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE forked"))
    engine.dispose()
    disposed.dispose()


def test_server_sees_the_end_of_a_parent_whose_child_lives_on(database_url: Callable[[str], str]) -> None:
    """The child does not hold its parent's connections open."""
    url = database_url("LECT_POSTGRESQL_URL")
    warden = create_engine(url)
    reading, writing = os.pipe()

    def parent() -> None:
        engine = create_engine(url)
        connection = engine.connect()
        number = connection.scalar(text(SESSION["postgresql"]))
        grandchild = os.fork()
        if not grandchild:
            signal.alarm(30)
            signal.pause()  # alive, with what it inherited
        os.write(writing, f"{number} {grandchild}".encode())
        os._exit(0)  # without a word to the server

    with warden.connect() as connection:
        in_child(parent)
        number, grandchild = map(int, os.read(reading, 40).split())
        alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :number")
        for _ in range(100):
            left = connection.scalar(alive, {"number": number})
            connection.rollback()
            if not left:
                break
            connection.execute(text("SELECT pg_sleep(0.05)"))
        os.kill(grandchild, signal.SIGKILL)
        assert left == 0
    os.close(reading)
    os.close(writing)
    warden.dispose()
