"""The connector for the standard library's ``sqlite3``.

The module's own handling of transactions begins them late and, for SAVEPOINT and DDL, not at all; it is switched off
(``isolation_level=None``) and the connector says BEGIN itself, so that a transaction is what its name says: repeatable
reads, DDL and savepoints included.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import chain
from typing import Any, ClassVar, Final

from lect import exc
from lect.dialects.contract import (
    BulkRequest,
    ConnectArguments,
    Connector,
    ConnectRequest,
    Failure,
    FailureKind,
    LockWaitRequest,
    PoolChoice,
    SessionRequest,
)

__all__ = ["Sqlite3Connector", "connector"]

_BEGIN: Final = {
    None: "BEGIN",
    "": "BEGIN",
    "DEFERRED": "BEGIN",
    "IMMEDIATE": "BEGIN IMMEDIATE",
    "EXCLUSIVE": "BEGIN EXCLUSIVE",
}

#: An INSERT of one row of plain values, whose rows may as well come in one statement: not OR IGNORE, nor with a
#: conflict clause, which may be about the rows before.
_ROW: Final = r"(INSERT INTO [^?]+ VALUES )(\((?:\?, )*\?\))"
#: Rows per statement, and rows from which on it is worth the trouble.
_ROWS: Final = 500
_FEW: Final = 20

#: Parameters of ``sqlite3.connect`` that may stand in a URL, and how their text is read.
_PARAMETERS: Final[dict[str, Callable[[str], Any]]] = {
    "timeout": float,
    "detect_types": int,
    "check_same_thread": lambda text: _boolean("check_same_thread", text),
    "cached_statements": int,
    "isolation_level": str,
    "uri": lambda text: _boolean("uri", text),
}


class Sqlite3Connector(Connector):
    """Opens SQLite databases with the module ``sqlite3``.

    ``isolation_level`` among the connect arguments is the kind of BEGIN: ``"DEFERRED"`` (default), ``"IMMEDIATE"`` or
    ``"EXCLUSIVE"``.
    """

    name = "sqlite3"
    spi_version = 1
    paramstyle = "qmark"
    driver_distribution = "a Python built with sqlite3"

    #: Result codes are in :mod:`lect_sqlite.errors`; the module gives them since Python 3.11.
    _begin: str = "BEGIN"
    _needs_floor: ClassVar[bool | None] = None

    def import_driver(self) -> Any:
        """Import ``sqlite3``."""
        import sqlite3

        return sqlite3

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """The module's errors, and what it lets out for values that SQLite cannot take.

        An integer beyond 64 bits is an OverflowError, half a surrogate pair a UnicodeEncodeError.
        """
        return (self.driver.Error, OverflowError, UnicodeEncodeError)

    # -- opening ------------------------------------------------------------------------------------------------------

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Return ``(database,)`` and the keyword arguments; query parameters the module lacks go into a ``file:``
        URI.
        """
        if request.username is not None or request.password is not None or request.host or request.port is not None:
            raise exc.ArgumentError(
                "Invalid SQLite URL: it names a host or a user, and SQLite has neither. Valid SQLite URL forms are "
                "sqlite:///relative/path.db, sqlite:////absolute/path.db and sqlite:// (in memory)"
            )
        options: dict[str, Any] = {}
        rest: list[tuple[str, str]] = []
        for key, value in request.query.items():
            text = value if isinstance(value, str) else value[-1]
            read = _PARAMETERS.get(key)
            if read is None:
                rest.append((key, text))
                continue
            try:
                options[key] = read(text)
            except ValueError as error:
                raise exc.ArgumentError(f"Invalid SQLite URL: {key}={text!r} cannot be read: {error}") from None
        options.update(request.connect_args)
        database = options.pop("database", None) or request.database or ":memory:"
        if options.get("uri"):
            if rest:
                from urllib.parse import urlencode

                database += ("&" if "?" in database else "?") + urlencode(sorted(rest))
        elif rest:
            raise exc.ArgumentError(
                f"Invalid SQLite URL: unknown parameter {rest[0][0]!r}{exc.nearest(rest[0][0], _PARAMETERS)} "
                "(parameters of a SQLite URI need uri=true beside them)"
            )
        elif database != ":memory:":
            database = os.path.abspath(database)
        self._begin = self._begin_statement(options)
        # The pool sees to it that one thread at a time uses a connection.
        options.setdefault("check_same_thread", False)
        options["isolation_level"] = None
        return ConnectArguments(args=(database,), kwargs=options)

    @staticmethod
    def _begin_statement(options: dict[str, Any]) -> str:
        """Take what concerns transactions out of `options` and return the statement that begins one."""
        if options.pop("autocommit", False) is True:
            raise exc.ArgumentError(
                "connect argument autocommit=True would leave transactions without effect; "
                "use create_engine(..., isolation_level='AUTOCOMMIT')"
            )
        mode = options.pop("isolation_level", None)
        try:
            return _BEGIN[mode.upper() if isinstance(mode, str) else mode]
        except KeyError:
            raise exc.ArgumentError(
                f"connect argument isolation_level={mode!r} is not one of DEFERRED, IMMEDIATE, EXCLUSIVE"
            ) from None

    def pool_choice(self, request: ConnectRequest) -> PoolChoice:
        """A database in memory lives and dies with its connection: one per thread. A file: a queue."""
        return PoolChoice.PER_THREAD if _in_memory(request) else PoolChoice.QUEUE

    def prepare_connection(self, request: SessionRequest) -> None:
        """Give SQLite the functions it names and does not have: ``regexp``, and ``floor`` in builds without
        mathematics.
        """
        connection = request.connection
        connection.create_function("regexp", 2, regexp, deterministic=True)
        cls = type(self)
        if cls._needs_floor is None:
            try:
                connection.execute("SELECT floor(1.5)").close()
                cls._needs_floor = False
            except self.driver.OperationalError:
                cls._needs_floor = True
        if cls._needs_floor:
            connection.create_function("floor", 1, floor, deterministic=True)

    # -- transactions -------------------------------------------------------------------------------------------------

    def begin(self, connection: Any) -> None:
        """Begin a transaction, unless SQL of the application has done so."""
        if not connection.in_transaction:
            connection.execute(self._begin)

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Do nothing: outside of BEGIN and COMMIT a connection of SQLite is in autocommit mode."""

    # -- running ------------------------------------------------------------------------------------------------------

    def execute_in_bulk(self, request: BulkRequest) -> int:
        """Send rows of an INSERT in statements of many rows; other statements one by one."""
        cursor, rows = request.cursor, request.parameters
        match = re.fullmatch(_ROW, request.statement) if len(rows) >= _FEW else None
        if match is None:
            cursor.executemany(request.statement, rows)
            return int(cursor.rowcount)
        head, row = match.groups()
        # sqlite.org/limits.html#max_variable_number
        most = 32766 if self.driver.sqlite_version_info >= (3, 32) else 999
        size = max(min(_ROWS, most // len(rows[0])), 1)
        whole = len(rows) - len(rows) % size
        affected = 0
        text = head + ", ".join([row] * size) if whole else ""
        for start in range(0, whole, size):
            cursor.execute(text, tuple(chain.from_iterable(rows[start : start + size])))
            affected += cursor.rowcount
        if whole < len(rows):
            rest = rows[whole:]
            cursor.execute(head + ", ".join([row] * len(rest)), tuple(chain.from_iterable(rest)))
            affected += cursor.rowcount
        return affected

    # -- failing ------------------------------------------------------------------------------------------------------

    def failure(self, exception: BaseException) -> Failure:
        """Read the extended result code."""
        if isinstance(exception, (OverflowError, UnicodeEncodeError)):
            overflow = isinstance(exception, OverflowError)
            kind = FailureKind.VALUE_OUT_OF_RANGE if overflow else FailureKind.INVALID_VALUE
            return Failure(pep249="DataError", kind=kind, message=str(exception))
        failure = super().failure(exception)
        message = failure.message
        return failure.replace(
            native_code=getattr(exception, "sqlite_errorcode", None),
            # The module has no code for it: sqlite3.ProgrammingError, seen on CPython 3.11 to 3.13.
            disconnected=message.startswith("Cannot operate on a closed database"),
        )

    def ping(self, connection: Any) -> None:
        """Nothing can be lost between a program and a file; a closed connection raises."""
        connection.execute("SELECT 1").close()

    def limit_lock_wait(self, request: LockWaitRequest) -> Callable[[], None] | None:
        """Shorten the busy timeout, which is not ended by an interruption."""
        connection = request.connection
        before = int(connection.execute("PRAGMA busy_timeout").fetchone()[0])
        wanted = max(int(request.seconds * 1000), 1)
        if wanted >= before:
            return None
        connection.execute(f"PRAGMA busy_timeout = {wanted}").close()
        return lambda: connection.execute(f"PRAGMA busy_timeout = {before}").close()

    def cancel(self, connection: Any) -> None:
        """Interrupt what the connection runs."""
        connection.interrupt()


def _boolean(name: str, text: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    try:
        return known[text.lower()]
    except KeyError:
        raise ValueError("it is neither true nor false") from None


def _in_memory(request: ConnectRequest) -> bool:
    database = request.connect_args.get("database") or request.database or ":memory:"
    return database == ":memory:" or database.startswith("file::memory:") or request.query.get("mode") == "memory"


def regexp(pattern: Any, value: Any) -> bool | None:
    """Say whether `value` contains a match of `pattern`; what SQLite's operator REGEXP calls."""
    import re

    if pattern is None or value is None:
        return None
    return re.search(pattern, value if isinstance(value, str) else str(value)) is not None


def floor(value: Any) -> int | None:
    """Return the largest integer not above `value`."""
    import math

    return None if value is None else math.floor(value)


connector = Sqlite3Connector
