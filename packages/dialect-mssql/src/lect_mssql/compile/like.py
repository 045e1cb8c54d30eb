"""LIKE: ``[`` is a wildcard too, which `autoescape` must take for itself.

https://learn.microsoft.com/sql/t-sql/language-elements/like-transact-sql
"""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.table import ANSI
from lect.sql.column import literal_column
from lect.sql.function import Function
from lect.types.string import STRINGTYPE
from lect_mssql.compile.table import RULES

_PARTS = tuple(
    getattr(ops, f"{negation}{folded}{part}_op")
    for negation in ("", "not_")
    for folded in ("", "i")
    for part in ("startswith", "endswith", "contains")
)


@RULES.operator(*_PARTS)
def part_of_string(node: Any, writer: Any) -> str:
    """The default's text; with `autoescape`, ``REPLACE(pattern, '[', '/[')`` stands for the pattern."""
    default = ANSI.find_operator(node.operator)
    assert default is not None
    modifiers = node.modifiers
    if not modifiers.get("autoescape") or not node.right._is_bind_parameter:
        return default(node, writer)
    escaped = node._clone()
    bracket, replacement = (
        literal_column(writer.literal(text, STRINGTYPE), STRINGTYPE) for text in ("[", f"{modifiers['escape']}[")
    )
    escaped.right = Function("REPLACE", node.right, bracket, replacement, type_=STRINGTYPE)
    return default(escaped, writer)
