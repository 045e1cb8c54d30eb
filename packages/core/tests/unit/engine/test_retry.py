"""Replaying transactions, on the scripted driver."""

from __future__ import annotations

from typing import Any

import fake_driver
import pytest

import lect
from lect import CursorResult, Retry, exc, text

QUICK = Retry(attempts=4, first_delay=0.001)


def deadlock() -> fake_driver.OperationalError:
    return fake_driver.OperationalError("DEADLOCK", "deadlock found")


def test_transaction_is_replayed_from_its_beginning(engine: Any, server: fake_driver.Server) -> None:
    calls: list[int] = []

    def work(connection: lect.Connection) -> str:
        calls.append(1)
        connection.execute(text("first"))
        if len(calls) < 3:
            server.answers["second"] = deadlock()
        else:
            server.answers.clear()
        connection.execute(text("second"))
        return "done"

    assert engine.run(work, retry=QUICK) == "done"
    assert len(calls) == 3
    said = server.said()
    said = [word for word in said[said.index("first") :] if word in ("first", "second", "rollback", "commit")]
    assert said == [*["first", "second", "rollback"] * 2, "first", "second", "commit"]


def test_gives_up_and_says_so(engine: Any, server: fake_driver.Server) -> None:
    server.answers["x"] = deadlock()
    told: list[tuple[str, int]] = []
    retry = Retry(attempts=3, first_delay=0.001, before=lambda e, n, s: told.append((type(e).__name__, n)))
    with pytest.raises(exc.Deadlock, match="given up after 3 attempts"):
        engine.run(lambda connection: connection.execute(text("x")), retry=retry)
    assert told == [("Deadlock", 1), ("Deadlock", 2)]


def test_other_errors_are_not_replayed(engine: Any, server: fake_driver.Server) -> None:
    server.answers["x"] = fake_driver.IntegrityError("UNIQUE", "again")
    calls: list[int] = []

    def work(connection: Any) -> None:
        calls.append(1)
        connection.execute(text("x"))

    with pytest.raises(exc.UniqueViolation):
        engine.run(work, retry=QUICK)
    assert calls == [1]


def test_function_that_commits_is_not_replayed(engine: Any, server: fake_driver.Server) -> None:
    calls: list[int] = []

    def work(connection: Any) -> None:
        calls.append(1)
        connection.execute(text("a"))
        connection.commit()
        raise exc.Deadlock("b", {}, deadlock())

    with pytest.raises(exc.Deadlock, match="not replayed: the function ended its transaction itself"):
        engine.run(work, retry=QUICK)
    assert calls == [1]


def test_autocommit_is_refused(engine: Any) -> None:
    with pytest.raises(exc.InvalidRequestError, match="cannot be replayed in AUTOCOMMIT"):
        engine.run(lambda connection: None, isolation_level="AUTOCOMMIT")


def test_unfetched_result_is_refused(engine: Any, server: fake_driver.Server) -> None:
    server.answers["SELECT 1"] = (["a"], [(1,)])

    def work(connection: lect.Connection) -> CursorResult[Any]:
        return connection.execute(text("SELECT 1"))

    with pytest.raises(exc.InvalidRequestError, match=r"return result.all\(\)"):
        engine.run(work)
    assert "commit" not in server.said()
    assert engine.run(lambda connection: connection.execute(text("SELECT 1")).all()) == [(1,)]


def test_coroutine_functions_and_generators_are_refused(engine: Any) -> None:
    async def coroutine(connection: Any) -> None: ...

    def generator(connection: Any) -> Any:
        yield 1

    for fn in (coroutine, generator):
        with pytest.raises(exc.ArgumentError, match="plain function"):
            engine.run(fn)


def test_lost_connection_is_replayed_when_asked(engine: Any, server: fake_driver.Server) -> None:
    calls: list[int] = []

    def work(connection: Any) -> str:
        calls.append(1)
        if len(calls) == 1:
            server.connections[-1].alive = False
        connection.execute(text("x"))
        return "done"

    with pytest.raises(exc.ConnectionLost):
        engine.run(work, retry=QUICK)
    calls.clear()
    assert engine.run(work, retry=Retry(on=(exc.ConnectionLost,), first_delay=0.001)) == "done"
    assert calls == [1, 1]


def test_unknown_outcome_of_commit(engine: Any, server: fake_driver.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any) -> None:
        raise fake_driver.OperationalError("GONE", "server went away")

    calls: list[int] = []

    def work(connection: Any) -> None:
        calls.append(1)
        if len(calls) > 2:
            monkeypatch.undo()
        connection.execute(text("x"))

    monkeypatch.setattr(fake_driver.FakeConnection, "commit", broken)
    with pytest.raises(exc.CommitOutcomeUnknown) as e:
        engine.run(work, retry=Retry(on=(exc.Deadlock, exc.ConnectionLost), first_delay=0.001))
    assert calls == [1]
    assert isinstance(e.value, exc.ConnectionLost)
    assert e.value.connection_invalidated
    with engine.connect() as connection:
        connection.execute(text("x"))
        with pytest.raises(exc.CommitOutcomeUnknown):
            connection.commit()
    engine.run(work, retry=Retry(on=(exc.CommitOutcomeUnknown,), first_delay=0.001))
    assert calls == [1, 1, 1]


def test_deadline_ends_the_replays(engine: Any, server: fake_driver.Server) -> None:
    server.answers["x"] = deadlock()
    with lect.deadline(0.2), pytest.raises(exc.LectError, match=r"deadline|the time was over"):
        engine.run(lambda c: c.execute(text("x")), retry=Retry(attempts=10**6, first_delay=0.05, max_delay=0.05))


def test_pauses_grow_and_vary() -> None:
    retry = Retry(first_delay=0.01, max_delay=0.1)
    first = {retry.pause(1) for _ in range(50)}
    assert len(first) > 10
    assert max(first) <= 0.01
    assert max(retry.pause(20) for _ in range(50)) <= 0.1
    assert max(retry.pause(20) for _ in range(200)) > 0.05


@pytest.mark.parametrize("arguments", [{"attempts": 0}, {"attempts": True}, {"first_delay": -1}, {"on": ("Deadlock",)}])
def test_retry_that_cannot_be_meant(arguments: Any) -> None:
    with pytest.raises(exc.ArgumentError):
        Retry(**arguments)


def test_failed_transaction_tells_what_failed_first(engine: Any, server: fake_driver.Server) -> None:
    server.answers["INSERT 1"] = fake_driver.IntegrityError("UNIQUE", "again")
    with engine.connect() as connection:
        with pytest.raises(exc.UniqueViolation):
            connection.execute(text("INSERT 1"))
        connection.invalidate()
        with pytest.raises(exc.PendingRollbackError, match="failed first with UniqueViolation at: INSERT 1"):
            connection.execute(text("SELECT 1"))


def test_unknown_outcome_of_a_statement_in_autocommit_mode(
    server: fake_driver.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_driver.FakeConnector, "set_autocommit", lambda self, c, on: None, raising=False)
    engine = lect.create_engine("fake://", connect_args={"server": server}, isolation_level="AUTOCOMMIT")
    for deadline in (None, 5):
        with engine.connect() as connection:
            connection.execution_options(timeout=deadline)
            server.connections[-1].alive = False
            with pytest.raises(exc.CommitOutcomeUnknown):
                connection.execute(text("INSERT INTO t VALUES (1)"))
            connection.rollback()
            assert connection.connection.is_valid
            server.connections[-1].alive = False
            with pytest.raises(exc.ConnectionLost) as e:
                connection.execute(lect.select(lect.literal(1)))
            assert not isinstance(e.value, exc.CommitOutcomeUnknown), "a query has no outcome"
    engine.dispose()


def test_connection_lost_at_close_is_no_failure(
    engine: Any, server: fake_driver.Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Any) -> None:
        raise fake_driver.OperationalError("GONE", "server went away")

    with engine.connect() as connection:
        connection.execute(text("x"))
        monkeypatch.setattr(fake_driver.FakeConnection, "rollback", broken)
    assert "Connection lost while it was given back" in caplog.text
    assert engine.pool.stats().in_use == 0
    assert server.said()[-1] == "close"
    with engine.connect() as connection:
        connection.execute(text("x"))
        with pytest.raises(exc.ConnectionLost):
            connection.rollback()
