"""Identity columns: SQLite numbers an INTEGER PRIMARY KEY by itself, without words for it."""

from __future__ import annotations

from typing import Any

from lect.schema.sequence import Identity
from lect_sqlite.compile.table import RULES


@RULES.rule(Identity)
def identity(node: Identity, writer: Any) -> str:
    """Nothing: https://sqlite.org/autoinc.html."""
    return ""
