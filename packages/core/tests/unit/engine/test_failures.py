"""What becomes of a driver's exceptions."""

from __future__ import annotations

import pickle
from typing import Any

import fake_driver
import pytest

from lect import event, exc


def fails(server: Any, error: BaseException) -> str:
    server.answers["boom"] = error
    return "boom"


def test_portable_class_with_facts(engine: Any, server: Any) -> None:
    statement = fails(server, fake_driver.IntegrityError("UNIQUE", "duplicate"))
    with engine.connect() as connection, pytest.raises(exc.UniqueViolation) as caught:
        connection.exec_driver_sql(statement, (5,))
    error = caught.value
    assert (error.constraint, error.table, error.columns, error.native_code) == ("uq_a", "a", ("x",), "UNIQUE")
    assert error.statement == "boom"
    assert error.params == (5,)
    assert isinstance(error.orig, fake_driver.IntegrityError)
    assert isinstance(error, exc.IntegrityError)


def test_parameters_that_look_like_errors_change_nothing(engine: Any, server: Any) -> None:
    statement = fails(server, fake_driver.OperationalError("SYNTAX", "near GONE DEADLOCK UNIQUE"))
    with engine.connect() as connection, pytest.raises(exc.OperationalError) as caught:
        connection.exec_driver_sql(statement, ("GONE", "server went away", "DEADLOCK"))
    assert type(caught.value) is exc.OperationalError
    assert not caught.value.connection_invalidated


def test_hidden_parameters(server: Any) -> None:
    from lect.engine import create_engine

    engine = create_engine("fake://", connect_args={"server": server}, hide_parameters=True)
    statement = fails(server, fake_driver.OperationalError("X", "no"))
    with engine.connect() as connection, pytest.raises(exc.OperationalError) as caught:
        connection.exec_driver_sql(statement, ("s3cret",))
    assert "s3cret" not in str(caught.value)
    assert "SQL parameters hidden" in str(caught.value)


def test_deadlock_keeps_the_drivers_class_too(engine: Any, server: Any) -> None:
    statement = fails(server, fake_driver.IntegrityError("DEADLOCK", "try again"))
    with engine.connect() as connection, pytest.raises(exc.Deadlock) as caught:
        connection.exec_driver_sql(statement)
    assert isinstance(caught.value, exc.IntegrityError)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(copy, exc.Deadlock)
    assert isinstance(copy, exc.IntegrityError)
    assert copy.native_code == "DEADLOCK"


def test_disconnect_invalidates(engine: Any, server: Any) -> None:
    server.answers["ok"] = (["x"], [(1,)])
    with engine.connect() as connection:
        connection.exec_driver_sql("ok")
        server.alive = False
        with pytest.raises(exc.ConnectionLost) as caught:
            connection.exec_driver_sql("ok")
        assert caught.value.connection_invalidated
        assert connection.invalidated
        assert not connection.closed
        with pytest.raises(exc.PendingRollbackError, match="Can't reconnect until invalid transaction is rolled back"):
            connection.exec_driver_sql("ok")
        connection.rollback()
        server.alive = True
        assert connection.exec_driver_sql("ok").scalar() == 1
    assert len(server.connections) == 2


def test_failed_connect(engine: Any, server: Any) -> None:
    server.alive = False
    with pytest.raises(exc.ConnectFailed, match="nobody there"):
        engine.connect()


def test_interrupt_throws_the_connection_away(engine: Any, server: Any) -> None:
    statement = fails(server, KeyboardInterrupt())
    connection = engine.connect()
    with pytest.raises(KeyboardInterrupt):
        connection.exec_driver_sql(statement)
    assert connection.invalidated
    assert engine.pool.checkedout() == 0
    connection.close()


def test_handle_error_replaces(engine: Any, server: Any) -> None:
    class Mine(Exception):
        pass

    seen = []

    def handle(context: Any) -> Any:
        seen.append((context.statement, context.is_disconnect, type(context.lect_exception)))
        return Mine("other")

    event.listen(engine, "handle_error", handle)
    statement = fails(server, fake_driver.OperationalError("X", "no"))
    with engine.connect() as connection, pytest.raises(Mine, match="other"):
        connection.exec_driver_sql(statement)
    assert seen == [("boom", False, exc.OperationalError)]


def test_strings_are_no_statements(engine: Any) -> None:
    with engine.connect() as connection, pytest.raises(exc.ObjectNotExecutableError, match=r"text\(\.\.\.\)"):
        connection.execute("select 1")


def test_closed_connection(engine: Any) -> None:
    connection = engine.connect()
    connection.close()
    with pytest.raises(exc.ResourceClosedError, match="This Connection is closed"):
        connection.exec_driver_sql("select 1")


def test_unknown_argument_is_named(server: Any) -> None:
    from lect.engine import create_engine

    with pytest.raises(exc.ArgumentError, match=r"'pool_sise'.*did you mean 'pool_size'"):
        create_engine("fake://", pool_sise=3)
    with pytest.raises(TypeError):
        create_engine("fake://", pool_sise=3)
