"""Locking reads: none. A transaction that writes locks the whole database (https://sqlite.org/lockingv3.html)."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import Locking
from lect_sqlite.compile.table import RULES


@RULES.rule(Locking)
def locking(node: Locking, writer: Any) -> str:
    """Nothing: nobody else can change the rows between this statement and the transaction's first write but one writer,
    and then the write fails."""
    return ""
