"""INSERT: OUTPUT stands before VALUES."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import InsertParts
from lect_mssql.compile.table import RULES


@RULES.rule(InsertParts)
def insert_parts(node: InsertParts, writer: Any) -> str:
    """``INSERT INTO t (a) OUTPUT inserted.id VALUES (...)``."""
    return f"{node.head}{node.columns}{node.returning}{node.source}{node.conflict}"
