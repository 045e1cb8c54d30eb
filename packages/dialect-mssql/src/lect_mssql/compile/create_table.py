"""CREATE TABLE: no IF NOT EXISTS, no TEMPORARY."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.ddl import CreateTable
from lect_mssql.compile.table import RULES
from lect_mssql.identifiers import is_temporary


@RULES.rule(CreateTable)
def create_table(ddl: CreateTable, writer: Any) -> str:
    """The default's text; TEMPORARY is said by the name, which begins with ``#``."""
    if ddl.if_not_exists:
        writer.refuse("CREATE TABLE IF NOT EXISTS", instead="use metadata.create_all(), which looks first")
    text = ANSI.own[CreateTable](ddl, writer)
    if is_temporary(ddl.element):
        words = " ".join([str(prefix) for prefix in ddl.element._prefixes])
        text = text.replace(f"CREATE {words} TABLE ", "CREATE TABLE ", 1)
    return text
