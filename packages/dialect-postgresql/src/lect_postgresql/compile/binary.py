"""Operators that PostgreSQL spells its own way."""

from __future__ import annotations

from typing import Any, Final

from lect import operators as ops
from lect.compile.ansi.binary import infix
from lect.sql.column import ColumnClause
from lect.sql.grouping import Grouping
from lect.types.json_type import JSON
from lect.types.string import STRINGTYPE, String
from lect_postgresql import operators as pg
from lect_postgresql.compile.table import RULES
from lect_postgresql.hstore import HSTORE
from lect_postgresql.json_types import JSONB


@RULES.operator(ops.regexp_match_op, ops.not_regexp_match_op)
def regexp_match(node: Any, writer: Any) -> str:
    """``a ~ b``, ``a ~* b``: postgresql.org/docs/current/functions-matching.html#FUNCTIONS-POSIX-REGEXP."""
    sign = "~" if node.operator is ops.regexp_match_op else "!~"
    flags = node.modifiers.get("flags")
    if not flags:
        return infix(node, writer, f" {sign} ")
    if flags == "i":
        return infix(node, writer, f" {sign}* ")
    options = writer.literal(flags, STRINGTYPE)
    return f"{writer.render(node.left)} {sign} CONCAT('(?', {options}, ')', {writer.render(node.right)})"


@RULES.operator(ops.regexp_replace_op)
def regexp_replace(node: Any, writer: Any) -> str:
    """``REGEXP_REPLACE(a, pattern, replacement [, flags])``."""
    flags = node.modifiers.get("flags")
    tail = f", {writer.literal(flags, STRINGTYPE)}" if flags else ""
    return f"REGEXP_REPLACE({writer.render(node.left)}, {writer.render(node.right)}{tail})"


@RULES.operator(ops.json_getitem_op, ops.json_path_getitem_op)
def json_getitem(node: Any, writer: Any) -> str:
    """``a -> b`` and ``a #> path`` for JSON, ``->>`` and ``#>>``, and a CAST, for a value of another type.

    JSONB has ``a[b]`` since version 14, which an assignment can stand left of.
    postgresql.org/docs/current/functions-json.html, .../datatype-json.html#JSONB-SUBSCRIPTING.
    """
    sign = "->" if node.operator is ops.json_getitem_op else "#>"
    left, right = writer.render(node.left), writer.render(node.right)
    if _is_subscript(node, writer):
        return f"{_subscripted(node.left, left, writer)}[{right}]"
    if getattr(node.left, "operator", None) in _ELEMENTS and not _is_subscript(node.left, writer):
        left = f"({left})"
    type_ = node.type
    if isinstance(type_, JSON) or type_._isnull:
        return f"{left} {sign} {right}"
    text = f"{left} {sign}> {right}"
    if isinstance(type_, String):
        return f"({text})"
    return f"CAST({text} AS {writer.render(type_)})"


@RULES.operator(ops.getitem)
def getitem(node: Any, writer: Any) -> str:
    """``a[index]``"""
    return f"{_subscripted(node.left, writer.render(node.left), writer)}[{writer.render(node.right)}]"


_ELEMENTS: Final = (ops.json_getitem_op, ops.json_path_getitem_op)


def _is_subscript(node: Any, writer: Any) -> bool:
    """Whether an element of JSONB is written ``a[b]``."""
    return (
        node.operator is ops.json_getitem_op and isinstance(node.type, JSONB) and writer.capabilities.version >= (14,)
    )


def _subscripted(left: Any, text: str, writer: Any) -> str:
    """Return what stands before ``[``: all but a column and another element needs parentheses."""
    operator = getattr(left, "operator", None)
    if isinstance(left, (ColumnClause, Grouping)) or operator is ops.getitem:
        return text
    if operator is ops.json_getitem_op and _is_subscript(left, writer):
        return text
    return f"({text})"


@RULES.operator(ops.match_op)
def match(node: Any, writer: Any) -> str:
    """``a @@ plainto_tsquery(b)``: postgresql.org/docs/current/textsearch-intro.html."""
    configuration = node.modifiers.get("postgresql_regconfig")
    head = "" if configuration is None else f"{writer.literal(configuration, STRINGTYPE)}, "
    right = node.right.element if isinstance(node.right, Grouping) else node.right
    return f"{writer.render(node.left)} @@ plainto_tsquery({head}{writer.render(right)})"


_FUNCTIONS: Final = {
    pg.HAS_KEY: ("jsonb_exists", "exist"),
    pg.HAS_ALL: ("jsonb_exists_all", "exists_all"),
    pg.HAS_ANY: ("jsonb_exists_any", "exists_any"),
    pg.PATH_EXISTS: ("jsonb_path_exists_opr", ""),
}


@RULES.operator(*_FUNCTIONS)
def with_question_mark(node: Any, writer: Any) -> str:
    """``a ? b``; the function behind the operator where a question mark is the place of a parameter."""
    if writer.dialect.paramstyle != "qmark":
        return infix(node, writer, f" {node.operator.opstring} ")
    for_json, for_hstore = _FUNCTIONS[node.operator]
    name = for_hstore if isinstance(node.left.type, HSTORE) else for_json
    return f"{name}({writer.render(node.left)}, {writer.render(node.right)})"


@RULES.operator(ops.bitwise_xor_op)
def exclusive_or(node: Any, writer: Any) -> str:
    """``a # b``: ``^`` is the power."""
    return infix(node, writer, " # ")
