"""Two operands and an operator."""

from __future__ import annotations

from collections.abc import Mapping
from operator import eq, ne
from typing import Any, ClassVar, Final, TypeVar

from lect.operators import (
    OperatorType,
    and_,
    custom_op,
    is_associative,
    is_boolean,
    is_commutative,
    is_comparison,
    is_precedent,
    like_op,
    match_op,
    not_like_op,
    not_match_op,
    or_,
)
from lect.sql.element import ColumnElement
from lect.sql.grouping import Grouping
from lect.sql.lists import ExpressionClauseList
from lect.sql.node import Field, child, pairs, scalar, typed
from lect.types.boolean import BOOLEANTYPE
from lect.types.type_engine import TypeEngine, to_instance

__all__ = ["BinaryExpression", "OperatorExpression", "combine", "is_condition"]

_T = TypeVar("_T")

_NO_MODIFIERS: Final[tuple[tuple[str, Any], ...]] = ()


class OperatorExpression(ColumnElement[_T]):
    """An operator with its operands."""

    operator: OperatorType
    group: bool = True

    @property
    def is_comparison(self) -> bool:
        """True when the operator compares."""
        return is_comparison(self.operator)

    def self_group(self, against: OperatorType | None = None) -> Any:
        if self.group and is_precedent(self.operator, against):
            return Grouping(self)
        operator = self.operator
        if isinstance(operator, custom_op) and operator.eager_grouping:
            return Grouping(self)
        return self


class BinaryExpression(OperatorExpression[_T]):
    """``left operator right``

    Attributes:
        left, right: the operands, in parentheses where they need them.
        operator: a function of :mod:`lect.operators` or a ``custom_op``.
        negate: the operator of the negated expression, None when NOT must be written.
        modifiers: what else the operator was given (``escape``, ``flags``).
    """

    __visit_name__ = "binary"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("left"),
        child("right"),
        scalar("operator"),
        typed("type"),
        scalar("negate"),
        pairs("_modifiers"),
    )

    negate: OperatorType | None = None
    _modifiers: tuple[tuple[str, Any], ...] = _NO_MODIFIERS
    _is_implicitly_boolean = True

    def __init__(
        self,
        left: Any,
        right: Any,
        operator: OperatorType,
        type_: Any = None,
        negate: OperatorType | None = None,
        modifiers: Mapping[str, Any] | None = None,
    ) -> None:
        self.left = left.self_group(against=operator)
        self.right = right.self_group(against=operator)
        self.operator = operator
        self.type = to_instance(type_)
        self.negate = negate
        if modifiers:
            self._modifiers = tuple(modifiers.items())
        if not is_condition(operator):
            self._is_implicitly_boolean = False

    @property
    def modifiers(self) -> Mapping[str, Any]:
        return dict(self._modifiers)

    def __bool__(self) -> bool:
        # So that ``column in [columns]`` and dictionaries work: two elements are equal when they are one.
        operator = self.operator
        if operator is eq or operator is ne:
            left = self.left.element if isinstance(self.left, Grouping) else self.left
            right = self.right.element if isinstance(self.right, Grouping) else self.right
            same = _original(left) is _original(right)
            return same if operator is eq else not same
        raise TypeError("Boolean value of this clause is not defined")

    def _same_as(self, other: Any, same: Any) -> bool:
        if self.operator != other.operator or not self.type._compare_type_affinity(other.type):
            return False
        if dict(self._modifiers) != dict(other._modifiers):
            return False
        if same(self.left, other.left) and same(self.right, other.right):
            return True
        return is_commutative(self.operator) and bool(same(self.left, other.right) and same(self.right, other.left))

    def _negate(self) -> Any:
        if self.negate is not None:
            right = self.right
            if right._is_bind_parameter and right.expanding:
                # An empty list is written differently for IN and NOT IN.
                right = right._as_expanding(self.negate)
            return BinaryExpression(
                self.left, right, self.negate, type_=self.type, negate=self.operator, modifiers=dict(self._modifiers)
            )
        return self.self_group()._negate()


def _original(element: Any) -> Any:
    return element.__dict__.get("_origin", element)


_CONDITIONS: Final = frozenset([like_op, not_like_op, match_op, not_match_op])


def is_condition(operator: OperatorType) -> bool:
    """Say whether what an operator makes is true or false by itself, wherever it is written."""
    return is_boolean(operator) or operator in _CONDITIONS


def comparison(left: Any, right: Any, operator: OperatorType, negate: OperatorType | None) -> BinaryExpression[bool]:
    """Return a comparison of two operands that need no parentheses: the short way."""
    made: BinaryExpression[bool] = BinaryExpression.__new__(BinaryExpression)
    made.left = left
    made.right = right
    made.operator = operator
    made.type = BOOLEANTYPE
    made.negate = negate
    return made


def combine(
    left: Any,
    right: Any,
    operator: OperatorType,
    type_: TypeEngine[Any],
    negate: OperatorType | None = None,
    modifiers: Mapping[str, Any] | None = None,
) -> Any:
    """Return ``left operator right``; a chain of one associative operator becomes one list."""
    if negate is None and not modifiers and is_associative(operator) and operator is not and_ and operator is not or_:
        chain = _chain(left, operator, type_)
        other = _chain(right, operator, type_)
        if chain is not None or other is not None:
            clauses = chain or (left.self_group(against=operator),)
            more = other or (right.self_group(against=operator),)
            return ExpressionClauseList._of(operator, (*clauses, *more), type_)
    return BinaryExpression(left, right, operator, type_, negate, modifiers)


def _chain(element: Any, operator: OperatorType, type_: TypeEngine[Any]) -> tuple[Any, ...] | None:
    """The operands of an expression of the same operator and kind of type, or None."""
    if element.__class__ is Grouping:
        element = element.element
    if getattr(element, "operator", None) is not operator or not element.type._compare_type_affinity(type_):
        return None
    if element.__class__ is BinaryExpression:
        return (element.left, element.right)
    if element.__class__ is ExpressionClauseList:
        clauses: tuple[Any, ...] = element.clauses
        return clauses
    return None
