"""Reports connections that are out for too long: where they were taken, by which thread and task, and what ran last."""

from __future__ import annotations

import threading
import time
import weakref
from typing import Any

__all__ = ["LeakWatch"]


#: Characters of a statement that are shown.
_SHOWN = 400


class LeakWatch:
    """Watches the loans of one pool from a thread that ends with the pool.

    Args:
        pool: whose loans.
        after_s: seconds after which a loan is reported, once.
    """

    def __init__(self, pool: Any, after_s: float) -> None:
        self._pool = weakref.ref(pool)
        self.after_s = after_s
        self._loans: dict[int, tuple[weakref.ref[Any], float, str]] = {}
        self._lock = threading.Lock()
        self._running = False

    def watch(self, lent: Any) -> None:
        """Remember a loan that begins now, with the stack of the one who took it."""
        import traceback

        lent.last_statement = None
        stack = "".join(traceback.format_stack()[:-3])
        where = f"thread {threading.current_thread().name!r}{_task()}, at:\n{stack}"
        with self._lock:
            self._loans[id(lent)] = (weakref.ref(lent), time.monotonic(), where)
            if not self._running:
                self._running = True
                threading.Thread(target=_watch, args=(weakref.ref(self),), name="lect-pool-leaks", daemon=True).start()

    def look(self) -> bool:
        """Report what is overdue; returns whether anything is left to watch."""
        pool = self._pool()
        now = time.monotonic()
        overdue = []
        with self._lock:
            for key, (reference, since, where) in list(self._loans.items()):
                lent = reference()
                if lent is None or (lent._entry is None and lent.dbapi_connection is None):
                    del self._loans[key]
                elif now - since >= self.after_s:
                    del self._loans[key]
                    overdue.append((now - since, _statement(lent), where))
            self._running = bool(self._loans) and pool is not None
            left = self._running
        for seconds, statement, where in overdue:
            if pool is not None:
                pool._log.warning(
                    "a connection has been out for %.1f seconds; %s; taken by %s", seconds, statement, where
                )
        return left


def _statement(lent: Any) -> str:
    if lent.last_statement is None:
        return "no statement was run on it by the engine"
    text = " ".join(lent.last_statement.split())
    return f"its last statement was: {text if len(text) <= _SHOWN else text[:_SHOWN] + ' ...'}"


def _task() -> str:
    import sys

    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return ""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return ""
    return "" if task is None else f", task {task.get_name()!r}"


def _watch(reference: weakref.ref[LeakWatch]) -> None:
    while True:
        watch = reference()
        if watch is None or not watch.look():
            return
        pause = max(watch.after_s / 4, 0.01)
        del watch
        time.sleep(pause)
