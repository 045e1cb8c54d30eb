"""Index hints and partitions: they stand behind the table."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import FromHint
from lect_mysql.compile.table import RULES


@RULES.rule(FromHint)
def from_hint(node: FromHint, writer: Any) -> str:
    """``t USE INDEX (i)``: dev.mysql.com/doc/refman/8.4/en/index-hints.html."""
    return f"{node.text} {node.hint}"
