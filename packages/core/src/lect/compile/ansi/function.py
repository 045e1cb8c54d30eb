"""Default rules for functions."""

from __future__ import annotations

from typing import Any, Final

from lect.compile.clauses import StringsInOrder
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.sql import known_functions as known
from lect.sql.function import FunctionElement, FunctionFrom, ScalarFunctionColumn
from lect.sql.names import quoted_name

__all__ = ["NAMES", "arguments", "function_name"]

#: Functions that are spelt otherwise than they are named.
NAMES: Final[dict[type, str]] = {
    known.coalesce: "coalesce",
    known.current_date: "CURRENT_DATE",
    known.current_time: "CURRENT_TIME",
    known.current_timestamp: "CURRENT_TIMESTAMP",
    known.current_user: "CURRENT_USER",
    known.localtime: "LOCALTIME",
    known.localtimestamp: "LOCALTIMESTAMP",
    known.session_user: "SESSION_USER",
    known.sysdate: "sysdate",
    known.user: "USER",
    known.random: "random",
    known.cube: "CUBE",
    known.rollup: "ROLLUP",
    known.grouping_sets: "GROUPING SETS",
}


def function_name(node: Any, writer: Any) -> str:
    """Return the function's name with its packages; quoted only where it is no plain word, or asks for it."""
    return ".".join([_word(w, writer) for w in (*node.packagenames, node.name)])


def _word(name: str, writer: Any) -> str:
    identifiers = writer.identifiers
    if isinstance(name, quoted_name) and name.quote is not False:
        return identifiers.quote(name)  # type: ignore[no-any-return]
    # A reserved word may be the name of a function, and case does not matter.
    if identifiers.legal_characters.match(name) and name[0] not in identifiers.illegal_initial_characters:
        return name
    return identifiers.quote_identifier(name)  # type: ignore[no-any-return]


def arguments(node: Any, writer: Any) -> str:
    """Return the arguments in parentheses."""
    return writer.render(node.clause_expr)  # type: ignore[no-any-return]


@ANSI.rule(FunctionElement)
def function(node: Any, writer: Any) -> str:
    """``name(arguments)``"""
    fixed = NAMES.get(node.__class__)
    if fixed is not None:
        text = fixed + (arguments(node, writer) if node._has_args else "")
    else:
        text = function_name(node, writer) + arguments(node, writer)
    return f"{text} WITH ORDINALITY" if node._with_ordinality else text


@ANSI.rule(known.cube, known.rollup, known.grouping_sets)
def grouping_sets(node: Any, writer: Any) -> str:
    """``GROUPING SETS((a, b), (a))``"""
    if not writer.capabilities.grouping_sets:
        writer.refuse(f"{node.name}()", instead="combine one SELECT for each grouping with union_all()")
    return function(node, writer)


@ANSI.rule(StringsInOrder)
def strings_in_order(node: StringsInOrder, writer: Any) -> str:
    """``name(x, separator ORDER BY y)``, with the name and separator that the function has without an order."""
    text = writer.render(node.function)
    if not writer.capabilities.aggregate_order:
        writer.refuse("aggregate_strings() with an order", instead="aggregate the rows of an ordered subquery")
    return f"{text.removesuffix(')')} ORDER BY {writer.render(node.order_by)})"


@ANSI.rule(known.aggregate_strings)
def aggregate_strings(node: Any, writer: Any) -> str:
    """Refused: every database has a name of its own for it."""
    raise CompileError(f"{writer.dialect.name} dialect does not support the aggregate_strings function")
    return ""


@ANSI.rule(FunctionFrom)
def function_from(node: FunctionFrom, writer: Any) -> str:
    """The function, in FROM."""
    return writer.render(node.element)  # type: ignore[no-any-return]


@ANSI.rule(ScalarFunctionColumn)
def scalar_function_column(node: ScalarFunctionColumn, writer: Any) -> str:
    """``(function(arguments)).column``"""
    return f"({writer.render(node.fn)}).{writer.quote(node.name)}"
