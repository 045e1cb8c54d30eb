"""Default rule for the number of rows: LIMIT and OFFSET, or OFFSET and FETCH FIRST."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import RowLimit
from lect.compile.table import ANSI

__all__ = ["fetch_clause", "limit_clause"]


@ANSI.rule(RowLimit)
def row_limit(node: RowLimit, writer: Any) -> str:
    """LIMIT for ``limit()``, FETCH FIRST for ``fetch()``."""
    statement = node.statement
    if statement._fetch is not None:
        return fetch_clause(statement, writer)
    return limit_clause(statement, writer)


def limit_clause(statement: Any, writer: Any) -> str:
    """Return ``LIMIT n OFFSET m``."""
    text = ""
    if statement._limit is not None:
        text = f"\n LIMIT {writer.render(statement._limit)}"
    if statement._offset is not None:
        if statement._limit is None:
            text = "\n LIMIT -1"
        text += f" OFFSET {writer.render(statement._offset)}"
    return text


def fetch_clause(statement: Any, writer: Any) -> str:
    """Return ``OFFSET m ROWS FETCH FIRST n ROWS ONLY``."""
    text = ""
    if statement._offset is not None:
        text += f"\n OFFSET {writer.render(statement._offset)} ROWS"
    if statement._fetch is not None:
        percent = " PERCENT" if statement._fetch_percent else ""
        ties = "WITH TIES" if statement._fetch_ties else "ONLY"
        text += f"\n FETCH FIRST {writer.render(statement._fetch)}{percent} ROWS {ties}"
    return text
