"""Default rules for FROM elements under a name: aliases, subqueries, functions that give rows, samples."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.hints import with_hint
from lect.compile.table import ANSI
from lect.compile.writer import FROM, LATERAL, PLAIN
from lect.sql.alias import Alias, TableValuedAlias
from lect.sql.subquery import Lateral, Subquery
from lect.sql.tablesample import TableSample

__all__ = ["alias_name", "named", "sampled", "unnamed"]


def alias_name(node: Any, writer: Any) -> str:
    """Return the name of a FROM element as it is written."""
    return writer.quote(writer.name(node.name, "alias"))  # type: ignore[no-any-return]


def named(text: str, name: str, writer: Any) -> str:
    """Return a FROM element's text with its name."""
    return f"{text} AS {name}"


def unnamed(element: Any) -> Any:
    """Return what has the names of aliases around it: only the outermost name is written."""
    while element.__class__ in (Alias, Subquery):
        element = element.element
    return element


@ANSI.rule(Alias)
def alias(node: Alias, writer: Any) -> str:
    """``element AS name`` in FROM, the name elsewhere."""
    position = writer.position
    name = alias_name(node, writer)
    if position != FROM:
        return name
    inner = unnamed(node.element)
    if inner.__class__ is Lateral:
        text = lateral_text(inner, writer)
    elif inner._is_table:
        text = writer.render(inner)  # without hints: one about the table is not one about this name for it
    else:
        text = f"({writer.render_as(inner, FROM)})" if not inner._is_from_clause else writer.render_from(inner)
    if inner._is_join:
        text = f"({text})"
    return with_hint(node, named(text, name, writer), writer)


@ANSI.rule(Subquery)
def subquery(node: Subquery, writer: Any) -> str:
    """``(SELECT …) AS name`` in FROM, the name elsewhere."""
    position = writer.position
    if node is writer.statement:
        return writer.render(node.element)  # type: ignore[no-any-return]  # shown by itself
    name = alias_name(node, writer)
    if position != FROM:
        return name
    text = f"({writer.render_as(node.element, FROM)})"
    return with_hint(node, named(text, name, writer), writer)


@ANSI.rule(Lateral)
def lateral(node: Lateral, writer: Any) -> str:
    """``LATERAL (SELECT …) AS name`` in FROM, the name elsewhere."""
    position = writer.position
    if node is writer.statement:
        return lateral_text(node, writer, PLAIN)  # shown by itself
    name = alias_name(node, writer)
    if position != FROM:
        return name
    return named(lateral_text(node, writer), name, writer)


def lateral_text(node: Lateral, writer: Any, position: int = LATERAL) -> str:
    """Return ``LATERAL (SELECT …)``."""
    if writer.capabilities.lateral.name == "NONE":
        writer.refuse("LATERAL", instead="write the subquery without references to other FROM elements")
    element = unnamed(node.element)
    if element._is_from_clause:
        return f"LATERAL {writer.render_from(element)}"
    return f"LATERAL ({writer.render_as(element, position)})"


@ANSI.rule(TableValuedAlias)
def table_valued(node: TableValuedAlias, writer: Any) -> str:
    """``function(…) AS name`` in FROM, with the list of columns where it was asked for; the name elsewhere."""
    position = writer.position
    if node is writer.statement:
        return writer.render(node.element)  # type: ignore[no-any-return]  # shown by itself
    name = alias_name(node, writer)
    if position != FROM:
        return name
    text = writer.render(node.element)
    if node._is_lateral:
        text = f"LATERAL {text}"
    if node._render_derived:
        name += derived_columns(node, writer)
    return named(text, name, writer)


def derived_columns(node: Any, writer: Any) -> str:
    """Return ``(a, b)``, or ``(a INTEGER, b VARCHAR)`` with types."""
    cells = []
    for column in node.c:
        text = writer.quote(column.name)
        if node._render_derived_w_types:
            text += f" {writer.render(column.type)}"
        cells.append(text)
    return f"({', '.join(cells)})"


def sampled(element: Any, writer: Any) -> str:
    """Return what a sample is taken of: a table without the hints about it."""
    return writer.render(element) if element._is_table else writer.render_from(element)  # type: ignore[no-any-return]


@ANSI.rule(TableSample)
def tablesample(node: TableSample, writer: Any) -> str:
    """``table AS name TABLESAMPLE method(percentage) REPEATABLE (seed)`` in FROM, the name elsewhere."""
    position = writer.position
    name = alias_name(node, writer)
    if position != FROM:
        return name
    if not writer.capabilities.tablesample:
        writer.refuse("TABLESAMPLE")
    text = named(sampled(node.element, writer), name, writer)
    text += f" TABLESAMPLE {writer.render(node.sampling)}"
    if node.seed is not None:
        text += f" REPEATABLE ({writer.render(node.seed)})"
    return text
