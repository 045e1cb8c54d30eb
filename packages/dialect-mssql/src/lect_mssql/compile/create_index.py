"""CREATE INDEX: clustered, columnstore, INCLUDE and WHERE; DROP INDEX names the table."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import expression
from lect.compile.ansi.create_index import checked_index, index_expressions
from lect.compile.ansi.schema_names import index_name
from lect.schema.ddl import CreateIndex, DropIndex
from lect.sql.column import ColumnClause
from lect.sql.unary import UnaryExpression
from lect_mssql.compile.constraints import clustered
from lect_mssql.compile.table import RULES


@RULES.rule(CreateIndex)
def create_index(ddl: CreateIndex, writer: Any) -> str:
    """``CREATE UNIQUE CLUSTERED COLUMNSTORE INDEX name ON t (columns) INCLUDE (columns) WHERE condition``.

    https://learn.microsoft.com/sql/t-sql/statements/create-index-transact-sql
    """
    index = checked_index(ddl.element)
    if ddl.if_not_exists:
        writer.refuse("CREATE INDEX IF NOT EXISTS", instead="use index.create(engine, checkfirst=True)")
    if not all(_is_column(each) for each in index.expressions):
        writer.refuse("an index over an expression", instead="add a Computed column, and index that")
    options = index.dialect_options["mssql"]
    text = "CREATE {}{}{}INDEX {} ON {}".format(
        "UNIQUE " if index.unique else "",
        clustered(index),
        "COLUMNSTORE " if options["columnstore"] else "",
        index_name(index, writer),
        writer.format_table(index.table),
    )
    keys = index_expressions(index, writer)
    if keys:  # a clustered columnstore index is said without columns: it has all of them
        text += f" ({', '.join(keys)})"
    if options["include"]:
        included = [index.table.c[each] if isinstance(each, str) else each for each in options["include"]]
        text += f" INCLUDE ({', '.join([writer.quote(column.name) for column in included])})"
    if options["where"] is not None:
        condition = options["where"]
        text += f" WHERE {condition if isinstance(condition, str) else expression(condition, writer)}"
    return text


def _is_column(element: Any) -> bool:
    """Whether an index may have the element: a column, in either direction, or text that the user answers for."""
    while isinstance(element, UnaryExpression) and element.operator is None:
        element = element.element
    return isinstance(element, ColumnClause) or element._is_text_clause


@RULES.rule(DropIndex)
def drop_index(ddl: DropIndex, writer: Any) -> str:
    """``DROP INDEX IF EXISTS name ON t``."""
    index = checked_index(ddl.element)
    return "\nDROP INDEX {}{} ON {}".format(
        "IF EXISTS " if ddl.if_exists else "", index_name(index, writer), writer.format_table(index.table)
    )
