"""Cursors whose rows stay on the server until they are fetched, for drivers that are told so by connection."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Any

from lect.exc import ResourceClosedError

__all__ = ["StreamingCursor"]

#: Every one alive, for the child of a fork.
_OPEN: weakref.WeakSet[StreamingCursor] = weakref.WeakSet()

#: Those that a forked child got from its parent: deleted there, they would close the parent's.
_INHERITED: list[StreamingCursor] = []


class StreamingCursor:
    """A cursor of pyodbc that runs its statement while the connection is set to leave rows on the server.

    Args:
        cursor: the driver's.
        stream_rows: sets the connection, see :class:`~lect_pyodbc.profile.Profile`.
        rows: how many to fetch at a time.
    """

    def __init__(self, cursor: Any, stream_rows: Callable[[Any, int | None], None], rows: int) -> None:
        self._cursor = cursor
        self._stream_rows = stream_rows
        self._rows = rows
        self.fetchone: Callable[..., Any] = cursor.fetchone
        self.fetchmany: Callable[..., Any] = cursor.fetchmany
        self.fetchall: Callable[..., Any] = cursor.fetchall
        _OPEN.add(self)

    def execute(self, statement: str, *parameters: Any) -> StreamingCursor:
        """Run a query."""
        connection = self._cursor.connection
        self._stream_rows(connection, self._rows)
        try:
            self._cursor.execute(statement, *parameters)
        finally:
            self._stream_rows(connection, None)
        return self

    def __iter__(self) -> Any:
        while (row := self.fetchone()) is not None:
            yield row

    def close(self) -> None:
        """Close it, on the server too; in the child of a fork, where it is the parent's, do nothing."""
        if self not in _OPEN:
            return
        _OPEN.discard(self)
        self._cursor.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _refuse(*_: Any) -> Any:
    raise ResourceClosedError("these rows are of a connection of the parent process; run the query again")


def _after_fork() -> None:
    for cursor in list(_OPEN):
        _INHERITED.append(cursor)
        cursor.fetchone = cursor.fetchmany = cursor.fetchall = _refuse
    _OPEN.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
