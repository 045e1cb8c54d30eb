"""Calls of the driver under a deadline: the statement is cancelled on the server when its time is over.

Cancelling goes over the connector's ability ``Cancels``, from a thread (a task, under asyncio) beside the one that
waits; the waiting call then fails with the driver's own error, and the connection is as good as before. A server that
does not answer to that either is left: the socket is cut and the connection thrown away.
"""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lect import limits
from lect.exc import ConnectDeadlineExceeded, StatementDeadlineExceeded

__all__ = ["LimitedReader", "limit_of", "open_within", "within"]

#: Seconds a server is given to obey a request to cancel.
_GRACE_S = 5.0


def limit_of(options: Mapping[str, Any]) -> float | None:
    """Return when a statement that begins now must have ended, by the monotonic clock; None: any time."""
    at = limits.current.get()
    timeout = options.get("timeout") if options else None
    return at if timeout is None else limits.sooner(at, time.monotonic() + timeout)


def within(connection: Any, limit: float | None, call: Callable[..., Any], *args: Any) -> Any:
    """Return ``call(*args)``, a call of the driver on `connection`, cancelled when `limit` passes.

    Raises:
        StatementDeadlineExceeded: the limit had passed before the call, so it was not made.
    """
    if limit is None:
        return call(*args)
    left = limit - time.monotonic()
    if left <= 0:
        raise _too_late()
    if connection._driver.is_async:
        return _within_async(connection, left, call, args)
    import threading

    raw = connection._lent.dbapi_connection
    driver = connection._driver
    ended = threading.Event()

    def act() -> None:
        try:
            if driver.cancels is not None:
                driver.cancels.cancel(raw)
        finally:
            if not ended.wait(_GRACE_S if driver.cancels is not None else 0.0):
                _cut(raw)

    watch = limits.Watch(limit, act)
    try:
        return call(*args)
    except BaseException:
        connection._too_late = watch.fired
        raise
    finally:
        ended.set()
        watch.stop()


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


def _too_late() -> StatementDeadlineExceeded:
    return StatementDeadlineExceeded(None, None, builtins.TimeoutError("the time was over before the statement began"))


def _cut(raw: Any) -> None:
    """End the conversation with a server that does not answer, where the driver shows its socket."""
    number = getattr(raw, "fileno", None)
    if number is None:
        return
    import os
    import socket

    with socket.socket(fileno=os.dup(number())) as copy:
        copy.shutdown(socket.SHUT_RDWR)


class LimitedReader:
    """A cursor whose fetching ends at a deadline."""

    __slots__ = ("_connection", "_cursor", "_limit")

    def __init__(self, connection: Any, cursor: Any, limit: float) -> None:
        self._connection = connection
        self._cursor = cursor
        self._limit = limit

    def fetchone(self) -> Any:
        return within(self._connection, self._limit, self._cursor.fetchone)

    def fetchmany(self, *size: int) -> Any:
        return within(self._connection, self._limit, self._cursor.fetchmany, *size)

    def fetchall(self) -> Any:
        return within(self._connection, self._limit, self._cursor.fetchall)

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
