"""SQL expressions inside schema objects: what is accepted, which columns they mention, how they are copied."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError
from lect.sql.element import ClauseElement
from lect.sql.node import Node
from lect.sql.text import TextClause

__all__ = ["columns_in", "ddl_expression", "described", "expression_for_table", "shown", "without_annotations"]


def ddl_expression(value: Any, what: str) -> Any:
    """Return `value` as the expression of `what` (a CHECK, a generated column): a string is SQL text as it stands."""
    if isinstance(value, str):
        return TextClause(value)
    element = value if isinstance(value, ClauseElement) else None
    if element is None and hasattr(type(value), "__clause_element__"):
        element = value.__clause_element__()
    if element is None:
        raise ArgumentError(f"SQL text or a SQL expression expected for {what}, got {value!r}")
    return without_annotations(element)


def without_annotations(expression: Any) -> Any:
    """Return `expression` without what a mapper noted on its parts."""
    if not isinstance(expression, Node):
        return expression
    if getattr(expression, "_annotations", None):
        expression = expression._deannotate()  # type: ignore[attr-defined]
    if getattr(expression, "__visit_name__", None) == "column":
        return expression
    return expression._map_children(without_annotations)


def columns_in(expression: Any) -> list[Any]:
    """Return the columns `expression` mentions, in order, each once; Columns and plain ``column()`` objects alike."""
    found: list[Any] = []
    seen: set[int] = set()

    def visit(node: Node) -> None:
        if getattr(node, "__visit_name__", None) == "column":
            if id(node) not in seen:
                seen.add(id(node))
                found.append(node)
            return
        for child in node.get_children():
            visit(child)

    visit(expression)
    return found


def described(column: Any) -> str:
    """Return ``table.column`` for messages."""
    table = getattr(column, "table", None)
    name = str(getattr(column, "name", column))
    return name if table is None else f"{table.description}.{name}"


def shown(expression: Any) -> Any:
    """Return what stands for `expression` in a ``repr()``: the text of SQL text, else the object."""
    return expression.text if getattr(expression, "_is_text_clause", False) else expression


def expression_for_table(expression: Any, source: Any, target: Any) -> Any:
    """Return `expression` with the columns of table `source` replaced by those of the same key in `target`."""
    if source is None or target is None or source is target or not isinstance(expression, Node):
        return expression

    def change(node: Node) -> Node:
        if getattr(node, "__visit_name__", None) == "column":
            if getattr(node, "table", None) is source and node.key in target.c:  # type: ignore[attr-defined]
                found: Node = target.c[node.key]  # type: ignore[attr-defined]
                return found
            return node
        return node._map_children(change)

    return change(expression)
