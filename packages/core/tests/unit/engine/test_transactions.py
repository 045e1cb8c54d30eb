"""What begins, ends and nests on the driver."""

from __future__ import annotations

from typing import Any

import pytest

from lect import exc, text

SELECT = "select 1"


@pytest.fixture(autouse=True)
def answer(server: Any) -> None:
    server.answers[SELECT] = (["x"], [(1,)])


def test_commit_of_begin_block(engine: Any, server: Any) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(SELECT)
    assert server.said() == ["connect", "rollback", SELECT, "commit"]


def test_error_in_begin_block_rolls_back(engine: Any, server: Any) -> None:
    with pytest.raises(RuntimeError), engine.begin() as connection:
        connection.exec_driver_sql(SELECT)
        raise RuntimeError
    assert server.said()[-2:] == [SELECT, "rollback"]


def test_nothing_is_sent_when_nothing_was_begun(engine: Any, server: Any) -> None:
    engine.connect().close()
    server.log.clear()
    engine.connect().close()
    assert server.log == []


def test_close_rolls_back_once(engine: Any, server: Any) -> None:
    connection = engine.connect()
    connection.exec_driver_sql(SELECT)
    server.log.clear()
    connection.close()
    assert server.log == ["rollback"]


def test_commit_leaves_nothing_to_reset(engine: Any, server: Any) -> None:
    connection = engine.connect()
    connection.exec_driver_sql(SELECT)
    connection.commit()
    server.log.clear()
    connection.close()
    assert server.log == []


def test_raw_connection_is_rolled_back(engine: Any, server: Any) -> None:
    raw = engine.raw_connection()
    raw.cursor().execute(SELECT)
    server.log.clear()
    raw.close()
    assert server.log == ["rollback"]


def test_begin_twice(engine: Any) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(SELECT)
        with pytest.raises(exc.InvalidRequestError, match=r"already initialized a Transaction\(\) object"):
            connection.begin()


def test_savepoint_statements(engine: Any, server: Any) -> None:
    with engine.begin() as connection:
        with connection.begin_nested():
            connection.exec_driver_sql(SELECT)
        nested = connection.begin_nested()
        nested.rollback()
    assert server.said()[2:] == [
        "SAVEPOINT lect_savepoint_1",
        SELECT,
        "RELEASE SAVEPOINT lect_savepoint_1",
        "SAVEPOINT lect_savepoint_2",
        "ROLLBACK TO SAVEPOINT lect_savepoint_2",
        "commit",
    ]


def test_statement_after_commit_inside_the_block(engine: Any) -> None:
    with engine.connect() as connection, connection.begin():
        connection.commit()
        with pytest.raises(exc.InvalidRequestError, match="inside context manager"):
            connection.exec_driver_sql(SELECT)


def test_commit_of_an_ended_transaction(engine: Any) -> None:
    with engine.connect() as connection:
        transaction = connection.begin()
        transaction.rollback()
        with pytest.raises(exc.InvalidRequestError, match="This transaction is inactive"):
            transaction.commit()


def test_isolation_is_taken_back(engine: Any, server: Any) -> None:
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.exec_driver_sql(SELECT)
    server.log.clear()
    connection.close()
    assert server.said()[:2] == ["rollback", "autocommit False"]
    assert "SERIALIZABLE" in server.said()[2]


def test_unknown_isolation_names_those_there_are(engine: Any) -> None:
    with engine.connect() as connection, pytest.raises(exc.ArgumentError, match="AUTOCOMMIT, READ COMMITTED"):
        connection.execution_options(isolation_level="SNAPSHOTTY")


def test_isolation_inside_a_transaction(engine: Any) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(SELECT)
        with pytest.raises(exc.InvalidRequestError, match="isolation_level may not be altered"):
            connection.execution_options(isolation_level="AUTOCOMMIT")


def test_two_phase_is_refused_with_a_reason(engine: Any) -> None:
    with engine.connect() as connection, pytest.raises(exc.InvalidRequestError, match="connector 'fakedb'"):
        connection.begin_twophase()


def test_failed_commit_waits_for_its_rollback(engine: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import fake_driver

    def commit(self: Any) -> None:
        raise fake_driver.OperationalError("X", "disk full")

    monkeypatch.setattr(fake_driver.FakeConnection, "commit", commit)
    connection = engine.connect()
    transaction = connection.begin()
    with pytest.raises(exc.OperationalError, match="disk full"):
        transaction.commit()
    assert not transaction.is_active
    with pytest.raises(exc.PendingRollbackError):
        connection.exec_driver_sql(SELECT)
    transaction.rollback()
    assert connection.exec_driver_sql(SELECT).scalar() == 1
    connection.close()


def test_failed_commit_stops_statements_whose_plan_is_kept(
    engine: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fake_driver

    statement = text(SELECT)
    connection = engine.connect()
    assert connection.execute(statement).scalar() == 1
    connection.commit()

    def commit(self: Any) -> None:
        raise fake_driver.OperationalError("X", "disk full")

    monkeypatch.setattr(fake_driver.FakeConnection, "commit", commit)
    connection.begin()
    prepared = connection.prepare(statement)
    with pytest.raises(exc.OperationalError, match="disk full"):
        connection.commit()
    for run in (lambda: connection.execute(statement), prepared.execute):
        with pytest.raises(exc.PendingRollbackError):
            run()
    connection.rollback()
    assert connection.execute(statement).scalar() == 1
    connection.close()


def test_rollback_twice_is_told(engine: Any) -> None:
    with engine.connect() as connection:
        transaction = connection.begin()
        transaction.rollback()
        with pytest.warns(exc.LectWarning, match="transaction already deassociated from connection"):
            transaction.rollback()


def test_no_rollback_in_autocommit_when_asked(server: Any) -> None:
    from lect.engine import create_engine

    made = create_engine(
        "fake://", connect_args={"server": server}, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True
    )
    made.connect().close()
    server.log.clear()
    with made.connect() as connection:
        connection.exec_driver_sql(SELECT)
    assert server.said() == [SELECT]
