"""CREATE INDEX: method, operator classes, covered columns, storage parameters, condition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lect.compile.ansi.constraints import expression
from lect.compile.ansi.create_index import checked_index
from lect.compile.ansi.schema_names import index_name
from lect.exc import CompileError
from lect.schema.ddl import CreateIndex, DropIndex
from lect.schema.expressions import ddl_expression
from lect.sql.element import ColumnElement
from lect_postgresql.compile.table import RULES

__all__ = ["included", "storage_parameters", "word"]

_WORD: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
#: A parameter, perhaps one of the table's TOAST table.
_NAME: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$")
_PARAMETER: Final = re.compile(r"^[A-Za-z0-9_.+-]+$")


def word(value: Any, option: str) -> str:
    """Return an option's value that is written as it stands; CompileError when it is more than a word."""
    if not isinstance(value, str) or not _WORD.match(value):
        raise CompileError(f"{option}={value!r}: a single word is expected")
    return value


def included(columns: Any, table: Any, writer: Any) -> str:
    """Return `` INCLUDE (a, b)`` for columns given as Columns or keys; nothing for none."""
    if not columns:
        return ""
    names = [writer.quote((table.c[c] if isinstance(c, str) else c).name) for c in columns]
    return f" INCLUDE ({', '.join(names)})"


def storage_parameters(given: Mapping[str, Any]) -> str:
    """Return ``fillfactor = 70, fastupdate = false``; a parameter whose value is None is named only."""
    parts = []
    for name, value in given.items():
        if not _NAME.match(str(name)):
            raise CompileError(f"postgresql_with: {name!r} is no name of a parameter")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if not _PARAMETER.match(text):
            raise CompileError(f"postgresql_with[{name!r}]={value!r}: a number or a word is expected")
        parts.append(name if value is None else f"{name} = {text}")
    return ", ".join(parts)


@RULES.rule(CreateIndex)
def create_index(ddl: CreateIndex, writer: Any) -> str:
    """postgresql.org/docs/current/sql-createindex.html."""
    index = checked_index(ddl.element)
    options = index.dialect_options["postgresql"]
    text = "CREATE UNIQUE INDEX " if index.unique else "CREATE INDEX "
    if options["concurrently"]:
        text += "CONCURRENTLY "
    if ddl.if_not_exists:
        text += "IF NOT EXISTS "
    text += f"{index_name(index, writer)} ON {writer.format_table(index.table)} "
    if options["using"]:
        text += f"USING {word(options['using'], 'postgresql_using').lower()} "
    classes = options["ops"]
    text += f"({', '.join([_expression(each, classes, writer) for each in index.expressions])})"
    if options["include"]:
        text += included(options["include"], index.table, writer)
    if options["nulls_not_distinct"] is not None:
        text += " NULLS NOT DISTINCT" if options["nulls_not_distinct"] else " NULLS DISTINCT"
    if options["with"]:
        text += f" WITH ({storage_parameters(options['with'])})"
    if options["tablespace"]:
        text += f" TABLESPACE {writer.quote(options['tablespace'])}"
    if options["where"] is not None:
        text += f" WHERE {expression(ddl_expression(options['where'], 'postgresql_where'), writer)}"
    return text


def _expression(each: Any, classes: Any, writer: Any) -> str:
    text: str = expression(each.self_group() if isinstance(each, ColumnElement) else each, writer)
    name = getattr(each, "key", None)
    if name in classes:
        return f"{text} {word(classes[name], 'postgresql_ops')}"
    return text


@RULES.rule(DropIndex)
def drop_index(ddl: DropIndex, writer: Any) -> str:
    """``DROP INDEX [CONCURRENTLY] name``."""
    text = "\nDROP INDEX "
    if ddl.element.dialect_options["postgresql"]["concurrently"]:
        text += "CONCURRENTLY "
    if ddl.if_exists:
        text += "IF EXISTS "
    return text + str(index_name(ddl.element, writer, with_schema=True))
