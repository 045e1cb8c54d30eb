"""Default rule for CASE."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql._case import Case


@ANSI.rule(Case)
def case(node: Case[Any], writer: Any) -> str:
    """``CASE [value] WHEN ... THEN ... [ELSE ...] END``"""
    text = "CASE "
    if node.value is not None:
        text += f"{writer.render_value(node.value)} "
    for when, then in node.whens:
        condition = writer.render_condition(when) if node.value is None else writer.render_value(when)
        text += f"WHEN {condition} THEN {writer.render_value(then)} "
    if node.else_ is not None:
        text += f"ELSE {writer.render_value(node.else_)} "
    return text + "END"
