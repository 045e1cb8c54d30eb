"""Limits of time: the deadline in force where code runs, and the watch that acts when one passes.

A deadline is a moment of the monotonic clock kept in a context variable, so that it holds for the thread or task that
set it and for nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

from lect.exc import ArgumentError

if TYPE_CHECKING:
    import threading
    from typing import Self

__all__ = ["Watch", "current", "deadline", "remaining", "sooner"]

#: Monotonic seconds at which the work in progress must have ended; None: no limit.
current: ContextVar[float | None] = ContextVar("lect_deadline", default=None)

#: Seconds that the work ahead may wait for somebody else who is just acting on the watch.
_PATIENCE_S = 10.0
#: Seconds after which the watching thread goes away when nothing is watched.
_IDLE_S = 30.0


def check_seconds(seconds: Any, what: str) -> float:
    """Return `seconds` as a number.

    Raises:
        ArgumentError: it is no positive number of seconds.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
        raise ArgumentError(f"{what} must be a positive number of seconds, not {seconds!r}")
    return float(seconds)


class deadline:
    """``with lect.deadline(2.0):`` everything inside ends within two seconds or fails with ``DeadlineExceeded``.

    Covers waiting for the pool, connecting, executing and fetching; statements that run when the time is over are
    cancelled on the server and their connection stays usable. COMMIT and ROLLBACK are never cut off, because their
    outcome would not be known. Deadlines may be nested: the earliest counts. Also for ``async with``.

    Args:
        seconds: from the moment the block is entered.
    """

    __slots__ = ("_seconds", "_token", "at")

    def __init__(self, seconds: float) -> None:
        self._seconds = check_seconds(seconds, "deadline()")
        self._token: Token[float | None] | None = None
        #: When it is over, by the monotonic clock; None before the block is entered.
        self.at: float | None = None

    def __enter__(self) -> Self:
        self.at = sooner(current.get(), time.monotonic() + self._seconds)
        self._token = current.set(self.at)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._token is not None:
            current.reset(self._token)
            self._token = None

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *exc: object) -> None:
        self.__exit__()

    @property
    def remaining(self) -> float:
        """Seconds that are left; negative when it has passed."""
        return self._seconds if self.at is None else self.at - time.monotonic()


def sooner(one: float | None, other: float | None) -> float | None:
    """Return the earlier of two moments, None standing for never."""
    if one is None:
        return other
    return one if other is None else min(one, other)


def remaining() -> float | None:
    """Return the seconds until the deadline in force (negative when it has passed), or None."""
    at = current.get()
    return None if at is None else at - time.monotonic()


# -- acting when time is over ------------------------------------------------------------------------------------------

_WAITING, _ACTING, _OVER = 0, 1, 2


class Watch:
    """Calls `act` in a thread of its own at the moment `at`, unless it is stopped before.

    Attributes:
        fired: it was called.
    """

    __slots__ = ("_act", "_done", "_lock", "_state", "at", "fired")

    def __init__(self, at: float, act: Callable[[], None]) -> None:
        import threading

        self.at = at
        self.fired = False
        self._act = act
        self._state = _WAITING
        self._lock = threading.Lock()
        self._done: threading.Event | None = None
        _watcher().add(self)

    def __lt__(self, other: Watch) -> bool:
        return self.at < other.at

    def _begin(self) -> bool:
        import threading

        with self._lock:
            if self._state != _WAITING:
                return False
            self._state = _ACTING
            self.fired = True
            self._done = threading.Event()
            return True

    def _perform(self) -> None:
        try:
            self._act()
        except Exception as error:
            from lect.log import Log

            Log("lect.engine.Engine").error("Could not cancel a statement whose time is over", exc_info=error)
        finally:
            self._state = _OVER
            if self._done is not None:
                self._done.set()

    def stop(self, patience_s: float | None = None) -> bool:
        """Make sure that `act` is not running and will not run; False when it was still running after `patience_s`."""
        with self._lock:
            if self._state == _WAITING:
                self._state = _OVER
                _watcher().note_stopped()
                return True
        return self._done is None or self._done.wait(_PATIENCE_S if patience_s is None else patience_s)


class _Watcher:
    """The thread that waits for the next watch; begun when it is needed, ended when it has had nothing to do."""

    def __init__(self) -> None:
        import threading

        self._changed = threading.Condition()
        self._heap: list[Watch] = []
        self._stopped = 0
        self._thread: Any = None

    def add(self, watch: Watch) -> None:
        import heapq
        import threading

        with self._changed:
            heapq.heappush(self._heap, watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="lect-deadlines", daemon=True)
                self._thread.start()
            elif self._heap[0] is watch:
                self._changed.notify()

    def note_stopped(self) -> None:
        """Count a watch that will not fire; many of them are swept out at once."""
        self._stopped += 1
        if self._stopped > 64 and self._stopped * 2 > len(self._heap):
            import heapq

            with self._changed:
                self._heap = [watch for watch in self._heap if watch._state == _WAITING]
                heapq.heapify(self._heap)
                self._stopped = 0

    def _run(self) -> None:
        import heapq
        import threading

        while True:
            due: list[Watch] = []
            with self._changed:
                while not self._heap or (self._heap[0].at > time.monotonic() and self._heap[0]._state == _WAITING):
                    wait = self._heap[0].at - time.monotonic() if self._heap else _IDLE_S
                    if not self._changed.wait(max(wait, 0.0)) and not self._heap:
                        self._thread = None
                        return
                while self._heap and (self._heap[0]._state != _WAITING or self._heap[0].at <= time.monotonic()):
                    due.append(heapq.heappop(self._heap))
            for watch in due:
                if watch._begin():
                    # Cancelling may take a connection of its own; one that hangs must not delay the others.
                    threading.Thread(target=watch._perform, name="lect-cancel", daemon=True).start()


_the_watcher: _Watcher | None = None


def _watcher() -> _Watcher:
    global _the_watcher
    if _the_watcher is None:
        _the_watcher = _Watcher()
        import os

        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_forget)
    return _the_watcher


def _forget() -> None:
    # Threads do not survive a fork.
    global _the_watcher
    if _the_watcher is not None:
        _the_watcher = _Watcher()
