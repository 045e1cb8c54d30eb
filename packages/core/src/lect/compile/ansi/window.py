"""Default rules for OVER, FILTER, WITHIN GROUP and ORDER BY inside of an aggregate."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.function import function_name
from lect.compile.table import ANSI
from lect.sql.function import FunctionElement
from lect.sql.window import AggregateOrderBy, FrameClause, FrameClauseType, FunctionFilter, Over, WithinGroup


@ANSI.rule(Over)
def over(node: Over[Any], writer: Any) -> str:
    """``function OVER (PARTITION BY ... ORDER BY ... frame)``"""
    text = writer.render(node.element)
    parts = []
    if node.partition_by is not None and node.partition_by.clauses:
        parts.append(f"PARTITION BY {writer.render(node.partition_by)}")
    if node.order_by is not None and node.order_by.clauses:
        parts.append(f"ORDER BY {writer.render(node.order_by)}")
    for word, frame in (("RANGE", node.range_), ("ROWS", node.rows), ("GROUPS", node.groups)):
        if frame is not None:
            parts.append(f"{word} BETWEEN {writer.render(frame)}")
    if node.exclude is not None:
        parts.append(f"EXCLUDE {node.exclude}")
    return f"{text} OVER ({' '.join(parts)})"


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
    order = "" if node.order_by is None else f"ORDER BY {writer.render(node.order_by)}"
    return f"{writer.render(node.element)} WITHIN GROUP ({order})"


@ANSI.rule(FunctionFilter)
def function_filter(node: FunctionFilter[Any], writer: Any) -> str:
    """``function FILTER (WHERE ...)``"""
    return f"{writer.render(node.func)} FILTER (WHERE {writer.render(node.criterion)})"


@ANSI.rule(AggregateOrderBy)
def aggregate_order_by(node: AggregateOrderBy[Any], writer: Any) -> str:
    """``function(arguments ORDER BY ...)``"""
    inner = node.element
    order = f"ORDER BY {writer.render(node.order_by)}"
    if not isinstance(inner, FunctionElement):
        return f"{writer.render(inner)} {order}"
    listed = writer.render(inner.clauses)
    return f"{function_name(inner, writer)}({listed}{' ' if listed else ''}{order})"
