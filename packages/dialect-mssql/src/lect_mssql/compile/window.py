"""Frames: how far they reach is a literal, and RANGE reaches to the current row or without bound."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.window import frame, window_frame
from lect.compile.clauses import WindowFrame
from lect.sql.window import FrameClause
from lect_mssql.compile.table import RULES


@RULES.rule(WindowFrame)
def checked_frame(node: WindowFrame, writer: Any) -> str:
    """The default's text: https://learn.microsoft.com/sql/t-sql/queries/select-over-clause-transact-sql."""
    if node.unit == "RANGE" and not (node.frame.lower_bind is None and node.frame.upper_bind is None):
        writer.refuse("a window frame of a range of values", instead="use rows=, or a join with a condition")
    return window_frame(node, writer)


@RULES.rule(FrameClause)
def literal_frame(node: FrameClause, writer: Any) -> str:
    """The numbers are written into the text."""
    writer.inline([b for b in (node.lower_bind, node.upper_bind) if b is not None and b._is_bind_parameter])
    return frame(node, writer)
