"""Operators as functions: ``desc(x)``, ``any_(x)``, ``between(x, a, b)`` ..."""

from __future__ import annotations

from typing import Any

from lect.operators import (
    all_op,
    any_op,
    asc_op,
    bitwise_not_op,
    desc_op,
    distinct_op,
    nulls_first_op,
    nulls_last_op,
)
from lect.sql.coercions import as_expression, column_or_value, expression, resolve
from lect.sql.element import MAKE
from lect.sql.label_reference import TextualLabelReference
from lect.sql.lists import OrderByList
from lect.sql.operations import collate
from lect.sql.unary import UnaryExpression

__all__ = [
    "all_",
    "any_",
    "asc",
    "between",
    "bitwise_not",
    "collate",
    "desc",
    "distinct",
    "nulls_first",
    "nulls_last",
    "nullsfirst",
    "nullslast",
]


def _ordered(given: Any, modifier: Any) -> Any:
    if isinstance(given, str):
        element: Any = TextualLabelReference(given)
    else:
        element = resolve(given)
        if element is None:
            element = column_or_value(given) if isinstance(given, (int, float)) else expression(given)
        elif isinstance(element, OrderByList):
            return OrderByList(*[_ordered(c, modifier) for c in element.clauses], group_contents=False)
    return UnaryExpression(element, modifier=modifier)


def desc(column: Any) -> Any:
    """Return ``column DESC``."""
    return _ordered(column, desc_op)


def asc(column: Any) -> Any:
    """Return ``column ASC``."""
    return _ordered(column, asc_op)


def nulls_first(column: Any) -> Any:
    """Return ``column NULLS FIRST``."""
    return _ordered(column, nulls_first_op)


def nulls_last(column: Any) -> Any:
    """Return ``column NULLS LAST``."""
    return _ordered(column, nulls_last_op)


nullsfirst = nulls_first
nullslast = nulls_last


def distinct(expr: Any) -> Any:
    """Return ``DISTINCT expr``, for use inside an aggregate: ``func.count(distinct(x))``."""
    return MAKE.apply(column_or_value(expr), distinct_op)


def bitwise_not(expr: Any) -> Any:
    """Return ``~expr``: the bits turned over."""
    return MAKE.apply(column_or_value(expr), bitwise_not_op)


def between(expr: Any, lower_bound: Any, upper_bound: Any, symmetric: bool = False) -> Any:
    """Return ``expr BETWEEN lower_bound AND upper_bound``."""
    return column_or_value(expr).between(lower_bound, upper_bound, symmetric=symmetric)


def any_(expr: Any) -> Any:
    """Return ``ANY (expr)``, for a comparison: ``5 == any_(array)``."""
    return _collection(expr, "any_")


def all_(expr: Any) -> Any:
    """Return ``ALL (expr)``, for a comparison: ``5 == all_(array)``."""
    return _collection(expr, "all_")


def _collection(expr: Any, name: str) -> Any:
    element = resolve(expr)
    if element is None:
        element = column_or_value(expr)
    found = as_expression(element, expr)
    return MAKE.apply(found, any_op if name == "any_" else all_op)
