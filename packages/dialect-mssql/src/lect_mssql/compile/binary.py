"""Operators that T-SQL spells its own way."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.compile.ansi.binary import between_either_way, infix
from lect.compile.table import ANSI
from lect.sql.lists import ExpressionClauseList
from lect.sql.literal import False_, True_
from lect.types.boolean import Boolean
from lect.types.json_type import JSON
from lect.types.numeric import Integer, NumericCommon
from lect_mssql.compile.table import RULES


@RULES.operator(ops.concat_op)
def concat(node: Any, writer: Any) -> str:
    """``a + b``."""
    if isinstance(node, ExpressionClauseList):
        return " + ".join([writer.render(clause) for clause in node.clauses])
    return infix(node, writer, " + ")


@RULES.operator(ops.is_, ops.is_not)
def is_(node: Any, writer: Any) -> str:
    """``a = 1`` for IS TRUE, ``(a = 0 OR a IS NULL)`` for IS NOT TRUE: IS knows NULL only."""
    right = node.right
    if not isinstance(right, (True_, False_)):
        return infix(node, writer, " IS " if node.operator is ops.is_ else " IS NOT ")
    left = writer.render_value(node.left)
    if node.operator is ops.is_:
        return f"{left} = {writer.render(right)}"
    other = 0 if isinstance(right, True_) else 1
    return f"({left} = {other} OR {left} IS NULL)"


@RULES.operator(ops.is_distinct_from)
def is_distinct_from(node: Any, writer: Any) -> str:
    """``NOT EXISTS (SELECT a INTERSECT SELECT b)``, which takes NULL for a value; 2022 has words for it."""
    if writer.capabilities.version and writer.capabilities.is_distinct_from:
        return infix(node, writer, " IS DISTINCT FROM ")
    return f"NOT EXISTS (SELECT {writer.render_value(node.left)} INTERSECT SELECT {writer.render_value(node.right)})"


@RULES.operator(ops.is_not_distinct_from)
def is_not_distinct_from(node: Any, writer: Any) -> str:
    """``EXISTS (SELECT a INTERSECT SELECT b)``."""
    if writer.capabilities.version and writer.capabilities.is_distinct_from:
        return infix(node, writer, " IS NOT DISTINCT FROM ")
    return f"EXISTS (SELECT {writer.render_value(node.left)} INTERSECT SELECT {writer.render_value(node.right)})"


@RULES.operator(ops.truediv)
def true_division(node: Any, writer: Any) -> str:
    """``a / (b + 0.0)``: the quotient of two integers is an integer."""
    return f"{writer.render(node.left)} / ({writer.render(node.right)} + 0.0)"


@RULES.operator(ops.match_op)
def match(node: Any, writer: Any) -> str:
    """``CONTAINS (a, b)``, of full-text indexes."""
    return f"CONTAINS ({writer.render(node.left)}, {writer.render(node.right)})"


@RULES.operator(ops.regexp_match_op, ops.not_regexp_match_op)
def regexp_match(node: Any, writer: Any) -> str:
    """``REGEXP_LIKE(a, b)``, of SQL Server 2025."""
    if not writer.capabilities.regular_expressions:
        writer.refuse("regexp_match()", "SQL Server has regular expressions since 2025", "use like()")
    flags = node.modifiers.get("flags")
    more = f", {writer.literal(flags, node.right.type)}" if flags else ""
    text = f"REGEXP_LIKE({writer.render(node.left)}, {writer.render(node.right)}{more})"
    return text if node.operator is ops.regexp_match_op else f"NOT {text}"


@RULES.operator(ops.in_op, ops.not_in_op)
def in_list(node: Any, writer: Any) -> str:
    """The default's text; row values are refused."""
    if node.left.type._is_tuple_type:
        writer.refuse(
            "(a, b) IN (...)", "T-SQL has no row values", "write or_(and_(a == 1, b == 2), ...), or join with values()"
        )
    default = ANSI.find_operator(node.operator)
    return default(node, writer) if default is not None else infix(node, writer, " IN ")


@RULES.operator(ops.json_getitem_op, ops.json_path_getitem_op)
def json_getitem(node: Any, writer: Any) -> str:
    """``JSON_QUERY(a, path)`` for objects and arrays, JSON_VALUE for values.

    https://learn.microsoft.com/sql/t-sql/functions/json-value-transact-sql: JSON_VALUE of an object is NULL, and
    JSON_QUERY of a value is NULL.
    """
    left, right = writer.render(node.left), writer.render(node.right)
    type_ = node.type
    if isinstance(type_, JSON):
        return f"JSON_QUERY({left}, {right})"
    value = f"JSON_VALUE({left}, {right})"
    if isinstance(type_, Boolean):
        return (
            f"CASE {value} WHEN NULL THEN NULL WHEN 'true' THEN 1 WHEN 'false' THEN 0 "
            f"ELSE CAST({value} AS {writer.render(type_)}) END"
        )
    if isinstance(type_, (Integer, NumericCommon)):
        return f"CASE {value} WHEN NULL THEN NULL ELSE CAST({value} AS {writer.render(type_)}) END"
    return f"CASE {value} WHEN NULL THEN NULL ELSE {value} END"


RULES.operator(ops.between_op, ops.not_between_op)(between_either_way)
