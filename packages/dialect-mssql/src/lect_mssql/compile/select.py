"""SELECT: no ORDER BY inside of other statements, conditions as values, no ALL for INTERSECT and EXCEPT."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.select import froms_here
from lect.compile.table import ANSI
from lect.sql._insert import Insert
from lect.sql._select import Select
from lect.sql.compound import CompoundSelect
from lect.sql.join import Join
from lect.sql.literal import true
from lect.sql.select_base import SelectGrouping
from lect_mssql.compile.locking import refuse_locked_union, with_lock_hints
from lect_mssql.compile.table import RULES


@RULES.rule(Select)
def select(node: Select[Any], writer: Any) -> str:
    """The default rule's text, without an ORDER BY that would be refused, with locks as hints."""
    node = _with_apply(with_lock_hints(node._translated(), writer), writer)
    return ANSI.own[Select](_without_idle_order(node, writer), writer)


def _without_idle_order(node: Any, writer: Any) -> Any:
    """Return the statement without ORDER BY when it is inside of another one and has no limit (error 1033)."""
    around = writer.scope.statement
    if not node._order_by or node._has_row_limit or around is None or isinstance(around, Insert):
        return node
    return node.order_by(None)


def _with_apply(node: Any, writer: Any) -> Any:
    """Return the statement with CROSS APPLY where a comma stands before an element that refers to others."""
    froms = froms_here(node, writer.scope, writer.position)
    if len(froms) < 2 or not any(f._is_lateral for f in froms[1:]):
        return node
    joined: list[Any] = [froms[0]]
    for each in froms[1:]:
        if each._is_lateral:
            joined = [*joined[:-1], Join(joined[-1], each, true())]
        else:
            joined.append(each)
    return node._replace(_from_obj=tuple(joined))


@RULES.rule(SelectGrouping)
def select_grouping(node: SelectGrouping, writer: Any) -> str:
    """A member of a UNION with ORDER BY becomes a subquery: ORDER BY is no part of a query expression."""
    around = writer.scope.statement
    text = ANSI.own[SelectGrouping](node, writer)
    if node.element._order_by and isinstance(around, CompoundSelect) and any(m is node for m in around.selects):
        return f"SELECT * FROM {text} AS {writer.quote(writer.next_number('member'))}"
    return text


@RULES.rule(CompoundSelect)
def compound(node: CompoundSelect, writer: Any) -> str:
    """Refuse the forms with ALL that T-SQL lacks."""
    if node.keyword in ("INTERSECT ALL", "EXCEPT ALL"):
        writer.refuse(node.keyword, instead="number equal rows with row_number() and use the form without ALL")
    refuse_locked_union(node, writer)
    return ANSI.own[CompoundSelect](_without_idle_order(node, writer), writer)
