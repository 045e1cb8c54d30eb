"""The queue pool: a bounded number of connections, idle ones in a deque, waiting takers in order of arrival.

Taking an idle connection and giving it back use a deque without a lock. A taker who finds nothing idle joins the
line; who gives back while somebody is in line hands over directly, so that nobody is overtaken.
"""

from __future__ import annotations

import builtins
import threading
import time
from collections import deque
from typing import Any
from weakref import ref

from lect.exc import ArgumentError, InvalidRequestError, PoolDeadlineExceeded
from lect.exc import TimeoutError as PoolTimeout
from lect.limits import check_seconds, remaining
from lect.pool.base import Pool
from lect.pool.care import Caretaker
from lect.pool.lent import ConnectionPoolEntry, Lent

__all__ = ["AsyncAdaptedQueuePool", "FallbackAsyncAdaptedQueuePool", "QueuePool"]

class _Waiter:
    """One taker in line, waiting in its thread.

    `given` is an entry, or the number of a generation of the pool: then a place in it is free, for the taker to fill.
    """

    __slots__ = ("_lock", "given")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self.given: Any = None

    def wait(self, timeout_s: float) -> bool:
        return self._lock.acquire(timeout=min(max(timeout_s, 0.0), threading.TIMEOUT_MAX))

    def give(self, what: Any) -> None:
        self.given = what
        self._lock.release()


class _AsyncWaiter:
    """One taker in line, waiting in its task."""

    __slots__ = ("_future", "_loop", "given")

    def __init__(self) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._future: Any = self._loop.create_future()
        self.given: Any = None

    def wait(self, timeout_s: float) -> bool:
        import asyncio

        from lect.bridge import await_only

        async def wait() -> bool:
            try:
                async with asyncio.timeout(timeout_s):
                    await self._future
            except builtins.TimeoutError:
                return False
            return True

        return await_only(wait())

    def give(self, what: Any) -> None:
        self.given = what

        def wake() -> None:
            if not self._future.done():
                self._future.set_result(None)

        self._loop.call_soon_threadsafe(wake)


class QueuePool(Pool):
    """Up to `pool_size` connections are kept, up to `max_overflow` more are opened when needed and closed after use.

    Args:
        creator: see :class:`~lect.pool.base.Pool`.
        pool_size: connections kept open; 0: no limit.
        max_overflow: further connections at busy times; -1: no limit.
        timeout: seconds to wait for a connection.
        use_lifo: lend the connection that came back last, so that the others may fall idle and be closed by the server.
        max_waiting: takers allowed in line; more are refused at once. None: no limit.
        min_idle: connections held open and idle in advance, within `pool_size`; opened in the background as soon as
            fewer are left.
        warm_start: begin with that when the pool is made (the engine is created), not when it is first used.
        keepalive: seconds of idleness after which a connection is pinged in the background, and replaced when it is
            dead; keeps firewalls from forgetting it. None: never.
    """

    _waiter: type[Any] = _Waiter

    def __init__(
        self,
        creator: Any,
        pool_size: int = 5,
        max_overflow: int = 10,
        timeout: float = 30.0,
        use_lifo: bool = False,
        max_waiting: int | None = None,
        min_idle: int = 0,
        warm_start: bool = False,
        keepalive: float | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(creator, **kw)
        if isinstance(min_idle, bool) or not isinstance(min_idle, int) or min_idle < 0:
            raise ArgumentError(f"min_idle must be a number of connections, not {min_idle!r}")
        if min_idle > pool_size > 0:
            raise ArgumentError(f"min_idle={min_idle} is more than pool_size={pool_size}, which is all that is kept")
        if keepalive is not None:
            check_seconds(keepalive, "keepalive")
        if warm_start and self._is_asyncio:
            raise ArgumentError("warm_start is not for asynchronous pools, which have no loop yet; see warm()")
        for name, value in (("pool_size", pool_size), ("max_overflow", max_overflow)):
            if not isinstance(value, int):
                raise ArgumentError(f"{name} must be an integer, not {value!r}")
        self._size = pool_size
        self._max_overflow = -1 if pool_size == 0 else max_overflow
        self._timeout = timeout
        self._use_lifo = use_lifo
        self._max_waiting = max_waiting
        self._idle: deque[ConnectionPoolEntry] = deque()
        self._line: deque[Any] = deque()
        self._lock = threading.RLock()
        self._total = 0
        self._min_idle = min_idle
        self._warm_start = warm_start
        self._keepalive = keepalive
        self._care: Caretaker | None = None
        self._engage()
        if warm_start:
            self.warm()

    def _engage(self) -> None:
        if self._min_idle or self._keepalive is not None:
            self._care = Caretaker(self, self._min_idle, self._keepalive)

    def warm(self) -> None:
        """Have `min_idle` connections opened in the background, now."""
        if self._care is not None:
            self._care.wake()

    # -- taking -------------------------------------------------------------------------------------------------------

    def connect(self) -> Lent:
        """Lend a connection; ``close()`` gives it back.

        Raises:
            TimeoutError: none came free in time.
        """
        if (
            self._line
            or self._pre_ping
            or self._leaks is not None
            or self._care is not None
            or self.dispatch._any
            or self._log.level()
        ):
            if self._care is not None:
                lent = super().connect()
                if self._care._thread is None or len(self._idle) < self._min_idle:
                    self._care.wake()
                return lent
            return super().connect()
        try:
            entry = self._idle.pop() if self._use_lifo else self._idle.popleft()
        except IndexError:
            return super().connect()
        connection = entry.dbapi_connection
        if (
            connection is None
            or entry._expires is not None
            or entry._stale
            or entry._opened <= self._invalid_before
        ):
            try:
                connection = entry._ready()
            except BaseException:
                self._put(entry)
                raise
        entry._in_use = True
        entry.fresh = False
        lent = Lent(self, entry, connection, True)
        entry._lent = ref(lent)
        return lent

    def _pop(self) -> ConnectionPoolEntry | None:
        try:
            return self._idle.pop() if self._use_lifo else self._idle.popleft()
        except IndexError:
            return None

    def _take(self) -> ConnectionPoolEntry:
        if not self._line:
            entry = self._pop()
            if entry is not None:
                return entry
        return self._take_slowly()

    def _take_slowly(self) -> ConnectionPoolEntry:
        with self._lock:
            if not self._line:
                entry = self._pop()
                if entry is not None:
                    return entry
                if self._may_grow():
                    self._total += 1
                    waiter = None
                else:
                    waiter = self._join_line()
            else:
                waiter = self._join_line()
            if waiter is not None:
                # Somebody may have put an entry back between the look and the line.
                self._serve_line()
            given: Any = self._generation
        if waiter is not None:
            given = self._wait(waiter)
        return self._new_entry(given) if given.__class__ is int else given

    def _may_grow(self) -> bool:
        return self._max_overflow < 0 or self._total < self._size + self._max_overflow

    def _join_line(self) -> Any:
        if self._max_waiting is not None and len(self._line) >= self._max_waiting:
            self._counts.timeouts += 1
            raise PoolTimeout(
                f"{type(self).__name__} has {len(self._line)} takers waiting already (max_waiting={self._max_waiting})",
                code="pool-line-full",
            )
        waiter = self._waiter()
        self._line.append(waiter)
        return waiter

    def _wait(self, waiter: Any) -> Any:
        started = time.monotonic()
        left = remaining()
        hurried = left is not None and left < self._timeout
        try:
            served = waiter.wait(left if left is not None and hurried else self._timeout)
        except BaseException:
            # Interrupted or cancelled: what was handed over in this moment goes to the next.
            if not self._leave_line(waiter):
                self._pass_on(waiter.given)
            raise
        finally:
            self._counts.waits += 1
            self._counts.wait_time_s += time.monotonic() - started
        if not served and self._leave_line(waiter):
            self._counts.timeouts += 1
            if hurried:
                raise PoolDeadlineExceeded(
                    f"the deadline ran out while all {self.checkedout()} connections of the pool were in use "
                    f"(pool_size={self._size}, max_overflow={self._max_overflow})"
                )
            raise PoolTimeout(
                f"QueuePool limit of size {self._size} overflow {self._max_overflow} reached, "
                f"connection timed out, timeout {self._timeout:0.2f}",
                code="pool-timeout",
            )
        return waiter.given

    def _leave_line(self, waiter: Any) -> bool:
        """Take `waiter` out of the line; False when it has been served in the meantime."""
        with self._lock:
            try:
                self._line.remove(waiter)
            except ValueError:
                return False
            return True

    def _pass_on(self, given: Any) -> None:
        if given.__class__ is int:
            self._free_room(given)
        else:
            self._put(given)

    def _new_entry(self, generation: int) -> ConnectionPoolEntry:
        try:
            entry = ConnectionPoolEntry(self, connect=False)
            entry._generation = generation
            entry._connect()
            return entry
        except BaseException:
            self._free_room(generation)
            raise

    def _take_to_open(self) -> ConnectionPoolEntry | None:
        """Return an entry without a connection, to be opened in advance; None when there is no place for one."""
        with self._lock:
            for entry in self._idle:
                if entry.dbapi_connection is None:
                    self._idle.remove(entry)
                    return entry
            if self._line or (self._size and self._total >= self._size):
                return None
            self._total += 1
        return ConnectionPoolEntry(self, connect=False)

    def _put_back(self, entry: ConnectionPoolEntry) -> None:
        """Take back an entry that was taken for care, not lent."""
        if entry._generation != self._generation:
            entry._close_connection()
        else:
            self._put(entry)

    # -- giving back --------------------------------------------------------------------------------------------------

    def _put(self, entry: ConnectionPoolEntry) -> None:
        if self._keepalive is not None:
            entry._last_used = time.monotonic()
        idle = self._idle
        idle.append(entry)
        if entry._generation != self._generation:
            self._take_out(entry)
        elif self._line:
            self._serve_line()
        elif len(idle) > self._size > 0:
            self._shrink()

    def _take_out(self, entry: ConnectionPoolEntry) -> None:
        """Close an entry that came back while the pool was disposed of."""
        try:
            self._idle.remove(entry)
        except ValueError:
            return  # dispose() has found it
        entry._close_connection()

    def _serve_line(self) -> None:
        # The garbage collector may give a forgotten connection back in the middle of this, in this very thread.
        with self._lock:
            line = self._line
            while line:
                waiter = line.popleft()
                entry = self._pop()
                if entry is not None:
                    waiter.give(entry)
                elif self._may_grow():
                    self._total += 1
                    waiter.give(self._generation)
                else:
                    line.appendleft(waiter)
                    if not self._idle:
                        return

    def _shrink(self) -> None:
        """Close what is idle beyond the size."""
        while True:
            with self._lock:
                if self._line or len(self._idle) <= self._size:
                    return
                entry = self._idle.popleft()
                if entry._generation == self._generation:
                    self._total -= 1
            entry._close_connection()

    def _free_room(self, generation: int) -> None:
        with self._lock:
            if generation == self._generation:  # else the pool was disposed of, and counts anew
                self._total -= 1
                self._serve_line()

    # -- state --------------------------------------------------------------------------------------------------------

    def dispose(self) -> None:
        """Close idle connections now and lent ones when they come back."""
        if self._care is not None:
            self._care.stop()
            self._care = None
        with self._lock:
            # First, so that whoever gives an entry back after this look at the idle ones sees it.
            self._generation += 1
            self._total = 0
            idle = []
            while (entry := self._pop()) is not None:
                idle.append(entry)
        with self._lock:
            self._serve_line()
        self._close_all(idle)
        if self._log.level():
            self._log.info("Pool disposed. %s", self.status())

    def _options(self) -> dict[str, Any]:
        return {
            "pool_size": self._size,
            "max_overflow": self._max_overflow,
            "timeout": self._timeout,
            "use_lifo": self._use_lifo,
            "max_waiting": self._max_waiting,
            "min_idle": self._min_idle,
            "warm_start": self._warm_start,
            "keepalive": self._keepalive,
            **super()._options(),
        }

    def status(self) -> str:
        """Return size, idle, overflow and lent in one line."""
        return (
            f"Pool size: {self.size()}  Connections in pool: {self.checkedin()} "
            f"Current Overflow: {self.overflow()} Current Checked out connections: {self.checkedout()}"
        )

    def size(self) -> int:
        """Connections kept open at most."""
        return self._size

    def timeout(self) -> float:
        """Seconds to wait for a connection."""
        return self._timeout

    def checkedin(self) -> int:
        """Idle connections."""
        return len(self._idle)

    def overflow(self) -> int:
        """Connections open beyond the size; negative while fewer are open."""
        return self._total - self._size if self._size else 0

    def checkedout(self) -> int:
        """Connections lent at the moment."""
        return self._total - len(self._idle)

    def _now(self) -> dict[str, Any]:
        limit = None if self._max_overflow < 0 else self._size + self._max_overflow
        return {
            "in_use": self.checkedout(),
            "idle": self.checkedin(),
            "waiting": len(self._line),
            "size": self._size,
            "max_size": limit,
        }

    def _restart(self) -> None:
        self._idle = deque()
        self._line = deque()
        self._lock = threading.RLock()
        self._total = 0
        if self._care is not None:
            self._engage()  # the parent's thread is not here


class AsyncAdaptedQueuePool(QueuePool):
    """The queue pool for asynchronous connectors: waiting suspends the task.

    Its connections belong to one event loop. When that has ended, the next loop begins with none.
    """

    _is_asyncio = True
    _waiter = _AsyncWaiter
    _loop: Any = None

    def connect(self) -> Lent:
        """Lend a connection; ``close()`` gives it back.

        Raises:
            TimeoutError: none came free in time.
            InvalidRequestError: the pool is in use in another event loop.
        """
        loop = _running_loop()
        if loop is not self._loop and loop is not None:
            if self._loop is not None:
                self._leave_loop()
            self._loop = loop
        return super().connect()

    def _leave_loop(self) -> None:
        """Forget the connections of an event loop that does not run any more."""
        if self._loop.is_running():
            raise InvalidRequestError(
                "the connections of this pool belong to another event loop, which is running; make an engine "
                "for each loop, or await engine.dispose() in the one that is left",
                code="another-loop",
            )
        self._loop = None
        with self._lock:
            idle = list(self._idle)
            self._idle.clear()
            self._line.clear()  # nobody waits there any more
            self._total = 0
            self._generation += 1
        for entry in idle:
            entry._close_connection(terminate=True)

    def dispose(self) -> None:
        """Close idle connections now and lent ones when they come back; another event loop may follow."""
        if self._loop is not None and not self._loop.is_running():
            self._leave_loop()
        try:
            super().dispose()
        finally:
            self._loop = None


def _running_loop() -> Any:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None  # whoever waits will be told


FallbackAsyncAdaptedQueuePool = AsyncAdaptedQueuePool
