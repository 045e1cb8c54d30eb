"""Rules of the dialect behind ``str()``: what only some databases have is shown in some readable way instead of "
"refused."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.ansi.function import function
from lect.compile.ansi.on_conflict import on_conflict_clause
from lect.compile.ansi.types import type_rule
from lect.compile.clauses import FromHint
from lect.compile.table import ANSI, RuleTable
from lect.sql.known_functions import aggregate_strings, next_value
from lect.sql.on_conflict import OnConflict
from lect.types.array import ARRAY
from lect.types.json_type import JSON
from lect.types.null import NullType
from lect.types.type_engine import TypeEngine

__all__ = ["LENIENT"]

LENIENT = RuleTable("default", parent=ANSI)


@LENIENT.operator(ops.json_getitem_op, ops.json_path_getitem_op)
def json_getitem(node: Any, writer: Any) -> str:
    """``document[index]``"""
    return f"{writer.render(node.left)}[{writer.render(node.right)}]"


@LENIENT.operator(ops.regexp_match_op)
def regexp_match(node: Any, writer: Any) -> str:
    """``a <regexp> b``"""
    return f"{writer.render(node.left)} <regexp> {writer.render(node.right)}"


@LENIENT.operator(ops.not_regexp_match_op)
def not_regexp_match(node: Any, writer: Any) -> str:
    """``a <not regexp> b``"""
    return f"{writer.render(node.left)} <not regexp> {writer.render(node.right)}"


@LENIENT.operator(ops.regexp_replace_op)
def regexp_replace(node: Any, writer: Any) -> str:
    """``<regexp replace>(a, pattern, replacement)``"""
    return f"<regexp replace>({writer.render(node.left)}, {writer.render(node.right)})"


@LENIENT.rule(next_value)
def next_of_sequence(node: Any, writer: Any) -> str:
    """``<next sequence value: s>``"""
    return f"<next sequence value: {writer.identifiers.format_sequence(node.sequence)}>"


@LENIENT.rule(OnConflict)
def on_conflict(node: OnConflict, writer: Any) -> str:
    """The clause in its usual words."""
    return on_conflict_clause(node, writer)


@LENIENT.rule(aggregate_strings)
def strings(node: Any, writer: Any) -> str:
    """``aggregate_strings(x, 'separator')``"""
    return function(node, writer)


@type_rule(LENIENT, JSON, ARRAY)
def named(type_: Any, writer: Any) -> str:
    """The type's own word."""
    return str(type_.__visit_name__).upper()


@type_rule(LENIENT, NullType)
def null_type(type_: Any, writer: Any) -> str:
    """``NULL``"""
    return "NULL"


@type_rule(LENIENT, TypeEngine)
def unknown(type_: Any, writer: Any) -> str:
    """What it calls itself."""
    name = type_.__visit_name__
    return name if name.isupper() else repr(type_)


@LENIENT.rule(FromHint)
def from_hint(node: FromHint, writer: Any) -> str:
    """The hint in brackets behind the element."""
    return f"{node.text} [{node.hint}]"
