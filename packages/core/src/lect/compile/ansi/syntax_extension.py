"""Where syntax of one's own is written."""

from __future__ import annotations

from typing import Any

__all__ = ["extensions_at"]


def extensions_at(statement: Any, position: str, writer: Any, before: str = " ", behind: str = "") -> str:
    """Return what ``ext()`` put at one place of a statement, each element with `before` and `behind` around it."""
    if not statement._extensions:
        return ""
    return "".join([f"{before}{writer.render(node)}{behind}" for node in statement._extensions_at(position)])
