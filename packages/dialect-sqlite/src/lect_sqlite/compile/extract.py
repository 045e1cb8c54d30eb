"""EXTRACT by way of STRFTIME."""

from __future__ import annotations

from typing import Any, Final

from lect.exc import CompileError, nearest
from lect.sql.extract import Extract
from lect_sqlite.compile.table import RULES

#: https://sqlite.org/lang_datefunc.html#strftm
_FORMATS: Final = {
    "month": "%m",
    "day": "%d",
    "year": "%Y",
    "second": "%S",
    "hour": "%H",
    "doy": "%j",
    "minute": "%M",
    "epoch": "%s",
    "dow": "%w",
    "week": "%W",
}


@RULES.rule(Extract)
def extract(node: Extract, writer: Any) -> str:
    """``CAST(STRFTIME('%Y', x) AS INTEGER)``."""
    form = _FORMATS.get(node.field)
    if form is None:
        raise CompileError(f"{node.field} is not a valid extract argument.{nearest(node.field, _FORMATS)}")
    return f"CAST(STRFTIME('{form}', {writer.render(node.expr)}) AS INTEGER)"
