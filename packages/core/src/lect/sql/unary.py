"""One operand and an operator before it or a word after it."""

from __future__ import annotations

from operator import inv
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError
from lect.operators import OperatorType, is_comparison, is_false, is_precedent, is_true, mirror
from lect.sql.element import MAKE, ColumnElement
from lect.sql.grouping import Grouping
from lect.sql.literal import Constant
from lect.sql.node import Field, child, scalar, typed
from lect.types.boolean import BOOLEANTYPE
from lect.types.type_engine import to_instance

__all__ = ["AsBoolean", "CollectionAggregate", "UnaryExpression"]

_T = TypeVar("_T")


class UnaryExpression(ColumnElement[_T]):
    """``operator element`` (NOT, minus, DISTINCT ...) or ``element modifier`` (DESC, NULLS LAST ...)."""

    __visit_name__ = "unary"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), scalar("operator"), scalar("modifier"), typed("type"))

    def __init__(
        self,
        element: Any,
        operator: OperatorType | None = None,
        modifier: OperatorType | None = None,
        type_: Any = None,
    ) -> None:
        self.operator = operator
        self.modifier = modifier
        self.element = element.self_group(against=operator or modifier)
        self.type = to_instance(type_)

    def self_group(self, against: OperatorType | None = None) -> Any:
        if self.operator is not None and is_precedent(self.operator, against):
            return Grouping(self)
        return self

    @property
    def _wraps_column(self) -> bool:
        """True over a column, as whose value it is given back: the server names it, no label is made up."""
        return self.element.__visit_name__ in ("column", "table_valued_column")

    @property
    def _name_for_select(self) -> str | None:
        element = self.element
        if element.__visit_name__ == "label" and self.operator is not None:
            return element.name  # type: ignore[no-any-return]
        return None

    def _negate(self) -> Any:
        if self.type is BOOLEANTYPE and self.operator is inv:
            return UnaryExpression(self.self_group(against=inv), operator=inv, type_=BOOLEANTYPE)
        return super()._negate()


class AsBoolean(UnaryExpression[bool]):
    """A value of a boolean type that stands as a condition; ``x = 1`` where booleans are numbers."""

    __visit_name__ = "asboolean"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), scalar("operator"), scalar("negate"))
    _is_implicitly_boolean = True

    def __init__(self, element: Any, operator: OperatorType, negate: OperatorType) -> None:
        if isinstance(element, Constant) and operator is is_false:
            # There is a constant for that.
            element, operator, negate = element._negate(), is_true, is_false
        self.element = element
        self.type = BOOLEANTYPE
        self.operator = operator
        self.negate = negate
        self.modifier = None

    def self_group(self, against: OperatorType | None = None) -> Any:
        return self

    def _negate(self) -> Any:
        assert self.operator is not None
        return AsBoolean(self.element, self.negate, self.operator)


class CollectionAggregate(UnaryExpression[_T]):
    """``ANY (element)`` or ``ALL (element)``: the right side of a comparison, wherever it was written."""

    __visit_name__ = "collection_aggregate"
    _is_collection_aggregate = True
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), scalar("operator"), scalar("modifier"), typed("type"))

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        if not is_comparison(op):
            raise ArgumentError("Only comparison operators may be used with ANY/ALL")
        kwargs["reverse"] = True
        return MAKE.apply(self, mirror(op), *other, **kwargs)

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        raise ArgumentError("Only comparison operators may be used with ANY/ALL")


def _negation(element: Any) -> Any:
    return UnaryExpression(element, operator=inv, type_=BOOLEANTYPE)


def _as_boolean(element: Any, operator: OperatorType, negate: OperatorType) -> Any:
    return AsBoolean(element, operator, negate)


MAKE.negation = _negation
MAKE.as_boolean = _as_boolean
