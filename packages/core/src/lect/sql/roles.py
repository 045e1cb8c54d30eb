"""The places in a statement that an argument can be meant for, as classes.

A construct of one's own turns its arguments into nodes with ``coercions.expect(roles.ExpressionElementRole, given)``;
a class that stands for an expression without being one may name its place as a base. Roles add nothing to a class:
what is accepted where is decided by the functions of :mod:`lect.sql.coercions` and :mod:`lect.sql.arguments`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lect.exc import ArgumentError
from lect.sql import arguments, coercions

__all__ = [
    "BinaryElementRole",
    "ByOfRole",
    "ColumnArgumentRole",
    "ColumnsClauseRole",
    "ConstExprRole",
    "ExpressionElementRole",
    "FromClauseRole",
    "GroupByRole",
    "JoinTargetRole",
    "LabeledColumnExprRole",
    "LiteralValueRole",
    "OnClauseRole",
    "OrderByRole",
    "SQLRole",
    "SelectStatementRole",
    "StatementRole",
    "WhereHavingRole",
]


class SQLRole:
    """A place in a statement."""

    __slots__ = ()

    #: Returns the node for an argument in this place; raises ArgumentError when there is none.
    _coerce: ClassVar[Any] = staticmethod(coercions.column_or_value)


def _labeled(given: Any) -> Any:
    element = coercions.expression(given)
    named = element.__visit_name__ in ("column", "label") or element._name_for_select is not None
    return element if named else element.label(None)


def _statement(given: Any) -> Any:
    found = coercions.resolve(given)
    if found is None or not getattr(found, "is_executable", hasattr(found, "_execution_options")):
        raise ArgumentError(f"Executable SQL or text() construct expected, got {given!r}.")
    return found


def _select_statement(given: Any) -> Any:
    found = _statement(given)
    if not found._is_returns_rows and not found._is_text_clause:
        raise ArgumentError(f"SELECT construct or equivalent text() construct expected, got {given!r}.")
    return found


class ExpressionElementRole(SQLRole):
    """An expression, or a value to be bound."""

    __slots__ = ()
    _coerce = staticmethod(coercions.column_or_value)


class BinaryElementRole(SQLRole):
    """One side of an operator."""

    __slots__ = ()
    _coerce = staticmethod(coercions.column_or_value)


class ConstExprRole(SQLRole):
    """NULL, TRUE or FALSE, or an expression."""

    __slots__ = ()
    _coerce = staticmethod(coercions.expression)


class LiteralValueRole(SQLRole):
    """A value to be bound."""

    __slots__ = ()
    _coerce = staticmethod(coercions.value)


class ColumnArgumentRole(SQLRole):
    """A column, given as an argument."""

    __slots__ = ()
    _coerce = staticmethod(coercions.expression)


class WhereHavingRole(SQLRole):
    """A condition of WHERE or HAVING."""

    __slots__ = ()
    _coerce = staticmethod(arguments.condition)


class OnClauseRole(SQLRole):
    """A condition of ON."""

    __slots__ = ()
    _coerce = staticmethod(arguments.condition)


class ColumnsClauseRole(SQLRole):
    """What a SELECT lists."""

    __slots__ = ()
    _coerce = staticmethod(arguments.column_argument)


class LabeledColumnExprRole(SQLRole):
    """A column that is given a name where it has none."""

    __slots__ = ()
    _coerce = staticmethod(_labeled)


class ByOfRole(SQLRole):
    """A key of PARTITION BY, or a column of FOR UPDATE OF."""

    __slots__ = ()
    _coerce = staticmethod(arguments.group_argument)


class GroupByRole(SQLRole):
    """A key of GROUP BY."""

    __slots__ = ()
    _coerce = staticmethod(arguments.group_argument)


class OrderByRole(SQLRole):
    """A key of ORDER BY."""

    __slots__ = ()
    _coerce = staticmethod(arguments.order_argument)


class FromClauseRole(SQLRole):
    """An element of FROM."""

    __slots__ = ()
    _coerce = staticmethod(arguments.from_argument)


class JoinTargetRole(SQLRole):
    """The right side of a join."""

    __slots__ = ()
    _coerce = staticmethod(arguments.from_argument)


class StatementRole(SQLRole):
    """A whole statement."""

    __slots__ = ()
    _coerce = staticmethod(_statement)


class SelectStatementRole(SQLRole):
    """A statement that gives rows."""

    __slots__ = ()
    _coerce = staticmethod(_select_statement)
