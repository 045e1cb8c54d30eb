"""Functions that PostgreSQL names its own way."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.function import arguments
from lect.sql import known_functions as known
from lect.types.string import STRINGTYPE
from lect_postgresql.compile.table import RULES


@RULES.rule(known.next_value)
def next_value(node: Any, writer: Any) -> str:
    """``nextval('sequence')``: postgresql.org/docs/current/functions-sequence.html."""
    return f"nextval({writer.literal(writer.format_table(node.sequence), STRINGTYPE)})"


@RULES.rule(known.aggregate_strings)
def aggregate_strings(node: Any, writer: Any) -> str:
    """``string_agg(x, separator)``."""
    return f"string_agg{arguments(node, writer)}"


@RULES.rule(known.pow)
def power(node: Any, writer: Any) -> str:
    """``power(a, b)``."""
    return f"power{arguments(node, writer)}"
