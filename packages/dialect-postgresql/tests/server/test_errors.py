"""What the server's errors become, over each driver."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lect import Engine, create_engine, exc, text


@pytest.fixture
def tables(engine: Engine) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS err_child, err_parent"))
        connection.execute(
            text(
                "CREATE TABLE err_parent (id int CONSTRAINT err_key PRIMARY KEY, "
                "name text NOT NULL CONSTRAINT err_name_unique UNIQUE, "
                "age int CONSTRAINT err_age_check CHECK (age > 0), "
                "span int4range, CONSTRAINT err_span_excl EXCLUDE USING gist (span WITH &&))"
            )
        )
        connection.execute(
            text(
                "CREATE TABLE err_child (id int PRIMARY KEY, "
                "parent int CONSTRAINT err_child_parent REFERENCES err_parent DEFERRABLE)"
            )
        )
        connection.execute(text("INSERT INTO err_parent VALUES (1, 'a', 5, '[1,5)'), (2, 'b', 5, '[5,9)')"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS err_child, err_parent"))


VIOLATIONS = [
    ("INSERT INTO err_parent (id, name) VALUES (1, 'x')", exc.UniqueViolation, "23505", "err_key"),
    ("INSERT INTO err_parent (id, name) VALUES (3, 'a')", exc.UniqueViolation, "23505", "err_name_unique"),
    ("INSERT INTO err_child VALUES (1, 99)", exc.ForeignKeyViolation, "23503", "err_child_parent"),
    ("INSERT INTO err_parent (id, name, age) VALUES (3, 'c', -1)", exc.CheckViolation, "23514", "err_age_check"),
    (
        "INSERT INTO err_parent (id, name, span) VALUES (3, 'c', '[2,3)')",
        exc.ExclusionViolation,
        "23P01",
        "err_span_excl",
    ),
]


@pytest.mark.parametrize(("statement", "kind", "state", "constraint"), VIOLATIONS)
def test_violated_constraint(
    engine: Engine, tables: None, statement: str, kind: Any, state: str, constraint: str
) -> None:
    with engine.connect() as connection, pytest.raises(kind) as caught:
        connection.execute(text(statement))
    assert isinstance(caught.value, exc.IntegrityError)
    assert caught.value.sqlstate == state
    assert not caught.value.connection_invalidated
    assert caught.value.constraint == constraint


def test_null_in_a_column_that_takes_none(engine: Engine, tables: None) -> None:
    with engine.connect() as connection, pytest.raises(exc.NotNullViolation) as caught:
        connection.execute(text("INSERT INTO err_parent (id) VALUES (7)"))
    assert caught.value.sqlstate == "23502"
    assert caught.value.columns == ("name",)
    assert caught.value.table == "err_parent"


def test_deferred_foreign_key_fails_at_commit(engine: Engine, tables: None) -> None:
    with engine.connect() as connection:
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        connection.execute(text("INSERT INTO err_child VALUES (1, 99)"))
        with pytest.raises(exc.ForeignKeyViolation):
            connection.commit()


CODES = [
    ("SELECT * FROM nowhere_at_all", exc.UndefinedTable, "42P01"),
    ("SELECT nothing FROM pg_class", exc.UndefinedColumn, "42703"),
    ("SELEC 1", exc.SyntaxFailure, "42601"),
    ("SELECT 1/0", exc.DataError, "22012"),
]


@pytest.mark.parametrize(("statement", "kind", "state"), CODES)
def test_code(engine: Engine, statement: str, kind: Any, state: str) -> None:
    with engine.connect() as connection, pytest.raises(kind) as caught:
        connection.execute(text(statement)).all()
    assert caught.value.sqlstate == state


def test_read_only_transaction(engine: Engine, tables: None) -> None:
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        with pytest.raises(exc.ReadOnlyViolation):
            connection.execute(text("DELETE FROM err_parent"))


def test_missing_privilege(engine: Engine, tables: None) -> None:
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE err_nobody"))
        connection.execute(text("SET LOCAL ROLE err_nobody"))
        with pytest.raises(exc.InsufficientPrivilege):
            connection.execute(text("SELECT * FROM err_parent"))
        connection.rollback()


def test_statement_timeout(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(exc.StatementTimeout):
            connection.execute(text("SELECT pg_sleep(5)")).all()


def test_lock_timeout(engine: Engine, tables: None) -> None:
    with engine.connect() as holder, engine.connect() as waiter:
        holder.execute(text("LOCK TABLE err_parent"))
        waiter.execute(text("SET LOCAL lock_timeout = 50"))
        with pytest.raises(exc.LockTimeout):
            waiter.execute(text("SELECT * FROM err_parent")).all()


def test_nowait(engine: Engine, tables: None) -> None:
    with engine.connect() as holder, engine.connect() as waiter:
        holder.execute(text("SELECT * FROM err_parent FOR UPDATE")).all()
        with pytest.raises(exc.LockTimeout):
            waiter.execute(text("SELECT * FROM err_parent FOR UPDATE NOWAIT")).all()


def test_serialization_failure(engine: Engine, tables: None) -> None:
    serializable = engine.execution_options(isolation_level="REPEATABLE READ")
    with serializable.connect() as first, serializable.connect() as second:
        first.execute(text("SELECT * FROM err_parent")).all()
        second.execute(text("UPDATE err_parent SET age = 6"))
        second.commit()
        with pytest.raises(exc.SerializationFailure):
            first.execute(text("UPDATE err_parent SET age = 7"))


def test_deadlock(engine: Engine, tables: None) -> None:
    caught: list[BaseException] = []
    barrier = threading.Barrier(2, timeout=20)

    def work(first: int, second: int) -> None:
        with engine.connect() as connection:
            try:
                connection.execute(text("SET LOCAL deadlock_timeout = 50"))
                connection.execute(text("UPDATE err_parent SET age = 8 WHERE id = :id"), {"id": first})
                barrier.wait()
                connection.execute(text("UPDATE err_parent SET age = 8 WHERE id = :id"), {"id": second})
            except exc.DBAPIError as error:
                caught.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [type(error) for error in caught] == [exc.Deadlock]


def test_terminated_backend_invalidates_the_connection(engine: Engine) -> None:
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid}).all()
        with pytest.raises(exc.ConnectionLost) as caught:
            connection.execute(text("SELECT 1")).all()
        assert caught.value.connection_invalidated
        assert connection.invalidated
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != pid


def test_wrong_password_or_nobody_there(url: Any) -> None:
    nowhere = create_engine(url.set(host="127.0.0.1", port=1))
    with pytest.raises(exc.DBAPIError) as caught:
        nowhere.connect()
    assert isinstance(caught.value, exc.OperationalError)
