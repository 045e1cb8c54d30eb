"""CREATE TYPE and DROP TYPE for enumerations."""

from __future__ import annotations

from typing import Any

from lect.types.string import STRINGTYPE
from lect_postgresql.compile.table import RULES
from lect_postgresql.ddl import CreateEnumType, DropEnumType

__all__ = ["type_name"]


def type_name(type_: Any, writer: Any) -> str:
    """Return the name of a type with its schema."""
    return writer.identifiers.format_table(type_, translate=writer.translate)  # type: ignore[no-any-return]


@RULES.rule(CreateEnumType)
def create_enum_type(ddl: CreateEnumType, writer: Any) -> str:
    """postgresql.org/docs/current/sql-createtype.html."""
    labels = ", ".join([writer.literal(label, STRINGTYPE) for label in ddl.element.enums])
    return f"CREATE TYPE {type_name(ddl.element, writer)} AS ENUM ({labels})"


@RULES.rule(DropEnumType)
def drop_enum_type(ddl: DropEnumType, writer: Any) -> str:
    """postgresql.org/docs/current/sql-droptype.html."""
    return f"DROP TYPE {type_name(ddl.element, writer)}"
