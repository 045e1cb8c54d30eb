"""CREATE SCHEMA and DROP SCHEMA: without IF NOT EXISTS, without CASCADE."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.ddl import CreateSchema, DropSchema
from lect_mssql.compile.table import RULES


@RULES.rule(CreateSchema)
def create_schema(ddl: CreateSchema, writer: Any) -> str:
    """``CREATE SCHEMA s``, which must be alone in its batch."""
    if ddl.if_not_exists:
        writer.refuse("CREATE SCHEMA IF NOT EXISTS", instead="ask inspect(engine).has_schema(name) first")
    return ANSI.own[CreateSchema](ddl, writer)


@RULES.rule(DropSchema)
def drop_schema(ddl: DropSchema, writer: Any) -> str:
    """``DROP SCHEMA IF EXISTS s``."""
    if ddl.cascade:
        writer.refuse("DROP SCHEMA ... CASCADE", instead="drop what is in the schema first")
    return ANSI.own[DropSchema](ddl, writer)
