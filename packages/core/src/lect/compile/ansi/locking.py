"""Default rule for locking reads."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import Locking
from lect.compile.table import ANSI


@ANSI.rule(Locking)
def locking(node: Locking, writer: Any) -> str:
    """FOR UPDATE; what else was asked for, the standard has no words for."""
    return " FOR UPDATE"
