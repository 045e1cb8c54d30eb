"""CREATE TABLE: no IF NOT EXISTS, no TEMPORARY."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.ddl import CreateTable
from lect_mssql.compile.table import RULES


@RULES.rule(CreateTable)
def create_table(ddl: CreateTable, writer: Any) -> str:
    """The default's text."""
    if ddl.if_not_exists:
        writer.refuse("CREATE TABLE IF NOT EXISTS", instead="use metadata.create_all(), which looks first")
    if any(str(prefix).upper() in ("TEMPORARY", "TEMP") for prefix in ddl.element._prefixes):
        writer.refuse("CREATE TEMPORARY TABLE", instead="give the table a name that begins with '#'")
    return ANSI.own[CreateTable](ddl, writer)
