"""CREATE INDEX: kinds, lengths of prefixes, expressions; DROP INDEX names the table.

https://dev.mysql.com/doc/refman/8.4/en/create-index.html, https://mariadb.com/kb/en/create-index/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect import operators as ops
from lect.compile.ansi.constraints import expression
from lect.compile.ansi.create_index import checked_index
from lect.compile.ansi.schema_names import index_name
from lect.exc import CompileError
from lect.schema.ddl import CreateIndex, DropIndex
from lect.sql.column import ColumnClause
from lect.sql.function import FunctionElement
from lect.sql.grouping import Grouping
from lect_mysql.compile.options import option, word
from lect_mysql.compile.table import RULES


@RULES.rule(CreateIndex)
def create_index(ddl: CreateIndex, writer: Any) -> str:
    """``CREATE FULLTEXT INDEX name ON t (a(10), (lower(b))) USING hash WITH PARSER ngram``."""
    index = checked_index(ddl.element)
    text = "CREATE UNIQUE " if index.unique else "CREATE "
    prefix = option(index, "prefix", writer)
    if prefix:
        text += f"{word(prefix, 'mysql_prefix')} "
    text += "INDEX "
    if ddl.if_not_exists:
        text += "IF NOT EXISTS "
    lengths = option(index, "length", writer)
    columns = ", ".join([_with_length(each, lengths, writer) for each in index.expressions])
    text += f"{index_name(index, writer)} ON {writer.format_table(index.table)} ({columns})"
    parser = option(index, "with_parser", writer)
    if parser:
        text += f" WITH PARSER {word(parser, 'mysql_with_parser')}"
    using = option(index, "using", writer)
    return f"{text} USING {word(using, 'mysql_using')}" if using else text


def _with_length(each: Any, lengths: Any, writer: Any) -> str:
    """Return a column with the length of its prefix, or an expression in the parentheses it needs."""
    text: str = expression(each, writer)
    if _is_expression(each):
        return f"({text})"
    length = lengths
    if isinstance(lengths, Mapping):
        column = each
        while not isinstance(column, ColumnClause) and hasattr(column, "element"):
            column = column.element
        length = next((lengths[k] for k in (text, getattr(column, "name", None)) if k in lengths), None)
    if length is None:
        return text
    if not isinstance(length, int) or isinstance(length, bool):
        raise CompileError(f"mysql_length={lengths!r}: a number, or numbers by names of columns, are expected")
    name, space, direction = text.partition(" ") if not isinstance(each, ColumnClause) else (text, "", "")
    return f"{name}({length}){space}{direction}"


def _is_expression(each: Any) -> bool:
    """Whether what is indexed is more than a column, ascending or descending."""
    while getattr(each, "modifier", None) in (ops.asc_op, ops.desc_op) or isinstance(each, Grouping):
        each = each.element
    return isinstance(each, FunctionElement) or (
        getattr(each, "_is_column_element", False) and not isinstance(each, ColumnClause)
    )


@RULES.rule(DropIndex)
def drop_index(ddl: DropIndex, writer: Any) -> str:
    """``DROP INDEX name ON t``."""
    index = checked_index(ddl.element)
    exists = "IF EXISTS " if ddl.if_exists else ""
    name = index_name(index, writer, statement="DROP INDEX")
    return f"\nDROP INDEX {exists}{name} ON {writer.format_table(index.table)}"
