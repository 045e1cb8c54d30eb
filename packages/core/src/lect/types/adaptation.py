"""The type of ``a + b`` and its like, by the types of both sides."""

from __future__ import annotations

from typing import Any, Final

from lect.operators import OperatorType
from lect.types.type_engine import Comparator, TypeEngine

__all__ = ["OTHER", "RESULTS", "WIDER", "AdaptingComparator"]

#: The result has the type of the right side.
OTHER: Final = "other"
#: The result has the more specific or larger of both types, which are of one kind.
WIDER: Final = "wider"

#: (operator, kind of the left side, kind of the right side) -> a type, OTHER or WIDER; else the left type.
#: Filled by :mod:`lect.types.arithmetic`.
RESULTS: Final[dict[tuple[OperatorType, type, type], Any]] = {}


class AdaptingComparator(Comparator[Any]):
    """Operators whose result has a type of its own."""

    def _adapt_expression(self, op: OperatorType, other_comparator: Any) -> tuple[OperatorType, TypeEngine[Any]]:
        mine: TypeEngine[Any] = self.type
        other: TypeEngine[Any] = other_comparator.type
        result = RESULTS.get((op, mine._type_affinity, other._type_affinity))
        if result is None:
            return op, mine
        if result is OTHER:
            return op, other
        if result is WIDER:
            return op, other if other._rank > mine._rank else mine
        return op, result
