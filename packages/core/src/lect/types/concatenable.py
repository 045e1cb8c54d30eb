"""What a type can be besides: something that ``+`` joins, something with elements."""

from __future__ import annotations

from typing import Any, ClassVar

from lect.operators import OperatorType, add, concat_op
from lect.types.type_engine import Comparator, TypeEngine

__all__ = ["Concatenable", "Indexable"]


class ConcatenableComparator(Comparator[Any]):
    """``+`` between two values that can be joined is concatenation."""

    def _adapt_expression(self, op: OperatorType, other_comparator: Any) -> tuple[OperatorType, TypeEngine[Any]]:
        if op is add and (other_comparator.type._concatenates or other_comparator.type._isnull):
            return concat_op, self.type
        return super()._adapt_expression(op, other_comparator)


class Concatenable:
    """Mixed into types whose values can be joined: strings, arrays, JSON."""

    _concatenates: ClassVar[bool] = True
    Comparator = ConcatenableComparator
    comparator_factory: Any = ConcatenableComparator


class IndexableComparator(Comparator[Any]):
    """Element access by ``[index]``."""

    def _setup_getitem(self, index: Any) -> tuple[OperatorType, Any, TypeEngine[Any]]:
        """Return the operator, the index as it is sent, and the type of ``self[index]``."""
        raise NotImplementedError(f"{type(self.type).__name__} does not say what an element of it is")


class Indexable:
    """Mixed into types whose values have elements: arrays, JSON."""

    Comparator = IndexableComparator
    comparator_factory: Any = IndexableComparator
