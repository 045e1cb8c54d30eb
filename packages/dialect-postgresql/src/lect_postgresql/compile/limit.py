"""LIMIT and OFFSET; an offset without a limit is ``LIMIT ALL OFFSET n``."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import RowLimit
from lect_postgresql.compile.table import RULES


@RULES.rule(RowLimit)
def row_limit(node: RowLimit, writer: Any) -> str:
    """postgresql.org/docs/current/sql-select.html#SQL-LIMIT."""
    statement = node.statement
    if statement._fetch is not None:
        if statement._fetch_percent:
            writer.refuse("fetch(percent=True)", instead="count the rows first, or use percent_rank()")
        if statement._fetch_ties and not writer.capabilities.limit_with_ties:
            writer.refuse("fetch(with_ties=True)", "it came with version 13", "compare with rank() <= n")
        # Without parentheses only a literal may stand behind FETCH FIRST.
        text = f"\n OFFSET ({writer.render(statement._offset)}) ROWS" if statement._offset is not None else ""
        ties = "WITH TIES" if statement._fetch_ties else "ONLY"
        return f"{text}\n FETCH FIRST ({writer.render(statement._fetch)}) ROWS {ties}"
    text = ""
    if statement._limit is not None:
        text = f" \n LIMIT {writer.render(statement._limit)}"
    if statement._offset is not None:
        text = text or "\n LIMIT ALL"
        text += f" OFFSET {writer.render(statement._offset)}"
    return text
