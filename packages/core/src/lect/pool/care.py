"""What a queue pool does in the background: keep some connections ready, and the idle ones alive."""

from __future__ import annotations

import threading
import time
import weakref
from typing import Any

__all__ = ["Caretaker"]

#: Seconds between two looks when nothing else says how often; and after an attempt to connect that failed.
_INTERVAL_S = 30.0
_AFTER_FAILURE_S = 1.0


class Caretaker:
    """Looks after one pool until the pool is disposed of or forgotten.

    A thread of its own; for pools of asynchronous connectors a task of the loop that used the pool last.

    Args:
        pool: the pool.
        min_idle: connections that are open and idle, as far as the size of the pool allows.
        keepalive_s: idle time after which a connection is asked whether it lives, None: never.
    """

    def __init__(self, pool: Any, min_idle: int, keepalive_s: float | None) -> None:
        self._pool = weakref.ref(pool, lambda _: self.stop())
        self.min_idle = min_idle
        self.keepalive_s = keepalive_s
        self._wanted = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._task: Any = None
        self._loop: Any = None
        self._start_lock = threading.Lock()

    # -- life ---------------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Have a look soon; begins the thread or task when there is none."""
        pool = self._pool()
        if pool is None or self._stopped:
            return
        if pool._is_asyncio:
            self._wake_task()
            return
        self._wanted.set()
        if self._thread is None:
            with self._start_lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="lect-pool-care", daemon=True)
                    self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped = True
        self._wanted.set()
        task, self._task = self._task, None
        if task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(task.cancel)

    def _interval(self) -> float:
        return _INTERVAL_S if self.keepalive_s is None else max(self.keepalive_s / 4, 0.005)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped:
            if pause:
                self._wanted.wait(pause)
            self._wanted.clear()
            pool = self._pool()
            if pool is None or self._stopped:
                return
            pause = self._interval() if self.look(pool) else _AFTER_FAILURE_S
            if pause == _AFTER_FAILURE_S:
                # Takers that go on asking must not have a server that is down tried again at once.
                time.sleep(min(_AFTER_FAILURE_S, self._interval()))
            del pool

    def _wake_task(self) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        if self._task is None or self._loop is not loop or self._task.done():
            self._loop = loop
            self._task = loop.create_task(self._run_task(), name="lect-pool-care")

    async def _run_task(self) -> None:
        import asyncio

        from lect.bridge import greenlet_spawn

        while not self._stopped:
            pool = self._pool()
            if pool is None:
                return
            fine = await greenlet_spawn(self.look, pool)
            del pool
            await asyncio.sleep(self._interval() if fine else _AFTER_FAILURE_S)
            if self.keepalive_s is None:
                return  # the next taker wakes again

    # -- work ---------------------------------------------------------------------------------------------------------

    def look(self, pool: Any) -> bool:
        """Do what is due now; False when connecting failed."""
        if self.keepalive_s is not None:
            self._ping_idle(pool)
        return self._fill(pool)

    def _ping_idle(self, pool: Any) -> None:
        assert self.keepalive_s is not None
        due = time.monotonic() - self.keepalive_s
        for entry in list(pool._idle):
            if entry.dbapi_connection is None or entry._last_used > due:
                continue
            try:
                pool._idle.remove(entry)
            except ValueError:  # lent in the meantime
                continue
            try:
                alive = pool._manners.ping(entry.dbapi_connection)
                if not alive:
                    entry.invalidate()
            except BaseException as error:
                entry.invalidate(error)
                if not isinstance(error, Exception):
                    pool._put_back(entry)
                    raise
            entry._last_used = time.monotonic()
            pool._put_back(entry)

    def _fill(self, pool: Any) -> bool:
        while not self._stopped:
            ready = sum(1 for entry in list(pool._idle) if entry.dbapi_connection is not None)
            if ready >= self.min_idle:
                return True
            entry = pool._take_to_open()
            if entry is None:
                return True
            try:
                entry._connect()
            except Exception as error:
                pool._log.warning("Could not open a connection in advance: %s", type(error).__name__)
                pool._put_back(entry)
                return False
            except BaseException:
                pool._put_back(entry)
                raise
            entry._last_used = time.monotonic()
            pool._put_back(entry)
        return True
