"""NULLS FIRST and NULLS LAST by CASE: T-SQL sorts NULLs as the smallest values, and has no words to change that."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.table import ANSI
from lect.sql.label_reference import LabelReference
from lect.sql.unary import UnaryExpression
from lect_mssql.compile.table import RULES

_DIRECTIONS = (ops.asc_op, ops.desc_op)
_PLACES = (ops.nulls_first_op, ops.nulls_last_op)


def _parts(node: Any) -> tuple[Any, Any, Any]:
    """Return (what is sorted by, direction or None, place of NULLs or None) of an element of ORDER BY."""
    direction = place = None
    while isinstance(node, UnaryExpression) and node.operator is None:
        if node.modifier in _DIRECTIONS:
            direction = node.modifier
        elif node.modifier in _PLACES:
            place = node.modifier
        else:
            break
        node = node.element
    return node, direction, place


def _sorts_nulls(element: Any, place: Any, writer: Any) -> str:
    """Return the expression that puts NULLs first or last."""
    first, rest = (0, 1) if place is ops.nulls_first_op else (1, 0)
    inner = element._element if element.__visit_name__ == "label" else element
    return f"CASE WHEN ({writer.render_value(inner)} IS NULL) THEN {first} ELSE {rest} END"


def _is_natural(direction: Any, place: Any) -> bool:
    return (direction is ops.asc_op and place is ops.nulls_first_op) or (
        direction is ops.desc_op and place is ops.nulls_last_op
    )


@RULES.operator(*_PLACES)
def nulls(node: Any, writer: Any) -> str:
    """``CASE WHEN (x IS NULL) THEN 0 ELSE 1 END, x DESC``; without the CASE where NULLs go there by themselves."""
    element, direction, place = _parts(node)
    ordering = writer.render(node.element)
    if _is_natural(direction, place):
        return ordering  # type: ignore[no-any-return]
    return f"{_sorts_nulls(element, place, writer)}, {ordering}"


@RULES.rule(LabelReference)
def label_reference(node: LabelReference, writer: Any) -> str:
    """The default's text; a label that is sorted by CASE is written as its expression there."""
    element, direction, place = _parts(node.element)
    if place is None or writer.scope.facts.get("clause") != "order":
        return ANSI.own[LabelReference](node, writer)
    plain = element if direction is None else UnaryExpression(element, modifier=direction)
    ordering = ANSI.own[LabelReference](LabelReference(plain), writer)
    if _is_natural(direction, place):
        return ordering
    return f"{_sorts_nulls(element, place, writer)}, {ordering}"
