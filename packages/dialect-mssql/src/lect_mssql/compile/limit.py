"""The number of rows: TOP without an offset, OFFSET and FETCH behind ORDER BY with one.

https://learn.microsoft.com/sql/t-sql/queries/top-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql
"""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import AfterSelect, RowLimit
from lect.exc import CompileError
from lect.sql._select import Select
from lect_mssql.compile.table import RULES

__all__ = ["uses_top"]


def uses_top(statement: Any) -> bool:
    """Whether the limit is written as TOP: of a SELECT, without an offset."""
    limited = statement._limit is not None or statement._fetch is not None
    return isinstance(statement, Select) and limited and statement._offset is None


@RULES.rule(AfterSelect)
def after_select(node: AfterSelect, writer: Any) -> str:
    """``DISTINCT TOP n WITH TIES ``."""
    statement = node.statement
    if statement._distinct_on:
        writer.refuse("DISTINCT ON", instead="use group_by(), or row_number() in a subquery")
    text = "DISTINCT " if statement._distinct else ""
    if not uses_top(statement):
        return text
    if statement._limit is not None:
        return f"{text}TOP {_count(statement._limit, writer)} "
    percent = "PERCENT " if statement._fetch_percent else ""
    ties = "WITH TIES " if statement._fetch_ties else ""
    return f"{text}TOP {_count(statement._fetch, writer)} {percent}{ties}"


def _count(limit: Any, writer: Any) -> str:
    """Return the number behind TOP: written into the text, as a value or, in parentheses, as an expression."""
    if limit._is_bind_parameter:
        return writer.render(limit.render_literal_execute())  # type: ignore[no-any-return]
    return f"({writer.render(limit)})"


@RULES.rule(RowLimit)
def row_limit(node: RowLimit, writer: Any) -> str:
    """``OFFSET m ROWS FETCH FIRST n ROWS ONLY``; nothing where TOP has said it."""
    statement = node.statement
    if uses_top(statement):
        return ""
    if not statement._order_by:
        raise CompileError("MSSQL requires an order_by when using an OFFSET or a non-simple LIMIT clause")
    if statement._fetch_ties:
        writer.refuse("fetch(with_ties=True) with an offset", instead="leave out the offset")
    if statement._fetch_percent:
        writer.refuse("fetch(percent=True) with an offset", instead="leave out the offset")
    offset = "0" if statement._offset is None else writer.render(statement._offset)
    text = f"\n OFFSET {offset} ROWS"
    count = statement._limit if statement._limit is not None else statement._fetch
    if count is not None:
        text += f"\n FETCH FIRST {writer.render(count)} ROWS ONLY"
    return text
