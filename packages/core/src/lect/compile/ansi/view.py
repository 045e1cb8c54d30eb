"""Default rules for CREATE VIEW, DROP VIEW and CREATE TABLE AS."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.view import CreateTableAs, CreateView, DropView


def _select(ddl: Any, writer: Any) -> str:
    with writer.literals():
        return writer.render(ddl.selectable)  # type: ignore[no-any-return]


@ANSI.rule(CreateView)
def create_view(ddl: CreateView, writer: Any) -> str:
    """``CREATE OR REPLACE TEMPORARY VIEW name AS SELECT``."""
    if not writer.capabilities.views:
        writer.refuse("CREATE VIEW", "the database has no views")
    if ddl.materialized and not writer.capabilities.materialized_views:
        writer.refuse("CREATE MATERIALIZED VIEW", "the database has no materialized views")
    words = ["CREATE"]
    if ddl.or_replace:
        words.append("OR REPLACE")
    if ddl.temporary:
        words.append("TEMPORARY")
    words.append("MATERIALIZED VIEW" if ddl.materialized else "VIEW")
    return f"{' '.join(words)} {writer.format_table(ddl.element)} AS {_select(ddl, writer)}"


@ANSI.rule(DropView)
def drop_view(ddl: DropView, writer: Any) -> str:
    """``DROP VIEW name``."""
    kind = "MATERIALIZED VIEW" if ddl.materialized else "VIEW"
    return f"\nDROP {kind} {'IF EXISTS ' if ddl.if_exists else ''}{writer.format_table(ddl.element)}"


@ANSI.rule(CreateTableAs)
def create_table_as(ddl: CreateTableAs, writer: Any) -> str:
    """``CREATE TEMPORARY TABLE name AS SELECT``."""
    if not writer.capabilities.create_table_as:
        writer.refuse("CREATE TABLE AS", "the database has no such statement")
    temporary = "TEMPORARY " if ddl.temporary else ""
    exists = "IF NOT EXISTS " if ddl.if_not_exists else ""
    return f"CREATE {temporary}TABLE {exists}{writer.format_table(ddl.element)} AS {_select(ddl, writer)}"
