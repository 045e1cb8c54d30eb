"""The connector for asyncpg: https://magicstack.github.io/asyncpg/."""

from __future__ import annotations

import asyncio
import builtins
import itertools
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from lect import exc
from lect import types as t
from lect.bridge import await_only
from lect.dialects.asynchronous import PATIENCE_S, AsyncConnection, AsyncCursor, AsyncStreamingCursor
from lect.dialects.contract import (
    ConnectArguments,
    Connector,
    ConnectRequest,
    Conversion,
    ConversionRequest,
    CursorRequest,
    Failure,
    FailureKind,
)
from lect_postgresql.bit_string import BitString
from lect_postgresql.casts import Casts
from lect_postgresql.range_value import Range
from lect_postgresql.ranges import AbstractMultiRange, AbstractRange
from lect_postgresql.types import BIT
from lect_postgresql.values import conversion_of, multihost

__all__ = ["AsyncpgConnection", "AsyncpgConnector", "connector"]

_T = TypeVar("_T")

#: Statements kept prepared per connection, unless the URL says otherwise.
_PREPARED: Final = 100
#: Numbers for the names of cursors.
_CURSORS: Final = itertools.count(1)
#: Beginnings of statements whose row counts prove that nobody else was there before.
_COUNTED: Final = ("UPDATE ", "DELETE FROM ")
#: First words of statements after which plans made before may not fit any more.
_DDL: Final = ("CREATE", "ALTER", "DROP", "SET", "RESET", "DISCARD")


class AsyncpgCursor(AsyncCursor):
    """A cursor over prepared statements."""

    __slots__ = ()

    _connection: AsyncpgConnection

    async def _execute(self, operation: str, parameters: Any) -> None:
        connection = self._connection
        statement = await connection.prepared(operation)
        rows = await statement.fetch(*(parameters or ()))
        self._position = 0
        self._tell(statement)
        self._rows = rows if self.description is not None else ()
        if operation.lstrip()[:8].upper().startswith(_DDL):
            connection.forget()

    async def _executemany(self, operation: str, seq_of_parameters: Sequence[Any]) -> None:
        self.description = None
        self._rows = ()
        text = operation.upper()
        if text.lstrip().startswith(_COUNTED) and "RETURNING" not in text:
            # The driver does not tell how many rows many executions changed: one comes back for each of them.
            statement = await self._connection.prepared(f"{operation.rstrip().rstrip(';')}\nRETURNING 1")
            self.rowcount = len(await statement.fetchmany(seq_of_parameters))
        else:
            statement = await self._connection.prepared(operation)
            await statement.executemany(seq_of_parameters)
            self.rowcount = -1

    def _tell(self, statement: Any) -> None:
        attributes = statement.get_attributes()
        self.description = (
            [(a.name, a.type.oid, None, None, None, None, None) for a in attributes] if attributes else None
        )
        *_, last = (statement.get_statusmsg() or "").split(" ")
        self.rowcount = int(last) if last.isdigit() else -1


class AsyncpgStreamingCursor(AsyncStreamingCursor):
    """A cursor that leaves rows on the server; only inside of a transaction."""

    __slots__ = ()

    _connection: AsyncpgConnection

    async def _execute(self, operation: str, parameters: Any) -> None:
        statement = await self._connection.prepared(operation)
        attributes = statement.get_attributes()
        self.description = [(a.name, a.type.oid, None, None, None, None, None) for a in attributes]
        self.rowcount = -1
        self._cursor = await statement.cursor(*(parameters or ()))

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._connection.wait(self._cursor.fetchrow())

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next `size` rows, fewer at the end."""
        return list(self._connection.wait(self._cursor.fetch(size or self.arraysize)))

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        rows: list[Any] = []
        while part := self.fetchmany(1000):
            rows.extend(part)
        return rows

    def close(self) -> None:
        """Forget the portal, which ends with the transaction."""
        self._cursor = None


class AsyncpgHeldCursor(AsyncStreamingCursor):
    """A cursor that leaves rows on the server where no transaction keeps them: DECLARE ... WITH HOLD."""

    __slots__ = ("_name",)

    _connection: AsyncpgConnection

    async def _execute(self, operation: str, parameters: Any) -> None:
        connection = self._connection
        attributes = (await connection.prepared(operation)).get_attributes()
        self.description = [(a.name, a.type.oid, None, None, None, None, None) for a in attributes]
        self.rowcount = -1
        self._name = f"lect_{next(_CURSORS)}"
        declare = await connection.driver_connection.prepare(
            f"DECLARE {self._name} NO SCROLL CURSOR WITH HOLD FOR {operation}"
        )
        await declare.fetch(*(parameters or ()))
        self._cursor = self
        connection.held.add(self._name)
        connection.streams.add(self)

    async def _fetch(self, amount: str) -> list[Any]:
        rows: list[Any] = await self._connection.driver_connection.fetch(f"FETCH FORWARD {amount} FROM {self._name}")
        return rows

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next `size` rows, fewer at the end."""
        return self._connection.wait(self._fetch(str(int(size or self.arraysize))))

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        return self._connection.wait(self._fetch("ALL"))

    async def give_up(self) -> None:
        """Close the cursor on the server."""
        if self._cursor is not None:
            await self._connection.close_held(self._name)
            self._cursor = None


class AsyncpgConnection(AsyncConnection):
    """An asyncpg connection in the shape of PEP 249, and the statements it has prepared.

    Attributes:
        autocommit: statements are not put into a transaction.
        held: names of cursors that no transaction ends.
    """

    __slots__ = (
        "_canceled",
        "_errors",
        "_failed_transaction",
        "_prepared",
        "_scope",
        "_size",
        "autocommit",
        "held",
    )

    cursor_class = AsyncpgCursor
    streaming_cursor_class = AsyncpgStreamingCursor

    def __init__(self, driver_connection: Any, prepared_statements: int, driver: Any) -> None:
        super().__init__(driver_connection)
        self._canceled: type[Exception] = driver.QueryCanceledError
        self._errors: type[Exception] = driver.PostgresError
        self._failed_transaction: type[Exception] = driver.InFailedSQLTransactionError
        self._scope: asyncio.Timeout | None = None  # of the call in progress
        self._prepared: dict[str, Any] = {}
        self._size = prepared_statements
        self.autocommit = False
        self.held: set[str] = set()

    async def prepared(self, operation: str) -> Any:
        """Return `operation` prepared, from those kept if it is among them."""
        found = self._prepared.get(operation)
        if found is None:
            found = await self.driver_connection.prepare(operation)
            if self._size:
                if len(self._prepared) >= self._size:
                    del self._prepared[next(iter(self._prepared))]
                self._prepared[operation] = found
        return found

    def forget(self) -> None:
        """Give up all prepared statements: the schema may have changed."""
        self._prepared.clear()

    def guard(self, awaitable: Awaitable[_T]) -> Awaitable[_T]:
        """Let a call be cancelled, and make plans anew after an error: they may not have fitted any more."""

        async def guarded() -> _T:
            scope = self._scope = asyncio.timeout(None)
            try:
                async with scope:
                    return await awaitable
            except builtins.TimeoutError as error:
                # By cancel(), or after the driver's own `command_timeout`.
                self.forget()
                await self._obeyed()
                raise self._canceled("canceling statement due to timeout") from error
            except BaseException:
                self.forget()
                raise
            finally:
                self._scope = None

        return guarded()

    async def abandon(self, ending: bool) -> None:
        """Wait until the server has given up; the driver has asked it to."""
        if not ending:
            await self._obeyed()

    async def _obeyed(self) -> None:
        # The driver puts off what is asked next until the server has obeyed.
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.driver_connection.fetchrow(";")
        except (self._errors, builtins.TimeoutError):
            pass  # in a transaction that has failed, for instance

    def cancel(self) -> None:
        """Let the call in progress, if there is one, end now."""
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())

    def streaming_cursor(self) -> Any:
        """Return a cursor that leaves rows on the server."""
        return AsyncpgHeldCursor(self) if self.autocommit else AsyncpgStreamingCursor(self)

    def begin(self) -> None:
        """Begin a transaction, unless there is one."""
        if not self.driver_connection.is_in_transaction():
            self.wait(self.driver_connection.execute("BEGIN"))

    def commit(self) -> None:
        """Commit, if there is a transaction."""
        if self.driver_connection.is_in_transaction():
            answer = self.wait(self.driver_connection.execute("COMMIT"), ending=True)
            if answer == "ROLLBACK":  # a statement had failed, and nobody rolled back
                raise self._failed_transaction("the server answered COMMIT by rolling back")

    async def close_held(self, *names: str) -> None:
        """Close cursors that no transaction ends."""
        for name in names:
            await self.driver_connection.execute(f"CLOSE {name}")
            self.held.discard(name)

    def rollback(self) -> None:
        """Roll back, if there is a transaction; close what was left open without one."""
        if self.held and not self.driver_connection.is_closed():
            self.wait(self.close_held(*self.held))
        if not self.driver_connection.is_closed() and self.driver_connection.is_in_transaction():
            self.wait(self.driver_connection.execute("ROLLBACK"), ending=True)

    def terminate(self) -> None:
        """Close the socket without waiting for anything."""
        self.driver_connection.terminate()


class AsyncpgConnector(Connector):
    """Opens PostgreSQL connections with ``asyncpg``.

    Query parameters of the URL are arguments of ``asyncpg.connect()``; ``prepared_statement_cache_size`` is the number
    of statements kept prepared per connection. For a pooler in transaction mode give both it and
    ``statement_cache_size`` as 0.
    """

    name = "asyncpg"
    spi_version = 1
    paramstyle = "numeric_dollar"
    is_async = True
    casts = Casts.ALL
    sends_lists = True
    driver_distribution = "lect-postgresql[asyncpg]"

    def import_driver(self) -> Any:
        """Import ``asyncpg``."""
        import asyncpg  # type: ignore[import-untyped]

        return asyncpg

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """asyncpg's errors have no common class; a socket's come as they are."""
        driver = self.driver
        return (driver.PostgresError, driver.InterfaceError, driver.InternalClientError, OSError)

    # -- opening ------------------------------------------------------------------------------------------------------

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Return the keywords of ``asyncpg.connect()``; numbers of the URL as numbers."""
        kwargs = multihost(request)
        for key in ("host", "port"):
            value = kwargs.get(key)
            if isinstance(value, str) and "," in value:
                parts: Any = value.split(",")
                kwargs[key] = [int(part) for part in parts] if key == "port" else parts
        for key, value in (
            ("user", request.username),
            ("password", request.password),
            ("database", request.database),
        ):
            if value is not None:
                kwargs[key] = value
        for key in _NUMBERS:
            if key in kwargs:
                kwargs[key] = _number(key, str(kwargs[key]))
        kwargs.update(request.connect_args)
        return ConnectArguments(kwargs=kwargs)

    def connect(self, arguments: ConnectArguments) -> Any:
        """Open a connection."""
        kwargs = dict(arguments.kwargs)
        size = int(kwargs.pop("prepared_statement_cache_size", _PREPARED))
        return AsyncpgConnection(await_only(self.driver.connect(*arguments.args, **kwargs)), size, self.driver)

    def adapt_created(self, creator: Any) -> Any:
        """Return the connection that an application's own coroutine opened."""
        return AsyncpgConnection(await_only(creator()), _PREPARED, self.driver)

    def begin(self, connection: Any) -> None:
        """The driver begins no transaction by itself."""
        connection.begin()

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Without a transaction begun, the server commits every statement."""
        connection.autocommit = on

    def server_facts(self, connection: Any) -> Mapping[str, Any]:
        """The version is part of the handshake."""
        version = connection.driver_connection.get_server_version()
        return {"version": (version.major, version.minor), "product": "PostgreSQL"}

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a cursor that leaves rows on the server."""
        return request.connection.streaming_cursor()

    def ping(self, connection: Any) -> None:
        """Ask for nothing."""
        connection.wait(connection.driver_connection.fetchrow(";"))

    def cancel(self, connection: Any) -> None:
        """Have the driver cancel what the connection runs; it goes on when the server has obeyed."""
        connection.cancel()

    # -- converting ---------------------------------------------------------------------------------------------------

    def conversion(self, request: ConversionRequest) -> Conversion | None:
        """Say what asyncpg already converts, and what it has classes of its own for."""
        type_ = request.type_
        driver = self.driver
        if isinstance(type_, t.JSON.JSONPathType):
            return Conversion(bind=_path)
        if isinstance(type_, BIT):
            return Conversion(
                bind=lambda value: None if value is None else driver.BitString(str(BitString(value))),
                result=lambda value: None if value is None else BitString(value.as_string().replace(" ", "")),
            )
        if isinstance(type_, AbstractRange):
            many = isinstance(type_, AbstractMultiRange)

            def bind(value: Any) -> Any:
                if value is None:
                    return None
                if many and not isinstance(value, str):
                    return [_native_range(driver, each) for each in value]
                return _native_range(driver, value)

            return Conversion(bind=bind, result=type_.result_processor(request.dialect, None))
        if isinstance(type_, t.Uuid) and type_.native_uuid:
            return Conversion(result=_uuid if type_.as_uuid else _text)
        return conversion_of(request)

    # -- failing ------------------------------------------------------------------------------------------------------

    def failure(self, exception: BaseException) -> Failure:
        """Read SQLSTATE and the error's fields."""
        driver = self.driver
        state = getattr(exception, "sqlstate", None)
        if isinstance(exception, OSError):
            return Failure(pep249="OperationalError", message=str(exception), disconnected=True)
        if state is None:
            # Of these two the driver has no code: a closed connection, and a protocol out of step, after which nothing
            # can be said of the connection (seen on 0.30 to 0.32 when the server ends it in the middle of a statement).
            lost = isinstance(exception, driver.InternalClientError) or "connection is closed" in str(exception)
            data = isinstance(exception, ValueError)
            return Failure(pep249="DataError" if data else "InterfaceError", message=str(exception), disconnected=lost)
        cause = exception.__cause__
        if cause is not None and isinstance(exception, driver.DataError):
            # A value that the driver itself could not encode; why not is what the error was raised from.
            kind = next((_KINDS_OF_VALUES[cls] for cls in type(cause).__mro__ if cls in _KINDS_OF_VALUES), None)
            return Failure(pep249="DataError", kind=kind, sqlstate=state, message=str(exception))
        column = getattr(exception, "column_name", None)
        return Failure(
            pep249=_PEP249.get(state) or _PEP249.get(state[:2], "DatabaseError"),
            sqlstate=state,
            native_code=state,
            message=str(getattr(exception, "message", None) or exception),
            constraint=getattr(exception, "constraint_name", None),
            table=getattr(exception, "table_name", None),
            schema=getattr(exception, "schema_name", None),
            columns=(column,) if column else (),
        )


#: What an encoder of the driver raised -> what is wrong with the value.
_KINDS_OF_VALUES: Final[dict[type, FailureKind]] = {
    OverflowError: FailureKind.VALUE_OUT_OF_RANGE,
    TypeError: FailureKind.INVALID_VALUE,
    ValueError: FailureKind.INVALID_VALUE,
}
#: Arguments of ``asyncpg.connect()`` that are numbers.
_NUMBERS: Final = (
    "timeout",
    "command_timeout",
    "statement_cache_size",
    "max_cached_statement_lifetime",
    "max_cacheable_statement_size",
    "prepared_statement_cache_size",
)
#: SQLSTATE, or its class -> class of PEP 249: postgresql.org/docs/current/errcodes-appendix.html
_PEP249: Final = {
    "08": "OperationalError",
    "0A": "NotSupportedError",
    "20": "ProgrammingError",
    "21": "ProgrammingError",
    "22": "DataError",
    "23": "IntegrityError",
    "24": "InternalError",
    "25": "InternalError",
    "26": "ProgrammingError",
    "28": "OperationalError",
    "2D": "InternalError",
    "34": "ProgrammingError",
    "3B": "InternalError",
    "3D": "ProgrammingError",
    "3F": "ProgrammingError",
    "40": "OperationalError",
    "42": "ProgrammingError",
    "53": "OperationalError",
    "54": "OperationalError",
    "55": "OperationalError",
    "57": "OperationalError",
    "58": "OperationalError",
    "F0": "InternalError",
    "P0": "InternalError",
    "XX": "InternalError",
}


def _number(key: str, text: str) -> int | float:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        raise exc.ArgumentError(f"{key}={text!r} in the URL is no number") from None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _uuid(value: Any) -> UUID | None:
    # The driver's class is a subclass of its own, which serializers that look at the class do not know.
    return None if value is None else UUID(int=value.int)


def _path(value: Any) -> Any:
    return value if value is None else [str(step) for step in value]


def _native_range(driver: Any, value: Any) -> Any:
    if not isinstance(value, Range):
        raise TypeError(f"a Range was expected, not {value!r}")
    if value.empty:
        return driver.Range(empty=True)
    return driver.Range(value.lower, value.upper, lower_inc=value.bounds[0] == "[", upper_inc=value.bounds[1] == "]")


connector = AsyncpgConnector
