"""Default rule for columns."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.column import ColumnClause


@ANSI.rule(ColumnClause)
def column(node: ColumnClause[Any], writer: Any) -> str:
    """The name, after the name of its table; SQL as it is for ``literal_column()``."""
    name = node.name if node.is_literal else writer.quote(node.name)
    table = node.table
    if table is None or writer.bare_columns or not table.named_with_column:
        return name
    prefix = writer.quote(writer.name(table.name, "alias"))
    if table._is_table:
        schema = writer.identifiers.schema_of(table, writer.translate)
        if schema:
            prefix = f"{writer.identifiers.quote_schema(schema)}.{prefix}"
    return f"{prefix}.{name}"
