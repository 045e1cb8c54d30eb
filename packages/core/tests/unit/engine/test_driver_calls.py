"""What ``engine.dialect`` does on a connection of the driver, and that the engine goes through it."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, Integer, MetaData, String, Table, create_engine, create_pool_from_url, event, exc, func, insert
from lect.dialects.default import DefaultDialect
from lect.engine import make_url
from lect.pool import QueuePool

SELECT = "select 1"


@pytest.fixture(autouse=True)
def answer(server: Any) -> None:
    server.answers[SELECT] = (["x"], [(1,)])


def test_the_engine_ends_transactions_through_the_dialect(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.connect().close()
    said: list[str] = []
    monkeypatch.setattr(engine.dialect, "do_commit", lambda connection: said.append("commit"))
    monkeypatch.setattr(engine.dialect, "do_rollback", lambda connection: said.append("rollback"))
    with engine.begin() as connection:
        connection.exec_driver_sql(SELECT)
    with engine.connect() as connection:
        connection.exec_driver_sql(SELECT)
    assert said == ["commit", "rollback"]


def test_connections_are_opened_through_the_dialect(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    connect = engine.dialect.connect

    def watched(*args: Any, **kwargs: Any) -> Any:
        opened.append((args, sorted(kwargs)))
        return connect(*args, **kwargs)

    monkeypatch.setattr(engine.dialect, "connect", watched)
    engine.connect().close()
    assert opened == [((), ["server"])]


def test_the_dialect_judges_whether_a_connection_is_lost(
    engine: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fake_driver import IntegrityError

    server.answers["bad"] = IntegrityError("UNIQUE", "twice")
    with engine.connect() as connection:
        monkeypatch.setattr(engine.dialect, "is_disconnect", lambda e, connection, cursor: True)
        with pytest.raises(exc.UniqueViolation) as caught:
            connection.exec_driver_sql("bad")
        assert caught.value.connection_invalidated
        assert connection.invalidated


def test_what_is_a_disconnect_can_be_asked(engine: Any) -> None:
    from fake_driver import OperationalError

    engine.connect().close()
    dialect = engine.dialect
    assert dialect.is_disconnect(OperationalError("GONE", "away"))
    assert not dialect.is_disconnect(OperationalError("UNIQUE", "twice"))
    assert not dialect.is_disconnect(ValueError("not of the driver"))


def test_levels_are_checked_and_spelled(engine: Any) -> None:
    dialect = engine.dialect
    assert dialect.check_isolation_level("repeatable_read") == "REPEATABLE READ"
    assert dialect.get_isolation_level_values() == [*dialect.capabilities.isolation_levels, "AUTOCOMMIT"]
    with pytest.raises(exc.ArgumentError, match=r"Invalid value 'FOO' for isolation_level\. Valid isolation levels"):
        dialect.check_isolation_level("FOO")


def test_a_dialect_that_spells_its_levels_otherwise_is_told(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.dialect, "get_isolation_level_values", lambda connection=None: ["READ_COMMITTED"])
    with pytest.raises(ValueError, match=r"UPPERCASE using spaces, not underscores; got \['READ_COMMITTED'\]"):
        engine.dialect.check_isolation_level("READ COMMITTED")


def test_level_of_a_driver_connection_is_read_set_and_reset() -> None:
    engine = create_engine("sqlite://", isolation_level="READ UNCOMMITTED")
    dialect = engine.dialect
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert dialect.get_isolation_level(raw) == "READ UNCOMMITTED"
        dialect.set_isolation_level(raw, "SERIALIZABLE")
        assert dialect.get_isolation_level(raw) == "SERIALIZABLE"
        dialect.reset_isolation_level(raw)
        assert dialect.get_isolation_level(raw) == "READ UNCOMMITTED"
    assert dialect.default_isolation_level == "SERIALIZABLE"


def test_is_there_a_table() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (x integer)")
        connection.exec_driver_sql("create index i on t (x)")
        assert engine.dialect.has_table(connection, "t")
        assert not engine.dialect.has_table(connection, "nothing")
        assert engine.dialect.has_index(connection, "t", "i")
        assert engine.dialect.has_schema(connection, "main")
        connection.exec_driver_sql("drop table t")
        assert not engine.dialect.has_table(connection, "t")


def test_the_catalogue_is_asked_over_a_connection() -> None:
    engine = create_engine("sqlite://")
    with pytest.raises(exc.ArgumentError, match=r"The argument passed to Dialect\.has_table\(\) should be"):
        engine.dialect.has_table(engine, "t")


def test_connect_arguments_of_a_url() -> None:
    dialect = create_engine("sqlite://").dialect
    args, kwargs = dialect.create_connect_args(make_url("sqlite:////tmp/x.db?timeout=3"))
    assert args == ["/tmp/x.db"]
    assert kwargs["timeout"] == 3.0


def test_a_dialect_without_connector_says_so() -> None:
    assert not DefaultDialect().is_async
    with pytest.raises(exc.InvalidRequestError, match="'default' was made without a connector"):
        DefaultDialect().connect()


def test_handle_error_is_not_for_one_connection(engine: Any) -> None:
    with (
        engine.connect() as connection,
        pytest.raises(exc.InvalidRequestError, match="handle_error is an event of a whole Engine or Dialect"),
    ):
        event.listen(connection, "handle_error", lambda context: None)


def test_what_a_failing_begin_listener_did_is_rolled_back(engine: Any, server: Any) -> None:
    with engine.connect() as connection:

        @event.listens_for(connection, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql(SELECT)
            raise RuntimeError("no")

        server.log.clear()
        with pytest.raises(RuntimeError):
            connection.begin()
        assert server.said() == [SELECT, "rollback"]
        assert not connection.in_transaction()


def test_pool_from_url_takes_arguments_of_connecting() -> None:
    pool = create_pool_from_url(
        "sqlite://", timeout=3, pre_ping=True, connect_args={"cached_statements": 7}, poolclass=QueuePool
    )
    assert pool._pre_ping
    pool.connect().close()


def test_key_with_sql_default_is_known_without_returning() -> None:
    """Where no RETURNING can tell it afterwards, the default is asked for before the INSERT."""
    engine = create_engine("sqlite://")
    metadata = MetaData()
    table = Table(
        "t",
        metadata,
        Column("a", Integer, primary_key=True),
        Column("b", String(9), primary_key=True, default=func.lower("FOO")),
        implicit_returning=False,
    )
    said: list[tuple[str, Any]] = []
    with engine.begin() as connection:
        metadata.create_all(connection)
        event.listen(connection, "before_cursor_execute", lambda c, cur, sql, params, *_: said.append((sql, params)))
        result = connection.execute(insert(table), {"a": 1})
        assert result.inserted_primary_key == (1, "foo")
        connection.execute(insert(table).inline(), {"a": 2})
    assert said == [
        ("SELECT lower(?) AS lower_1", ("FOO",)),
        ("INSERT INTO t (a, b) VALUES (?, ?)", (1, "foo")),
        ("INSERT INTO t (a, b) VALUES (?, lower(?))", (2, "FOO")),
    ]
