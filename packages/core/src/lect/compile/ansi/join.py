"""Default rule for joins."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.join import FromGrouping, Join

__all__ = ["join_keyword"]


def join_keyword(node: Join, writer: Any) -> str:
    """Return the words between both sides."""
    if node.full:
        if not writer.capabilities.full_outer_join:
            writer.refuse("FULL OUTER JOIN", instead="combine a left outer join and what is missing with UNION ALL")
        return " FULL OUTER JOIN "
    return " LEFT OUTER JOIN " if node.isouter else " JOIN "


@ANSI.rule(Join)
def join(node: Join, writer: Any) -> str:
    """``left JOIN right ON condition``."""
    left = writer.render_from(node.left)
    keyword = join_keyword(node, writer)
    right = writer.render_from(node.right)
    return f"{left}{keyword}{right} ON {writer.render(node.onclause)}"


@ANSI.rule(FromGrouping)
def from_grouping(node: FromGrouping, writer: Any) -> str:
    """A FROM element in parentheses."""
    return f"({writer.render_from(node.element)})"
