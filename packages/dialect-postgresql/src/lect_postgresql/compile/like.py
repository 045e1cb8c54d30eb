"""ILIKE, which is LIKE without regard to case."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.ansi.like import escape
from lect_postgresql.compile.table import RULES


@RULES.operator(ops.ilike_op, ops.not_ilike_op)
def ilike(node: Any, writer: Any) -> str:
    """``a ILIKE b [ESCAPE c]``"""
    words = "ILIKE" if node.operator is ops.ilike_op else "NOT ILIKE"
    return f"{writer.render(node.left)} {words} {writer.render(node.right)}{escape(node, writer)}"
