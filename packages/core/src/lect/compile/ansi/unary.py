"""Default rules for one operand and an operator."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.ansi.operator_text import BEFORE, BEHIND
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.sql.grouping import Grouping
from lect.sql.literal import False_, True_
from lect.sql.unary import AsBoolean, CollectionAggregate, UnaryExpression

__all__ = ["has_booleans"]


@ANSI.rule(UnaryExpression)
def unary(node: UnaryExpression[Any], writer: Any) -> str:
    """``operator element`` or ``element modifier``."""
    operator = node.operator if node.operator is not None else node.modifier
    special = writer.rules.find_operator(operator)
    if special is not None:
        return special(node, writer)  # type: ignore[no-any-return]
    if node.operator is not None:
        if node.modifier is not None:
            raise CompileError("Unary expression does not support operator and modifier simultaneously")
        if isinstance(node.operator, ops.custom_op):
            return f"{node.operator.opstring} {writer.render_value(node.element)}"
        negation = node.operator is ops.inv
        text = writer.render(node.element) if negation else writer.render_value(node.element)
        if node.operator is ops.neg and text.startswith("-"):
            # Two minus signs would begin a comment.
            text = f"({text})"
        return f"{BEFORE[node.operator]}{text}"
    if node.modifier is None:
        raise CompileError("Unary expression has no operator or modifier")
    if isinstance(node.modifier, ops.custom_op):
        return f"{writer.render(node.element)} {node.modifier.opstring}"
    return f"{writer.render_value(node.element)}{BEHIND[node.modifier]}"


@ANSI.rule(CollectionAggregate)
def collection_aggregate(node: CollectionAggregate[Any], writer: Any) -> str:
    """``ANY (element)``"""
    text = writer.render(node.element)
    if not isinstance(node.element, Grouping) and not text.startswith("("):
        text = f"({text})"
    return f"{BEFORE[node.operator]}{text}"  # type: ignore[index]


def has_booleans(writer: Any) -> bool:
    """True when a value may stand where a condition is wanted."""
    return writer.capabilities.boolean_constants.name == "TRUE_FALSE"  # type: ignore[no-any-return]


@ANSI.rule(AsBoolean)
def as_boolean(node: AsBoolean, writer: Any) -> str:
    """The value where it may stand as a condition, ``value = 1`` where not."""
    element = node.element
    text = writer.render(element)
    if has_booleans(writer) or element._is_implicitly_boolean:
        if node.operator is ops.is_true:
            return text  # type: ignore[no-any-return]
        return f"NOT {text}"
    return f"{text} = {1 if node.operator is ops.is_true else 0}"


@ANSI.rule(True_)
def true(node: True_, writer: Any) -> str:
    """``true``, or 1."""
    return "true" if has_booleans(writer) else "1"


@ANSI.rule(False_)
def false(node: False_, writer: Any) -> str:
    """``false``, or 0."""
    return "false" if has_booleans(writer) else "0"
