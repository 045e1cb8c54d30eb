"""Functions that MySQL and MariaDB name their own way."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.function import arguments
from lect.compile.clauses import StringsInOrder
from lect.sql import known_functions as known
from lect_mysql.compile.table import RULES


@RULES.rule(known.random)
def random(node: Any, writer: Any) -> str:
    """``rand()``"""
    return f"rand{arguments(node, writer)}"


@RULES.rule(known.sysdate)
def sysdate(node: Any, writer: Any) -> str:
    """``SYSDATE()``: the word alone means nothing."""
    return f"SYSDATE{arguments(node, writer) if node._has_args else '()'}"


@RULES.rule(known.session_user)
def session_user(node: Any, writer: Any) -> str:
    """``SESSION_USER()``"""
    return "SESSION_USER()"


@RULES.rule(known.user)
def user(node: Any, writer: Any) -> str:
    """``USER()``"""
    return "USER()"


@RULES.rule(known.aggregate_strings)
def aggregate_strings(node: Any, writer: Any) -> str:
    """``group_concat(x SEPARATOR ',')``: dev.mysql.com/doc/refman/8.4/en/aggregate-functions.html."""
    value, separator = node.clauses.clauses
    return f"group_concat({writer.render(value)} SEPARATOR {writer.render(separator)})"


@RULES.rule(StringsInOrder)
def strings_in_order(node: StringsInOrder, writer: Any) -> str:
    """``group_concat(x ORDER BY y SEPARATOR ',')``"""
    value, separator = node.function.clauses.clauses
    order = writer.render(node.order_by)
    return f"group_concat({writer.render(value)} ORDER BY {order} SEPARATOR {writer.render(separator)})"
