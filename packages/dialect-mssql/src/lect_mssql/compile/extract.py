"""EXTRACT is DATEPART."""

from __future__ import annotations

from typing import Any, Final

from lect.sql.extract import Extract
from lect_mssql.compile.table import RULES

#: https://learn.microsoft.com/sql/t-sql/functions/datepart-transact-sql
_PARTS: Final = {
    "doy": "dayofyear",
    "milliseconds": "millisecond",
    "microseconds": "microsecond",
}


@RULES.rule(Extract)
def extract(node: Extract, writer: Any) -> str:
    """``DATEPART(year, x)``."""
    if node.field == "epoch":
        writer.refuse("extract('epoch')", instead="use func.datediff_big(text('second'), '1970-01-01', x)")
    if node.field == "dow":
        # Sunday is 0, whatever day a week begins with in this session.
        return f"((DATEPART(weekday, {writer.render(node.expr)}) + @@DATEFIRST - 1) % 7)"
    return f"DATEPART({_PARTS.get(node.field, node.field)}, {writer.render(node.expr)})"
