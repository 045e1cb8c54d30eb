"""Default rules for VALUES as a table."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.alias import alias_name
from lect.compile.clauses import EmptyFrom, ValuesAlone, ValuesRows
from lect.compile.table import ANSI
from lect.compile.writer import FROM
from lect.sql.values import ScalarValues, Values

__all__ = ["cells", "rows_text"]


class NoRows:
    """What an empty VALUES is written as: a SELECT from nothing, with a condition that does not hold."""

    _where = (False,)



def rows_text(node: Values, writer: Any) -> str:
    """Return ``VALUES (…), (…)``."""
    if not node._data:
        nulls = ", ".join([f"NULL AS {writer.quote(c.name)}" for c in node._column_args])
        return f"SELECT {nulls}{writer.render(EmptyFrom(NoRows))} WHERE 1 != 1"
    return writer.render(ValuesRows([", ".join(row) for row in cells(node, writer)]))  # type: ignore[no-any-return]


@ANSI.rule(ValuesAlone)
def values_alone(node: ValuesAlone, writer: Any) -> str:
    """The rows."""
    return rows_text(node.values, writer)


def cells(node: Values, writer: Any) -> list[list[str]]:
    """Return the cells of each row, written."""
    return [[_cell(c, node, writer) for c in row] for row in node._data]


@ANSI.rule(ValuesRows)
def values_rows(node: ValuesRows, writer: Any) -> str:
    """``VALUES (…), (…)``"""
    return f"VALUES {', '.join([f'({row})' for row in node.rows])}"


def _cell(cell: Any, node: Values, writer: Any) -> str:
    if node.literal_binds:
        with writer.literals():
            return writer.render(cell)  # type: ignore[no-any-return]
    return writer.render(cell)  # type: ignore[no-any-return]


@ANSI.rule(Values)
def values(node: Values, writer: Any) -> str:
    """``(VALUES (…), (…)) AS name (a, b)`` in FROM, the name elsewhere, the rows alone at the top."""
    position = writer.position
    if writer.scope.statement is None and position != FROM:
        return rows_text(node, writer)
    if position != FROM:
        return alias_name(node, writer)
    if not writer.capabilities.values_table:
        writer.refuse("VALUES as a table", instead="use select(...).union_all(...)")
    for added in node._added_ctes:
        writer.render_from(added.cte)
    text = rows_text(node, writer)
    if not node._named:
        return f"({text})"
    lateral = "LATERAL " if node._is_lateral else ""
    if not node._data:
        return f"{lateral}({text}) AS {alias_name(node, writer)}"  # the columns have their names
    columns = ", ".join([writer.quote(c.name) for c in node.c])
    return f"{lateral}({text}) AS {alias_name(node, writer)} ({columns})"


@ANSI.rule(ScalarValues)
def scalar_values(node: ScalarValues, writer: Any) -> str:
    """The rows in parentheses."""
    return f"({rows_text(node.rows, writer)})"
