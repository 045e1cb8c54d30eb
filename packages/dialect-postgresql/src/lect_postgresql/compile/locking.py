"""FOR UPDATE, FOR NO KEY UPDATE, FOR SHARE, FOR KEY SHARE, of some tables, without waiting."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import Locking
from lect.sql.from_clause import froms_of
from lect.sql.join import leaves
from lect_postgresql.compile.table import RULES


@RULES.rule(Locking)
def locking(node: Locking, writer: Any) -> str:
    """postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE."""
    wanted = node.statement._for_update
    if wanted.read:
        text = " FOR KEY SHARE" if wanted.key_share else " FOR SHARE"
    else:
        text = " FOR NO KEY UPDATE" if wanted.key_share else " FOR UPDATE"
    if wanted.of:
        named = [f for each in wanted.of for f in (froms_of(each) or [each])]
        tables = dict.fromkeys(
            [leaf for each in named for leaf in ([each] if each._is_text_clause else reversed(leaves(each)))]
        )
        text += f" OF {', '.join([_name(table, writer) for table in tables])}"
    if wanted.nowait:
        text += " NOWAIT"
    if wanted.skip_locked:
        text += " SKIP LOCKED"
    return text


def _name(table: Any, writer: Any) -> str:
    """The name alone: a schema may not stand here. Text is the program's own."""
    if table._is_text_clause:
        return writer.render(table)  # type: ignore[no-any-return]
    return writer.quote(table.name)  # type: ignore[no-any-return]
