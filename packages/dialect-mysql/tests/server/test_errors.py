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
        connection.execute(text("DROP TABLE IF EXISTS err_child"))
        connection.execute(text("DROP TABLE IF EXISTS err_parent"))
        connection.execute(
            text(
                "CREATE TABLE err_parent (id int PRIMARY KEY, name varchar(20) NOT NULL, age int, "
                "CONSTRAINT err_name_unique UNIQUE (name), CONSTRAINT err_age_check CHECK (age > 0)) ENGINE=InnoDB"
            )
        )
        connection.execute(
            text(
                "CREATE TABLE err_child (id int PRIMARY KEY, parent int, "
                "CONSTRAINT err_child_parent FOREIGN KEY (parent) REFERENCES err_parent (id)) ENGINE=InnoDB"
            )
        )
        connection.execute(text("INSERT INTO err_parent VALUES (1, 'a', 5), (2, 'b', 5)"))
        connection.execute(text("INSERT INTO err_child VALUES (1, 1)"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS err_child"))
        connection.execute(text("DROP TABLE IF EXISTS err_parent"))


VIOLATIONS = [
    ("INSERT INTO err_parent (id, name) VALUES (1, 'x')", exc.UniqueViolation, (1062,), "PRIMARY"),
    ("INSERT INTO err_parent (id, name) VALUES (3, 'a')", exc.UniqueViolation, (1062,), "err_name_unique"),
    ("INSERT INTO err_child VALUES (2, 99)", exc.ForeignKeyViolation, (1452,), "err_child_parent"),
    ("DELETE FROM err_parent WHERE id = 1", exc.ForeignKeyViolation, (1451,), "err_child_parent"),
    ("INSERT INTO err_parent VALUES (3, 'c', -1)", exc.CheckViolation, (3819, 4025), "err_age_check"),
]


@pytest.mark.parametrize(("statement", "kind", "numbers", "constraint"), VIOLATIONS)
def test_violated_constraint(
    engine: Engine, tables: None, statement: str, kind: Any, numbers: tuple[int, ...], constraint: str
) -> None:
    with engine.connect() as connection, pytest.raises(kind) as caught:
        connection.execute(text(statement))
    assert isinstance(caught.value, exc.IntegrityError)
    assert caught.value.native_code in numbers
    assert not caught.value.connection_invalidated
    assert caught.value.constraint == constraint


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("INSERT INTO err_parent (id, name) VALUES (7, NULL)", 1048),
        ("INSERT INTO err_parent (id) VALUES (7)", 1364),
    ],
)
def test_null_in_a_column_that_takes_none(engine: Engine, tables: None, statement: str, number: int) -> None:
    with engine.connect() as connection, pytest.raises(exc.NotNullViolation) as caught:
        connection.execute(text(statement))
    assert caught.value.native_code == number
    assert caught.value.columns == ("name",)


CODES = [
    ("SELECT * FROM nowhere_at_all", exc.UndefinedTable, 1146),
    ("DROP TABLE nowhere_at_all", exc.UndefinedTable, 1051),
    ("SELECT nothing FROM err_parent", exc.UndefinedColumn, 1054),
    ("SELEC 1", exc.SyntaxFailure, 1064),
]


@pytest.mark.parametrize(("statement", "kind", "number"), CODES)
def test_number(engine: Engine, tables: None, statement: str, kind: Any, number: int) -> None:
    with engine.connect() as connection, pytest.raises(kind) as caught:
        connection.execute(text(statement))
    assert caught.value.native_code == number


def test_value_that_does_not_fit(engine: Engine, tables: None) -> None:
    with engine.connect() as connection, pytest.raises(exc.DataError) as caught:
        connection.execute(text("INSERT INTO err_parent VALUES (3, :name, 1)"), {"name": "x" * 30})
    assert caught.value.native_code == 1406


#: Takes longer than any test waits, and is an error when it is stopped (SLEEP() of MySQL would just return 1).
SLOW = (
    "SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c "
    "WHERE a.column_name < b.column_name"
)


def test_lock_timeout(engine: Engine, tables: None) -> None:
    with engine.connect() as holder, engine.connect() as waiter:
        holder.execute(text("SELECT * FROM err_parent WHERE id = 1 FOR UPDATE"))
        waiter.execute(text("SET innodb_lock_wait_timeout = 1"))
        with pytest.raises(exc.LockTimeout) as caught:
            waiter.execute(text("UPDATE err_parent SET age = 6 WHERE id = 1"))
        assert caught.value.native_code == 1205


def test_lock_that_is_not_waited_for(engine: Engine, tables: None) -> None:
    with engine.connect() as holder, engine.connect() as waiter:
        holder.execute(text("SELECT * FROM err_parent WHERE id = 1 FOR UPDATE"))
        with pytest.raises(exc.LockTimeout):
            waiter.execute(text("SELECT * FROM err_parent WHERE id = 1 FOR UPDATE NOWAIT"))


def test_deadlock(engine: Engine, tables: None) -> None:
    both = threading.Barrier(2, timeout=10)
    caught: list[exc.DBAPIError] = []

    def run(first: int, second: int) -> None:
        with engine.connect() as connection:
            connection.execute(text("UPDATE err_parent SET age = 7 WHERE id = :id"), {"id": first})
            both.wait()
            try:
                connection.execute(text("UPDATE err_parent SET age = 7 WHERE id = :id"), {"id": second})
            except exc.DBAPIError as error:
                caught.append(error)

    threads = [threading.Thread(target=run, args=ids) for ids in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [type(error) for error in caught] == [exc.Deadlock]
    assert caught[0].native_code == 1213


def test_statement_timeout(engine: Engine, tables: None) -> None:
    """The server stops the statement by itself."""
    with engine.connect() as connection:
        if connection.dialect.name == "mariadb":
            connection.execute(text("SET max_statement_time = 0.2"))
        else:
            connection.execute(text("SET max_execution_time = 200"))
        with pytest.raises(exc.StatementTimeout) as caught:
            connection.execute(text(SLOW)).all()
        assert caught.value.native_code in (1969, 3024)
        connection.invalidate()  # the setting is the session's


def test_deadline(pymysql_engine: Engine) -> None:
    """The client stops the statement: KILL QUERY over another connection, and this one stays usable."""
    with pymysql_engine.connect() as connection:
        with pytest.raises(exc.StatementDeadlineExceeded) as caught:
            connection.execute(text(SLOW), execution_options={"timeout": 0.3})
        assert caught.value.native_code == 1317
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1


def test_killed_connection(engine: Engine) -> None:
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT connection_id()"))
        with engine.connect() as other:
            other.execute(text(f"KILL {number}"))
        with pytest.raises(exc.ConnectionLost) as caught:
            connection.execute(text("SELECT 1"))
        assert caught.value.connection_invalidated
        connection.rollback()
        assert connection.scalar(text("SELECT 2")) == 2


def test_wrong_password(url: Any) -> None:
    engine = create_engine(url.set(username="lect_nobody", password="s3cret"))
    with pytest.raises(exc.ConnectFailed) as caught:
        engine.connect()
    assert caught.value.native_code == 1045
    assert "s3cret" not in str(caught.value)


def test_no_such_database(url: Any) -> None:
    engine = create_engine(url.set(database="lect_no_such_database"))
    with pytest.raises(exc.ConnectFailed) as caught:
        engine.connect()
    assert caught.value.native_code in (1044, 1049)


def test_no_server(url: Any) -> None:
    engine = create_engine(url.set(host="127.0.0.1", port=1))
    with pytest.raises(exc.ConnectFailed) as caught:
        engine.connect()
    assert caught.value.native_code in (2002, 2003)
