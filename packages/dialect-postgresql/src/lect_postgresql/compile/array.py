"""``ARRAY[…]``, and the order in which an aggregate takes its values."""

from __future__ import annotations

from typing import Any

from lect_postgresql.arrays import aggregate_order_by, array
from lect_postgresql.compile.table import RULES

__all__: list[str] = []


@RULES.rule(array)
def array_constructor(node: array, writer: Any) -> str:
    """``ARRAY[a, b]``; an empty one states its type: postgresql.org/docs/current/sql-expressions.html."""
    text = f"ARRAY[{writer.render_all(node.clauses)}]"
    if not node.clauses and not node.type.item_type._isnull:  # type: ignore[attr-defined]
        return f"{text}::{writer.render(node.type)}"
    return text


@RULES.rule(aggregate_order_by)
def ordered_argument(node: aggregate_order_by, writer: Any) -> str:
    """``target ORDER BY a, b``"""
    return f"{writer.render(node.target)} ORDER BY {writer.render(node.order_by)}"
