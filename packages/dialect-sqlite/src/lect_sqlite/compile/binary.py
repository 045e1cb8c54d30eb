"""Operators that SQLite spells its own way."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.ansi.binary import between_either_way, infix
from lect.sql.grouping import Grouping
from lect.types.boolean import Boolean
from lect.types.json_type import JSON
from lect.types.numeric import Integer, NumericCommon
from lect.types.string import String
from lect_sqlite.compile.table import RULES


@RULES.operator(ops.is_distinct_from)
def is_distinct_from(node: Any, writer: Any) -> str:
    """``a IS NOT b``: https://sqlite.org/lang_expr.html#the_is_and_is_not_operators."""
    return infix(node, writer, " IS NOT ")


@RULES.operator(ops.is_not_distinct_from)
def is_not_distinct_from(node: Any, writer: Any) -> str:
    """``a IS b``."""
    return infix(node, writer, " IS ")


@RULES.operator(ops.truediv)
def true_division(node: Any, writer: Any) -> str:
    """``a / (b + 0.0)``: the quotient of two integers is an integer, and a CAST to NUMERIC would leave them so."""
    return f"{writer.render(node.left)} / ({writer.render(node.right)} + 0.0)"


@RULES.operator(ops.bitwise_xor_op)
def exclusive_or(node: Any, writer: Any) -> str:
    """``(a | b) - (a & b)``: there is no operator for it."""
    left, right = writer.render(node.left), writer.render(node.right)
    return f"(({left} | {right}) - ({left} & {right}))"


@RULES.operator(ops.regexp_match_op, ops.not_regexp_match_op)
def regexp_match(node: Any, writer: Any) -> str:
    """``a REGEXP b``, which calls the function that the connector gives SQLite (Python's ``re.search``)."""
    if node.modifiers.get("flags"):
        writer.refuse(
            "regexp_match(flags=...)", instead="write the flags into the pattern, as Python's re understands: '(?i)...'"
        )
    return infix(node, writer, " REGEXP " if node.operator is ops.regexp_match_op else " NOT REGEXP ")


@RULES.operator(ops.json_getitem_op, ops.json_path_getitem_op)
def json_getitem(node: Any, writer: Any) -> str:
    """``JSON_QUOTE(JSON_EXTRACT(a, path))`` for JSON, a CAST of what was extracted for a value of another type.

    https://sqlite.org/json1.html#the_json_extract_function: a string comes without its quotes, JSON's null as NULL.
    """
    extracted = f"JSON_EXTRACT({writer.render(node.left)}, {writer.render(node.right)})"
    type_ = node.type
    if isinstance(type_, JSON):
        return f"JSON_QUOTE({extracted})"
    if isinstance(type_, (Integer, NumericCommon, String, Boolean)):
        return f"CAST({extracted} AS {writer.render(type_)})"
    return extracted


@RULES.operator(ops.match_op)
def match(node: Any, writer: Any) -> str:
    """``a MATCH b``, of full-text tables: https://sqlite.org/fts5.html."""
    right = node.right.element if isinstance(node.right, Grouping) else node.right
    return f"{writer.render(node.left)} MATCH {writer.render(right)}"


RULES.operator(ops.between_op, ops.not_between_op)(between_either_way)
