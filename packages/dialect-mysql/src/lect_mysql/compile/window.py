"""Frames: MariaDB wants to see how far they reach."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.window import frame
from lect.sql.window import FrameClause
from lect_mysql.compile.table import MARIADB_RULES


@MARIADB_RULES.rule(FrameClause)
def literal_frame(node: FrameClause, writer: Any) -> str:
    """The numbers are written into the text: mariadb.com/kb/en/window-frames/."""
    writer.inline([b for b in (node.lower_bind, node.upper_bind) if b is not None and b._is_bind_parameter])
    return frame(node, writer)
