"""Default rules for two operands and an operator.

A dialect that spells one operator otherwise registers a rule for that operator: ``RULES.operator(concat_op)``.
"""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.ansi.operator_text import text_of
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.sql._cast import Cast
from lect.sql.binary import BinaryExpression
from lect.sql.function import FunctionAsBinary
from lect.types.numeric import NUMERICTYPE, Float, Integer, Numeric

__all__ = ["between_either_way", "infix"]


@ANSI.rule(BinaryExpression)
def binary(node: BinaryExpression[Any], writer: Any) -> str:
    """``left operator right``, or what the operator's own rule writes."""
    special = writer.rules.find_operator(node.operator)
    if special is not None:
        return special(node, writer)  # type: ignore[no-any-return]
    return infix(node, writer, text_of(node.operator))


def infix(node: BinaryExpression[Any], writer: Any, text: str) -> str:
    """Return both operands with `text` between them."""
    return f"{writer.render_value(node.left)}{text}{writer.render_value(node.right)}"


@ANSI.rule(FunctionAsBinary)
def function_as_binary(node: FunctionAsBinary, writer: Any) -> str:
    """The function."""
    return writer.render(node.sql_function)  # type: ignore[no-any-return]


@ANSI.operator(ops.not_in_op)
def not_in(node: Any, writer: Any) -> str:
    """NOT IN, in parentheses: an empty list is written with an OR."""
    return f"({infix(node, writer, ' NOT IN ')})"


@ANSI.operator(ops.between_op, ops.not_between_op)
def between(node: Any, writer: Any) -> str:
    """``x BETWEEN [SYMMETRIC] a AND b``"""
    words = " BETWEEN " if node.operator is ops.between_op else " NOT BETWEEN "
    if node.modifiers.get("symmetric"):
        words += "SYMMETRIC "
    return infix(node, writer, words)


def between_either_way(node: Any, writer: Any) -> str:
    """``x BETWEEN a AND b``; for SYMMETRIC, where there is no such word, what the standard says that it means."""
    if not node.modifiers.get("symmetric"):
        return between(node, writer)
    lower, upper = node.right.clauses
    negated = node.operator is ops.not_between_op
    both = [node.left.between(a, b) for a, b in ((lower, upper), (upper, lower))]
    return f"{'NOT ' if negated else ''}({writer.render(both[0])} OR {writer.render(both[1])})"


@ANSI.operator(ops.truediv)
def true_division(node: Any, writer: Any) -> str:
    """``a / CAST(b AS NUMERIC)``: many databases cut the quotient of two integers."""
    left, right = node.left, node.right
    if isinstance(right.type, (Numeric, Float)):
        divisor = right.type
    else:
        divisor = NUMERICTYPE
    return f"{writer.render(left)} / {writer.render(Cast(right, divisor))}"


@ANSI.operator(ops.floordiv)
def floor_division(node: Any, writer: Any) -> str:
    """``a / b`` for integers, ``FLOOR(a / b)`` for others."""
    text = infix(node, writer, " / ")
    if isinstance(node.right.type, Integer) and isinstance(node.left.type, Integer):
        return text
    return f"FLOOR({text})"


@ANSI.operator(ops.match_op)
def match(node: Any, writer: Any) -> str:
    """``a MATCH b``"""
    return infix(node, writer, " MATCH ")


@ANSI.operator(ops.not_match_op)
def not_match(node: Any, writer: Any) -> str:
    """NOT before what MATCH is written as."""
    matching = node._clone()
    matching.operator = ops.match_op
    return f"NOT {writer.render(matching)}"


@ANSI.operator(ops.regexp_match_op, ops.not_regexp_match_op)
def regexp_match(node: Any, writer: Any) -> str:
    """Refused: there is no common spelling."""
    raise CompileError(f"{writer.dialect.name} dialect does not support regular expressions")
    return ""


@ANSI.operator(ops.regexp_replace_op)
def regexp_replace(node: Any, writer: Any) -> str:
    """Refused: there is no common spelling."""
    raise CompileError(f"{writer.dialect.name} dialect does not support regular expression replacements")
    return ""


@ANSI.operator(ops.json_getitem_op, ops.json_path_getitem_op)
def json_getitem(node: Any, writer: Any) -> str:
    """Refused: there is no common spelling."""
    writer.refuse("an element of a JSON value")
    return ""


@ANSI.operator(ops.getitem)
def getitem(node: Any, writer: Any) -> str:
    """``a[index]``"""
    return f"{writer.render(node.left)}[{writer.render(node.right)}]"
