"""Table hints stand behind the table in FROM, ``t WITH (NOLOCK)``; statement hints at the end, ``OPTION (...)``."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import FromHint
from lect_mssql.compile.table import RULES


@RULES.rule(FromHint)
def from_hint(node: FromHint, writer: Any) -> str:
    """The hint behind the table."""
    return f"{node.text} {node.hint}"
