"""The CHECK constraint that a type asks for where the database has no such type: a Boolean, an Enum."""

from __future__ import annotations

from typing import Any

from lect.schema.constraints import CheckConstraint
from lect.sql.names import quoted_name
from lect.types import Boolean, Enum

__all__ = ["constraints_of_type"]


def _implementation(type_: Any) -> Any:
    """Return the type inside of a decorator."""
    while getattr(type_, "_is_type_decorator", False):
        type_ = type_.impl
    return type_


def constraints_of_type(column: Any) -> list[CheckConstraint]:
    """Return the constraints that `column`'s type brings, not attached yet.

    They are written only where the dialect's form of the type is not native.
    """
    type_ = _implementation(column.type)
    if not getattr(type_, "create_constraint", False):
        return []
    if isinstance(type_, Enum):
        condition = column.in_(list(type_.enums))
    elif isinstance(type_, Boolean):
        condition = column.in_([0, 1])
    else:
        return []
    name = type_.name
    constraint = CheckConstraint(
        condition,
        name=quoted_name(name, None) if name is not None and not isinstance(name, quoted_name) else name,
        _create_rule=_OnlyWithoutNativeType(column),
        _type_bound=True,
        _autoattach=False,
    )
    return [constraint]


class _OnlyWithoutNativeType:
    """Says whether a dialect needs the constraint: it has no type that keeps other values out by itself."""

    def __init__(self, column: Any) -> None:
        self.column = column

    def __call__(self, writer: Any) -> bool:
        type_ = _implementation(self.column.type)
        variant = type_._variant_mapping.get(writer.dialect.name)
        if variant is not None and not getattr(variant, "create_constraint", False):
            return False
        if isinstance(type_, Enum):
            return not (writer.capabilities.native_enum and getattr(type_, "native_enum", True))
        return not writer.capabilities.native_boolean
