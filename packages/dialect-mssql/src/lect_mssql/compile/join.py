"""Joins with a subquery that refers to the elements before it: CROSS APPLY and OUTER APPLY."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.alias import TableValuedAlias
from lect.sql.join import Join
from lect.sql.literal import True_
from lect.sql.subquery import Lateral
from lect.sql.unary import AsBoolean
from lect_mssql.compile.table import RULES


@RULES.rule(Join)
def join(node: Join, writer: Any) -> str:
    """``a CROSS APPLY (SELECT ...) AS b``: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql."""
    right = node.right
    if not (isinstance(right, Lateral) or (isinstance(right, TableValuedAlias) and right._is_lateral)):
        return ANSI.own[Join](node, writer)
    if node.full:
        writer.refuse("FULL OUTER JOIN LATERAL")
    condition = node.onclause.element if isinstance(node.onclause, AsBoolean) else node.onclause
    if not isinstance(condition, True_):
        writer.refuse(
            "JOIN LATERAL ... ON condition",
            "APPLY takes no condition",
            "write the condition into the subquery, and join on true()",
        )
    apply = " OUTER APPLY " if node.isouter else " CROSS APPLY "
    return f"{writer.render_from(node.left)}{apply}{writer.render_from(right)}"
