"""How operators are spelt that stand between their operands, before or behind one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lect import operators as ops
from lect.exc import CompileError

__all__ = ["BEFORE", "BEHIND", "BETWEEN", "OPERATORS", "text_of"]

BETWEEN: Final[dict[Callable[..., Any], str]] = {
    ops.and_: " AND ",
    ops.or_: " OR ",
    ops.add: " + ",
    ops.mul: " * ",
    ops.sub: " - ",
    ops.mod: " % ",
    ops.lt: " < ",
    ops.le: " <= ",
    ops.ne: " != ",
    ops.gt: " > ",
    ops.ge: " >= ",
    ops.eq: " = ",
    ops.is_distinct_from: " IS DISTINCT FROM ",
    ops.is_not_distinct_from: " IS NOT DISTINCT FROM ",
    ops.concat_op: " || ",
    ops.match_op: " MATCH ",
    ops.in_op: " IN ",
    ops.not_in_op: " NOT IN ",
    ops.comma_op: ", ",
    ops.from_: " FROM ",
    ops.as_: " AS ",
    ops.is_: " IS ",
    ops.is_not: " IS NOT ",
    ops.collate: " COLLATE ",
    ops.null_op: " ",
    ops.bitwise_xor_op: " ^ ",
    ops.bitwise_or_op: " | ",
    ops.bitwise_and_op: " & ",
    ops.bitwise_lshift_op: " << ",
    ops.bitwise_rshift_op: " >> ",
}

BEFORE: Final[dict[Callable[..., Any], str]] = {
    ops.exists: "EXISTS ",
    ops.distinct_op: "DISTINCT ",
    ops.inv: "NOT ",
    ops.neg: "-",
    ops.bitwise_not_op: "~",
    ops.any_op: "ANY ",
    ops.all_op: "ALL ",
}

BEHIND: Final[dict[Callable[..., Any], str]] = {
    ops.desc_op: " DESC",
    ops.asc_op: " ASC",
    ops.nulls_first_op: " NULLS FIRST",
    ops.nulls_last_op: " NULLS LAST",
}

#: Every operator that has a word or sign, those with a rule of their own included.
OPERATORS: Final[dict[Callable[..., Any], str]] = {
    **BETWEEN,
    **BEFORE,
    **BEHIND,
    ops.truediv: " / ",
    ops.floordiv: " // ",
    ops.like_op: " LIKE ",
    ops.not_like_op: " NOT LIKE ",
    ops.between_op: " BETWEEN ",
    ops.not_between_op: " NOT BETWEEN ",
}


def text_of(operator: Any) -> str:
    """Return an operator that stands between operands, with the spaces around it."""
    text = BETWEEN.get(operator)
    if text is not None:
        return text
    if isinstance(operator, ops.custom_op):
        return f" {operator.opstring} "
    name = getattr(operator, "__name__", str(operator))
    raise CompileError(f"the operator {name!r} has no text between two operands in this dialect")
