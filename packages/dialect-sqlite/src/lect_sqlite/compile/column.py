"""Columns: behind RETURNING they stand without their table."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.column import ColumnClause
from lect_sqlite.compile.table import RULES


@RULES.rule(ColumnClause)
def column(node: ColumnClause[Any], writer: Any) -> str:
    """The name alone in RETURNING, which knows no other table: https://sqlite.org/lang_returning.html."""
    scope = writer.scope
    if scope.facts.get("clause") == "returning" and node.table is scope.target and not node.is_literal:
        return writer.quote(node.name)  # type: ignore[no-any-return]
    if (
        scope.facts.get("clause") == "returning"
        and node.table is not None
        and node.table not in scope.target._from_objects
    ):
        writer.refuse(
            f"{node.table.description}.{node.name} in RETURNING",
            "only columns of the changed table can be returned",
            "select the others with a subquery",
        )
    return ANSI.own[ColumnClause](node, writer)
