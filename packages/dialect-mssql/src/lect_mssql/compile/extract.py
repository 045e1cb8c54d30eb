"""EXTRACT is DATEPART."""

from __future__ import annotations

from typing import Any, Final

from lect.sql.extract import Extract
from lect_mssql.compile.table import RULES

#: https://learn.microsoft.com/sql/t-sql/functions/datepart-transact-sql
_PARTS: Final = {
    "doy": "dayofyear",
    "dow": "weekday",
    "milliseconds": "millisecond",
    "microseconds": "microsecond",
}


@RULES.rule(Extract)
def extract(node: Extract, writer: Any) -> str:
    """``DATEPART(year, x)``."""
    if node.field == "epoch":
        writer.refuse("extract('epoch')", instead="use func.datediff_big(text('second'), '1970-01-01', x)")
    return f"DATEPART({_PARTS.get(node.field, node.field)}, {writer.render(node.expr)})"
