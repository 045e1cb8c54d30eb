"""The type of what has no type: NULL, an untyped column, an unknown function."""

from __future__ import annotations

from typing import Any, Final

from lect.exc import CompileError
from lect.operators import OperatorClass, OperatorType, add, concat_op, is_commutative
from lect.types.type_engine import Comparator as TypeComparator
from lect.types.type_engine import LiteralProcessor, TypeEngine, _null

__all__ = ["NULLTYPE", "NullType"]


class NullType(TypeEngine[None]):
    """Says nothing about its values: they go to the driver and come from it as they are."""

    __visit_name__ = "null"
    _isnull = True
    operator_classes = OperatorClass.ANY

    class Comparator(TypeComparator[Any]):
        """Takes over the type of the other side where that is the likely answer."""

        def _adapt_expression(self, op: OperatorType, other_comparator: Any) -> tuple[OperatorType, TypeEngine[Any]]:
            if isinstance(other_comparator, NullType.Comparator) or not is_commutative(op):
                return op, self.type
            if op is add and other_comparator.type._concatenates:
                return concat_op, other_comparator.type
            return op, other_comparator.type

    comparator_factory = Comparator

    @property
    def python_type(self) -> type[Any]:
        return object

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        def refuse(value: Any) -> str:
            raise CompileError(
                f"Don't know how to render literal SQL value: {value!r}; give it a type with literal(value, type_) or "
                "bindparam(type_=...)"
            )

        return refuse


NULLTYPE: Final = NullType()
_null[:] = [NULLTYPE]
