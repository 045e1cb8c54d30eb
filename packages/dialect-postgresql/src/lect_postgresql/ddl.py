"""DDL about types: enumerations are objects of their own."""

from __future__ import annotations

from typing import Any

from lect.schema.ddl import DDLElement

__all__ = ["CreateEnumType", "DropEnumType"]


class _TypeDDL(DDLElement):
    """DDL about a type."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.target = element


class CreateEnumType(_TypeDDL):
    """``CREATE TYPE name AS ENUM (…)``."""

    __visit_name__ = "create_enum_type"


class DropEnumType(_TypeDDL):
    """``DROP TYPE name``."""

    __visit_name__ = "drop_enum_type"
