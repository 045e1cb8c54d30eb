"""Joins: INNER JOIN is said in full."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.join import join_keyword
from lect.sql.join import Join
from lect_mysql.compile.table import RULES


@RULES.rule(Join)
def join(node: Join, writer: Any) -> str:
    """``left INNER JOIN right ON condition``: dev.mysql.com/doc/refman/8.4/en/join.html."""
    keyword = join_keyword(node, writer)
    if keyword == " JOIN ":
        keyword = " INNER JOIN "
    left, right = writer.render_from(node.left), writer.render_from(node.right)
    return f"{left}{keyword}{right} ON {writer.render(node.onclause)}"
