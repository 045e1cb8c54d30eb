"""Engine events and logging."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from lect import event, exc
from lect.engine import Connection, Engine


@pytest.fixture(autouse=True)
def answer(server: Any) -> None:
    server.answers["ok"] = (["x"], [(1,)])
    server.answers["ok /* tagged */"] = (["x"], [(2,)])


def test_cursor_events_in_order(engine: Any) -> None:
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: seen.append(f"before {a[2]}"))
    event.listen(engine, "after_cursor_execute", lambda *a: seen.append(f"after {a[2]}"))
    event.listen(engine, "begin", lambda c: seen.append("begin"))
    event.listen(engine, "rollback", lambda c: seen.append("rollback"))
    with engine.connect() as connection:
        connection.exec_driver_sql("ok")
    assert seen == ["begin", "before ok", "after ok", "rollback"]


def test_retval_replaces_the_text(engine: Any) -> None:
    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def tag(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> Any:
        return statement + " /* tagged */", parameters

    with engine.connect() as connection:
        assert connection.exec_driver_sql("ok").scalar() == 2


def test_without_retval_what_is_returned_does_not_count(engine: Any) -> None:
    event.listen(engine, "before_cursor_execute", lambda *a: ("nonsense", ()))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("ok").scalar() == 1


def test_retval_where_nothing_can_be_replaced(engine: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="retval=True"):
        event.listen(engine, "begin", lambda c: None, retval=True)


def test_connection_listeners_come_before_those_of_the_engine(engine: Any) -> None:
    seen: list[str] = []
    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *a: seen.append("connection"))
        event.listen(engine, "before_cursor_execute", lambda *a: seen.append("engine"))
        connection.exec_driver_sql("ok")
    with engine.connect() as connection:
        connection.exec_driver_sql("ok")
    assert seen == ["connection", "engine", "engine"]


@pytest.mark.parametrize("target", [Engine, Connection])
def test_classes_hear_all_engines(engine: Any, target: type) -> None:
    seen: list[Any] = []

    def listener(conn: Any) -> None:
        seen.append(conn.engine)

    event.listen(target, "begin", listener)
    try:
        with engine.begin():
            pass
    finally:
        event.remove(target, "begin", listener)
    with engine.begin():
        pass
    assert seen == [engine]


def test_option_engine_has_listeners_of_its_own(engine: Any) -> None:
    seen: list[str] = []
    other = engine.execution_options(flavour="x")
    event.listen(other, "begin", lambda c: seen.append("other"))
    event.listen(engine, "begin", lambda c: seen.append("engine"))
    with engine.begin():
        pass
    with other.begin() as connection:
        assert connection.get_execution_options()["flavour"] == "x"
    assert seen == ["engine", "other", "engine"]


def test_pool_events_through_the_engine(engine: Any) -> None:
    seen: list[str] = []
    for name in ("first_connect", "connect", "checkout", "checkin", "close"):
        event.listen(engine, name, lambda *a, name=name: seen.append(name))
    engine.connect().close()
    engine.connect().close()
    engine.dispose()
    assert seen == ["first_connect", "connect", "checkout", "checkin", "checkout", "checkin", "close"]


def test_do_connect_changes_arguments(server: Any, engine: Any) -> None:
    from lect.engine import create_engine

    other = create_engine("fake://")

    @event.listens_for(other, "do_connect")
    def connect(dialect: Any, record: Any, cargs: Any, cparams: Any) -> None:
        cparams["server"] = server

    with other.connect() as connection:
        assert connection.exec_driver_sql("ok").scalar() == 1


def test_do_execute_may_do_it_itself(engine: Any) -> None:
    @event.listens_for(engine, "do_execute")
    def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        cursor.execute("ok /* tagged */")
        return True

    with engine.connect() as connection:
        assert connection.exec_driver_sql("ok").scalar() == 2


def test_log_of_a_statement(engine: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="lect.engine"), engine.begin() as connection:
        connection.execution_options(logging_token="tok")
        connection.exec_driver_sql("ok", ("v" * 1000,))
    messages = [record.getMessage() for record in caplog.records if record.name == "lect.engine.Engine"]
    assert messages[0] == "BEGIN (implicit)"
    assert messages[1] == "[tok] ok"
    assert "characters truncated" in messages[2]
    assert messages[-1] == "[tok] COMMIT"


def test_log_hides_parameters(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    from lect.engine import create_engine

    engine = create_engine("fake://", connect_args={"server": server}, hide_parameters=True)
    with caplog.at_level(logging.INFO, logger="lect.engine"), engine.begin() as connection:
        connection.exec_driver_sql("ok", ("s3cret",))
    assert "s3cret" not in caplog.text


def test_engine_without_logging_does_not_import_it() -> None:
    import subprocess
    import sys

    code = (
        "import sys, lect.engine as e; engine = e.create_engine('sqlite://');"
        "engine.connect().exec_driver_sql('select 1').all(); sys.exit('logging' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
