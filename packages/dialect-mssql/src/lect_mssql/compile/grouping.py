"""Row values: T-SQL has none but in GROUP BY."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.tuple import Tuple
from lect_mssql.compile.table import RULES


@RULES.rule(Tuple)
def tuple_(node: Tuple, writer: Any) -> str:
    """``(a, b)`` in GROUPING SETS; refused elsewhere."""
    if writer.scope.facts.get("clause") != "group":
        writer.refuse("a row value (a, b)", instead="compare column by column, with and_() and or_()")
    return ANSI.own[Tuple](node, writer)
