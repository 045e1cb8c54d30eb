"""The connector for asyncmy: https://github.com/long2ice/asyncmy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from lect.bridge import await_only
from lect.dialects.asynchronous import AsyncConnection, AsyncStreamingCursor
from lect.dialects.contract import ConnectArguments, ConnectRequest, CursorRequest, Failure
from lect_mysql.many_sets import values_behind
from lect_mysql.pymysql import CLIENT_FOUND_ROWS, PARAMETERS, PyMySQLConnector, connect_keywords, encoded

__all__ = ["AsyncmyConnection", "AsyncmyConnector", "AsyncmyStreamingCursor", "connector"]

_T = TypeVar("_T")

#: Parameters of ``pymysql.connect`` that asyncmy does not have; those about TLS go into its dictionary `ssl`.
_NOT_TAKEN: Final = frozenset({"collation", "bind_address", "write_timeout", "ssl_key_password"})
_SSL: Final = {
    "ssl_ca": "ca",
    "ssl_cert": "cert",
    "ssl_key": "key",
    "ssl_verify_cert": "verify_mode",
    "ssl_verify_identity": "check_hostname",
}
#: What asyncmy means by a number of the client's own: CR_SERVER_LOST.
_LOST: Final = 2013


class AsyncmyStreamingCursor(AsyncStreamingCursor):
    """A cursor that leaves the rows in the socket."""

    __slots__ = ()

    _connection: AsyncmyConnection

    def stop(self) -> None:
        """KILL QUERY: whatever the server goes on to send has to be read before the connection is of use again."""
        connection = self._connection
        if self._cursor is not None and connection._arguments:
            await_only(_kill(type(connection.driver_connection), connection._arguments, connection.thread_id()))

    async def give_up(self) -> None:
        """Read what is left of the rows; that they end with an error, of a statement cut short, is nobody's concern."""
        try:
            await super().give_up()
        except self._connection.cut_short:
            self._cursor = None


class AsyncmyConnection(AsyncConnection):
    """An asyncmy connection in the shape of PEP 249.

    Attributes:
        cut_short: the driver's error for a statement that the server did not finish.
    """

    __slots__ = ("_arguments", "_lost", "_streaming_class", "cut_short")

    streaming_cursor_class = AsyncmyStreamingCursor

    def __init__(self, driver_connection: Any, arguments: dict[str, Any], driver: Any) -> None:
        super().__init__(driver_connection)
        self._arguments = arguments
        self._lost = self.cut_short = driver.OperationalError
        self._streaming_class = _streaming_cursor_class()

    async def open_cursor(self, streaming: bool = False) -> Any:
        """Return a new cursor of the driver."""
        await self._clear_way()
        return self.driver_connection.cursor(self._streaming_class if streaming else None)

    async def execute_many(self, cursor: Any, operation: str, sets: Sequence[Any]) -> int:
        """Run a statement for many parameter sets, one after the other where the driver cannot do it at once."""
        if not values_behind(operation):
            return await super().execute_many(cursor, operation, sets)
        affected = 0
        for values in sets:
            await cursor.execute(operation, values)
            affected += int(cursor.rowcount)
        return affected

    async def _clear_way(self) -> None:
        """Take rows of a stream that are left into memory, where the driver would throw them away.

        One result is on its way at a time, and the answer to whatever else is asked comes behind it.
        """
        for stream in list(self.streams):
            self.streams.discard(stream)
            await stream.keep_rest()

    def alone(self, ask: Callable[[], Awaitable[Any]], *, ending: bool = False) -> None:
        """Ask the server for something else than a statement, once no rows are on their way."""
        if self.streams:
            self.wait(self._clear_way(), ending=ending)
        self.wait(ask(), ending=ending)

    def guard(self, awaitable: Awaitable[_T]) -> Awaitable[_T]:
        """Turn what the event loop raises for a socket that is gone into the driver's error for it."""

        async def guarded() -> _T:
            try:
                return await awaitable
            except (OSError, EOFError, RuntimeError) as error:
                # asyncmy 0.2: "unable to perform operation on <TCPTransport closed=True ...>" is a RuntimeError
                if isinstance(error, RuntimeError) and self.driver_connection.connected:
                    raise
                raise self._lost(_LOST, f"Lost connection to MySQL server: {error}") from error

        return guarded()

    async def abandon(self, ending: bool) -> None:
        """KILL QUERY, and close the socket: the answer would be read as that of the next statement."""
        self.driver_connection.close()
        if self._arguments and not ending:
            await _kill(type(self.driver_connection), self._arguments, self.thread_id())

    def commit(self) -> None:
        """Commit."""
        self.alone(self.driver_connection.commit, ending=True)

    def rollback(self) -> None:
        """Roll back; nothing is left to do on a connection that was closed."""
        if self.driver_connection.connected:
            self.alone(self.driver_connection.rollback, ending=True)

    def thread_id(self) -> int:
        """Return the server's number of this connection."""
        return int(self.driver_connection.thread_id())

    def get_autocommit(self) -> bool:
        """Whether every statement is a transaction of its own."""
        return bool(self.driver_connection.get_autocommit())

    def close(self) -> None:
        """Say good-bye and close the socket."""
        self.wait(self.driver_connection.ensure_closed(), ending=True)

    def terminate(self) -> None:
        """Close the socket without waiting for anything."""
        self.driver_connection.close()


class AsyncmyConnector(PyMySQLConnector):
    """Opens connections to MySQL and MariaDB with asyncmy. Arguments and errors are those of PyMySQL."""

    name = "asyncmy"
    spi_version = 1
    paramstyle = "pyformat"
    is_async = True
    driver_distribution = "lect-mysql[asyncmy]"

    def import_driver(self) -> Any:
        """Import ``asyncmy``."""
        import asyncmy

        return asyncmy

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Return the keyword arguments of ``connect``. Row counts are those of matched rows (CLIENT.FOUND_ROWS)."""
        taken = {name: read for name, read in PARAMETERS.items() if name not in _NOT_TAKEN}
        kwargs = connect_keywords(request, taken)
        tls = {_SSL[name]: kwargs.pop(name) for name in list(kwargs) if name in _SSL}
        disabled = kwargs.pop("ssl_disabled", False)
        if tls and not disabled:
            given = kwargs.setdefault("ssl", {})
            if isinstance(given, dict):
                kwargs["ssl"] = {**given, **tls}
        kwargs["client_flag"] = kwargs.get("client_flag", 0) | CLIENT_FOUND_ROWS
        return ConnectArguments(kwargs=kwargs)

    def connect(self, arguments: ConnectArguments) -> Any:
        """Open a connection."""
        opener = self._opener
        if opener is None:
            opener = self._opener = _strict_connection(self.driver.Connection)
        return AsyncmyConnection(await_only(_open(opener, arguments.kwargs)), dict(arguments.kwargs), self.driver)

    def adapt_created(self, creator: Any) -> Any:
        """Return the connection that an application's own coroutine opened."""
        return AsyncmyConnection(await_only(creator()), {}, self.driver)

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Switch autocommit."""
        if connection.get_autocommit() is not on:
            connection.alone(lambda: connection.driver_connection.autocommit(on))

    def in_transaction(self, connection: Any) -> bool:
        """Whether a transaction is open, as the server's last answer had it."""
        return bool(connection.driver_connection.get_transaction_status())

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a cursor that leaves the rows in the socket until they are read."""
        return request.connection.streaming_cursor()

    def ping(self, connection: Any) -> None:
        """COM_PING."""
        connection.alone(lambda: connection.driver_connection.ping(reconnect=False))

    def cancel(self, connection: Any) -> None:
        """KILL QUERY over a connection of its own; one that an application has opened is closed instead."""
        if not connection._arguments:
            connection.terminate()
            return
        await_only(_kill(self.driver.Connection, connection._arguments, connection.thread_id()))

    def failure(self, exception: BaseException) -> Failure:
        """Read the error number; ``Already closed`` and ``Not connected`` have none and are about a closed socket."""
        failure = super().failure(exception)
        if failure.native_code is None and not isinstance(exception, self.driver.DatabaseError):
            return failure.replace(disconnected=True)
        return failure


async def _open(connection_class: Any, arguments: Any) -> Any:
    connection = connection_class(**arguments)
    await connection.connect()
    return connection


async def _kill(connection_class: Any, arguments: Any, number: int) -> None:
    other = await _open(connection_class, arguments)
    try:
        await other.query(f"KILL QUERY {number}")
    finally:
        other.close()


def _streaming_cursor_class() -> Any:
    from asyncmy.cursors import SSCursor

    return SSCursor


def _strict_connection(connection_class: Any) -> Any:
    """Return a subclass that takes as parameters only what the driver has an encoder for, as with PyMySQL."""
    from asyncmy.converters import conversions

    encoders = {key: encoder for key, encoder in conversions.items() if isinstance(key, type)}
    write = connection_class.escape

    def escape(self: Any, obj: Any, mapping: Any = None) -> Any:
        if isinstance(obj, memoryview):
            obj = bytes(obj)
        if isinstance(obj, (str, bytes, bytearray)):
            return write(self, obj, mapping)
        return encoded(obj, encoders)

    names = {"escape": escape, "literal": escape, "__doc__": _strict_connection.__doc__}
    return type("StrictConnection", (connection_class,), names)


connector = AsyncmyConnector
