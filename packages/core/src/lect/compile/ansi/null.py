"""Default rule for NULL."""

from __future__ import annotations

from lect.compile.table import ANSI
from lect.sql.literal import Null


@ANSI.rule(Null)
def null(node: Null, writer: object) -> str:
    """``NULL``"""
    return "NULL"
