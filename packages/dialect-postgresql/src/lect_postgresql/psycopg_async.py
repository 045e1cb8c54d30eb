"""The connector for psycopg 3 under asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from lect.bridge import await_only
from lect.dialects.asynchronous import AsyncConnection
from lect.dialects.contract import ConnectArguments, CursorRequest, SessionRequest
from lect_postgresql.psycopg import PsycopgConnector, next_cursor_name

__all__ = ["AsyncPsycopgConnection", "AsyncPsycopgConnector", "connector"]


class AsyncPsycopgConnection(AsyncConnection):
    """A connection of psycopg's asyncio side in the shape of PEP 249."""

    __slots__ = ()

    async def open_cursor(self, streaming: bool = False) -> Any:
        """Return a cursor; one with a name leaves the rows on the server, WITH HOLD where no transaction would."""
        connection = self.driver_connection
        if not streaming:
            return _Cursor(connection.cursor())
        return _Cursor(connection.cursor(name=next_cursor_name(), withhold=connection.autocommit))

    def terminate(self) -> None:
        """Close the socket; nothing of that is awaited."""
        connection = self.driver_connection
        if not connection.closed:
            connection.pgconn.finish()
        for cursor in list(self.streams):
            # The server has forgotten them; the driver is to know. On a closed connection nothing is waited for.
            closing = cursor.give_up()
            try:
                closing.send(None)
            except StopIteration:
                pass
            finally:
                closing.close()

    @property
    def autocommit(self) -> bool:
        """Whether every statement is committed by itself."""
        return bool(self.driver_connection.autocommit)

    @property
    def info(self) -> Any:
        """What the driver knows of the connection."""
        return self.driver_connection.info

    def tpc_begin(self, xid: Any) -> None:
        """Begin a transaction that can be prepared."""
        await_only(self.driver_connection.tpc_begin(xid))

    def tpc_prepare(self) -> None:
        """PREPARE TRANSACTION."""
        await_only(self.driver_connection.tpc_prepare())

    def tpc_commit(self, *xid: Any) -> None:
        """COMMIT PREPARED."""
        await_only(self.driver_connection.tpc_commit(*xid))

    def tpc_rollback(self, *xid: Any) -> None:
        """ROLLBACK PREPARED."""
        await_only(self.driver_connection.tpc_rollback(*xid))

    def tpc_recover(self) -> Any:
        """Return identifiers of prepared transactions."""
        return await_only(self.driver_connection.tpc_recover())


class _Cursor:
    """psycopg's cursor with the attribute `lastrowid` that PEP 249 has."""

    __slots__ = ("_cursor", "execute", "executemany", "fetchall", "fetchmany", "fetchone")

    lastrowid: Any = None

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.execute = cursor.execute
        self.executemany = cursor.executemany
        self.fetchone = cursor.fetchone
        self.fetchmany = cursor.fetchmany
        self.fetchall = cursor.fetchall

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return int(self._cursor.rowcount)

    async def close(self) -> None:
        await self._cursor.close()


class AsyncPsycopgConnector(PsycopgConnector):
    """Opens PostgreSQL connections with ``psycopg.AsyncConnection``. Arguments and errors are those of ``psycopg``."""

    name = "psycopg_async"
    spi_version = 1
    paramstyle = "pyformat"
    is_async = True
    asynchronous = ""

    def connect(self, arguments: ConnectArguments) -> Any:
        """Open a connection."""
        opening = self.driver.AsyncConnection.connect(*arguments.args, **arguments.kwargs)
        return AsyncPsycopgConnection(await_only(_opened(opening)))

    def adapt_created(self, creator: Any) -> Any:
        """Return the connection that an application's own coroutine opened."""
        return AsyncPsycopgConnection(await_only(creator()))

    def prepare_connection(self, request: SessionRequest) -> None:
        """Leave JSON as text, as the synchronous connector does."""
        super().prepare_connection(request.replace(connection=request.connection.driver_connection))

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Switch autocommit."""
        if connection.autocommit is not on:
            await_only(connection.driver_connection.set_autocommit(on))

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a cursor that leaves rows on the server."""
        return request.connection.streaming_cursor()

    def ping(self, connection: Any) -> None:
        """Ask for nothing, and leave no transaction open."""
        connection.cursor().execute("")
        if not connection.autocommit:
            connection.rollback()

    def cancel(self, connection: Any) -> None:
        """Send a cancel request over a connection of its own."""
        connection.driver_connection.cancel()


#: Connections that still open although nobody waits for them any more.
_LATE: Final[set[asyncio.Task[Any]]] = set()


async def _opened(opening: Coroutine[Any, Any, Any]) -> Any:
    """Return the connection; what opens after the task was cancelled is closed.

    A ``connect()`` of the driver that is cancelled leaves its socket to the garbage collector (3.2, 3.3).
    """
    task = asyncio.get_running_loop().create_task(opening)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        _LATE.add(task)
        task.add_done_callback(_close_late)
        raise


def _close_late(task: asyncio.Task[Any]) -> None:
    _LATE.discard(task)
    if not task.cancelled() and task.exception() is None:
        AsyncPsycopgConnection(task.result()).terminate()


connector = AsyncPsycopgConnector
