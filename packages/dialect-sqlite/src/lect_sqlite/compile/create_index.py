"""CREATE INDEX: the schema stands before the index's name, and a condition may follow."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import expression
from lect.compile.ansi.create_index import checked_index, index_expressions
from lect.compile.ansi.schema_names import index_name
from lect.schema.ddl import CreateIndex
from lect_sqlite.compile.table import RULES


@RULES.rule(CreateIndex)
def create_index(ddl: CreateIndex, writer: Any) -> str:
    """``CREATE UNIQUE INDEX schema.name ON t (expressions) WHERE condition``."""
    index = checked_index(ddl.element)
    text = "CREATE {}INDEX {}{} ON {} ({})".format(
        "UNIQUE " if index.unique else "",
        "IF NOT EXISTS " if ddl.if_not_exists else "",
        index_name(index, writer, with_schema=True),
        writer.quote(index.table.name),
        ", ".join(index_expressions(index, writer)),
    )
    condition = index.dialect_options["sqlite"]["where"]
    if condition is not None:
        text += f" WHERE {condition if isinstance(condition, str) else expression(condition, writer)}"
    return text
