"""Full-text search."""

from __future__ import annotations

from typing import Any

from lect_mysql.compile.table import RULES
from lect_mysql.match import match


@RULES.rule(match)
def match_against(node: match, writer: Any) -> str:
    """``MATCH (a, b) AGAINST (c IN BOOLEAN MODE)``: dev.mysql.com/doc/refman/8.4/en/fulltext-search.html."""
    modifier = node.modifier_text()
    against = writer.render(node.against)
    if modifier:
        against = f"{against} {modifier}"
    return f"MATCH ({writer.render_all(node.columns_searched)}) AGAINST ({against})"
