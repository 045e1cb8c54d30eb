"""The CHECK constraint that a type asks for where the database has no such type: a Boolean, an Enum."""

from __future__ import annotations

from typing import Any

import lect.sql.operations  # noqa: F401 - what in_() is made of
from lect.schema.constraints import CheckConstraint
from lect.types.schema_type import SchemaType

__all__ = ["constraints_of_type", "schema_type_of"]


def schema_type_of(type_: Any) -> SchemaType | None:
    """Return the schema type that `type_` is, or decorates, or is an array of; None when it is a plain type."""
    while True:
        if isinstance(type_, SchemaType):
            return type_
        inner = getattr(type_, "impl", None) if getattr(type_, "_is_type_decorator", False) else None
        if inner is None and getattr(type_, "_is_array", False):
            inner = type_.item_type
        if inner is None or inner is type_:
            return None
        type_ = inner


def constraints_of_type(column: Any) -> list[CheckConstraint]:
    """Return the constraints that `column`'s type brings, not attached yet.

    They are written only where the dialect's form of the type does not refuse other values by itself.
    """
    type_ = schema_type_of(column.type)
    if type_ is None or not type_.create_constraint or getattr(column.type, "_is_array", False):
        return []
    values = type_._constraint_values()
    if not values:
        return []
    return [
        CheckConstraint(
            column.in_(list(values)),
            name=type_.name,
            _create_rule=_WhereNotNative(column, type_),
            _type_bound=True,
            _autoattach=False,
        )
    ]


class _WhereNotNative:
    """Says whether a dialect needs the constraint."""

    def __init__(self, column: Any, type_: Any) -> None:
        self.column = column
        self.type = type_

    def __call__(self, writer: Any) -> bool:
        variant = self.column.type._variant_for(writer.dialect)
        if variant is not None:
            inner = schema_type_of(variant)
            return inner is not None and inner._constraint_wanted(writer.dialect)
        return bool(self.type._constraint_wanted(writer.dialect))
