"""Locking reads are table hints in T-SQL: ``with_hint(table, "WITH (UPDLOCK, READPAST)")``."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import Locking
from lect_mssql.compile.table import RULES


@RULES.rule(Locking)
def locking(node: Locking, writer: Any) -> str:
    """Nothing: FOR UPDATE belongs to cursors
    (https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table).
    """
    return ""
