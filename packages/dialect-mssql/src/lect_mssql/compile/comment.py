"""Comments are extended properties of the name MS_Description.

https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-addextendedproperty-transact-sql
"""

from __future__ import annotations

from typing import Any

from lect.schema.ddl import DropColumnComment, DropTableComment, SetColumnComment, SetTableComment
from lect_mssql.compile.table import RULES


def _literal(text: str, writer: Any) -> str:
    return f"N{writer.dialect.literals.string(text).removeprefix('N')}"


def _levels(table: Any, writer: Any, column: Any = None) -> str:
    """Return where the property belongs: schema, table and column, as names in literals."""
    schema = writer.identifiers.schema_of(table, writer.translate) or writer.dialect.default_schema_name or "dbo"
    text = f"'schema', {_literal(schema, writer)}, 'table', {_literal(table.name, writer)}"
    return text if column is None else f"{text}, 'column', {_literal(column.name, writer)}"


def _set(comment: str, levels: str, writer: Any) -> str:
    return f"execute sp_addextendedproperty 'MS_Description', {_literal(comment, writer)}, {levels}"


@RULES.rule(SetTableComment)
def set_table_comment(ddl: SetTableComment, writer: Any) -> str:
    """Add the property to the table."""
    return _set(ddl.element.comment, _levels(ddl.element, writer), writer)


@RULES.rule(DropTableComment)
def drop_table_comment(ddl: DropTableComment, writer: Any) -> str:
    """Drop the table's property."""
    return f"execute sp_dropextendedproperty 'MS_Description', {_levels(ddl.element, writer)}"


@RULES.rule(SetColumnComment)
def set_column_comment(ddl: SetColumnComment, writer: Any) -> str:
    """Add the property to the column."""
    column = ddl.element
    return _set(column.comment, _levels(column.table, writer, column), writer)


@RULES.rule(DropColumnComment)
def drop_column_comment(ddl: DropColumnComment, writer: Any) -> str:
    """Drop the column's property."""
    column = ddl.element
    return f"execute sp_dropextendedproperty 'MS_Description', {_levels(column.table, writer, column)}"
