"""Ranges and sets of ranges: postgresql.org/docs/current/rangetypes.html."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar, Final, Generic, TypeVar

from lect import types as t
from lect.operators import OperatorType, add, lshift, mul, rshift, sub
from lect.types.string import quote_literal
from lect.types.type_engine import VALUE_RULES, Comparator, LiteralProcessor, Processor, TypeEngine
from lect_postgresql import operators as pg
from lect_postgresql.range_value import MultiRange, Range
from lect_postgresql.text_forms import parse_datetime

__all__ = [
    "DATEMULTIRANGE",
    "DATERANGE",
    "INT4MULTIRANGE",
    "INT4RANGE",
    "INT8MULTIRANGE",
    "INT8RANGE",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "TSMULTIRANGE",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "AbstractMultiRange",
    "AbstractRange",
]

_T = TypeVar("_T")


class RangeComparator(Comparator[Any]):
    """The operators of ranges: postgresql.org/docs/current/functions-range.html."""

    type: Any

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        """``<<`` and ``>>`` compare positions."""
        op = pg.STRICTLY_LEFT_OF if op is lshift else pg.STRICTLY_RIGHT_OF if op is rshift else op
        return super().operate(op, *other, **kwargs)

    def contains(self, other: Any, **kw: Any) -> Any:
        """True where the other range, or the element, is inside of this one."""
        return self.operate(pg.CONTAINS, other)

    def contained_by(self, other: Any) -> Any:
        """True where this range is inside of the other."""
        return self.operate(pg.CONTAINED_BY, other)

    def overlaps(self, other: Any) -> Any:
        """True where both have an element in common."""
        return self.operate(pg.OVERLAP, other)

    def strictly_left_of(self, other: Any) -> Any:
        """True where this range ends before the other begins."""
        return self.operate(pg.STRICTLY_LEFT_OF, other)

    def strictly_right_of(self, other: Any) -> Any:
        """True where this range begins after the other ends."""
        return self.operate(pg.STRICTLY_RIGHT_OF, other)

    def not_extend_right_of(self, other: Any) -> Any:
        """True where this range does not end after the other."""
        return self.operate(pg.NOT_EXTEND_RIGHT_OF, other)

    def not_extend_left_of(self, other: Any) -> Any:
        """True where this range does not begin before the other."""
        return self.operate(pg.NOT_EXTEND_LEFT_OF, other)

    def adjacent_to(self, other: Any) -> Any:
        """True where one begins where the other ends."""
        return self.operate(pg.ADJACENT_TO, other)

    def union(self, other: Any) -> Any:
        """What is in either."""
        return self.operate(add, other)

    def intersection(self, other: Any) -> Any:
        """What is in both."""
        return self.operate(mul, other)

    def difference(self, other: Any) -> Any:
        """What is in this one and not in the other."""
        return self.operate(sub, other)


class AbstractRange(TypeEngine[Range[_T]], Generic[_T]):
    """What all types of ranges have in common; values are :class:`Range`, bound as they are or as text."""

    comparator_factory = RangeComparator
    #: Type of the elements.
    element: ClassVar[type[TypeEngine[Any]]]
    #: Reads an element's text.
    read: ClassVar[Any]

    @property
    def python_type(self) -> type[Any]:
        return Range

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """An element stands opposite as itself."""
        if isinstance(value, (Range, list, tuple, str)) or value is None:
            return self
        return self.element()

    def bind_processor(self, dialect: Any) -> Processor | None:
        return lambda value: value if value is None or isinstance(value, str) else _text(value)

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        return lambda value: quote_literal(value if isinstance(value, str) else _text(value), dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        read = type(self).read
        return lambda value: None if value is None else _range(value, read)


class AbstractMultiRange(AbstractRange[_T]):
    """What all types of sets of ranges have in common; values are lists of :class:`Range`."""

    #: The type of one range.
    single: ClassVar[type[AbstractRange[Any]]]

    @property
    def python_type(self) -> type[Any]:
        return MultiRange

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """One range and one element stand opposite as themselves."""
        if isinstance(value, Range):
            return self.single()
        return super().coerce_compared_value(op, value)

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        read = type(self).read
        return lambda value: None if value is None else _multirange(value, read)


def _text(value: Any) -> str:
    if isinstance(value, Range):
        return value.text()
    if isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            if not isinstance(each, Range):
                raise TypeError(f"a set of ranges holds Range objects, not {each!r}")
        return MultiRange(value).text()
    raise TypeError(f"a Range was expected, or a list of them, not {value!r}")


def _range(value: Any, read: Callable[[str], Any]) -> Range[Any]:
    """Return a driver's range, of whichever class, as a Range."""
    if isinstance(value, str):
        return Range.parse(value, read)
    if value.isempty:
        return Range(empty=True)
    lower, upper = value.lower, value.upper
    bounds = ("[" if value.lower_inc else "(") + ("]" if value.upper_inc else ")")
    return Range(lower, upper, bounds=bounds)


def _multirange(value: Any, read: Callable[[str], Any]) -> MultiRange[Any]:
    if isinstance(value, str):
        return MultiRange.parse(value, read)
    return MultiRange([_range(each, read) for each in value])


class INT4RANGE(AbstractRange[int]):
    """Integers of four bytes."""

    __visit_name__ = "INT4RANGE"
    element = t.Integer
    read = int


class INT8RANGE(AbstractRange[int]):
    """Integers of eight bytes."""

    __visit_name__ = "INT8RANGE"
    element = t.BigInteger
    read = int


class NUMRANGE(AbstractRange[Decimal]):
    """Exact numbers."""

    __visit_name__ = "NUMRANGE"
    element = t.Numeric
    read = Decimal


class DATERANGE(AbstractRange[dt.date]):
    """Days."""

    __visit_name__ = "DATERANGE"
    element = t.Date
    read = dt.date.fromisoformat


class TSRANGE(AbstractRange[dt.datetime]):
    """Points in time without a time zone."""

    __visit_name__ = "TSRANGE"
    element = t.DateTime
    read = staticmethod(parse_datetime)


class _AwareDateTime(t.DateTime):
    """DateTime with a time zone, as an element."""

    __visit_name__ = "datetime"

    def __init__(self) -> None:
        super().__init__(timezone=True)


class TSTZRANGE(AbstractRange[dt.datetime]):
    """Points in time."""

    __visit_name__ = "TSTZRANGE"
    element = _AwareDateTime
    read = staticmethod(parse_datetime)


class INT4MULTIRANGE(AbstractMultiRange[int]):
    """Sets of :class:`INT4RANGE`."""

    __visit_name__ = "INT4MULTIRANGE"
    single = INT4RANGE
    element = t.Integer
    read = int


class INT8MULTIRANGE(AbstractMultiRange[int]):
    """Sets of :class:`INT8RANGE`."""

    __visit_name__ = "INT8MULTIRANGE"
    single = INT8RANGE
    element = t.BigInteger
    read = int


class NUMMULTIRANGE(AbstractMultiRange[Decimal]):
    """Sets of :class:`NUMRANGE`."""

    __visit_name__ = "NUMMULTIRANGE"
    single = NUMRANGE
    element = t.Numeric
    read = Decimal


class DATEMULTIRANGE(AbstractMultiRange[dt.date]):
    """Sets of :class:`DATERANGE`."""

    __visit_name__ = "DATEMULTIRANGE"
    single = DATERANGE
    element = t.Date
    read = dt.date.fromisoformat


class TSMULTIRANGE(AbstractMultiRange[dt.datetime]):
    """Sets of :class:`TSRANGE`."""

    __visit_name__ = "TSMULTIRANGE"
    single = TSRANGE
    element = t.DateTime
    read = staticmethod(parse_datetime)


class TSTZMULTIRANGE(AbstractMultiRange[dt.datetime]):
    """Sets of :class:`TSTZRANGE`."""

    __visit_name__ = "TSTZMULTIRANGE"
    single = TSTZRANGE
    element = _AwareDateTime
    read = staticmethod(parse_datetime)


_FITTING: Final[dict[type, tuple[type[TypeEngine[Any]], type[TypeEngine[Any]]]]] = {
    Decimal: (NUMRANGE, NUMMULTIRANGE),
    dt.date: (DATERANGE, DATEMULTIRANGE),
}


def _fitting(ranges: Iterable[Range[Any]]) -> tuple[type[TypeEngine[Any]], type[TypeEngine[Any]]] | None:
    """Return the types for ranges of values like these."""
    for each in ranges:
        for value in (each.lower, each.upper):
            if value is None:
                continue
            if isinstance(value, bool):
                return None
            if isinstance(value, int):
                small = all(-(2**31) <= v < 2**31 for v in (each.lower, each.upper) if v is not None)
                return (INT4RANGE, INT4MULTIRANGE) if small else (INT8RANGE, INT8MULTIRANGE)
            if isinstance(value, dt.datetime):
                return (TSRANGE, TSMULTIRANGE) if value.tzinfo is None else (TSTZRANGE, TSTZMULTIRANGE)
            return _FITTING.get(type(value))
    return None


def _type_of_range(value: Any) -> TypeEngine[Any]:
    found = _fitting([value])
    return t.NullType() if found is None else found[0]()


def _type_of_multirange(value: Any) -> TypeEngine[Any]:
    found = _fitting(value)
    return t.NullType() if found is None else found[1]()


VALUE_RULES[Range] = _type_of_range
VALUE_RULES[MultiRange] = _type_of_multirange
