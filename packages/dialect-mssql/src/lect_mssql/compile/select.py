"""SELECT: no ORDER BY inside of other statements, conditions as values, no ALL for INTERSECT and EXCEPT."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql._insert import Insert
from lect.sql._select import Select
from lect.sql.compound import CompoundSelect
from lect_mssql.compile.locking import refuse_locked_union, with_lock_hints
from lect_mssql.compile.table import RULES


@RULES.rule(Select)
def select(node: Select[Any], writer: Any) -> str:
    """The default rule's text, without an ORDER BY that would be refused, with locks as hints."""
    node = with_lock_hints(node._translated(), writer)
    return ANSI.own[Select](_without_idle_order(node, writer), writer)


def _without_idle_order(node: Any, writer: Any) -> Any:
    """Return the statement without ORDER BY when it is inside of another one and has no limit (error 1033)."""
    around = writer.scope.statement
    if not node._order_by or node._has_row_limit or around is None or isinstance(around, Insert):
        return node
    return node.order_by(None)


@RULES.rule(CompoundSelect)
def compound(node: CompoundSelect, writer: Any) -> str:
    """Refuse the forms with ALL that T-SQL lacks."""
    if node.keyword in ("INTERSECT ALL", "EXCEPT ALL"):
        writer.refuse(node.keyword, instead="number equal rows with row_number() and use the form without ALL")
    refuse_locked_union(node, writer)
    return ANSI.own[CompoundSelect](_without_idle_order(node, writer), writer)
