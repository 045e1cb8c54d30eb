"""ON CONFLICT: several clauses, and a space to tell it from a join's ON behind a SELECT."""

from __future__ import annotations

from typing import Any

from lect_sqlite.compile.table import RULES
from lect_sqlite.dml import OnConflicts


@RULES.rule(OnConflicts)
def on_conflicts(node: OnConflicts, writer: Any) -> str:
    """One clause behind the other: https://sqlite.org/lang_upsert.html."""
    return "".join([writer.render(clause) for clause in node.clauses])
