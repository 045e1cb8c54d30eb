"""Rows that PyMySQL reads as they are asked for, and that outlive the next statement of their connection.

The protocol has one result at a time on its way. PyMySQL, told to execute while rows are still to come, throws them
away with a Python warning: a loop over objects whose relationships are loaded in between would end early and look
complete. Here the rows that are left are taken into memory first.
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any

__all__ = ["making_way", "streaming_cursor_class"]


def streaming_cursor_class(base: Any) -> Any:
    """Return a subclass of the driver's unbuffered cursor that keeps its rows when the connection is needed."""

    class StreamingCursor(base):  # type: ignore[misc]
        kept: deque[Any] | None = None
        #: what the server broke off with; told to whoever reads that far
        broken: Exception | None = None

        def _query(self, q: Any) -> Any:
            self.kept = self.broken = None
            found = super()._query(q)
            self._get_db().reading = weakref.ref(self)
            return found

        def read_next(self) -> Any:
            kept = self.kept
            if kept is None:
                return super().read_next()
            if kept:
                return kept.popleft()
            if self.broken is not None:
                raise self.broken
            return None

        def keep_rest(self) -> None:
            """Take the rows that are left into memory."""
            if self.kept is None and self._result is not None and self._result.unbuffered_active:
                rows: deque[Any] = deque()
                try:
                    while (row := super().read_next()) is not None:
                        rows.append(row)
                except Exception as error:  # it concerns the rows, not who needs the connection now
                    self.broken = error
                self.kept = rows

    return StreamingCursor


def making_way(connect: Any) -> dict[str, Any]:
    """Return methods for a subclass of the driver's connection: whatever needs the socket lets a cursor keep its rows.

    Args:
        connect: the driver's class of connections.
    """

    def make_way(self: Any) -> None:
        reading = self.__dict__.pop("reading", None)
        cursor = None if reading is None else reading()
        if cursor is not None and cursor.connection is self:
            cursor.keep_rest()

    def query(self: Any, sql: Any, unbuffered: bool = False) -> Any:
        if "reading" in self.__dict__:
            make_way(self)
        return connect.query(self, sql, unbuffered)

    def commit(self: Any) -> None:
        make_way(self)
        connect.commit(self)

    def rollback(self: Any) -> None:
        make_way(self)
        connect.rollback(self)

    def ping(self: Any, reconnect: bool = True) -> None:
        make_way(self)
        connect.ping(self, reconnect)

    return {"query": query, "commit": commit, "rollback": rollback, "ping": ping}
