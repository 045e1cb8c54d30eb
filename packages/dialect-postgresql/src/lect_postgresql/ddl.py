"""DDL about types: enumerations and domains are objects of their own."""

from __future__ import annotations

from typing import Any

from lect.schema.ddl import DDLElement

__all__ = ["CreateDomainType", "CreateEnumType", "DropDomainType", "DropEnumType"]


class _TypeDDL(DDLElement):
    """DDL about a type."""

    stringify_dialect = "postgresql"

    def __init__(self, element: Any) -> None:
        self.element = element
        self.target = element


class CreateEnumType(_TypeDDL):
    """``CREATE TYPE name AS ENUM (…)``."""

    __visit_name__ = "create_enum_type"


class DropEnumType(_TypeDDL):
    """``DROP TYPE name``."""

    __visit_name__ = "drop_enum_type"


class CreateDomainType(_TypeDDL):
    """``CREATE DOMAIN name AS type …``."""

    __visit_name__ = "create_domain_type"


class DropDomainType(_TypeDDL):
    """``DROP DOMAIN name``."""

    __visit_name__ = "drop_domain_type"
