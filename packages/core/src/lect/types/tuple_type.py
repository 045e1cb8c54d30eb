"""The type of ``(a, b)``: one type for each member."""

from __future__ import annotations

from typing import Any

from lect.operators import OperatorClass, OperatorType
from lect.types.null import NULLTYPE
from lect.types.type_engine import TypeEngine, resolve_value_type, to_instance

__all__ = ["TABLEVALUE", "TableValueType", "TupleType"]


class TupleType(TypeEngine[tuple[Any, ...]]):
    """What a tuple of expressions is."""

    operator_classes = OperatorClass.TUPLE
    _is_tuple_type = True

    def __init__(self, *types: Any) -> None:
        self._fully_typed = NULLTYPE not in types
        self.types: list[TypeEngine[Any]] = [to_instance(t) for t in types]

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        if not isinstance(value, (list, tuple)):
            return super().coerce_compared_value(op, value)
        return TupleType(
            *[
                type_.coerce_compared_value(op, v) if type_ is not NULLTYPE else resolve_value_type(v)
                for type_, v in zip(self.types, value, strict=False)
            ]
        )

    def _resolve_values_to_types(self, value: Any) -> TupleType:
        if self._fully_typed:
            return self
        return TupleType(
            *[
                resolve_value_type(v) if type_ is NULLTYPE else type_
                for type_, v in zip(self.types, value, strict=False)
            ]
        )

    def _shape_parts(self) -> tuple[object, ...] | None:
        return (type(self), *[t._shape or t._structure() for t in self.types])

    def __repr__(self) -> str:
        return f"TupleType({', '.join(map(repr, self.types))})"


class TableValueType(TypeEngine[Any]):
    """The rows of a function that stands in FROM."""

    operator_classes = OperatorClass.BASE
    _is_table_value = True

    def __init__(self, *elements: Any) -> None:
        self._elements = list(elements)

    def _shape_parts(self) -> tuple[object, ...] | None:
        parts: list[object] = [type(self)]
        for element in self._elements:
            parts.append(element if isinstance(element, str) else getattr(element, "name", None))
            type_ = getattr(element, "type", None)
            if type_ is not None:
                parts.append(type_._shape or type_._structure())
        return tuple(parts)


TABLEVALUE = TableValueType()
