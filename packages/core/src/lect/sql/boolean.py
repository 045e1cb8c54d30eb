"""AND, OR, NOT."""

from __future__ import annotations

from collections.abc import Iterable
from operator import and_ as and_op
from operator import or_ as or_op
from typing import Any

from lect.exc import ArgumentError, LectDeprecationWarning
from lect.operators import OperatorType, asbool
from lect.sql.coercions import condition, resolve, value
from lect.sql.grouping import Grouping
from lect.sql.lists import ExpressionClauseList
from lect.sql.literal import FALSE, TRUE
from lect.types.boolean import BOOLEANTYPE

__all__ = ["BooleanClauseList", "and_", "not_", "or_"]


class BooleanClauseList(ExpressionClauseList[bool]):
    """Conditions joined by AND, or by OR."""

    __visit_name__ = "boolean_clauselist"
    _fields = ExpressionClauseList._fields
    _is_implicitly_boolean = True

    def __init__(self, *arg: Any, **kw: Any) -> None:
        raise NotImplementedError("BooleanClauseList has a private constructor; use and_() and or_()")

    @classmethod
    def _of_conditions(cls, operator: OperatorType, conditions: Iterable[Any]) -> Any:
        return cls._of(operator, conditions, BOOLEANTYPE)

    @classmethod
    def and_(cls, *clauses: Any) -> Any:
        """Return ``a AND b AND ...``."""
        return join(and_op, clauses)

    @classmethod
    def or_(cls, *clauses: Any) -> Any:
        """Return ``a OR b OR ...``."""
        return join(or_op, clauses)

    def self_group(self, against: OperatorType | None = None) -> Any:
        if not self.clauses:
            return self
        return super().self_group(against)


def join(operator: OperatorType, given: Iterable[Any]) -> Any:
    """Return conditions joined by AND or OR.

    TRUE in an AND and FALSE in an OR are left out; FALSE in an AND and TRUE in an OR make the whole of it.
    """
    neutral, deciding = (TRUE, FALSE) if operator is and_op else (FALSE, TRUE)
    parts: list[Any] = []
    seen = False
    parted = tuple(given)
    if len(parted) == 1 and hasattr(parted[0], "__next__"):
        parted = tuple(parted[0])  # a generator of conditions
    for one in parted:
        seen = True
        element = condition(one)
        bare = element.element if element.__class__ is Grouping else element
        if bare is neutral:
            continue
        if bare is deciding:
            return deciding.self_group(against=asbool)
        if bare.__class__ is BooleanClauseList and bare.operator is operator:
            parts.extend(bare.clauses)
        else:
            parts.append(element)
    if len(parts) > 1:
        return BooleanClauseList._of_conditions(operator, [p.self_group(against=operator) for p in parts])
    if parts:
        return parts[0].self_group(against=asbool)
    if seen:
        return neutral.self_group(against=asbool)
    name = "and_" if operator is and_op else "or_"
    import warnings

    start = "True" if operator is and_op else "False"
    warnings.warn(
        f"Invoking {name}() without arguments is deprecated, and will be disallowed in a future release. For an empty "
        f"{name}() construct, use '{name}({start.lower()}(), *args)' or '{name}({start}, *args)'.",
        LectDeprecationWarning,
        stacklevel=3,
    )
    return BooleanClauseList._of_conditions(operator, ())


def and_(*clauses: Any) -> Any:
    """Return the conditions joined by AND; also written ``a & b``. ``and_(True, *conditions)`` may be empty."""
    return join(and_op, clauses)


def or_(*clauses: Any) -> Any:
    """Return the conditions joined by OR; also written ``a | b``. ``or_(False, *conditions)`` may be empty."""
    return join(or_op, clauses)


def not_(clause: Any) -> Any:
    """Return the condition negated; also written ``~a``."""
    element = resolve(clause)
    if element is None:
        if not isinstance(clause, bool) and clause is not None:
            raise ArgumentError(f"SQL expression element expected, got {clause!r}.")
        element = value(clause)
    expression = element._as_expression()
    if expression is None:
        raise ArgumentError(f"SQL expression element expected, got {clause!r}.")
    return ~expression
