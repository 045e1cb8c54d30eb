"""Default rule for EXTRACT."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.extract import Extract


@ANSI.rule(Extract)
def extract(node: Extract, writer: Any) -> str:
    """``EXTRACT(field FROM x)``"""
    return f"EXTRACT({node.field} FROM {writer.render(node.expr)})"
