"""Default rules for LIKE and the operators made of it."""

from __future__ import annotations

from typing import Any, Final

from lect import operators as ops
from lect.compile.table import ANSI
from lect.sql.binary import BinaryExpression
from lect.sql.column import literal_column
from lect.sql.grouping import Grouping
from lect.sql.lists import ExpressionClauseList
from lect.types.string import STRINGTYPE

__all__ = ["escape", "lowered", "wrapped"]

_PERCENT: Final = literal_column("'%'", STRINGTYPE)


class Lowered(Grouping[Any]):
    """``lower(element)``, for comparisons without regard to case."""

    inherit_cache = True


@ANSI.rule(Lowered)
def lowered(node: Lowered, writer: Any) -> str:
    """``lower(element)``"""
    inner = node.element.element if isinstance(node.element, Grouping) else node.element
    return f"lower({writer.render(inner)})"


def escape(node: Any, writer: Any) -> str:
    """Return `` ESCAPE 'x'``, or nothing."""
    character = node.modifiers.get("escape")
    if character is None:
        return ""
    return f" ESCAPE {writer.literal(character, STRINGTYPE)}"


def _words(node: Any, negated: frozenset[Any]) -> str:
    return " NOT LIKE " if node.operator in negated else " LIKE "


_NOT_LIKE: Final = frozenset([ops.not_like_op])


@ANSI.operator(ops.like_op, ops.not_like_op)
def like(node: Any, writer: Any) -> str:
    """``a LIKE b [ESCAPE c]``"""
    words = _words(node, _NOT_LIKE)
    return f"{writer.render(node.left)}{words}{writer.render(node.right)}{escape(node, writer)}"


_NOT_ILIKE: Final = frozenset([ops.not_ilike_op])


@ANSI.operator(ops.ilike_op, ops.not_ilike_op)
def ilike(node: Any, writer: Any) -> str:
    """``lower(a) LIKE lower(b)``"""
    words = _words(node, _NOT_ILIKE)
    left, right = writer.render(Lowered(node.left)), writer.render(Lowered(node.right))
    return f"{left}{words}{right}{escape(node, writer)}"


#: operator -> (a wildcard before, a wildcard behind, without regard to case, negated)
_PARTS: Final = {
    ops.startswith_op: (False, True, False, False),
    ops.not_startswith_op: (False, True, False, True),
    ops.istartswith_op: (False, True, True, False),
    ops.not_istartswith_op: (False, True, True, True),
    ops.endswith_op: (True, False, False, False),
    ops.not_endswith_op: (True, False, False, True),
    ops.iendswith_op: (True, False, True, False),
    ops.not_iendswith_op: (True, False, True, True),
    ops.contains_op: (True, True, False, False),
    ops.not_contains_op: (True, True, False, True),
    ops.icontains_op: (True, True, True, False),
    ops.not_icontains_op: (True, True, True, True),
}


def wrapped(element: Any, before: bool, behind: bool) -> Any:
    """Return an expression joined with wildcards, ``'%' || element || '%'``, in the way the dialect joins strings."""
    if isinstance(element, Grouping) and getattr(element.element, "operator", None) is ops.concat_op:
        element = element.element
    clauses: tuple[Any, ...]
    if element.__class__ is ExpressionClauseList and element.operator is ops.concat_op:
        clauses = element.clauses
    elif getattr(element, "operator", None) is ops.concat_op:
        clauses = (element.left, element.right)
    else:
        clauses = (element,)
    if before:
        clauses = (_PERCENT, *clauses)
    if behind:
        clauses = (*clauses, _PERCENT)
    return ExpressionClauseList._of(ops.concat_op, clauses, STRINGTYPE)


@ANSI.operator(*_PARTS)
def part_of_string(node: Any, writer: Any) -> str:
    """``a LIKE '%' || b || '%'`` and its relatives, by way of the dialect's LIKE or ILIKE for `a` and the pattern."""
    before, behind, folded, negated = _PARTS[node.operator]
    left, right = node.left, node.right
    if folded:
        own = writer.rules.find_operator(ops.ilike_op)
        if own is not ilike:
            operator = ops.not_ilike_op if negated else ops.ilike_op
            whole: BinaryExpression[Any] = BinaryExpression(left, right, operator, modifiers=node.modifiers)
            whole.right = wrapped(right, before, behind)
            return own(whole, writer)  # type: ignore[no-any-return]
        left, right = Lowered(left), Lowered(right)
    pattern = wrapped(right, before, behind)
    words = " NOT LIKE " if negated else " LIKE "
    return f"{writer.render(left)}{words}{writer.render(pattern)}{escape(node, writer)}"
