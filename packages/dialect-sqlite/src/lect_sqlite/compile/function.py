"""Functions that SQLite names its own way."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.function import arguments
from lect.sql import known_functions as known
from lect_sqlite.compile.table import RULES


@RULES.rule(known.now)
def now(node: Any, writer: Any) -> str:
    """The time in UTC: https://sqlite.org/lang_datefunc.html."""
    return "CURRENT_TIMESTAMP"


@RULES.rule(known.localtimestamp)
def localtimestamp(node: Any, writer: Any) -> str:
    """The local time."""
    return "DATETIME(CURRENT_TIMESTAMP, 'localtime')"


@RULES.rule(known.localtime)
def localtime(node: Any, writer: Any) -> str:
    """The local time of day."""
    return "TIME(CURRENT_TIMESTAMP, 'localtime')"


@RULES.rule(known.char_length)
def char_length(node: Any, writer: Any) -> str:
    """``length(x)`` counts characters."""
    return f"length{arguments(node, writer)}"


@RULES.rule(known.aggregate_strings)
def aggregate_strings(node: Any, writer: Any) -> str:
    """``group_concat(x, separator)``."""
    return f"group_concat{arguments(node, writer)}"
