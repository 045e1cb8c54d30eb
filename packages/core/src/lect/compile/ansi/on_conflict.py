"""Default rule for INSERT of rows that may be there already: ON CONFLICT, where the database has it."""

from __future__ import annotations

import warnings
from typing import Any

from lect.compile.ansi.schema_names import fitted_name
from lect.compile.table import ANSI
from lect.exc import LectWarning
from lect.sql.on_conflict import OnConflict

__all__ = ["on_conflict", "on_conflict_clause", "target", "warn_of_unknown"]


@ANSI.rule(OnConflict)
def on_conflict(node: OnConflict, writer: Any) -> str:
    """`` ON CONFLICT (…) DO UPDATE SET …``, or DO NOTHING."""
    if writer.capabilities.upsert.name != "ON_CONFLICT":
        writer.refuse(
            "INSERT with on_conflict", instead="use what the dialect has for rows that are there already, or MERGE"
        )
    return on_conflict_clause(node, writer)


def on_conflict_clause(node: OnConflict, writer: Any) -> str:
    """Return the clause, with the space before it."""
    text = f" ON CONFLICT{target(node, writer)}"
    if node.does_nothing:
        return f"{text} DO NOTHING"
    cells = []
    table = writer.scope.target
    warn_of_unknown(node.updates, table)
    for key, value in node.updates:
        column = table.c.get(key)
        name = key if column is None else column.name
        cells.append(f"{writer.quote(name)} = {writer.render(value.self_group())}")
    text += f" DO UPDATE SET {', '.join(cells)}"
    if node.where is not None:
        text += f" WHERE {writer.render(node.where)}"
    return text


def warn_of_unknown(updates: Any, table: Any) -> None:
    """Tell of names in `set_` that are no columns of the table; they are written as they are."""
    unknown = [str(key) for key, _ in updates if table.c.get(key) is None]
    if unknown:
        warnings.warn(
            f"Additional column names not matching any column keys in table {table.name!r}: "
            f"{', '.join(map(repr, unknown))}",
            LectWarning,
            stacklevel=2,
        )


def target(node: OnConflict, writer: Any) -> str:
    """Return which conflict is meant, with the space before it."""
    if node.constraint is not None:
        return f" ON CONSTRAINT {fitted_name(node.constraint, writer, 'constraint name')}"
    with writer.without_tables():
        names = [writer.render(e) for e in node.elements] + [writer.quote(n) for n in node.element_names]
        if not names:
            return ""
        text = f" ({', '.join(names)})"
        if node.index_where is not None:
            with writer.literals():
                text += f" WHERE {writer.render(node.index_where)}"
    return text
