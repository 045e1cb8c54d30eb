"""Compound SELECTs: members cannot stand in parentheses, and INTERSECT and EXCEPT have no ALL."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.compound import CompoundSelect
from lect.sql.select_base import SelectGrouping
from lect_sqlite.compile.table import RULES


@RULES.rule(CompoundSelect)
def compound(node: CompoundSelect, writer: Any) -> str:
    """Refuse the forms with ALL that SQLite lacks."""
    if node.keyword in ("INTERSECT ALL", "EXCEPT ALL"):
        writer.refuse(node.keyword, instead="number equal rows with row_number() and use the form without ALL")
    return ANSI.own[CompoundSelect](node, writer)


@RULES.rule(SelectGrouping)
def select_grouping(node: SelectGrouping, writer: Any) -> str:
    """A member of a compound that needs parentheses becomes a subquery.

    https://sqlite.org/lang_select.html#compound: only simple SELECTs may be its members, without ORDER BY and LIMIT.
    """
    around = writer.scope.statement
    text = writer.render_as(node.element, writer.position)
    if isinstance(around, CompoundSelect) and any(member is node for member in around.selects):
        return f"SELECT * FROM ({text})"
    return f"({text})"
