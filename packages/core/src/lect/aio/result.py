"""Results of ``AsyncConnection.stream()``: rows are fetched while they are read, each fetch awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, TypeVarTuple

from lect.bridge import greenlet_spawn
from lect.engine.result import FrozenResult, MappingResult, MergedResult, Result, ScalarResult
from lect.engine.row import KeyView, Row, RowMapping

if TYPE_CHECKING:
    from typing import Self

__all__ = ["AsyncMappingResult", "AsyncResult", "AsyncScalarResult", "AsyncTupleResult"]

_R = TypeVar("_R")
_Ts = TypeVarTuple("_Ts")


class _AsyncFetching(Generic[_R]):
    """What asynchronous results share: they drive a synchronous one in a greenlet."""

    _sync: Any

    async def _spawn(self, method: Callable[..., Any], *args: Any) -> Any:
        return await greenlet_spawn(method, *args)

    async def close(self) -> None:
        """Give the cursor back."""
        await greenlet_spawn(self._sync.close)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        closed: bool = self._sync.closed
        return closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def yield_per(self, num: int) -> Self:
        """Fetch `num` rows at a time."""
        self._sync.yield_per(num)
        return self

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Self:
        """Leave out rows seen before; see :meth:`lect.Result.unique`."""
        self._sync.unique(strategy)
        return self

    async def all(self) -> Sequence[_R]:
        """Return what remains."""
        found: Sequence[_R] = await greenlet_spawn(self._sync.all)
        return found

    async def fetchall(self) -> Sequence[_R]:
        """The same as :meth:`all`."""
        return await self.all()

    async def fetchmany(self, size: int | None = None) -> Sequence[_R]:
        """Return up to `size`."""
        found: Sequence[_R] = await greenlet_spawn(self._sync.fetchmany, size)
        return found

    async def first(self) -> _R | None:
        """Return the first, or None, and close."""
        found: _R | None = await greenlet_spawn(self._sync.first)
        return found

    async def one(self) -> _R:
        """Return the only one; raises as :meth:`lect.Result.one` does."""
        found: _R = await greenlet_spawn(self._sync.one)
        return found

    async def one_or_none(self) -> _R | None:
        """Return the only one, or None."""
        found: _R | None = await greenlet_spawn(self._sync.one_or_none)
        return found

    async def partitions(self, size: int | None = None) -> AsyncIterator[Sequence[_R]]:
        """Iterate over lists of `size`."""
        while True:
            part = await greenlet_spawn(self._sync.fetchmany, size)
            if not part:
                return
            yield part

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _R:
        found = await greenlet_spawn(self._sync._fetch_one)
        if found is None:
            raise StopAsyncIteration
        value: _R = found[0]
        return value


class AsyncResult(_AsyncFetching[Any], Generic[*_Ts]):
    """Rows of a streamed statement."""

    def __init__(self, real_result: Result[*_Ts]) -> None:
        self._sync = real_result

    @property
    def context(self) -> Any:
        """The execution context."""
        return self._sync.context

    def keys(self) -> KeyView:
        """The column names."""
        keys: KeyView = self._sync.keys()
        return keys

    def columns(self, *col_expressions: Any) -> Self:
        """Keep these columns only."""
        self._sync.columns(*col_expressions)
        return self

    async def fetchone(self) -> Row[*_Ts] | None:
        """Return the next row, or None."""
        row: Row[*_Ts] | None = await greenlet_spawn(self._sync.fetchone)
        return row

    async def scalar(self) -> Any:
        """Return the first column of the first row, or None, and close."""
        return await greenlet_spawn(self._sync.scalar)

    async def scalar_one(self) -> Any:
        """Return the first column of the only row."""
        return await greenlet_spawn(self._sync.scalar_one)

    async def scalar_one_or_none(self) -> Any:
        """Return the first column of the only row, or None."""
        return await greenlet_spawn(self._sync.scalar_one_or_none)

    async def freeze(self) -> FrozenResult[*_Ts]:
        """Fetch everything and keep it; calling what is returned gives a synchronous result."""
        frozen: FrozenResult[*_Ts] = await greenlet_spawn(FrozenResult, self._sync)
        return frozen

    def scalars(self, index: Any = 0) -> AsyncScalarResult[Any]:
        """Return a result of single values."""
        return AsyncScalarResult(self._sync, index)

    def mappings(self) -> AsyncMappingResult:
        """Return a result of mappings."""
        return AsyncMappingResult(self._sync)

    def tuples(self) -> AsyncTupleResult[tuple[*_Ts]]:
        """Return this result, for type checkers one of plain tuples."""
        return self  # type: ignore[return-value]

    @property
    def t(self) -> AsyncTupleResult[tuple[*_Ts]]:
        """The same as :meth:`tuples`."""
        return self  # type: ignore[return-value]

    def merge(self, *others: AsyncResult[Any]) -> MergedResult[*_Ts]:
        """Return one result of the rows of all."""
        merged: MergedResult[*_Ts] = self._sync.merge(*[other._sync for other in others])
        return merged


class AsyncScalarResult(_AsyncFetching[_R]):
    """Single values of one column."""

    def __init__(self, real_result: Result[Any], index: Any) -> None:
        self._sync: ScalarResult[_R] = ScalarResult(real_result, index)


class AsyncMappingResult(_AsyncFetching[RowMapping]):
    """Rows as mappings."""

    def __init__(self, result: Result[Any]) -> None:
        self._sync: MappingResult = MappingResult(result)

    def keys(self) -> KeyView:
        """The column names."""
        return self._sync.keys()

    def columns(self, *col_expressions: Any) -> Self:
        """Keep these columns only."""
        self._sync.columns(*col_expressions)
        return self

    async def fetchone(self) -> RowMapping | None:
        """Return the next mapping, or None."""
        return await greenlet_spawn(self._sync.fetchone)


class AsyncTupleResult(_AsyncFetching[_R]):
    """What ``AsyncResult.tuples()`` is for type checkers."""

    if TYPE_CHECKING:

        async def fetchone(self) -> _R | None: ...
        async def scalar(self) -> Any: ...
        async def scalar_one(self) -> Any: ...
        async def scalar_one_or_none(self) -> Any: ...


