"""LIMIT of an UPDATE or DELETE."""

from __future__ import annotations

from typing import Any

from lect.sql.arguments import limit_argument
from lect.sql.element import ClauseElement
from lect.sql.node import child
from lect.sql.syntax_extension import SyntaxExtension

__all__ = ["DMLLimitClause", "limit"]


class DMLLimitClause(SyntaxExtension, ClauseElement):
    """What :func:`limit` makes."""

    __visit_name__ = "mysql_dml_limit_clause"
    _fields = (child("limit"),)

    def __init__(self, limit: Any) -> None:
        self.limit = limit

    def apply_to_update(self, update_stmt: Any) -> None:
        """Stand behind WHERE."""
        update_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")

    def apply_to_delete(self, delete_stmt: Any) -> None:
        """Stand behind WHERE."""
        delete_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")


def limit(limit: Any) -> DMLLimitClause:
    """Return what ``ext()`` of an UPDATE or DELETE takes for LIMIT: ``update(t).values(...).ext(limit(5))``.

    Args:
        limit: a number of rows, or an expression.

    dev.mysql.com/doc/refman/8.4/en/update.html, mariadb.com/kb/en/update/
    """
    found = limit_argument(limit, "limit()")
    return DMLLimitClause(found.render_literal_execute() if found._is_bind_parameter else found)
