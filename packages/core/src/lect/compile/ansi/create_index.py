"""Default rules for CREATE INDEX and DROP INDEX."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import expression
from lect.compile.ansi.schema_names import index_name
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.schema.ddl import CreateIndex, DropIndex

__all__ = ["checked_index", "index_expressions"]


@ANSI.rule(CreateIndex)
def create_index(ddl: CreateIndex, writer: Any) -> str:
    """``CREATE UNIQUE INDEX name ON t (expressions)``."""
    index = checked_index(ddl.element)
    return "CREATE {}INDEX {}{} ON {} ({})".format(
        "UNIQUE " if index.unique else "",
        "IF NOT EXISTS " if ddl.if_not_exists else "",
        index_name(index, writer),
        writer.format_table(index.table),
        ", ".join(index_expressions(index, writer)),
    )


def checked_index(index: Any) -> Any:
    """Return `index`; CompileError when it is in no table."""
    if index.table is None:
        raise CompileError(f"Index '{index.name}' is not associated with any table.")
    return index


def index_expressions(index: Any, writer: Any) -> list[str]:
    """Return what is indexed, each as it is written."""
    return [expression(each, writer) for each in index.expressions]


@ANSI.rule(DropIndex)
def drop_index(ddl: DropIndex, writer: Any) -> str:
    """``DROP INDEX name``."""
    name = index_name(ddl.element, writer, with_schema=True, statement="DROP INDEX")
    return f"\nDROP INDEX {'IF EXISTS ' if ddl.if_exists else ''}{name}"
