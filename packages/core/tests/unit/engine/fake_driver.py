"""A driver in memory whose every answer is scripted, so that the engine is tested without a server."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

from lect import plugins
from lect.compile.table import ANSI, RuleTable
from lect.dialects.contract import Connector, Dialect, Failure, FailureKind


class Error(Exception):
    """PEP 249."""


class OperationalError(Error):
    """PEP 249; args[0] is the code."""


class IntegrityError(Error):
    """PEP 249; args[0] is the code."""


class Server:
    """What the driver talks to: answers by statement, and a log of everything that happened."""

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.answers: dict[str, Any] = {}
        self.alive = True
        self.connections: list[FakeConnection] = []

    def said(self) -> list[str]:
        """What was done, without parameters."""
        return [entry if isinstance(entry, str) else entry[0] for entry in self.log]


class FakeCursor:
    """A cursor of the scripted driver."""

    def __init__(self, connection: FakeConnection) -> None:
        self.connection = connection
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid = None
        self._rows: list[Any] = []
        self.closed = False

    def execute(self, statement: str, parameters: Any = ()) -> None:
        server = self.connection.server
        if not server.alive or not self.connection.alive:
            raise OperationalError("GONE", "server went away")
        server.log.append((statement, parameters))
        answer = server.answers.get(statement)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, int):
            self.rowcount = answer
        elif answer is not None:
            names, rows = answer
            self.description = [(name, None, None, None, None, None, None) for name in names]
            self._rows = list(rows)

    def executemany(self, statement: str, parameters: Any) -> None:
        self.connection.server.log.append((statement, list(parameters)))
        self.rowcount = len(parameters)

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> Any:
        found, self._rows = self._rows[:size], self._rows[size:]
        return found

    def fetchall(self) -> Any:
        found, self._rows = self._rows, []
        return found

    def __iter__(self) -> Any:
        while self._rows:
            yield self._rows.pop(0)

    def close(self) -> None:
        self.closed = True


class FakeConnection:
    """A connection of the scripted driver."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.alive = server.alive
        if not server.alive:
            raise OperationalError("REFUSED", "nobody there")
        server.connections.append(self)
        server.log.append("connect")

    def cursor(self) -> FakeCursor:
        return FakeCursor(self)

    def commit(self) -> None:
        self.server.log.append("commit")

    def rollback(self) -> None:
        self.server.log.append("rollback")

    def close(self) -> None:
        self.alive = False
        self.server.log.append("close")


class FakeDialect(Dialect):
    """A dialect for the scripted driver; asks the server nothing."""

    name = "fake"
    spi_version = 1
    default_connector = "fakedb"
    rules = RuleTable("fake", parent=ANSI)

    def classify(self, failure: Failure) -> Failure:
        kinds = {"UNIQUE": FailureKind.UNIQUE_VIOLATION, "DEADLOCK": FailureKind.DEADLOCK}
        kind = kinds.get(str(failure.native_code))
        return failure.replace(kind=kind, constraint="uq_a", table="a", columns=("x",)) if kind else failure


class FakeConnector(Connector):
    """The manners of the scripted driver."""

    name = "fakedb"
    spi_version = 1
    paramstyle = "qmark"
    server: Server

    def import_driver(self) -> Any:
        return SimpleNamespace(Error=Error, OperationalError=OperationalError, IntegrityError=IntegrityError)

    def connect(self, arguments: Any) -> Any:
        return FakeConnection(arguments.kwargs["server"])

    def failure(self, exception: BaseException) -> Failure:
        code = exception.args[0]
        return super().failure(exception).replace(native_code=code, disconnected=code == "GONE")

    def set_autocommit(self, connection: Any, on: bool) -> None:
        connection.server.log.append(f"autocommit {on}")


def register() -> None:
    """Make ``fake://`` a URL; again is allowed."""
    plugins.register_dialect("fake", FakeDialect, replace=True)
    plugins.register_connector("fakedb", FakeConnector, replace=True)


def unregister() -> None:
    """Take it back."""
    for take_back, name in ((plugins.unregister_dialect, "fake"), (plugins.unregister_connector, "fakedb")):
        with contextlib.suppress(Exception):
            take_back(name)
