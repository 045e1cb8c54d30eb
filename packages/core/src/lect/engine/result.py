"""Results: rows on their way to the program, as tuples, single values or mappings, one or many at a time.

A result knows its :class:`~lect.engine.row.Columns` and a source of raw rows. What comes out of it is decided by two
functions chosen once, ``one`` and ``many``; nothing else is called per row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, TypeVarTuple, overload

from lect.engine.row import Columns, KeyView, Row, RowMapping
from lect.engine.sources import (
    CLOSED,
    EXHAUSTED,
    Buffered,
    ChunkSource,
    IteratorSource,
    Source,
    iterates_natively,
)
from lect.exc import InvalidRequestError, MultipleResultsFound, NoResultFound, ResourceClosedError

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "ChunkedIteratorResult",
    "FilterResult",
    "FrozenResult",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "Result",
    "ScalarResult",
    "SimpleResultMetaData",
    "TupleResult",
    "null_result",
]

_R = TypeVar("_R")
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")
_Rest = TypeVarTuple("_Rest")
_Unique = tuple[set[Any], Callable[[Any], Any] | None]


def _no_row() -> NoResultFound:
    return NoResultFound("No row was found when one was required")


def _identity(value: Any) -> Any:
    return value


class Fetching(Generic[_R]):
    """What results of every kind can do: hand out what their ``_one`` and ``_many`` make of raw rows."""

    #: Who owns the source; None: the result itself. (No reference to itself: a cycle would keep cursors open.)
    _real: Any = None
    _unique: _Unique | None = None
    _one_made: Callable[[Any], _R] | None = None
    _many_made: Callable[[Any], list[_R]] | None = None

    # -- the two functions --------------------------------------------------------------------------------------------

    def _make_one(self) -> Callable[[Any], _R]:
        raise NotImplementedError

    def _make_many(self) -> Callable[[Any], list[_R]]:
        raise NotImplementedError

    def _one(self) -> Callable[[Any], _R]:
        made = self._one_made
        if made is None:
            made = self._one_made = self._make_one()
        return made

    def _many(self) -> Callable[[Any], list[_R]]:
        made = self._many_made
        if made is None:
            made = self._many_made = self._make_many()
        return made

    def _unmade(self) -> None:
        self._one_made = self._many_made = None

    # -- uniqueness ---------------------------------------------------------------------------------------------------

    def _default_strategy(self) -> Callable[[Any], Any] | None:
        return None

    def _set_unique(self, strategy: Callable[[Any], Any] | None) -> None:
        self._unique = (set(), strategy)

    def _identify(self) -> tuple[set[Any], Callable[[Any], Any] | None]:
        assert self._unique is not None
        seen, strategy = self._unique
        if strategy is None:
            strategy = self._default_strategy()
            if strategy is not None:
                self._unique = (seen, strategy)
        return seen, strategy

    def _only_new(self, values: list[_R]) -> list[_R]:
        seen, strategy = self._identify()
        fresh: list[_R] = []
        for value in values:
            mark = value if strategy is None else strategy(value)
            if mark not in seen:
                seen.add(mark)
                fresh.append(value)
        return fresh

    # -- fetching -----------------------------------------------------------------------------------------------------

    def _fetch_all(self) -> list[_R]:
        real: Any = self._real or self
        source = real._source
        try:
            values = self._many()(source if iterates_natively(source) else source.fetchall())
        except BaseException as error:
            real._failed(error)
            raise
        real._soft_close()
        if self._unique is not None:
            values = self._only_new(values)
        return values

    def _fetch_one(self) -> tuple[_R] | None:
        """Return the next value in a one-tuple (a value may be None), or None at the end."""
        real: Any = self._real or self
        make = self._one()
        while True:
            try:
                raw = real._source.fetchone()
            except BaseException as error:
                real._failed(error)
                raise
            if raw is None:
                real._soft_close()
                return None
            try:
                value = make(raw)
            except BaseException as error:
                real._failed(error)
                raise
            if self._unique is None:
                return (value,)
            new = self._only_new([value])
            if new:
                return (new[0],)

    def _fetch_many(self, size: int | None) -> list[_R]:
        real: Any = self._real or self
        if size is None:
            size = real._yield_per
        many = self._many()
        try:
            raws = real._source.fetchmany() if size is None else real._source.fetchmany(size)
            values = many(raws)
        except BaseException as error:
            real._failed(error)
            raise
        if not raws:
            real._soft_close()
            return []
        if self._unique is None:
            return values
        fresh = self._only_new(values)
        if size is None:
            size = len(raws)
        while len(fresh) < size:
            try:
                raws = real._source.fetchmany(size - len(fresh))
                values = many(raws)
            except BaseException as error:
                real._failed(error)
                raise
            if not raws:
                real._soft_close()
                break
            fresh.extend(self._only_new(values))
        return fresh

    def _iterate(self) -> Iterator[_R]:
        real: Any = self._real or self
        if self._unique is not None:
            while True:
                found = self._fetch_one()
                if found is None:
                    return
                yield found[0]
        try:
            yield from map(self._one(), real._source)
        except GeneratorExit:
            raise
        except BaseException as error:
            real._failed(error)
            raise
        real._soft_close()

    def _partitions(self, size: int | None) -> Iterator[list[_R]]:
        while True:
            part = self._fetch_many(size)
            if not part:
                return
            yield part

    def _only_one(self, required: bool, several: bool, scalar: bool = False) -> Any:
        """Return the first value and close.

        Args:
            required: no value is an error.
            several: more than one value is an error.
            scalar: take the first member of the row.
        """
        real: Any = self._real or self
        value: Any
        more = False
        if self._unique is None:
            make = self._one()
            try:
                source = real._source
                raw = source.fetchone()
                value = None if raw is None else make(raw)
                if several and raw is not None:
                    more = source.fetchone() is not None
            except BaseException as error:
                real._failed(error)
                raise
            nothing = raw is None
        else:
            found = self._fetch_one()
            nothing = found is None
            value = None if found is None else found[0]
            if several and not nothing:
                more = self._fetch_one() is not None
        if nothing:
            real._close_hard()
            if required:
                raise _no_row()
            return None
        if several:
            if more:
                real._close_hard()
                raise MultipleResultsFound(
                    "Multiple rows were found when exactly one was required"
                    if required
                    else "Multiple rows were found when one or none was required"
                )
        real._close_hard()
        return value[0] if scalar else value

    def _set_yield_per(self, num: int) -> None:
        real: Any = self._real or self
        real._set_yield_per_size(num)

    def close(self) -> None:
        """Give the cursor back; further fetching is an error."""
        real: Any = self._real or self
        real._close_hard()

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called (or a method that closes, such as ``first()``)."""
        real: Any = self._real or self
        return bool(real._is_closed())

    def __next__(self) -> _R:
        found = self._fetch_one()
        if found is None:
            raise StopIteration
        return found[0]

    def __iter__(self) -> Iterator[_R]:
        return self._iterate()


class _WithKeys:
    """Results whose rows have names."""

    _metadata: Columns

    def keys(self) -> KeyView:
        """The column names, as a view that also understands column objects."""
        return KeyView(self._columns_checked())

    def _columns_checked(self) -> Columns:
        return self._metadata


class Result(_WithKeys, Fetching[Row[*_Ts]], Generic[*_Ts]):
    """Rows of a statement. See :class:`~lect.engine.cursor.CursorResult` for what comes from a database.

    Args:
        cursor_metadata: the columns.
    """

    _source: Source = EXHAUSTED
    _yield_per: int | None = None
    _hard_closed = False
    #: Raw "rows" are the single values themselves (one column only).
    _source_supports_scalars = False
    #: Rows as they come are given out; set by the loader of mapped objects.
    _attributes: dict[str, Any] | None = None

    def __init__(self, cursor_metadata: Columns) -> None:
        self._metadata = cursor_metadata

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # -- what subclasses fill in ---------------------------------------------------------------------------------------

    def _soft_close(self) -> None:
        """All rows were fetched: free what is held, answer "no more rows" from now on."""
        self._source = EXHAUSTED

    def _close_hard(self) -> None:
        self._soft_close()
        self._hard_closed = True
        self._source = CLOSED

    def _is_closed(self) -> bool:
        return self._hard_closed

    def _failed(self, error: BaseException) -> None:
        """Fetching raised `error`; subclasses translate it (and raise)."""

    @property
    def _soft_closed(self) -> bool:
        return self._source is EXHAUSTED or self._source is CLOSED

    def _set_yield_per_size(self, num: int) -> None:
        self._yield_per = num
        fix = getattr(self._source, "fix_size", None)
        if fix is not None:
            fix(num)

    def _make_one(self) -> Callable[[Any], Any]:
        columns = self._columns_checked()
        if self._source_supports_scalars:
            cls = columns.row_class
            return lambda value: cls((value,))
        return columns.row_maker()

    def _make_many(self) -> Callable[[Any], list[Any]]:
        columns = self._columns_checked()
        if self._source_supports_scalars:
            cls = columns.row_class
            return lambda values: [cls((value,)) for value in values]
        return columns.rows_maker()

    def _default_strategy(self) -> Callable[[Any], Any] | None:
        filters = self._metadata.unique_filters
        if filters is None or not any(filters):
            return None
        plan = [f or _identity for f in filters]
        if len(plan) == 1:
            only = plan[0]
            return lambda row: only(row[0])
        return lambda row: tuple([f(value) for f, value in zip(plan, row, strict=False)])

    # -- how rows are to come -----------------------------------------------------------------------------------------

    def yield_per(self, num: int) -> Self:
        """Fetch `num` rows at a time in iteration, ``partitions()`` and ``fetchmany()`` without a size."""
        self._set_yield_per(num)
        return self

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Self:
        """Leave out rows seen before; rows are told apart by themselves or by what `strategy` returns for them."""
        self._set_unique(strategy)
        return self

    def columns(self, *col_expressions: Any) -> Self:
        """Keep these columns only, in this order; each given by name, position or column object."""
        return self._column_slices(col_expressions)

    def _column_slices(self, keys: Sequence[Any]) -> Self:
        columns = self._columns_checked()
        indexes = tuple([columns.index(key) for key in keys])
        if self._source_supports_scalars and len(indexes) == 1:
            self._metadata = columns.reduce(indexes)
            self._unmade()
            return self
        self._pick(indexes)
        return self

    def _pick(self, indexes: tuple[int, ...]) -> None:
        """Take the columns at `indexes` out of each raw row."""
        if self._source_supports_scalars:
            self._source = IteratorSource([(value,) * len(indexes) for value in self._source])
            self._source_supports_scalars = False
        reduced = self._metadata.reduce(indexes)
        source = self._source
        self._metadata = reduced
        if source is not CLOSED:
            self._source = _Picked(source, indexes)
        self._unmade()

    @overload
    def scalars(self: Result[_T, *_Rest], index: Literal[0] = 0) -> ScalarResult[_T]: ...

    @overload
    def scalars(self, index: Any = 0) -> ScalarResult[Any]: ...

    def scalars(self, index: Any = 0) -> ScalarResult[Any]:
        """Return a result of the single values of one column."""
        real: Result[Any] = self  # type: ignore[assignment]
        return ScalarResult(real, index)

    def mappings(self) -> MappingResult:
        """Return a result whose rows are mappings."""
        real: Result[Any] = self  # type: ignore[assignment]
        return MappingResult(real)

    def tuples(self) -> TupleResult[tuple[*_Ts]]:
        """Return this result, for type checkers one of plain tuples."""
        return self  # type: ignore[return-value]

    @property
    def t(self) -> TupleResult[tuple[*_Ts]]:
        """The same as :meth:`tuples`."""
        return self  # type: ignore[return-value]

    # -- all, some, one -----------------------------------------------------------------------------------------------

    def all(self) -> Sequence[Row[*_Ts]]:
        """Return the remaining rows as a list and free the cursor; afterwards the result is empty, not closed."""
        return self._fetch_all()

    def fetchall(self) -> Sequence[Row[*_Ts]]:
        """The same as :meth:`all`."""
        return self._fetch_all()

    def fetchone(self) -> Row[*_Ts] | None:
        """Return the next row, or None when there is none."""
        found = self._fetch_one()
        return None if found is None else found[0]

    def fetchmany(self, size: int | None = None) -> Sequence[Row[*_Ts]]:
        """Return up to `size` rows; an empty list at the end."""
        return self._fetch_many(size)

    def partitions(self, size: int | None = None) -> Iterator[Sequence[Row[*_Ts]]]:
        """Iterate over lists of `size` rows; the last may be shorter."""
        return self._partitions(size)

    def first(self) -> Row[*_Ts] | None:
        """Return the first row, or None, and close the result."""
        row: Row[*_Ts] | None = self._only_one(False, False)
        return row

    def one(self) -> Row[*_Ts]:
        """Return the only row and close the result.

        Raises:
            NoResultFound: there is none.
            MultipleResultsFound: there are more.
        """
        row: Row[*_Ts] = self._only_one(True, True)
        return row

    def one_or_none(self) -> Row[*_Ts] | None:
        """Return the only row, or None when there is none, and close the result.

        Raises:
            MultipleResultsFound: there are more.
        """
        row: Row[*_Ts] | None = self._only_one(False, True)
        return row

    @overload
    def scalar(self: Result[_T, *_Rest]) -> _T | None: ...

    @overload
    def scalar(self) -> Any: ...

    def scalar(self) -> Any:
        """Return the first column of the first row, or None, and close the result."""
        return self._only_one(False, False, scalar=True)

    @overload
    def scalar_one(self: Result[_T, *_Rest]) -> _T: ...

    @overload
    def scalar_one(self) -> Any: ...

    def scalar_one(self) -> Any:
        """Return the first column of the only row; raises as :meth:`one` does."""
        return self._only_one(True, True, scalar=True)

    @overload
    def scalar_one_or_none(self: Result[_T, *_Rest]) -> _T | None: ...

    @overload
    def scalar_one_or_none(self) -> Any: ...

    def scalar_one_or_none(self) -> Any:
        """Return the first column of the only row, or None; raises as :meth:`one_or_none` does."""
        return self._only_one(False, True, scalar=True)

    def freeze(self) -> FrozenResult[*_Ts]:
        """Fetch everything and return a function that makes a new result of the same rows at each call."""
        return FrozenResult(self)

    def merge(self, *others: Result[Any]) -> MergedResult[*_Ts]:
        """Return one result of the rows of this result and then of the others."""
        first: Result[Any] = self  # type: ignore[assignment]
        return MergedResult(self._metadata, (first, *others))

    def _raw_all(self) -> list[Any]:
        """Return the remaining rows, converted and made unique; single values as they come if the source gives such."""
        if self._source_supports_scalars:
            raws = list(self._source.fetchall())
            self._soft_close()
            return raws
        return self._fetch_all()


class _Picked:
    """A source that takes some columns out of the rows of another."""

    __slots__ = ("_get", "_inner")

    def __init__(self, inner: Source, indexes: tuple[int, ...]) -> None:
        from operator import itemgetter

        self._inner = inner
        if len(indexes) == 1:
            only = indexes[0]
            self._get: Callable[[Any], Any] = lambda raw: (raw[only],)
        elif indexes:
            self._get = itemgetter(*indexes)
        else:
            self._get = lambda raw: ()

    def fetchone(self) -> Any:
        raw = self._inner.fetchone()
        return None if raw is None else self._get(raw)

    def fetchmany(self, *size: int) -> list[Any]:
        return list(map(self._get, self._inner.fetchmany(*size)))

    def fetchall(self) -> list[Any]:
        return list(map(self._get, self._inner.fetchall()))

    def __iter__(self) -> Iterator[Any]:
        return map(self._get, self._inner)

    def fix_size(self, size: int) -> None:
        fix = getattr(self._inner, "fix_size", None)
        if fix is not None:
            fix(size)


class FilterResult(Fetching[_R]):
    """A result seen another way; the rows are those of the result it was made from."""

    def __init__(self, real: Result[Any]) -> None:
        self._real = real
        # Filters set before ``scalars()`` or ``mappings()`` stay in force.
        self._unique = real._unique

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._real.__exit__(*exc)

    def yield_per(self, num: int) -> Self:
        """Fetch `num` rows at a time; see :meth:`Result.yield_per`."""
        self._set_yield_per(num)
        return self

    @property
    def _soft_closed(self) -> bool:
        return self._real._source is EXHAUSTED

    @property
    def context(self) -> Any:
        """The execution context of the result this one is made from, if it came from a database."""
        return getattr(self._real, "context", None)


class ScalarResult(FilterResult[_R]):
    """Single values of one column of a result."""

    def __init__(self, real: Result[Any], index: Any) -> None:
        self._real = real
        self._unique = real._unique
        columns = real._columns_checked()
        self._index = columns.index(index)
        self._metadata = columns

    def _make_one(self) -> Callable[[Any], _R]:
        if self._real._source_supports_scalars:
            return _identity
        return self._metadata.value_maker(self._index)

    def _make_many(self) -> Callable[[Any], list[_R]]:
        if self._real._source_supports_scalars:
            return list
        return self._metadata.values_maker(self._index)

    def _default_strategy(self) -> Callable[[Any], Any] | None:
        filters = self._metadata.unique_filters
        return None if filters is None else filters[self._index]

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Self:
        """Leave out values seen before; see :meth:`Result.unique`."""
        self._set_unique(strategy)
        return self

    def all(self) -> Sequence[_R]:
        """Return the remaining values."""
        return self._fetch_all()

    def fetchall(self) -> Sequence[_R]:
        """The same as :meth:`all`."""
        return self._fetch_all()

    def fetchmany(self, size: int | None = None) -> Sequence[_R]:
        """Return up to `size` values."""
        return self._fetch_many(size)

    def partitions(self, size: int | None = None) -> Iterator[Sequence[_R]]:
        """Iterate over lists of `size` values."""
        return self._partitions(size)

    def first(self) -> _R | None:
        """Return the first value, or None, and close the result."""
        value: _R | None = self._only_one(False, False)
        return value

    def one(self) -> _R:
        """Return the only value; raises as :meth:`Result.one` does."""
        value: _R = self._only_one(True, True)
        return value

    def one_or_none(self) -> _R | None:
        """Return the only value, or None; raises as :meth:`Result.one_or_none` does."""
        value: _R | None = self._only_one(False, True)
        return value


class TupleResult(FilterResult[_R]):
    """What ``Result.tuples()`` is for type checkers: the same result, its rows known as plain tuples."""

    if TYPE_CHECKING:

        def partitions(self, size: int | None = None) -> Iterator[Sequence[_R]]: ...
        def fetchone(self) -> _R | None: ...
        def fetchall(self) -> Sequence[_R]: ...
        def fetchmany(self, size: int | None = None) -> Sequence[_R]: ...
        def all(self) -> Sequence[_R]: ...
        def first(self) -> _R | None: ...
        def one(self) -> _R: ...
        def one_or_none(self) -> _R | None: ...
        def scalar(self) -> Any: ...
        def scalar_one(self) -> Any: ...
        def scalar_one_or_none(self) -> Any: ...


class MappingResult(_WithKeys, FilterResult[RowMapping]):
    """Rows as mappings from names (and column objects) to values."""

    def __init__(self, result: Result[Any]) -> None:
        super().__init__(result)
        self._indexes: tuple[int, ...] | None = None
        self._metadata = result._metadata

    def _columns_checked(self) -> Columns:
        return self._real._columns_checked() if self._indexes is None else self._metadata

    def _make_one(self) -> Callable[[Any], RowMapping]:
        row = self._real._one()
        indexes = self._indexes
        columns = self._real._columns_checked()
        if indexes is None:

            def make(raw: Any) -> RowMapping:
                return RowMapping(columns, row(raw))

        else:
            reduced = self._metadata

            def make(raw: Any) -> RowMapping:
                whole = row(raw)
                return RowMapping(reduced, tuple([whole[i] for i in indexes]))

        return make

    def _make_many(self) -> Callable[[Any], list[RowMapping]]:
        make = self._one()
        return lambda raws: [make(raw) for raw in raws]

    def _default_strategy(self) -> Callable[[Any], Any] | None:
        filters = self._metadata.unique_filters
        if filters is None or not any(filters):
            return None
        plan = [f or _identity for f in filters]
        return lambda row: tuple([f(value) for f, value in zip(plan, row, strict=False)])

    def _only_new(self, values: list[RowMapping]) -> list[RowMapping]:
        # Mappings cannot be hashed: the rows below them are told apart.
        seen, strategy = self._identify()
        fresh: list[RowMapping] = []
        for value in values:
            mark = value._row if strategy is None else strategy(value._row)
            if mark not in seen:
                seen.add(mark)
                fresh.append(value)
        return fresh

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Self:
        """Leave out mappings seen before; see :meth:`Result.unique`."""
        self._set_unique(strategy)
        return self

    def columns(self, *col_expressions: Any) -> Self:
        """Keep these columns only; see :meth:`Result.columns`."""
        positions = tuple([self._metadata.index(key) for key in col_expressions])
        self._indexes = positions if self._indexes is None else tuple([self._indexes[i] for i in positions])
        self._metadata = self._metadata.reduce(positions)
        self._unmade()
        return self

    def all(self) -> Sequence[RowMapping]:
        """Return the remaining mappings."""
        return self._fetch_all()

    def fetchall(self) -> Sequence[RowMapping]:
        """The same as :meth:`all`."""
        return self._fetch_all()

    def fetchone(self) -> RowMapping | None:
        """Return the next mapping, or None."""
        found = self._fetch_one()
        return None if found is None else found[0]

    def fetchmany(self, size: int | None = None) -> Sequence[RowMapping]:
        """Return up to `size` mappings."""
        return self._fetch_many(size)

    def partitions(self, size: int | None = None) -> Iterator[Sequence[RowMapping]]:
        """Iterate over lists of `size` mappings."""
        return self._partitions(size)

    def first(self) -> RowMapping | None:
        """Return the first mapping, or None, and close the result."""
        value: RowMapping | None = self._only_one(False, False)
        return value

    def one(self) -> RowMapping:
        """Return the only mapping; raises as :meth:`Result.one` does."""
        value: RowMapping = self._only_one(True, True)
        return value

    def one_or_none(self) -> RowMapping | None:
        """Return the only mapping, or None; raises as :meth:`Result.one_or_none` does."""
        value: RowMapping | None = self._only_one(False, True)
        return value


class FrozenResult(Generic[*_Ts]):
    """All rows of a result, kept; calling it gives a new result of them."""

    data: Sequence[Any]

    def __init__(self, result: Result[*_Ts]) -> None:
        self._source_supports_scalars = result._source_supports_scalars
        self._attributes = result._attributes
        self.data = result._raw_all()
        # Values in `data` are converted already.
        columns = result._metadata
        self.metadata = converted(columns)

    def with_new_rows(self, tuple_data: Sequence[Row[*_Ts]]) -> FrozenResult[*_Ts]:
        """Return a frozen result of the same columns with other rows."""
        new: FrozenResult[*_Ts] = FrozenResult.__new__(FrozenResult)
        new.metadata = self.metadata
        new._attributes = self._attributes
        new._source_supports_scalars = self._source_supports_scalars
        new.data = [next(iter(row)) for row in tuple_data] if self._source_supports_scalars else tuple_data
        return new

    def rewrite_rows(self) -> Sequence[Sequence[Any]]:
        """Return the rows as sequences."""
        return [(value,) for value in self.data] if self._source_supports_scalars else self.data

    def __call__(self) -> Result[*_Ts]:
        result: Result[*_Ts] = IteratorResult(
            self.metadata, iter(self.data), _source_supports_scalars=self._source_supports_scalars
        )
        result._attributes = self._attributes
        return result


def converted(columns: Columns) -> Columns:
    """Return the same columns for values that need no conversion any more."""
    if columns.processors is None:
        return columns
    copy = Columns(columns.keys, columns.objects, None, columns.unique_filters, columns.find, columns.ambiguous)
    copy.lookup = columns.lookup
    return copy


class IteratorResult(Result[*_Ts]):
    """A result over any iterator of sequences."""

    def __init__(
        self,
        cursor_metadata: Columns,
        iterator: Iterable[Any],
        raw: Result[Any] | None = None,
        _source_supports_scalars: bool = False,
    ) -> None:
        self._metadata = cursor_metadata
        self._source = IteratorSource(iterator)
        self.raw = raw
        self._source_supports_scalars = _source_supports_scalars

    def _soft_close(self) -> None:
        super()._soft_close()
        if self.raw is not None:
            self.raw._soft_close()

    def _close_hard(self) -> None:
        self._hard_closed = True
        self._source = CLOSED
        if self.raw is not None:
            self.raw._close_hard()

    def _is_closed(self) -> bool:
        return self.raw.closed if self.raw is not None else self._hard_closed

    def __getattr__(self, name: str) -> Any:
        # What only the database's result knows (rowcount, inserted_primary_key, context ...).
        raw = self.__dict__.get("raw")
        if raw is not None and not name.startswith("__"):
            return getattr(raw, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class ChunkedIteratorResult(IteratorResult[*_Ts]):
    """A result over a function that gives lists of rows, in pieces of the size asked for with ``yield_per()``."""

    def __init__(
        self,
        cursor_metadata: Columns,
        chunks: Callable[[int | None], Iterable[Iterable[Any]]],
        source_supports_scalars: bool = False,
        raw: Result[Any] | None = None,
        dynamic_yield_per: bool = False,
    ) -> None:
        super().__init__(cursor_metadata, (), raw, source_supports_scalars)
        self.chunks = chunks
        self._source = ChunkSource(chunks, dynamic_yield_per)


class MergedResult(IteratorResult[*_Ts]):
    """The rows of several results one after the other."""

    closed = False
    rowcount: int | None

    def __init__(self, cursor_metadata: Columns, results: Sequence[Result[Any]]) -> None:
        self._results = results
        first = results[0]
        scalars = first._source_supports_scalars
        super().__init__(converted(cursor_metadata), _chain(results), _source_supports_scalars=scalars)
        self._unique = first._unique
        self._yield_per = first._yield_per
        self._attributes = first._attributes
        counts = [getattr(r, "rowcount", None) for r in results]
        known = [n for n in counts if isinstance(n, int)]
        self.rowcount = sum(known) if known else None

    def _soft_close(self) -> None:
        super()._soft_close()
        for result in self._results:
            result._soft_close()

    def _close_hard(self) -> None:
        super()._close_hard()
        for result in self._results:
            result._close_hard()
        self.closed = True


def _chain(results: Sequence[Result[Any]]) -> Iterator[Any]:
    for result in results:
        if result._hard_closed:
            raise ResourceClosedError("This result object is closed.", code="result-closed")
        if result._source_supports_scalars:
            yield from result._source
        else:
            yield from map(result._one(), result._source)


def SimpleResultMetaData(
    keys: Sequence[str],
    extra: Sequence[Sequence[object] | None] | None = None,
    _processors: Sequence[Any] | None = None,
    _tuplefilter: Any = None,
    _translated_indexes: Any = None,
    _unique_filters: Sequence[Callable[[Any], Any] | None] | None = None,
) -> Columns:
    """Return the columns of a result that is not a database's: names, and for each name the objects that find it
    too."""
    if _tuplefilter is not None or _translated_indexes is not None:
        raise InvalidRequestError("columns are reduced with Columns.reduce(), not by a tuple filter")
    return Columns(keys, extra, _processors, _unique_filters)


def null_result() -> IteratorResult[Any]:
    """Return a result without columns and rows."""
    return IteratorResult(Columns(()), iter(()))


def buffered_result(columns: Columns, rows: Iterable[Any]) -> IteratorResult[Any]:
    """Return a result of rows that are in memory, as a driver would have given them."""
    result: IteratorResult[Any] = IteratorResult(columns, ())
    result._source = Buffered(rows)
    return result
