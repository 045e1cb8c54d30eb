"""Booleans, which are small numbers, and the order of NULLs."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.sql.unary import AsBoolean
from lect_mysql.compile.table import RULES


@RULES.rule(AsBoolean)
def as_boolean(node: AsBoolean, writer: Any) -> str:
    """``value = 1``, which an index on the column can answer; a condition stands for itself."""
    element = node.element
    text = writer.render(element)
    if element._is_implicitly_boolean:
        return text if node.operator is ops.is_true else f"NOT {text}"
    return f"{text} = {1 if node.operator is ops.is_true else 0}"


@RULES.operator(ops.nulls_first_op, ops.nulls_last_op)
def nulls(node: Any, writer: Any) -> str:
    """``x IS NULL DESC, x ASC`` for NULLS FIRST, ``x IS NULL, x DESC`` for NULLS LAST.

    There are no words for it: NULLs are smaller than every value
    (dev.mysql.com/doc/refman/8.4/en/working-with-null.html), so that the rows are ordered by whether the value is NULL
    first. Where ASC or DESC alone puts the NULLs where they are wanted, nothing more is written.
    """
    inner = node.element
    direction = getattr(inner, "modifier", None)
    text = writer.render(inner)
    descending = direction is ops.desc_op
    first = node.modifier is ops.nulls_first_op
    if first is not descending:
        return text  # type: ignore[no-any-return]
    plain = writer.render(inner.element) if direction in (ops.asc_op, ops.desc_op) else text
    return f"{plain} IS NULL{' DESC' if first else ''}, {text}"
