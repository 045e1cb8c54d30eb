"""Default rule for INSERT of rows that may be there already: ON CONFLICT, where the database has it."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.on_conflict import OnConflict

__all__ = ["on_conflict", "target"]


@ANSI.rule(OnConflict)
def on_conflict(node: OnConflict, writer: Any) -> str:
    """`` ON CONFLICT (…) DO UPDATE SET …``, or DO NOTHING."""
    if writer.capabilities.upsert.name != "ON_CONFLICT":
        writer.refuse(
            "INSERT with on_conflict", instead="use what the dialect has for rows that are there already, or MERGE"
        )
    text = f" ON CONFLICT{target(node, writer)}"
    if node.does_nothing:
        return f"{text} DO NOTHING"
    cells = []
    table = writer.scope.target
    for key, value in node.updates:
        column = table.c.get(key)
        name = key if column is None else column.name
        cells.append(f"{writer.quote(name)} = {writer.render(value.self_group())}")
    text += f" DO UPDATE SET {', '.join(cells)}"
    if node.where is not None:
        text += f" WHERE {writer.render(node.where)}"
    return text


def target(node: OnConflict, writer: Any) -> str:
    """Return which conflict is meant, with the space before it."""
    if node.constraint is not None:
        return f" ON CONSTRAINT {writer.quote(node.constraint)}"
    with writer.without_tables():
        names = [writer.render(e) for e in node.elements] + [writer.quote(n) for n in node.element_names]
        if not names:
            return ""
        text = f" ({', '.join(names)})"
        if node.index_where is not None:
            with writer.literals():
                text += f" WHERE {writer.render(node.index_where)}"
    return text
