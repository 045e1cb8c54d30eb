"""CASE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from lect.exc import ArgumentError
from lect.sql.coercions import column_or_value
from lect.sql.element import ColumnElement
from lect.sql.node import child, pairs, typed
from lect.types.null import NULLTYPE
from lect.types.type_engine import TypeEngine

__all__ = ["Case", "case"]

_T = TypeVar("_T")


class Case(ColumnElement[_T]):
    """``CASE [value] WHEN ... THEN ... [ELSE ...] END``"""

    __visit_name__ = "case"
    _fields = (child("value"), pairs("whens"), child("else_"), typed("type"))

    def __init__(self, *whens: Any, value: Any = None, else_: Any = None) -> None:
        self.value = None if value is None else column_or_value(value)
        self.whens: tuple[tuple[Any, Any], ...] = tuple(
            [(self._when(when), column_or_value(then)) for when, then in _listed(whens)]
        )
        self.else_ = None if else_ is None else column_or_value(else_)
        self.type = self._result_type()

    def _when(self, given: Any) -> Any:
        return column_or_value(given).self_group()

    def _result_type(self) -> TypeEngine[Any]:
        for _, then in reversed(self.whens):
            if not then.type._isnull:
                found: TypeEngine[Any] = then.type
                return found
        if self.else_ is not None:
            result: TypeEngine[Any] = self.else_.type
            return result
        return NULLTYPE

    def get_children(self) -> Iterator[Any]:
        if self.value is not None:
            yield self.value
        for when, then in self.whens:
            yield when
            yield then
        if self.else_ is not None:
            yield self.else_


def _listed(whens: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    """Return the pairs given to ``case()``: tuples, or one dictionary."""
    if len(whens) == 1 and isinstance(whens[0], Mapping):
        return list(whens[0].items())
    if len(whens) == 1 and isinstance(whens[0], list):
        raise ArgumentError(
            'The "whens" argument to case(), when referring to a sequence of items, is now passed as a series of '
            "positional elements, rather than as a list. "
        )
    if not whens:
        raise ArgumentError("case() needs at least one (condition, result) pair")
    for pair in whens:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ArgumentError(
                f"case() takes (condition, result) tuples, or a dictionary of values with value=..., not {pair!r}"
            )
    return [(when, then) for when, then in whens]


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case[Any]:
    """Return CASE.

    ``case((t.c.x == 1, "one"), (t.c.x == 2, "two"), else_="many")`` or ``case({1: "one"}, value=t.c.x, else_="many")``.
    """
    return Case(*whens, value=value, else_=else_)
