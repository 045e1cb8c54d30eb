"""PEP 249 objects over an asynchronous driver of the same shape: awaits inside, plain calls outside.

A connector with `is_async` returns an :class:`AsyncConnection` around its driver's connection. Its methods run inside a
greenlet of :mod:`lect.bridge`; each statement costs one switch, whatever number of awaits it takes below.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

from lect.bridge import await_only, discard
from lect.exc import IllegalStateChangeError, MissingGreenlet
from lect.log import Log

__all__ = ["AsyncConnection", "AsyncCursor", "AsyncStreamingCursor"]

#: Seconds that the end of a cancelled task may be put off for the server to give up what it was doing for it.
PATIENCE_S = 5.0

_T = TypeVar("_T")


class AsyncCursor:
    """A PEP 249 cursor that has fetched all rows when ``execute()`` returns."""

    __slots__ = ("_connection", "_position", "_rows", "arraysize", "description", "lastrowid", "rowcount")

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self._position = 0
        self.arraysize = 1
        self.description: Any = None
        self.lastrowid: Any = None
        self.rowcount = -1

    def execute(self, operation: str, parameters: Any = None) -> Any:
        """Run a statement and fetch its rows."""
        self._connection.wait(self._execute(operation, parameters))
        return self

    async def _execute(self, operation: str, parameters: Any) -> None:
        cursor = await self._connection.open_cursor()
        try:
            if parameters is None:
                await cursor.execute(operation)
            else:
                await cursor.execute(operation, parameters)
            self._position = 0
            self.description = cursor.description
            self.rowcount = cursor.rowcount
            if cursor.description:
                self.lastrowid = None
                self._rows = await cursor.fetchall()
            else:
                self.lastrowid = cursor.lastrowid
                self._rows = ()
        except BaseException as error:
            await self._failed(cursor, error)
            raise
        await cursor.close()

    def executemany(self, operation: str, seq_of_parameters: Sequence[Any]) -> Any:
        """Run a statement for many parameter sets."""
        self._connection.wait(self._executemany(operation, seq_of_parameters))
        return self

    async def _executemany(self, operation: str, seq_of_parameters: Sequence[Any]) -> None:
        cursor = await self._connection.open_cursor()
        try:
            self.rowcount = await self._connection.execute_many(cursor, operation, seq_of_parameters)
            self.description = None
            self._rows = ()
            self.lastrowid = cursor.lastrowid
        except BaseException as error:
            await self._failed(cursor, error)
            raise
        await cursor.close()

    async def _failed(self, cursor: Any, error: BaseException) -> None:
        if isinstance(error, Exception):
            await cursor.close()
        else:  # the server is still busy with it; the connection is given up, and then this with it
            self._connection.left.append(cursor)

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        position = self._position
        if position >= len(self._rows):
            return None
        self._position = position + 1
        return self._rows[position]

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next `size` rows, fewer at the end."""
        start = self._position
        rows = self._rows[start : start + (self.arraysize if size is None else size)]
        self._position = start + len(rows)
        return list(rows)

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        rows = self._rows[self._position :] if self._position else self._rows
        self._position = len(self._rows)
        return list(rows)

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    def setinputsizes(self, *_: Any) -> None:
        """Do nothing, as PEP 249 allows."""

    def setoutputsize(self, *_: Any) -> None:
        """Do nothing, as PEP 249 allows."""

    def close(self) -> None:
        """Forget the rows."""
        self._rows = ()


class AsyncStreamingCursor(AsyncCursor):
    """A PEP 249 cursor that leaves rows on the server until they are fetched."""

    __slots__ = ("__weakref__", "_broken", "_cursor")

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._cursor: Any = None
        #: what the server broke off with while rows were taken into memory; told to whoever reads that far
        self._broken: Exception | None = None

    async def _execute(self, operation: str, parameters: Any) -> None:
        if self._cursor is not None:
            await self._cursor.close()
        self._broken = None
        cursor = self._cursor = await self._connection.open_cursor(streaming=True)
        self._connection.streams.add(self)
        if parameters is None:
            await cursor.execute(operation)
        else:
            await cursor.execute(operation, parameters)
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        if self._cursor is not None:
            return self._connection.wait(self._cursor.fetchone())
        self._require_whole()
        return super().fetchone()

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next `size` rows, fewer at the end."""
        if self._cursor is not None:
            return list(self._connection.wait(self._cursor.fetchmany(size or self.arraysize)))
        self._require_whole()
        return super().fetchmany(size)

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        if self._cursor is not None:
            return list(self._connection.wait(self._cursor.fetchall()))
        if self._broken is not None:  # what is there is not all
            raise self._broken
        return super().fetchall()

    def _require_whole(self) -> None:
        """Tell whoever has read all rows that were kept what the server broke off with."""
        if self._broken is not None and self._position >= len(self._rows):
            raise self._broken

    async def keep_rest(self) -> None:
        """Take the rows that are left into memory: the driver needs the connection for another statement."""
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        rows: list[Any] = []
        self._rows, self._position = rows, 0
        try:
            while (row := await cursor.fetchone()) is not None:
                rows.append(row)
            await cursor.close()
        except Exception as error:  # it concerns the rows, not who needs the connection now
            self._broken = error

    def stop(self) -> None:
        """Have the server make no more rows: the time for them is over; override where they would have to be read."""

    async def give_up(self) -> None:
        """Close the driver's cursor."""
        if self._cursor is not None:
            await self._cursor.close()
            self._cursor = None

    def close(self) -> None:
        """Give the rows on the server up."""
        if self._cursor is not None:
            self._connection.wait(self.give_up())


class AsyncConnection:
    """A PEP 249 connection around an asynchronous one.

    Attributes:
        driver_connection: the driver's own connection object.
        streams: cursors that may have rows on the server.
        left: cursors of the driver whose task was cancelled.
        waiting: somebody waits for the driver.
    """

    __slots__ = ("__weakref__", "driver_connection", "left", "streams", "waiting")

    #: The driver does one thing after the other by itself, whoever asks.
    takes_turns: ClassVar[bool] = False
    #: Cursor classes; a connector with a driver of another shape gives its own.
    cursor_class: ClassVar[type[AsyncCursor]] = AsyncCursor
    streaming_cursor_class: ClassVar[type[AsyncStreamingCursor]] = AsyncStreamingCursor

    def __init__(self, driver_connection: Any) -> None:
        self.driver_connection = driver_connection
        self.left: list[Any] = []
        self.waiting = False
        self.streams: weakref.WeakSet[AsyncStreamingCursor] = weakref.WeakSet()

    async def open_cursor(self, streaming: bool = False) -> Any:
        """Return a new cursor of the driver; override where the driver's ``cursor()`` is not awaited."""
        return await self.driver_connection.cursor()

    async def execute_many(self, cursor: Any, operation: str, sets: Sequence[Any]) -> int:
        """Run a statement for many parameter sets and return the number of rows; override where the driver cannot."""
        await cursor.executemany(operation, sets)
        return int(cursor.rowcount)

    def guard(self, awaitable: Awaitable[_T]) -> Awaitable[_T]:
        """Return what to await instead; override to turn the driver's stray exceptions into PEP 249 ones."""
        return awaitable

    def wait(self, awaitable: Awaitable[_T], *, ending: bool = False) -> _T:
        """Wait for something that the driver does on this connection.

        Args:
            awaitable: the driver's.
            ending: it is a COMMIT, which a cancelled task does not stop.

        Raises:
            IllegalStateChangeError: another task waits on this connection. Drivers would mix up the answers.
        """
        if self.waiting and not (ending or self.takes_turns):
            discard(awaitable)
            raise IllegalStateChangeError(
                "another task is waiting for the database on this connection; give each task a connection or an "
                "AsyncSession of its own"
            )
        guarded = self.guard(awaitable)
        try:
            return await_only(self._interruptible(guarded, ending))
        except MissingGreenlet:
            discard(guarded)
            discard(awaitable)
            raise

    async def _interruptible(self, awaitable: Awaitable[_T], ending: bool) -> _T:
        # Said here, not by who waits: that one may be left behind with its task.
        self.waiting = True
        try:
            return await awaitable
        except asyncio.CancelledError:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self.abandon(ending)
            except Exception as error:
                Log("lect.pool.Pool").info("The server was not told of a cancelled task: %s", type(error).__name__)
            raise
        finally:
            self.waiting = False

    async def abandon(self, ending: bool) -> None:
        """Have the server stop what it does for a task that was cancelled; the connection is thrown away afterwards.

        Override where the driver does not do so by itself. The task ends when this returns.

        Args:
            ending: it may be committing, and is to be left at that.
        """

    def cursor(self) -> Any:
        """Return a cursor that fetches everything."""
        return self.cursor_class(self)

    def streaming_cursor(self) -> Any:
        """Return a cursor that leaves rows on the server."""
        return self.streaming_cursor_class(self)

    def commit(self) -> None:
        """Commit."""
        self.wait(self.driver_connection.commit(), ending=True)

    def rollback(self) -> None:
        """Roll back."""
        self.wait(self.driver_connection.rollback(), ending=True)

    def close(self) -> None:
        """Close the connection."""
        self.wait(self.driver_connection.close(), ending=True)

    def run_async(self, fn: Callable[[Any], Awaitable[_T]]) -> _T:
        """Await ``fn(driver_connection)``, for what only the driver's own API can do."""
        return await_only(fn(self.driver_connection))
