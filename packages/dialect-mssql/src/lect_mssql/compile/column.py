"""Columns: in OUTPUT they are those of the rows ``inserted`` or ``deleted``; temporary tables have a ``#``."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.column import ColumnClause
from lect_mssql.compile.table import RULES
from lect_mssql.identifiers import is_temporary


@RULES.rule(ColumnClause)
def column(node: ColumnClause[Any], writer: Any) -> str:
    """``inserted.a`` in OUTPUT of an INSERT or UPDATE, ``deleted.a`` of a DELETE."""
    scope = writer.scope
    if scope.facts.get("clause") == "returning" and node.table is scope.target and not node.is_literal:
        rows = "deleted" if scope.statement._kind == "delete" else "inserted"
        return f"{rows}.{writer.quote(node.name)}"
    table = node.table
    if table is not None and table._is_table and is_temporary(table) and not writer.bare_columns:
        return f"{writer.format_table(table)}.{writer.quote(node.name)}"
    return ANSI.own[ColumnClause](node, writer)
