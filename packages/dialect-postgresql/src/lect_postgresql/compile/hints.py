"""The one hint about a table that PostgreSQL has: ONLY, without the tables that inherit from it."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import FromHint
from lect.exc import CompileError
from lect_postgresql.compile.table import RULES


@RULES.rule(FromHint)
def from_hint(node: FromHint, writer: Any) -> str:
    """``ONLY t``: postgresql.org/docs/current/sql-select.html#SQL-FROM."""
    if node.hint.strip().upper() != "ONLY":
        raise CompileError(f"Unrecognized hint: {node.hint!r}; the only hint about a table in PostgreSQL is 'ONLY'")
    return f"ONLY {node.text}"
