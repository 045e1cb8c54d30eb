"""Calls of the driver under a deadline: the statement is cancelled on the server when its time is over.

Cancelling goes over the connector's ability ``Cancels`` or ``CancelsStatements``, from a thread (a task, under
asyncio) beside the one that waits; the waiting call then fails with the driver's own error, and the connection is as
good as before. A server that does not answer to that either is left: the socket is cut and the connection thrown away.
"""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lect import limits
from lect.dialects.contract import LockWaitRequest
from lect.exc import ConnectDeadlineExceeded, StatementDeadlineExceeded

__all__ = ["LimitedReader", "limit_of", "open_within", "within"]

#: Seconds a server is given to obey a request to cancel.
_GRACE_S = 5.0

#: What the time was over before.
_START, _ALL_ROWS = "the statement began", "all rows were fetched"


def limit_of(options: Mapping[str, Any]) -> float | None:
    """Return when a statement that begins now must have ended, by the monotonic clock; None: any time."""
    at = limits.current.get()
    timeout = options.get("timeout") if options else None
    return at if timeout is None else limits.sooner(at, time.monotonic() + timeout)


def within(
    connection: Any, limit: float | None, call: Callable[..., Any], *args: Any, cursor: Any, before: str = _START
) -> Any:
    """Return ``call(*args)``, a call of the driver on `connection` and `cursor`, cancelled when `limit` passes.

    Raises:
        StatementDeadlineExceeded: the limit had passed before the call, so it was not made. `before` says what the
            call would have been there for.
    """
    if limit is None:
        return call(*args)
    left = limit - time.monotonic()
    if left <= 0:
        raise _too_late(before)
    if connection._driver.is_async:
        return _within_async(connection, left, call, args)
    watch = _Guard(connection, limit, cursor)
    waits = connection._driver.lock_waits is not None
    lengthen = None
    try:
        if waits:
            lengthen = watch.shorten_lock_wait(left)
        return call(*args)
    except BaseException:
        connection._too_late = watch.fired or (waits and time.monotonic() >= limit)
        raise
    finally:
        watch.end()
        if lengthen is not None:
            lengthen()


class _Guard(limits.Watch):
    """Stops one call of the driver when its time is over: first politely, then by cutting the connection."""

    __slots__ = ("_cut", "_cursor", "_driver", "_ended", "_lent", "_raw")

    def __init__(self, connection: Any, limit: float, cursor: Any) -> None:
        import threading

        self._lent = connection._lent
        self._raw = self._lent.dbapi_connection
        self._driver = connection._driver
        self._cursor = cursor
        self._ended = threading.Event()
        self._cut = False
        super().__init__(limit, self._stop_call)

    def shorten_lock_wait(self, left: float) -> Any:
        """Have the driver wait for locks no longer than the time that is left; returns what takes that back."""
        return self._driver.lock_waits.limit_lock_wait(LockWaitRequest(connection=self._raw, seconds=left))

    def _stop_call(self) -> None:
        polite = self._driver.can_cancel
        # The request to cancel takes a connection of its own, which may hang as well: the last resort does not wait
        # for its end.
        last = limits.Watch(time.monotonic() + (_GRACE_S if polite else 0.0), self._cut_off)
        try:
            if polite:
                self._driver.cancel(self._raw, self._cursor)
        finally:
            self._ended.wait(2 * _GRACE_S)
            last.stop()

    def _cut_off(self) -> None:
        if not self._ended.is_set():
            self._cut = True
            _cut(self._raw)

    def end(self) -> None:
        """The call has returned: see to it that nothing of this guard hits what the connection does next."""
        self._ended.set()
        if self.stop(0.1 if self._cut else None):
            # The watching thread may keep this object for a while, and it must not keep an open cursor.
            self._cursor = self._raw = self._lent = None
            self._act = _nothing
        else:
            # A request to cancel is still under way; whoever gets this connection next must not be hit.
            entry = self._lent._entry
            if entry is not None:
                entry.invalidate(soft=True)


def _nothing() -> None: ...


def _within_async(connection: Any, left: float, call: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    import asyncio

    from lect.bridge import await_only, greenlet_spawn

    raw = connection._lent.dbapi_connection
    cancels = connection._driver.cancels
    loop = asyncio.get_running_loop()
    sent: list[asyncio.Task[Any]] = []

    def fire() -> None:
        if cancels is not None:
            sent.append(loop.create_task(greenlet_spawn(cancels.cancel, raw)))

    timer = loop.call_later(left, fire)
    # What does not obey is given up, and the connection with it.
    last = asyncio.timeout(left + (_GRACE_S if cancels is not None else 0.0))
    await_only(last.__aenter__())
    try:
        try:
            found = call(*args)
        finally:
            timer.cancel()
            if sent:
                await_only(asyncio.wait(sent))
    except BaseException as error:
        try:
            await_only(last.__aexit__(type(error), error, error.__traceback__))
        except builtins.TimeoutError:
            connection._too_late = True
            raise
        connection._too_late = bool(sent)
        raise
    await_only(last.__aexit__(None, None, None))
    return found


def _too_late(before: str) -> StatementDeadlineExceeded:
    return StatementDeadlineExceeded(None, None, builtins.TimeoutError(f"the time was over before {before}"))


def _cut(raw: Any) -> None:
    """End the conversation with a server that does not answer, where the driver shows its socket."""
    number = getattr(raw, "fileno", None)
    if number is None:
        return
    import os
    import socket

    try:
        with socket.socket(fileno=os.dup(number())) as copy:
            copy.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError, AttributeError):
        pass  # it is closed already


class LimitedReader:
    """A cursor whose fetching ends at a deadline.

    Args:
        connection: whose cursor it is.
        cursor: the driver's.
        limit: by the monotonic clock, as :func:`limit_of` tells it.
        piece: how many rows to fetch at a time when all are asked for; None: all in one call. Not every driver can be
            stopped while it fetches rows that were left on the server, so that the time is looked at between pieces.
    """

    __slots__ = ("_connection", "_cursor", "_limit", "_piece")

    def __init__(self, connection: Any, cursor: Any, limit: float, piece: int | None = None) -> None:
        self._connection = connection
        self._cursor = cursor
        self._limit = limit
        self._piece = piece

    def _fetch(self, call: Callable[..., Any], *size: int) -> Any:
        try:
            return within(self._connection, self._limit, call, *size, cursor=self._cursor, before=_ALL_ROWS)
        except StatementDeadlineExceeded:  # over while nobody was waiting
            stop = getattr(self._cursor, "stop", None)
            if stop is not None:
                stop()
            raise

    def fetchone(self) -> Any:
        return self._fetch(self._cursor.fetchone)

    def fetchmany(self, *size: int) -> Any:
        return self._fetch(self._cursor.fetchmany, *size)

    def fetchall(self) -> Any:
        if self._piece is None:
            return self._fetch(self._cursor.fetchall)
        rows: list[Any] = []
        while more := self.fetchmany(self._piece):
            rows.extend(more)
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


def open_within(left: float, make: Callable[[], Any], throw_away: Callable[[Any], None], where: str) -> Any:
    """Return ``make()``, the opening of a connection, if it is done in `left` seconds.

    No driver's ``connect()`` can be called off. It runs in a thread; a connection that comes too late is closed there.

    Raises:
        ConnectDeadlineExceeded: it was not.
    """
    import contextvars
    import threading

    done = threading.Event()
    lock = threading.Lock()
    state: dict[str, Any] = {}

    def run() -> None:
        try:
            made = make()
        except BaseException as error:  # told to the one who waits
            state["error"] = error
        else:
            with lock:
                late = state.get("given up", False)
                state["made"] = made
            if late:
                throw_away(made)
        done.set()

    context = contextvars.copy_context()
    if left > 0:
        threading.Thread(target=context.run, args=(run,), name="lect-connect", daemon=True).start()
        done.wait(left)
    with lock:
        if "made" in state:
            return state["made"]
        state["given up"] = True
    if "error" in state:
        raise state["error"]
    raise ConnectDeadlineExceeded(
        None, None, builtins.TimeoutError(f"no connection to {where} before the deadline ran out")
    )
