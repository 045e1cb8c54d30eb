"""Columns: in OUTPUT they are those of the rows ``inserted`` or ``deleted``."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.column import ColumnClause
from lect_mssql.compile.table import RULES


@RULES.rule(ColumnClause)
def column(node: ColumnClause[Any], writer: Any) -> str:
    """``inserted.a`` in OUTPUT of an INSERT or UPDATE, ``deleted.a`` of a DELETE."""
    scope = writer.scope
    if scope.facts.get("clause") == "returning" and node.table is scope.target and not node.is_literal:
        rows = "deleted" if scope.statement._kind == "delete" else "inserted"
        return f"{rows}.{writer.quote(node.name)}"
    return ANSI.own[ColumnClause](node, writer)
