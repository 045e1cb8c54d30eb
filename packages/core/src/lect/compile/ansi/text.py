"""Default rules for SQL written by hand."""

from __future__ import annotations

import re
from typing import Any

from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.sql.text import PARTS, TextClause
from lect.sql.tstring import TString


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

    return PARTS.sub(written, node.text)


@ANSI.rule(TString)
def tstring(node: TString, writer: Any) -> str:
    """The strings, with the parts between them."""
    first, *rest = node.strings
    return first + "".join([f"{_part(part, writer)}{text}" for part, text in zip(node.parts, rest, strict=True)])


def _part(part: Any, writer: Any) -> str:
    if part.__visit_name__ == "label":
        raise CompileError(
            "Using label() directly inside tstring is not supported, because it may or may not stand where AS does; "
            "write AS into the template"
        )
    if getattr(part, "_is_from_clause", False):
        return writer.render_from(part)  # type: ignore[no-any-return]
    if getattr(part, "_is_select_base", False):
        part = part.self_group()
    return writer.render(part)  # type: ignore[no-any-return]
