"""Default rules for OVER, WINDOW, FILTER, WITHIN GROUP and ORDER BY inside of an aggregate."""

from __future__ import annotations

from typing import Any, Final

from lect.compile.ansi.function import function_name
from lect.compile.clauses import StringsInOrder, WindowFrame
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.operators import comma_op
from lect.sql import known_functions as known
from lect.sql._case import Case
from lect.sql._select import Select
from lect.sql.column import literal_column
from lect.sql.function import FunctionElement
from lect.sql.grouping import Grouping
from lect.sql.lists import ClauseList
from lect.sql.window import AggregateOrderBy, FrameClause, FrameClauseType, FunctionFilter, Over, Window, WithinGroup

__all__ = ["window_clause", "window_name"]


@ANSI.rule(Over)
def over(node: Over[Any], writer: Any) -> str:
    """``function OVER (PARTITION BY ... ORDER BY ... frame)``, ``function OVER name``"""
    if not writer.capabilities.window_functions:
        writer.refuse("OVER", instead="use a subquery with group_by()")
    text = writer.render(node.element)
    if node.window is not None and not node._adds and _is_named_here(writer):
        return f"{text} OVER {window_name(node.window, writer)}"
    return f"{text} OVER ({' '.join(_definition(node, writer))})"


def _definition(node: Any, writer: Any) -> list[str]:
    """Return the parts of a window's definition; those of the window it is based on by its name, where it has one."""
    parts = []
    if node.window is not None:
        named = _is_named_here(writer)
        parts = [window_name(node.window, writer)] if named else _definition(node.window, writer)
    if node.partition_by is not None and node.partition_by.clauses:
        parts.append(f"PARTITION BY {writer.render(node.partition_by)}")
    if node.order_by is not None and node.order_by.clauses:
        parts.append(f"ORDER BY {writer.render(node.order_by)}")
    for word, frame in (("RANGE", node.range_), ("ROWS", node.rows), ("GROUPS", node.groups)):
        if frame is not None:
            parts.append(writer.render(WindowFrame(word, frame, node.exclude)))
    return parts


def _is_named_here(writer: Any) -> bool:
    return writer.capabilities.window_clause and isinstance(writer.scope.statement, Select)


def window_name(node: Window, writer: Any) -> str:
    """Return a window's name; its definition goes to the WINDOW clause of the SELECT around."""
    windows = writer.scope.facts.setdefault("windows", {})
    known = windows.get(node.name)
    if known is None:
        definition = " ".join(_definition(node, writer))  # first: it may name the window that it is based on
        windows[node.name] = (node, definition)
    elif known[0] is not node and not known[0].compare(node):
        raise CompileError(f"two different windows of one SELECT have the name {node.name!r}")
    return writer.quote(node.name)  # type: ignore[no-any-return]


def window_clause(writer: Any) -> str:
    """Return WINDOW of the SELECT that was written, with the newline before it."""
    windows = writer.scope.facts.get("windows")
    if not windows:
        return ""
    return " \nWINDOW " + ", ".join([f"{writer.quote(name)} AS ({text})" for name, (_, text) in windows.items()])


@ANSI.rule(WindowFrame)
def window_frame(node: WindowFrame, writer: Any) -> str:
    """``ROWS BETWEEN start AND end EXCLUDE ...``"""
    if node.unit == "GROUPS" and not writer.capabilities.window_groups:
        writer.refuse("a window frame of groups", instead="number the groups with dense_rank(), and use range_")
    text = f"{node.unit} BETWEEN {writer.render(node.frame)}"
    if node.exclude is None:
        return text
    if not writer.capabilities.window_exclude:
        writer.refuse("EXCLUDE in a window frame", instead="subtract what is not wanted from the result")
    return f"{text} EXCLUDE {node.exclude}"


@ANSI.rule(FrameClause)
def frame(node: FrameClause, writer: Any) -> str:
    """``start AND end``"""
    lower = _bound(node.lower_type, node.lower_bind, "UNBOUNDED PRECEDING", writer)
    upper = _bound(node.upper_type, node.upper_bind, "UNBOUNDED FOLLOWING", writer)
    return f"{lower} AND {upper}"


def _bound(kind: FrameClauseType, value: Any, unbounded: str, writer: Any) -> str:
    if kind is FrameClauseType.UNBOUNDED:
        return unbounded
    if kind is FrameClauseType.CURRENT:
        return "CURRENT ROW"
    return f"{writer.render(value)} {kind.name}"


@ANSI.rule(WithinGroup)
def within_group(node: WithinGroup[Any], writer: Any) -> str:
    """``function WITHIN GROUP (ORDER BY ...)``"""
    if not writer.capabilities.within_group:
        writer.refuse("WITHIN GROUP", instead="order the rows in a subquery, and number them with row_number()")
    order = "" if node.order_by is None else f"ORDER BY {writer.render(node.order_by)}"
    return f"{writer.render(node.element)} WITHIN GROUP ({order})"


@ANSI.rule(FunctionFilter)
def function_filter(node: FunctionFilter[Any], writer: Any) -> str:
    """``function FILTER (WHERE ...)``; what means the same where the database has no such clause.

    Of the aggregates named here all leave NULL out, so that the condition can go into the argument.
    """
    if not writer.capabilities.aggregate_filter:
        return writer.render(_filtered_argument(node, writer))  # type: ignore[no-any-return]
    return f"{writer.render(node.func)} FILTER (WHERE {writer.render(node.criterion)})"


_LEAVING_NULL_OUT: Final = frozenset(["count", "sum", "avg", "min", "max"])


def _filtered_argument(node: FunctionFilter[Any], writer: Any) -> Any:
    """Return ``count(CASE WHEN criterion THEN argument END)`` for ``count(argument) FILTER (WHERE criterion)``."""
    function = node.func
    given = getattr(getattr(function, "clauses", None), "clauses", ())
    name = getattr(function, "name", "").lower()
    if not isinstance(function, FunctionElement) or name not in _LEAVING_NULL_OUT or len(given) > 1:
        writer.refuse(
            f"FILTER of {name or type(function).__name__}()",
            "the aggregate may not leave NULL out",
            "write the condition into its argument with case()",
        )
    counted = given[0] if given and given[0].__visit_name__ != "textclause" else None
    star = counted is None or (getattr(counted, "is_literal", False) and counted.name == "*")
    value = literal_column("1") if star else counted
    copy = function._clone()
    copy.clause_expr = Grouping(ClauseList(Case((node.criterion, value)), operator=comma_op, group_contents=False))
    return copy


@ANSI.rule(AggregateOrderBy)
def aggregate_order_by(node: AggregateOrderBy[Any], writer: Any) -> str:
    """``function(arguments ORDER BY ...)``"""
    inner = node.element
    if isinstance(inner, known.aggregate_strings):
        return writer.render(StringsInOrder(inner, node.order_by))  # type: ignore[no-any-return]
    if not writer.capabilities.aggregate_order:
        writer.refuse("ORDER BY inside of an aggregate", instead="aggregate the rows of an ordered subquery")
    order = f"ORDER BY {writer.render(node.order_by)}"
    if not isinstance(inner, FunctionElement):
        return f"{writer.render(inner)} {order}"
    listed = writer.render(inner.clauses)
    return f"{function_name(inner, writer)}({listed}{' ' if listed else ''}{order})"
