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
        text += f"{writer.render(node.value)} "
    for when, then in node.whens:
        text += f"WHEN {writer.render(when)} THEN {writer.render(then)} "
    if node.else_ is not None:
        text += f"ELSE {writer.render(node.else_)} "
    return text + "END"
