"""Ordering of NULLs, which T-SQL has no words for."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect_mssql.compile.table import RULES


@RULES.operator(ops.nulls_first_op, ops.nulls_last_op)
def nulls(node: Any, writer: Any) -> str:
    """Refused: NULLs sort first in ascending order and last in descending order."""
    words = "NULLS FIRST" if node.modifier is ops.nulls_first_op else "NULLS LAST"
    return writer.refuse(  # type: ignore[no-any-return]
        words, instead="order by case((column.is_(None), 0), else_=1) first"
    )
