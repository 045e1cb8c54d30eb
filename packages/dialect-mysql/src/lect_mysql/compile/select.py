"""SELECT without tables, ROLLUP, and members of a UNION."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.function import function
from lect.compile.clauses import EmptyFrom
from lect.compile.table import ANSI
from lect.sql import known_functions as known
from lect.sql.compound import CompoundSelect
from lect_mysql.compile.table import RULES


@RULES.rule(EmptyFrom)
def empty_from(node: EmptyFrom, writer: Any) -> str:
    """`` FROM DUAL`` before a WHERE: dev.mysql.com/doc/refman/8.4/en/select.html."""
    return " FROM DUAL" if getattr(node.statement, "_where", ()) else ""


@RULES.rule(CompoundSelect)
def compound(node: CompoundSelect, writer: Any) -> str:
    """Refuse INTERSECT and EXCEPT where they came with a later version."""
    capabilities = writer.capabilities
    if not capabilities.intersect and "UNION" not in node.keyword:
        writer.refuse(node.keyword, "it came with MySQL 8.0.31", "use where(column.in_(...)), or not_in()")
    if not capabilities.intersect_all and node.keyword in ("INTERSECT ALL", "EXCEPT ALL"):
        writer.refuse(node.keyword, instead="number equal rows with row_number() and use the form without ALL")
    return ANSI.own[CompoundSelect](node, writer)


@RULES.rule(known.rollup)
def rollup(node: Any, writer: Any) -> str:
    """``GROUP BY a, b WITH ROLLUP``: dev.mysql.com/doc/refman/8.4/en/group-by-modifiers.html.

    It holds for the whole list, so that it must be all that is grouped by.
    """
    if writer.scope.facts.get("clause") != "group":
        return function(node, writer)
    if len(writer.scope.statement._group_by) > 1:
        writer.refuse("rollup() beside other columns of GROUP BY", instead="give all columns to rollup()")
    return f"{writer.render(node.clause_expr.element)} WITH ROLLUP"
