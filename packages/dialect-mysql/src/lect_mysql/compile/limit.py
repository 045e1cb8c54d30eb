"""LIMIT, whose offset stands before the number of rows."""

from __future__ import annotations

from typing import Any, Final

from lect.compile.ansi.limit import fetch_clause
from lect.compile.clauses import RowLimit
from lect_mysql.compile.table import MARIADB_RULES, RULES

#: "All rows": the largest number a LIMIT takes (dev.mysql.com/doc/refman/8.4/en/select.html).
_ALL: Final = "18446744073709551615"


@RULES.rule(RowLimit)
def row_limit(node: RowLimit, writer: Any) -> str:
    """``LIMIT offset, n``; FETCH FIRST is written as LIMIT, which means the same."""
    statement = node.statement
    if statement._fetch_ties:
        writer.refuse("fetch(with_ties=True)", instead="compare with a window function: rank() <= n")
    if statement._fetch_percent:
        writer.refuse("fetch(percent=True)", instead="count the rows first, or use percent_rank()")
    count = statement._limit if statement._limit is not None else statement._fetch
    if statement._offset is None:
        return f" \n LIMIT {writer.render(count)}"
    offset = writer.render(statement._offset)
    return f" \n LIMIT {offset}, {_ALL if count is None else writer.render(count)}"


@MARIADB_RULES.rule(RowLimit)
def row_limit_mariadb(node: RowLimit, writer: Any) -> str:
    """The same, and from 10.6 on FETCH FIRST with ties: mariadb.com/kb/en/select-offset-fetch/."""
    statement = node.statement
    if statement._fetch_ties and not statement._fetch_percent and writer.capabilities.limit_with_ties:
        return fetch_clause(statement, writer)
    return row_limit(node, writer)
