"""What is a condition, for databases in which a condition is no value."""

from __future__ import annotations

from typing import Any, Final

from lect import operators as ops
from lect.sql.binary import BinaryExpression
from lect.sql.grouping import Grouping
from lect.sql.label import Label
from lect.sql.unary import UnaryExpression
from lect.types.boolean import BOOLEANTYPE

__all__ = ["is_condition"]

#: Operators whose result is a condition, beside those that every expression of them says itself.
_CONDITIONS: Final = frozenset(
    [
        ops.in_op,
        ops.not_in_op,
        ops.like_op,
        ops.not_like_op,
        ops.ilike_op,
        ops.not_ilike_op,
        ops.match_op,
        ops.not_match_op,
        ops.regexp_match_op,
        ops.not_regexp_match_op,
        *[
            getattr(ops, f"{negation}{folded}{part}_op")
            for negation in ("", "not_")
            for folded in ("", "i")
            for part in ("startswith", "endswith", "contains")
        ],
    ]
)


def is_condition(node: Any) -> bool:
    """Say whether `node` is a condition; text is whatever its writer meant."""
    while True:
        if isinstance(node, Grouping):
            node = node.element
        elif isinstance(node, Label):
            node = node._element
        else:
            break
    if getattr(node, "_is_text_clause", False):
        return False
    if getattr(node, "_is_implicitly_boolean", False):
        return True
    if isinstance(node, BinaryExpression):
        return node.operator in _CONDITIONS
    return isinstance(node, UnaryExpression) and node.operator is ops.inv and node.type is BOOLEANTYPE
