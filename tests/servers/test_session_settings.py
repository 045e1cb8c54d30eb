"""What a user of a connection changes in the session holds for that loan and is taken back, by the server's word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import lect
from lect import create_engine, exc, text

VARIABLES = ["LECT_POSTGRESQL_URL", "LECT_POSTGRESQL_PYODBC_URL", "LECT_MYSQL_URL", "LECT_MYSQL_PYODBC_URL"]

#: Queries of read-only mode, schema path, role and isolation level.
STATE = {
    "postgresql": "SELECT current_setting('transaction_read_only'), current_setting('search_path'), current_user, "
    "current_setting('transaction_isolation')",
    "mysql": "SELECT @@tx_read_only, database(), current_role(), @@tx_isolation",
}


@pytest.fixture(params=VARIABLES)
def engine(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Any]:
    made = create_engine(database_url(request.param), pool_size=1, max_overflow=0)
    with made.begin() as connection:
        drop(connection)
        other = other_name(connection)
        for sql in ("TABLE t (x INTEGER)", f"SCHEMA {other}", f"ROLE {other}", f"TABLE {other}.t (y INTEGER)"):
            connection.execute(text(f"CREATE {sql}"))
    yield made
    with made.begin() as connection:
        drop(connection)
    made.dispose()


def other_name(of: Any) -> str:
    """A name for schema and role that no other run has: on some servers neither belongs to a database."""
    return f"{of.engine.url.database}_other"


def drop(connection: Any) -> None:
    other = other_name(connection)
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for what in ("TABLE IF EXISTS t", f"SCHEMA IF EXISTS {other}{cascade}", f"ROLE IF EXISTS {other}"):
        connection.execute(text(f"DROP {what}"))


def state(connection: Any) -> list[str]:
    query = STATE[connection.engine.url.get_backend_name()]
    found = [str(value) for value in connection.execute(text(query)).one()]
    connection.rollback()
    return found


def test_settings_hold_for_one_loan(engine: Any) -> None:
    with engine.connect() as connection:
        before = state(connection)
        other = other_name(engine)
        connection.execution_options(read_only=True, schema_path=other, role=other, isolation_level="SERIALIZABLE")
        during = state(connection)
        assert not any(one == other for one, other in zip(before, during, strict=True))
        with pytest.raises(exc.DBAPIError):
            connection.execute(text(f"INSERT INTO {other}.t VALUES (1)"))
    with engine.connect() as connection:
        assert state(connection) == before
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.rollback()
    assert engine.pool.stats().created == 1, "the connection was thrown away in place of being put right"


def test_read_only_refuses_and_can_be_taken_back(engine: Any) -> None:
    with engine.connect() as connection:
        connection.execution_options(read_only=True, schema_path=other_name(connection))
        with pytest.raises(exc.ReadOnlyViolation):
            connection.execute(text("INSERT INTO t VALUES (1)"))
        with pytest.raises(exc.InvalidRequestError, match="transaction is in progress; schema_path may not"):
            connection.execution_options(schema_path=None)
        connection.rollback()
        connection.execution_options(schema_path=None, read_only=False)
        connection.execute(text("INSERT INTO t VALUES (1)"))


def test_settings_of_an_engine_hold_for_each_of_its_connections(engine: Any) -> None:
    reports = engine.execution_options(read_only=True)
    for _ in range(2):
        with reports.connect() as connection, pytest.raises(exc.ReadOnlyViolation):
            connection.execute(text("INSERT INTO t VALUES (1)"))
        with engine.connect() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))


def test_settings_hold_after_a_connection_was_lost(engine: Any) -> None:
    with engine.connect() as connection:
        connection.execution_options(isolation_level="SERIALIZABLE", read_only=True)
        before = state(connection)
        connection.invalidate()
        assert state(connection) == before


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"read_only": "yes"}, "execution option 'read_only' must be True or False, not 'yes'"),
        ({"role": ""}, "execution option 'role' cannot be ''"),
        ({"schema_path": []}, "execution option 'schema_path' cannot be"),
    ],
)
def test_values_that_cannot_be_meant(engine: Any, option: Any, message: str) -> None:
    with engine.connect() as connection, pytest.raises(exc.ArgumentError, match=message):
        connection.execution_options(**option)


def test_names_are_not_sql(engine: Any) -> None:
    hostile = 'x"; DROP TABLE t; --`\''
    for option in ("role", "schema_path"):
        with engine.connect() as connection:
            try:
                connection.execution_options(**{option: hostile})
            except exc.LectError:
                connection.rollback()
    with engine.connect() as connection:
        assert "t" in lect.inspect(connection).get_table_names()
