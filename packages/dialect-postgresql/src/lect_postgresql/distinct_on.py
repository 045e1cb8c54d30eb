"""DISTINCT ON as an extension of a SELECT."""

from __future__ import annotations

from typing import Any

from lect.sql.arguments import group_argument
from lect.sql.element import ClauseElement
from lect.sql.node import children
from lect.sql.syntax_extension import SyntaxExtension

__all__ = ["distinct_on"]


class DistinctOn(SyntaxExtension, ClauseElement):
    """What :func:`distinct_on` makes."""

    _fields = (children("expressions"),)

    def __init__(self, expressions: tuple[Any, ...]) -> None:
        self.expressions = expressions

    def apply_to_select(self, select_stmt: Any) -> None:
        """Say it with the SELECT's own DISTINCT."""
        select_stmt._distinct = True
        if self.expressions:
            select_stmt._distinct_on = (*select_stmt._distinct_on, *self.expressions)


def distinct_on(*expr: Any) -> DistinctOn:
    """Return what ``select(...).ext()`` takes for DISTINCT ON: the first row of each group of rows with equal `expr`.

    The same as ``select(...).distinct(*expr)``: postgresql.org/docs/current/sql-select.html#SQL-DISTINCT.
    """
    return DistinctOn(tuple([group_argument(e) for e in expr]))
