"""CREATE VIEW: there are no temporary views."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.view import CreateView
from lect_mysql.compile.table import RULES


@RULES.rule(CreateView)
def create_view(ddl: CreateView, writer: Any) -> str:
    """``CREATE OR REPLACE VIEW name AS SELECT``: dev.mysql.com/doc/refman/8.4/en/create-view.html."""
    if ddl.temporary:
        writer.refuse("CREATE TEMPORARY VIEW", instead="use a CTE, or a temporary table")
    return ANSI.own[CreateView](ddl, writer)
