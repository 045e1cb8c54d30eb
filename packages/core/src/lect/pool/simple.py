"""The small pools: none at all, one connection for all, one per thread, and one that proves there is only one."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from lect.pool.base import Pool
from lect.pool.lent import ConnectionPoolEntry, Lent

__all__ = ["AssertionPool", "NullPool", "SingletonThreadPool", "StaticPool"]


def _open(entry: ConnectionPoolEntry | None) -> int:
    return int(entry is not None and entry.dbapi_connection is not None)


class NullPool(Pool):
    """Opens a connection for each loan and closes it afterwards."""

    def __init__(self, creator: Any, **kw: Any) -> None:
        super().__init__(creator, **kw)
        self._known: weakref.WeakSet[ConnectionPoolEntry] = weakref.WeakSet()

    def _take(self) -> ConnectionPoolEntry:
        entry = ConnectionPoolEntry(self)
        self._known.add(entry)
        return entry

    def _put(self, entry: ConnectionPoolEntry) -> None:
        self._known.discard(entry)
        entry._close_connection()

    def dispose(self) -> None:
        """Nothing is kept, so there is nothing to close."""

    def _now(self) -> dict[str, Any]:
        return {**super()._now(), "in_use": len(self._known)}


class StaticPool(Pool):
    """One connection for everybody."""

    def __init__(self, creator: Any, **kw: Any) -> None:
        super().__init__(creator, **kw)
        self._only: ConnectionPoolEntry | None = None
        self._lock = threading.RLock()
        self._loans = 0

    def _take(self) -> ConnectionPoolEntry:
        with self._lock:
            entry = self._only
            if entry is None:
                entry = self._only = ConnectionPoolEntry(self)
            self._loans += 1
        return entry

    def _put(self, entry: ConnectionPoolEntry) -> None:
        with self._lock:
            self._loans -= 1

    def _now(self) -> dict[str, Any]:
        used = int(self._loans > 0)
        return {**super()._now(), "in_use": used, "idle": max(_open(self._only) - used, 0), "size": 1, "max_size": 1}

    def dispose(self) -> None:
        """Close the connection; the next loan opens another."""
        entry, self._only = self._only, None
        if entry is not None:
            entry._close_connection()

    def status(self) -> str:
        return "StaticPool"

    def _restart(self) -> None:
        self._only = None
        self._loans = 0
        self._lock = threading.RLock()


class SingletonThreadPool(Pool):
    """One connection per thread, kept until the thread ends; a thread that takes it twice gets the same loan twice.

    Args:
        pool_size: connections kept at most; when more threads come, the oldest connections that are not lent are
        closed.
    """

    def __init__(self, creator: Any, pool_size: int = 5, **kw: Any) -> None:
        super().__init__(creator, **kw)
        self.size = pool_size
        self._local = threading.local()
        self._all: list[ConnectionPoolEntry] = []
        self._lock = threading.RLock()

    def connect(self) -> Lent:
        """Lend this thread's connection."""
        current: weakref.ref[Lent] | None = getattr(self._local, "lent", None)
        lent = current() if current is not None else None
        if lent is not None and lent._entry is not None and lent.dbapi_connection is not None:
            lent._uses += 1
            return lent
        lent = super().connect()
        self._local.lent = weakref.ref(lent)
        return lent

    def _take(self) -> ConnectionPoolEntry:
        entry: ConnectionPoolEntry | None = getattr(self._local, "entry", None)
        if entry is not None and entry._generation == self._generation and entry in self._all:
            return entry
        entry = ConnectionPoolEntry(self)
        self._local.entry = entry
        with self._lock:
            if len(self._all) >= self.size:
                self._make_room()
            self._all.append(entry)
        return entry

    def _make_room(self) -> None:
        for old in list(self._all):
            if len(self._all) < self.size:
                return
            if not old._in_use:
                self._all.remove(old)
                old._close_connection()

    def _put(self, entry: ConnectionPoolEntry) -> None:
        """It stays with its thread."""

    def dispose(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            entries, self._all = self._all, []
            self._generation += 1
        for entry in entries:
            if not entry._in_use:
                entry._close_connection()

    def _options(self) -> dict[str, Any]:
        return {"pool_size": self.size, **super()._options()}

    def status(self) -> str:
        return f"SingletonThreadPool id:{id(self)} size: {len(self._all)}"

    def _now(self) -> dict[str, Any]:
        used = sum(1 for entry in self._all if entry._in_use)
        return {"in_use": used, "idle": len(self._all) - used, "waiting": 0, "size": self.size, "max_size": None}

    def _restart(self) -> None:
        self._all = []
        self._local = threading.local()
        self._lock = threading.RLock()


class AssertionPool(Pool):
    """Lends one connection at a time and fails when a second is asked for, saying where the first was taken."""

    def __init__(self, creator: Any, **kw: Any) -> None:
        super().__init__(creator, **kw)
        self._only: ConnectionPoolEntry | None = None
        self._out = False

    def _take(self) -> ConnectionPoolEntry:
        if self._out:
            lent = self._only._lent() if self._only is not None and self._only._lent is not None else None
            where = f" at {lent.taken_at}" if lent is not None else ""
            raise AssertionError(f"connection is already checked out{where}")
        if self._only is None:
            self._only = ConnectionPoolEntry(self)
        self._out = True
        return self._only

    def _put(self, entry: ConnectionPoolEntry) -> None:
        if not self._out:
            raise AssertionError("connection is not checked out")
        self._out = False

    def _gone(self, entry: ConnectionPoolEntry) -> None:
        self._out = False

    def dispose(self) -> None:
        """Close the connection."""
        self._out = False
        entry, self._only = self._only, None
        if entry is not None:
            entry._close_connection()

    def status(self) -> str:
        return "AssertionPool"

    def _now(self) -> dict[str, Any]:
        used = int(self._out)
        return {**super()._now(), "in_use": used, "idle": max(_open(self._only) - used, 0), "size": 1, "max_size": 1}

    def _restart(self) -> None:
        self._only = None
        self._out = False
