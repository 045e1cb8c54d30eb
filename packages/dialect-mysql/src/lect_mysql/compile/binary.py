"""Operators that MySQL and MariaDB spell their own way."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.ansi.binary import between_either_way, infix
from lect.sql.grouping import Grouping
from lect.sql.lists import ExpressionClauseList
from lect.types.boolean import Boolean
from lect.types.json_type import JSON
from lect.types.numeric import Float, Integer, Numeric
from lect.types.string import STRINGTYPE, String
from lect_mysql.compile.table import MARIADB_RULES, RULES
from lect_mysql.match import match as full_text_match


@RULES.operator(ops.concat_op)
def concat(node: Any, writer: Any) -> str:
    """``concat(a, b)``: ``||`` is OR, unless sql_mode says otherwise.

    dev.mysql.com/doc/refman/8.4/en/string-functions.html#function_concat.
    """
    parts = node.clauses if isinstance(node, ExpressionClauseList) else (node.left, node.right)
    return f"concat({writer.render_all(parts)})"


@RULES.operator(ops.is_distinct_from)
def is_distinct_from(node: Any, writer: Any) -> str:
    """``NOT (a <=> b)``."""
    return f"NOT ({infix(node, writer, ' <=> ')})"


@RULES.operator(ops.is_not_distinct_from)
def is_not_distinct_from(node: Any, writer: Any) -> str:
    """``a <=> b``: dev.mysql.com/doc/refman/8.4/en/comparison-operators.html#operator_equal-to."""
    return infix(node, writer, " <=> ")


@RULES.operator(ops.truediv)
def true_division(node: Any, writer: Any) -> str:
    """``a / b``: the quotient of two integers is a decimal number already."""
    return infix(node, writer, " / ")


@RULES.operator(ops.floordiv)
def floor_division(node: Any, writer: Any) -> str:
    """``FLOOR(a / b)``."""
    return f"FLOOR({infix(node, writer, ' / ')})"


@RULES.operator(ops.match_op)
def match(node: Any, writer: Any) -> str:
    """``MATCH (a) AGAINST (b IN BOOLEAN MODE)``; other modes as ``match(b, mysql_natural_language=True)`` asks for."""
    right = node.right.element if isinstance(node.right, Grouping) else node.right
    asked = node.modifiers
    search = full_text_match(
        node.left,
        against=right,
        in_boolean_mode=asked.get("mysql_boolean_mode", True),
        in_natural_language_mode=asked.get("mysql_natural_language", False),
        with_query_expansion=asked.get("mysql_query_expansion", False),
    )
    return writer.render(search)  # type: ignore[no-any-return]


# -- regular expressions: dev.mysql.com/doc/refman/8.4/en/regexp.html, mariadb.com/kb/en/pcre/ ------------------------


@RULES.operator(ops.regexp_match_op, ops.not_regexp_match_op)
def regexp_match(node: Any, writer: Any) -> str:
    """``a REGEXP b``; ``REGEXP_LIKE(a, b, flags)`` with flags."""
    negated = node.operator is ops.not_regexp_match_op
    flags = node.modifiers.get("flags")
    if not flags:
        return infix(node, writer, " NOT REGEXP " if negated else " REGEXP ")
    options = writer.literal(flags, STRINGTYPE)
    text = f"REGEXP_LIKE({writer.render(node.left)}, {writer.render(node.right)}, {options})"
    return f"NOT {text}" if negated else text


@MARIADB_RULES.operator(ops.regexp_match_op, ops.not_regexp_match_op)
def regexp_match_mariadb(node: Any, writer: Any) -> str:
    """Flags go into the pattern: ``a REGEXP CONCAT('(?', flags, ')', b)``."""
    flags = node.modifiers.get("flags")
    if not flags:
        return regexp_match(node, writer)
    words = "NOT REGEXP" if node.operator is ops.not_regexp_match_op else "REGEXP"
    return f"{writer.render(node.left)} {words} {_with_flags(flags, writer.render(node.right), writer)}"


@RULES.operator(ops.regexp_replace_op)
def regexp_replace(node: Any, writer: Any) -> str:
    """``REGEXP_REPLACE(a, pattern, replacement [, flags])``."""
    flags = node.modifiers.get("flags")
    tail = f", {writer.literal(flags, STRINGTYPE)}" if flags else ""
    return f"REGEXP_REPLACE({writer.render(node.left)}, {writer.render(node.right)}{tail})"


@MARIADB_RULES.operator(ops.regexp_replace_op)
def regexp_replace_mariadb(node: Any, writer: Any) -> str:
    """Flags go into the pattern."""
    flags = node.modifiers.get("flags")
    if not flags:
        return regexp_replace(node, writer)
    pattern, replacement = node.right.clauses
    given = _with_flags(flags, writer.render(pattern), writer)
    return f"REGEXP_REPLACE({writer.render(node.left)}, {given}, {writer.render(replacement)})"


def _with_flags(flags: str, pattern: str, writer: Any) -> str:
    return f"CONCAT('(?', {writer.literal(flags, STRINGTYPE)}, ')', {pattern})"


# -- JSON: dev.mysql.com/doc/refman/8.4/en/json-search-functions.html -------------------------------------------------


@RULES.operator(ops.json_getitem_op, ops.json_path_getitem_op)
def json_getitem(node: Any, writer: Any) -> str:
    """``JSON_EXTRACT(a, path)`` for JSON; its conversion, JSON's null as NULL, for a value of another type."""
    extracted = f"JSON_EXTRACT({writer.render(node.left)}, {writer.render(node.right)})"
    type_ = node.type
    if isinstance(type_, JSON) or type_._isnull:
        return extracted
    return f"CASE {extracted} WHEN 'null' THEN NULL {_converted(extracted, type_)} END"


def _converted(extracted: str, type_: Any) -> str:
    if isinstance(type_, Boolean):
        return "WHEN true THEN true ELSE false"
    if isinstance(type_, Integer):
        return f"ELSE CAST({extracted} AS SIGNED INTEGER)"
    if isinstance(type_, Numeric) and type_.precision is not None:
        scale = f", {int(type_.scale)}" if type_.scale is not None else ""
        return f"ELSE CAST({extracted} AS DECIMAL({int(type_.precision)}{scale}))"
    if isinstance(type_, (Float, Numeric)):
        # CAST ... AS DOUBLE came with MySQL 8.0.17 and MariaDB 10.4.5; adding zero works everywhere.
        return f"ELSE {extracted}+0.0000000000000000000000"
    if isinstance(type_, String):
        return f"ELSE JSON_UNQUOTE({extracted})"
    return f"ELSE {extracted}"


RULES.operator(ops.between_op, ops.not_between_op)(between_either_way)
