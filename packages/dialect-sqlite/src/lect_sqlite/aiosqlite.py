"""The connector for aiosqlite: the module ``sqlite3`` in a thread of its own, awaited."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any, TypeVar

from lect.bridge import await_only
from lect.dialects.asynchronous import PATIENCE_S, AsyncConnection
from lect.dialects.contract import (
    ConnectArguments,
    ConnectRequest,
    CursorRequest,
    PoolChoice,
    SessionRequest,
)
from lect_sqlite.sqlite3 import Sqlite3Connector, floor, regexp

__all__ = ["AioSqliteConnection", "AioSqliteConnector", "connector"]

_T = TypeVar("_T")


class AioSqliteConnection(AsyncConnection):
    """An aiosqlite connection that looks like one of ``sqlite3``."""

    __slots__ = ("_lost", "_stopped")

    #: It has a thread and a queue; a database in memory is one connection that all tasks share.
    takes_turns = True

    def __init__(self, driver_connection: Any, lost: type[Exception]) -> None:
        super().__init__(driver_connection)
        self._lost = lost
        self._stopped: Any = None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self.driver_connection.in_transaction)

    def guard(self, awaitable: Awaitable[_T]) -> Awaitable[_T]:
        """Turn aiosqlite's ValueError for a closed connection into the error ``sqlite3`` has for it."""

        async def guarded() -> _T:
            try:
                return await awaitable
            except ValueError as error:
                # aiosqlite 0.17 to 0.22: "no active connection", "Connection closed"; the class is all there is
                if "connection" in str(error).lower():
                    raise self._lost(f"Cannot operate on a closed database: {error}") from error
                raise

        return guarded()

    async def _stop(self, interrupt: bool = False) -> None:
        # The driver's own close() takes two steps, between which a cancelled task would leave it.
        if self._stopped is None:
            self._stopped = asyncio.ensure_future(self._end(interrupt))
        await asyncio.shield(self._stopped)

    async def _end(self, interrupt: bool) -> None:
        connection = self.driver_connection
        try:
            if interrupt:
                await self.interrupt()
            # A cursor that somebody still holds would keep file and locks open beyond the end.
            for stream in list(self.streams):
                await stream.give_up()
            for cursor in self.left:
                await cursor.close()
            if connection.in_transaction:
                await connection.rollback()
        finally:
            await connection.stop()

    def close(self) -> None:
        """Close the database and end the thread."""
        self.wait(self._stop(), ending=True)

    async def abandon(self, ending: bool) -> None:
        """Interrupt the thread, and wait until it has closed the database."""
        await self._stop(interrupt=not ending)

    async def interrupt(self) -> None:
        """Interrupt what the thread is doing; once would not do, because it may not have begun yet."""
        free = asyncio.ensure_future(self._idle())
        try:
            while not free.done():
                await self.driver_connection.interrupt()
                await asyncio.wait([free], timeout=0.01)
        finally:
            free.cancel()

    async def _idle(self) -> None:
        cursor = await self.driver_connection.cursor()  # when the thread gets to this, it has done all else
        await cursor.close()

    def terminate(self) -> None:
        """Tell the thread to close the database and end, without waiting for that."""
        if self._stopped is None:
            self._stopped = True
            # Called where there is no event loop, the driver makes nothing that a loop would have to outlive.
            teller = threading.Thread(target=self.driver_connection.stop, name="lect-sqlite-stop")
            teller.start()
            teller.join()


#: Connections that are being closed because their task was cancelled before it had them.
_CLOSING: set[Any] = set()


async def _opened(pending: Any) -> Any:
    """Return the connection; close it again when the task is cancelled while its thread opens the database."""

    async def opened() -> Any:
        return await pending

    opening = asyncio.ensure_future(opened())
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:

        async def close() -> None:
            await asyncio.wait([opening], timeout=PATIENCE_S)
            await pending.stop()

        closing = asyncio.ensure_future(close())
        _CLOSING.add(closing)
        closing.add_done_callback(_CLOSING.discard)
        await asyncio.shield(closing)  # goes on when the task is cancelled once more
        raise


class AioSqliteConnector(Sqlite3Connector):
    """Opens SQLite databases with aiosqlite. Arguments and errors are those of ``sqlite3``."""

    name = "aiosqlite"
    spi_version = 1
    paramstyle = "qmark"
    is_async = True
    driver_distribution = "lect-sqlite[aiosqlite]"

    def import_driver(self) -> Any:
        """Import ``aiosqlite``."""
        import aiosqlite

        return aiosqlite

    def connect(self, arguments: ConnectArguments) -> Any:
        """Open a connection; its thread does not keep the process alive."""
        pending = self.driver.connect(*arguments.args, **arguments.kwargs)
        thread = getattr(pending, "_thread", pending)
        if hasattr(thread, "daemon"):
            thread.daemon = True
        return AioSqliteConnection(await_only(_opened(pending)), self.driver.ProgrammingError)

    def adapt_created(self, creator: Any) -> Any:
        """Return the connection that an application's own coroutine opened."""
        return AioSqliteConnection(await_only(creator()), self.driver.ProgrammingError)

    def pool_choice(self, request: ConnectRequest) -> PoolChoice:
        """Tasks share a thread: a database in memory is one connection for everybody."""
        choice = super().pool_choice(request)
        return PoolChoice.ONE if choice is PoolChoice.PER_THREAD else choice

    def prepare_connection(self, request: SessionRequest) -> None:
        """Give SQLite the functions it names and does not have."""
        connection = request.connection.driver_connection
        await_only(connection.create_function("regexp", 2, regexp, deterministic=True))
        await_only(connection.create_function("floor", 1, floor, deterministic=True))

    def begin(self, connection: Any) -> None:
        """Begin a transaction, unless SQL of the application has done so."""
        if not connection.in_transaction:
            connection.cursor().execute(self._begin)

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a cursor that reads rows as they are asked for."""
        return request.connection.streaming_cursor()

    def ping(self, connection: Any) -> None:
        """Run an empty query."""
        connection.cursor().execute("SELECT 1")

    def cancel(self, connection: Any) -> None:
        """Interrupt what the connection runs."""
        await_only(connection.interrupt())


connector = AioSqliteConnector
