"""What may follow an aggregate or window function: OVER, FILTER, WITHIN GROUP, ORDER BY inside of it; named windows."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from operator import and_
from typing import Any, TypeVar

from lect.exc import ArgumentError
from lect.operators import OperatorType, comma_op, filter_op, is_precedent
from lect.sql.arguments import order_argument
from lect.sql.bind import BindParameter
from lect.sql.boolean import join
from lect.sql.coercions import condition, resolve
from lect.sql.element import ClauseElement, ColumnElement
from lect.sql.grouping import Grouping
from lect.sql.lists import ClauseList
from lect.sql.node import child, scalar
from lect.types.numeric import INTEGERTYPE
from lect.types.type_engine import TypeEngine

__all__ = [
    "AggregateOrderBy",
    "FrameClause",
    "FrameClauseType",
    "FunctionFilter",
    "Over",
    "Window",
    "WithinGroup",
    "aggregate_order_by",
    "funcfilter",
    "over",
    "window",
    "within_group",
]

_T = TypeVar("_T")


def _flat(given: Any) -> tuple[Any, ...]:
    """Return what was given as one thing or as a collection of things."""
    if given is None:
        return ()
    if isinstance(given, ClauseList):
        return given.clauses
    if isinstance(given, (str, ClauseElement)) or not isinstance(given, Iterable) or resolve(given) is not None:
        return (given,)
    return tuple(given)


def _ordering(given: Any) -> ClauseList | None:
    flat = _flat(given)
    return ClauseList(*[order_argument(g) for g in flat], operator=comma_op) if flat else None


class Wrapping(ColumnElement[_T]):
    """A function with more behind it; has its function's further forms."""

    element: Any

    @property
    def wrapped_column_expression(self) -> Any:
        """The function."""
        return self.element

    @property
    def _from_objects(self) -> list[Any]:
        return []

    def over(
        self,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Any = None,
        range_: Any = None,
        groups: Any = None,
        exclude: str | None = None,
        window: Window | None = None,
    ) -> Over[Any]:
        """Return this with OVER."""
        return Over(self, partition_by, order_by, range_, rows, groups, exclude, window)


class FrameClauseType(enum.Enum):
    """Where a frame begins or ends, seen from the current row."""

    UNBOUNDED = 0
    CURRENT = 1
    PRECEDING = 2
    FOLLOWING = 3


_ONLY_INTEGERS = (
    "When using a tuple to specify a range only integer or none values are allowed in the range frame. To specify a "
    "different type use the FrameClause directly."
)
_ONLY_ROWS = "Integer or None expected for values in rows/groups frame"
_EXCLUSIONS = ("CURRENT ROW", "GROUP", "TIES", "NO OTHERS")


class FrameClause(ClauseElement):
    """The rows around the current one that a window function sees.

    ``FrameClause(3, 5, FrameClauseType.PRECEDING, FrameClauseType.FOLLOWING)``: from 3 before to 5 after.
    """

    __visit_name__ = "frame_clause"
    _fields = (
        child("lower_bind"),
        child("upper_bind"),
        scalar("lower_type"),
        scalar("upper_type"),
    )

    def __init__(
        self,
        start: Any,
        end: Any,
        start_frame_type: FrameClauseType,
        end_frame_type: FrameClauseType,
        _validate: bool = True,
    ) -> None:
        for name, kind in (("start_frame_type", start_frame_type), ("end_frame_type", end_frame_type)):
            if not isinstance(kind, FrameClauseType):
                raise ArgumentError(f"{name} must be a FrameClauseType, not {kind!r}")
        self.lower_type = start_frame_type
        self.upper_type = end_frame_type
        self.lower_bind = self._bound(start, start_frame_type, "start")
        self.upper_bind = self._bound(end, end_frame_type, "end")

    @staticmethod
    def _bound(value: Any, kind: FrameClauseType, which: str) -> Any:
        if kind in (FrameClauseType.UNBOUNDED, FrameClauseType.CURRENT):
            if value is not None:
                raise ArgumentError(f"Cannot specify a value for {which} with frame type {kind.name}")
            return None
        if value is None:
            raise ArgumentError(f"The frame type {kind.name} needs a value for {which}")
        found = resolve(value)
        if found is not None:
            return found
        return BindParameter(None, value, type_=INTEGERTYPE if isinstance(value, int) else None, unique=True)

    @classmethod
    def of(cls, given: Any, integers: bool) -> FrameClause:
        """Return the frame for ``(start, end)``: None unbounded, 0 the current row, negative before, positive after."""
        if isinstance(given, FrameClause):
            return given
        if not isinstance(given, tuple) or len(given) != 2:
            raise ArgumentError("2-tuple expected for range/rows/groups")
        lower = cls._side(given[0], integers)
        upper = cls._side(given[1], integers)
        return cls(lower[0], upper[0], lower[1], upper[1])

    @staticmethod
    def _side(value: Any, integers: bool) -> tuple[Any, FrameClauseType]:
        if value is None:
            return None, FrameClauseType.UNBOUNDED
        if isinstance(value, bool) or not isinstance(value, int):
            try:
                number = int(value) if not isinstance(value, bool) else None
            except (TypeError, ValueError) as failure:
                raise ArgumentError(_ONLY_ROWS if integers else _ONLY_INTEGERS) from failure
            if number is None or number != value:
                raise ArgumentError(_ONLY_ROWS if integers else _ONLY_INTEGERS)
            value = number
        if value == 0:
            return None, FrameClauseType.CURRENT
        if value < 0:
            return abs(value), FrameClauseType.PRECEDING
        return value, FrameClauseType.FOLLOWING

    @property
    def _from_objects(self) -> list[Any]:
        return []


class _Windowing:
    """What a window's definition and OVER have in common; mixed into both."""

    window: Window | None
    partition_by: ClauseList | None
    order_by: ClauseList | None
    range_: FrameClause | None
    rows: FrameClause | None
    groups: FrameClause | None
    exclude: str | None

    def _define(
        self,
        window: Window | None,
        partition_by: Any,
        order_by: Any,
        range_: Any,
        rows: Any,
        groups: Any,
        exclude: str | None,
    ) -> None:
        if isinstance(partition_by, Window) and window is None:
            window, partition_by = partition_by, None
        if window is not None and not isinstance(window, Window):
            raise ArgumentError(f"a window made with window() expected, got {window!r}")
        self.window = window
        self.order_by = _ordering(order_by)
        self.partition_by = _ordering(partition_by)
        if sum(f is not None for f in (range_, rows, groups)) > 1:
            raise ArgumentError("only one of 'rows', 'range_', or 'groups' may be provided")
        self.range_ = None if range_ is None else FrameClause.of(range_, False)
        self.rows = None if rows is None else FrameClause.of(rows, True)
        self.groups = None if groups is None else FrameClause.of(groups, True)
        if exclude is not None:
            if not isinstance(exclude, str) or exclude.upper() not in _EXCLUSIONS:
                raise ArgumentError(f"exclude must be one of {', '.join(map(repr, _EXCLUSIONS))}, not {exclude!r}")
            if range_ is None and rows is None and groups is None:
                raise ArgumentError("'exclude' requires that one of 'rows', 'range_', or 'groups' is also specified")
        self.exclude = exclude
        if window is not None:
            self._check_base(window)

    def _check_base(self, window: Window) -> None:
        """Refuse what SQL does not allow to be added to a named window."""
        if self.partition_by is not None:
            raise ArgumentError(f"window {window.name!r} says how rows are partitioned; partition_by cannot be added")
        if self.order_by is not None and window._ordered:
            raise ArgumentError(f"window {window.name!r} has an order already; order_by cannot be added")
        if self._adds and window._framed:
            raise ArgumentError(f"window {window.name!r} has a frame, and so nothing can be added to it")

    @property
    def _adds(self) -> bool:
        """Whether anything is said beside the named window."""
        return any(f is not None for f in (self.order_by, self.range_, self.rows, self.groups))

    @property
    def _ordered(self) -> bool:
        return self.order_by is not None or (self.window is not None and self.window._ordered)

    @property
    def _framed(self) -> bool:
        own = any(f is not None for f in (self.range_, self.rows, self.groups))
        return own or (self.window is not None and self.window._framed)


_WINDOW_FIELDS = (
    child("window"),
    child("partition_by"),
    child("order_by"),
    child("range_"),
    child("rows"),
    child("groups"),
    scalar("exclude"),
)


class Window(_Windowing, ClauseElement):
    """A window with a name, made with :func:`window`: ``WINDOW name AS (PARTITION BY … ORDER BY … frame)``."""

    __visit_name__ = "window"
    _fields = (scalar("name"), *_WINDOW_FIELDS)

    def __init__(
        self,
        name: str,
        *,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Any = None,
        range_: Any = None,
        groups: Any = None,
        exclude: str | None = None,
        base: Window | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise ArgumentError(f"a window needs a name, got {name!r}")
        self.name = name
        self._define(base, partition_by, order_by, range_, rows, groups, exclude)

    @property
    def _from_objects(self) -> list[Any]:
        return []


class Over(_Windowing, ColumnElement[_T]):
    """``element OVER (PARTITION BY ... ORDER BY ... frame)``

    The frame is one of `range_`, `rows` and `groups`: a pair of numbers (see :meth:`FrameClause.of`) or a FrameClause.
    `exclude` leaves rows out of it: "CURRENT ROW", "GROUP", "TIES" or "NO OTHERS". `window` is one made with
    :func:`window`; an order or a frame may be added to it where it has none.
    """

    __visit_name__ = "over"
    _fields = (child("element"), *_WINDOW_FIELDS)

    def __init__(
        self,
        element: Any,
        partition_by: Any = None,
        order_by: Any = None,
        range_: Any = None,
        rows: Any = None,
        groups: Any = None,
        exclude: str | None = None,
        window: Window | None = None,
    ) -> None:
        self.element = element
        self._define(window, partition_by, order_by, range_, rows, groups, exclude)

    @property
    def type(self) -> TypeEngine[Any]:  # type: ignore[override]
        """The type of the function."""
        found: TypeEngine[Any] = self.element.type
        return found

    @property
    def wrapped_column_expression(self) -> Any:
        """The function."""
        return self.element


class WithinGroup(Wrapping[_T]):
    """``element WITHIN GROUP (ORDER BY ...)``"""

    __visit_name__ = "withingroup"
    _fields = (child("element"), child("order_by"))

    def __init__(self, element: Any, *order_by: Any) -> None:
        self.element = element
        self.order_by = _ordering(order_by if len(order_by) != 1 else order_by[0])

    @property
    def type(self) -> TypeEngine[Any]:  # type: ignore[override]
        """The type the function says it has in this form."""
        wrapped = getattr(self.element, "within_group_type", None)
        found: TypeEngine[Any] | None = wrapped(self) if wrapped is not None else None
        result: TypeEngine[Any] = found if found is not None else self.element.type
        return result

    @property
    def _anon_base(self) -> str | None:  # type: ignore[override]
        return getattr(self.element, "_anon_base", None)

    def filter(self, *criterion: Any) -> Any:
        """Return this with FILTER."""
        return FunctionFilter(self, *criterion) if criterion else self


class FunctionFilter(Wrapping[_T]):
    """``func FILTER (WHERE criterion)``"""

    __visit_name__ = "funcfilter"
    _fields = (child("func"), child("criterion"))

    def __init__(self, func: Any, *criterion: Any) -> None:
        self.func = func
        self.criterion: Any = None
        self._add(criterion)

    def _add(self, criterion: tuple[Any, ...]) -> None:
        for one in criterion:
            new = condition(one)
            self.criterion = new if self.criterion is None else join(and_, (self.criterion, new))

    def filter(self, *criterion: Any) -> FunctionFilter[Any]:
        """Return this with more conditions."""
        copy = self._clone()
        copy._add(criterion)
        return copy

    def within_group(self, *order_by: Any) -> WithinGroup[Any]:
        """Return this with WITHIN GROUP."""
        return WithinGroup(self, *order_by)

    def within_group_type(self, within_group: WithinGroup[Any]) -> Any:
        """What the function says."""
        found = getattr(self.func, "within_group_type", None)
        return found(within_group) if found is not None else None

    def self_group(self, against: OperatorType | None = None) -> Any:
        if is_precedent(filter_op, against):
            return Grouping(self)
        return self

    @property
    def element(self) -> Any:
        """The function."""
        return self.func

    @property
    def type(self) -> TypeEngine[Any]:  # type: ignore[override]
        """The type of the function."""
        found: TypeEngine[Any] = self.func.type
        return found


class AggregateOrderBy(Wrapping[_T]):
    """``element(arguments ORDER BY ...)``"""

    __visit_name__ = "aggregate_order_by"
    _fields = (child("element"), child("order_by"))

    def __init__(self, element: Any, *order_by: Any) -> None:
        if not order_by:
            raise TypeError("at least one ORDER BY element is required")
        self.element = element
        self.order_by = _ordering(order_by)

    @property
    def type(self) -> TypeEngine[Any]:  # type: ignore[override]
        """The type of the function."""
        found: TypeEngine[Any] = self.element.type
        return found

    @property
    def _anon_base(self) -> str | None:  # type: ignore[override]
        return getattr(self.element, "_anon_base", None)

    def filter(self, *criterion: Any) -> Any:
        """Return this with FILTER."""
        return FunctionFilter(self, *criterion) if criterion else self


def over(
    element: Any,
    partition_by: Any = None,
    order_by: Any = None,
    range_: Any = None,
    rows: Any = None,
    groups: Any = None,
    exclude: str | None = None,
    window: Window | None = None,
) -> Over[Any]:
    """Return ``element OVER (...)``; see :class:`Over`."""
    return Over(element, partition_by, order_by, range_, rows, groups, exclude, window)


def window(
    name: str,
    *,
    partition_by: Any = None,
    order_by: Any = None,
    rows: Any = None,
    range_: Any = None,
    groups: Any = None,
    exclude: str | None = None,
    base: Window | None = None,
) -> Window:
    """Return a window under a name, for the functions of one SELECT: ``func.sum(t.c.x).over(window=w)``.

    The SELECT that uses it writes ``WINDOW name AS (…)``; where the database has no such clause, each OVER says the
    whole definition, which means the same.

    Args:
        name: its name in SQL; two different windows of a SELECT need two names.
        base: another named window, to which an order or a frame is added.
        partition_by, order_by, rows, range_, groups, exclude: as in :class:`Over`.

    Raises ArgumentError when `base` already says what is added to it.
    """
    return Window(
        name,
        partition_by=partition_by,
        order_by=order_by,
        rows=rows,
        range_=range_,
        groups=groups,
        exclude=exclude,
        base=base,
    )


def within_group(element: Any, *order_by: Any) -> WithinGroup[Any]:
    """Return ``element WITHIN GROUP (ORDER BY ...)``."""
    return WithinGroup(element, *order_by)


def funcfilter(func: Any, *criterion: Any) -> FunctionFilter[Any]:
    """Return ``func FILTER (WHERE ...)``."""
    return FunctionFilter(func, *criterion)


def aggregate_order_by(element: Any, *order_by: Any) -> AggregateOrderBy[Any]:
    """Return ``element(arguments ORDER BY ...)``."""
    return AggregateOrderBy(element, *order_by)
