"""``(a, b)``"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lect.exc import ArgumentError
from lect.operators import OperatorType, comma_op
from lect.sql.bind import BindParameter
from lect.sql.coercions import column_or_value
from lect.sql.element import ColumnElement
from lect.sql.node import children, typed
from lect.types.null import NULLTYPE
from lect.types.tuple_type import TupleType

__all__ = ["Tuple", "tuple_"]


class Tuple(ColumnElement[tuple[Any, ...]]):
    """Several expressions that are compared together."""

    __visit_name__ = "tuple"
    _fields = (children("clauses"), typed("type"))

    operator = comma_op

    def __init__(self, *clauses: Any, types: Sequence[Any] | None = None) -> None:
        if types is None:
            members = [column_or_value(c) for c in clauses]
        else:
            if len(types) != len(clauses):
                raise ArgumentError(f"Wrong number of elements for {len(types)}-tuple: {clauses!r} ")
            members = [
                column_or_value(c, type_=t if t is not NULLTYPE else None) for c, t in zip(clauses, types, strict=True)
            ]
        self.clauses = tuple([m.self_group(against=comma_op) for m in members])
        self.type = TupleType(*[m.type for m in members])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def self_group(self, against: OperatorType | None = None) -> Any:
        return self

    def _bind_param(self, operator: OperatorType | None, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        if expanding:
            return BindParameter(
                None,
                value=obj,
                _compared_to_operator=operator,
                unique=True,
                expanding=True,
                type_=type_,
                _compared_to_type=self.type,
            )
        members: list[BindParameter[Any]] = [
            BindParameter(None, o, _compared_to_operator=operator, _compared_to_type=t, unique=True, type_=type_)
            for o, t in zip(obj, self.type.types, strict=True)  # type: ignore[attr-defined]
        ]
        return Tuple(*members)


def tuple_(*clauses: Any, types: Sequence[Any] | None = None) -> Tuple:
    """Return ``(a, b, ...)``, for comparisons such as ``tuple_(a, b).in_([(1, 2), (3, 4)])``."""
    return Tuple(*clauses, types=types)
