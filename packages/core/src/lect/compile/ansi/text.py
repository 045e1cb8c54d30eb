"""Default rule for SQL written by hand."""

from __future__ import annotations

import re
from typing import Any, Final

from lect.compile.table import ANSI
from lect.sql.text import TextClause

_PARTS: Final = re.compile(r"\\(:[\w$]*)(?![:\w$])|(?<![:\w\\]):(\w+)(?![:\w])")


@ANSI.rule(TextClause)
def text(node: TextClause, writer: Any) -> str:
    """The text, with the places for values filled in and ``\\:`` written as a colon."""
    binds = node._bindparams

    def written(match: re.Match[str]) -> str:
        escaped: str | None = match.group(1)
        if escaped is not None:
            return escaped
        bind = binds.get(match.group(2))
        return match.group(0) if bind is None else str(writer.render(bind))

    return _PARTS.sub(written, node.text)
