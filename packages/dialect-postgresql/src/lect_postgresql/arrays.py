"""Arrays: the type, the constructor ``ARRAY[...]``, aggregates into arrays: postgresql.org/docs/current/arrays.html."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lect import types as t
from lect.operators import OperatorType, eq, getitem
from lect.sql import known_functions
from lect.sql.coercions import column_or_value, resolve
from lect.sql.element import ColumnElement
from lect.sql.grouping import Grouping
from lect.sql.lists import ClauseList
from lect.sql.node import child, children, typed
from lect.types.array import ARRAY as GenericArray
from lect.types.array import ArrayComparator
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, to_instance
from lect_postgresql import operators as pg
from lect_postgresql.text_forms import parse_array

__all__ = ["ARRAY", "All", "Any_", "aggregate_order_by", "array", "array_agg"]


class ArrayOperators(ArrayComparator):
    """``@>``, ``<@`` and ``&&`` beside what every array has."""

    def contains(self, *arg: Any, **kw: Any) -> Any:
        """True where the array holds all elements of the other."""
        return self.operate(pg.CONTAINS, arg[0])

    def contained_by(self, other: Any) -> Any:
        """True where the other array holds all elements of this one."""
        return self.operate(pg.CONTAINED_BY, other)

    def overlap(self, other: Any) -> Any:
        """True where the arrays have an element in common."""
        return self.operate(pg.OVERLAP, other)


class ARRAY(GenericArray):
    """An array, with PostgreSQL's operators for what it contains."""

    comparator_factory = ArrayOperators
    Comparator = ArrayOperators

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """Drivers give arrays of types they do not know (enumerations, domains) as text."""
        convert = self.item_type._cached_result_processor(dialect, None)
        make = tuple if self.as_tuple else list

        def process(value: Any) -> Any:
            if value is None:
                return None
            if isinstance(value, str):
                value = parse_array(value)
            elif convert is None and make is list:
                return value
            return self._walk(value, convert, make, self.dimensions)

        return process

    # Of an empty array, and of one whose elements are written as strings, the server would not know the type.
    render_literal_cast = True

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """``ARRAY[1, 2]``; an empty one says its type by the cast around it."""
        inner = super().literal_processor(dialect)
        if inner is None:
            return None
        return lambda value: f"ARRAY{inner(value)}"


class array(ColumnElement[Any]):
    """``ARRAY[a, b]``: an array of expressions. An array of arrays has more dimensions.

    Args:
        clauses: elements: expressions and values.
        type_: of the elements; that of the first one without it.
    """

    __visit_name__ = "postgresql_array"
    _fields = (children("clauses"), typed("type"))
    inherit_cache = True
    stringify_dialect = "postgresql"

    clauses: tuple[Any, ...]

    def __init__(self, clauses: Iterable[Any], *, type_: Any = None, **kw: Any) -> None:
        item = None if type_ is None else to_instance(type_)
        self.clauses = tuple([column_or_value(each, type_=item) for each in clauses])
        if item is None:
            item = next((c.type for c in self.clauses if not c.type._isnull), t.NullType())
        self.type: TypeEngine[Any]
        if item._is_array:
            deeper = (getattr(item, "dimensions", None) or 1) + 1
            inner: Any = item
            self.type = ARRAY(inner.item_type, dimensions=deeper)
        else:
            self.type = ARRAY(item)

    def __iter__(self) -> Any:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def _bind_param(
        self, operator: OperatorType | None, obj: Any, type_: Any = None, expanding: bool = False, **kw: Any
    ) -> Any:
        if expanding or not isinstance(obj, (list, tuple)) or operator is getitem:
            return super()._bind_param(operator, obj, type_=type_, expanding=expanding, **kw)
        # What is joined or compared with an array is written as one.
        return array(obj, type_=self.type.item_type)  # type: ignore[attr-defined]

    def self_group(self, against: OperatorType | None = None) -> Any:
        if against is getitem or getattr(against, "__name__", "") in ("any_op", "all_op"):
            return Grouping(self)
        return self


class aggregate_order_by(ColumnElement[Any]):
    """``target ORDER BY a, b``: the last argument of an aggregate, and the order in which it takes the values."""

    __visit_name__ = "aggregate_order_by"
    _fields = (child("target"), child("order_by"), typed("type"))
    inherit_cache = True
    stringify_dialect = "postgresql"

    def __init__(self, target: Any, *order_by: Any) -> None:
        if not order_by:
            raise TypeError("at least one ORDER BY element is required")
        self.target = column_or_value(target)
        self.type = self.target.type
        self.order_by = ClauseList(*[column_or_value(each) for each in order_by])

    def self_group(self, against: OperatorType | None = None) -> Any:
        return self


def array_agg(*args: Any, **kw: Any) -> Any:
    """Return ``array_agg(...)`` with a result of PostgreSQL's :class:`ARRAY`."""
    kw["_default_array_type"] = ARRAY
    return known_functions.array_agg(*args, **kw)


def Any_(other: Any, arrexpr: Any, operator: OperatorType = eq) -> Any:
    """Return ``other = ANY (array)``; :func:`lect.any_` says the same."""
    return _array_expression(arrexpr).any(other, operator)


def All(other: Any, arrexpr: Any, operator: OperatorType = eq) -> Any:
    """Return ``other = ALL (array)``; :func:`lect.all_` says the same."""
    return _array_expression(arrexpr).all(other, operator)


def _array_expression(given: Any) -> Any:
    found = resolve(given)
    return given if found is None else found
