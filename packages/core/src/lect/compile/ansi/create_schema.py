"""Default rules for CREATE SCHEMA and DROP SCHEMA."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.ddl import CreateSchema, DropSchema


@ANSI.rule(CreateSchema)
def create_schema(ddl: CreateSchema, writer: Any) -> str:
    """``CREATE SCHEMA name``."""
    return (
        f"CREATE SCHEMA {'IF NOT EXISTS ' if ddl.if_not_exists else ''}{writer.identifiers.format_schema(ddl.element)}"
    )


@ANSI.rule(DropSchema)
def drop_schema(ddl: DropSchema, writer: Any) -> str:
    """``DROP SCHEMA name CASCADE``."""
    name = writer.identifiers.format_schema(ddl.element)
    return f"DROP SCHEMA {'IF EXISTS ' if ddl.if_exists else ''}{name}{' CASCADE' if ddl.cascade else ''}"
