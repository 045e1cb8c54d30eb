"""Where the raw rows of a result come from: a driver's cursor, a list, an iterator, chunks, or nowhere any more.

A source has the four fetching methods of a PEP 249 cursor; a driver's cursor is a source as it stands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NoReturn, Protocol

from lect.exc import ResourceClosedError

__all__ = ["CLOSED", "EXHAUSTED", "NO_ROWS", "Buffered", "ChunkSource", "GrowingBuffer", "IteratorSource", "Source"]


class Source(Protocol):
    """Gives rows as the driver made them."""

    def fetchone(self) -> Any: ...
    def fetchmany(self, size: int = ..., /) -> Any: ...
    def fetchall(self) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


#: Class of a source -> iterating over it runs no Python code.
_NATIVE: dict[type, bool] = {}


def iterates_natively(source: Any) -> bool:
    """Whether iterating over `source` is as fast as ``fetchall()``; then rows need not be held twice."""
    cls = source.__class__
    native = _NATIVE.get(cls)
    if native is None:
        native = _NATIVE[cls] = type(getattr(cls, "__iter__", None)).__name__ == "wrapper_descriptor"
    return native


class _Exhausted:
    """All rows were given out; asking again gives none."""

    def fetchone(self) -> None:
        return None

    def fetchmany(self, size: int = 1) -> list[Any]:
        return []

    def fetchall(self) -> list[Any]:
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class _Refusing:
    """Every question is an error that says why."""

    def __init__(self, message: str, code: str) -> None:
        self.message = message
        self.code = code

    def _refuse(self) -> NoReturn:
        raise ResourceClosedError(self.message, code=self.code)

    def fetchone(self) -> NoReturn:
        self._refuse()

    def fetchmany(self, size: int = 1) -> NoReturn:
        self._refuse()

    def fetchall(self) -> NoReturn:
        self._refuse()

    def __iter__(self) -> Iterator[Any]:
        self._refuse()


EXHAUSTED = _Exhausted()
CLOSED = _Refusing("This result object is closed.", "result-closed")
NO_ROWS = _Refusing(
    "This result object does not return rows. It has been closed automatically.", "result-without-rows"
)


class Buffered:
    """Rows that are in memory already."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows: deque[Any] = deque(rows)

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        rows = self._rows
        return [rows.popleft() for _ in range(min(size, len(rows)))]

    def fetchall(self) -> list[Any]:
        rows = list(self._rows)
        self._rows.clear()
        return rows

    def __iter__(self) -> Iterator[Any]:
        rows = self._rows
        while rows:
            yield rows.popleft()


class GrowingBuffer:
    """Reads a server-side cursor in pieces that grow from 5 rows to `limit`, or are always `limit` when it is fixed.

    Few rows are fetched when few are read, and a long result needs few round trips.
    """

    __slots__ = ("_cursor", "_growth", "_limit", "_rows", "_size")

    def __init__(self, cursor: Any, limit: int = 1000, growth: int = 5, first: int = 5) -> None:
        self._cursor = cursor
        self._limit = limit
        self._growth = growth
        self._size = min(first, limit) if growth else limit
        self._rows: deque[Any] = deque()

    def fix_size(self, size: int) -> None:
        """Fetch `size` rows at a time from now on."""
        self._limit = self._size = size
        self._growth = 0

    def fill(self, wanted: int = 0) -> bool:
        """Fetch the next piece; returns whether there are rows."""
        size = max(self._size, wanted)
        self._rows.extend(self._cursor.fetchmany(size))
        if self._growth and self._size < self._limit:
            self._size = min(self._size * self._growth, self._limit)
        return bool(self._rows)

    def fetchone(self) -> Any:
        if not self._rows and not self.fill():
            return None
        return self._rows.popleft()

    def fetchmany(self, size: int = 0) -> list[Any]:
        rows = self._rows
        if not size:
            size = self._size
        while len(rows) < size:
            before = len(rows)
            rows.extend(self._cursor.fetchmany(size - before))
            if len(rows) == before:
                break
        return [rows.popleft() for _ in range(min(size, len(rows)))]

    def fetchall(self) -> list[Any]:
        rows = [*self._rows, *self._cursor.fetchall()]
        self._rows.clear()
        return rows

    def __iter__(self) -> Iterator[Any]:
        rows = self._rows
        while rows or self.fill():
            yield rows.popleft()


class IteratorSource:
    """Rows from any iterator."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = iter(rows)

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return list(self._rows) if size is None else list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows


class ChunkSource(IteratorSource):
    """Rows from a function that, given a size (None: as it likes), iterates over lists of rows."""

    __slots__ = ("_chunks", "_dynamic")

    def __init__(self, chunks: Callable[[int | None], Iterable[Iterable[Any]]], dynamic: bool = False) -> None:
        self._chunks = chunks
        self._dynamic = dynamic
        super().__init__(row for chunk in chunks(None) for row in chunk)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        if self._dynamic:
            self.fix_size(size)
        return super().fetchmany(size)

    def fix_size(self, size: int | None) -> None:
        """Ask for chunks of `size` rows from now on."""
        self._rows = iter(row for chunk in self._chunks(size) for row in chunk)
