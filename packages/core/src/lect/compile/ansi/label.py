"""Default rule for labels."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.compile.writer import COLUMN
from lect.sql.label import Label


@ANSI.rule(Label)
def label(node: Label[Any], writer: Any) -> str:
    """``expression AS name`` in a list of result columns, the expression elsewhere."""
    if writer.position == COLUMN:
        return f"{writer.render_value(node.element)} AS {writer.quote(node.name)}"
    return writer.render(node._element)  # type: ignore[no-any-return]
