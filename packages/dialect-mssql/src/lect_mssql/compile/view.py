"""Views: OR REPLACE is OR ALTER, and nothing about a view is temporary."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.view import CreateView
from lect_mssql.compile.table import RULES


@RULES.rule(CreateView)
def create_view(ddl: CreateView, writer: Any) -> str:
    """``CREATE OR ALTER VIEW name AS SELECT``, of 2016."""
    if ddl.temporary:
        writer.refuse("CREATE TEMPORARY VIEW", instead="select into a temporary table, or use a CTE")
    text = ANSI.own[CreateView](ddl, writer)
    return text.replace("CREATE OR REPLACE ", "CREATE OR ALTER ", 1) if ddl.or_replace else text
