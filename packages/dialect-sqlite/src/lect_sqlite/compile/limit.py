"""LIMIT and OFFSET; FETCH FIRST is written as LIMIT, which means the same."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.limit import limit_clause
from lect.compile.clauses import RowLimit
from lect_sqlite.compile.table import RULES


@RULES.rule(RowLimit)
def row_limit(node: RowLimit, writer: Any) -> str:
    """``LIMIT n OFFSET m``; https://sqlite.org/lang_select.html#limitoffset."""
    statement = node.statement
    if statement._fetch is None:
        return limit_clause(statement, writer)
    if statement._fetch_ties:
        writer.refuse("fetch(with_ties=True)", instead="compare with a window function: rank() <= n")
    if statement._fetch_percent:
        writer.refuse("fetch(percent=True)", instead="count the rows first, or use percent_rank()")
    text = f"\n LIMIT {writer.render(statement._fetch)}"
    if statement._offset is not None:
        text += f" OFFSET {writer.render(statement._offset)}"
    return text
