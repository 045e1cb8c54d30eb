"""Default rule for tables."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.hints import with_hint
from lect.compile.table import ANSI
from lect.compile.writer import FROM
from lect.sql.from_clause import TableClause, TableValuedColumn


@ANSI.rule(TableClause)
def table(node: Any, writer: Any) -> str:
    """The name, with its schema; in FROM also the hints about it."""
    text: str = writer.format_table(node)
    return with_hint(node, text, writer) if writer.position == FROM else text


@ANSI.rule(TableValuedColumn)
def table_valued_column(node: TableValuedColumn, writer: Any) -> str:
    """The name of the FROM element."""
    return writer.quote(writer.name(node.scalar_alias.name, "alias"))  # type: ignore[no-any-return]
