"""Default rule for a column inside of CREATE TABLE: name, type, default, NOT NULL."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import expression
from lect.compile.table import ANSI
from lect.schema.computed import Computed
from lect.schema.ddl import CreateColumn
from lect.schema.defaults import DefaultClause
from lect.types.string import String

__all__ = ["column_type", "default_text", "inline_constraints", "needs_not_null"]


@ANSI.rule(CreateColumn)
def create_column(ddl: CreateColumn, writer: Any) -> str:
    """``name TYPE DEFAULT value GENERATED ... NOT NULL CHECK (...)``; nothing for a system column."""
    column = ddl.element
    if column.system:
        return ""
    parts = [writer.quote(column.name), column_type(column, writer)]
    default = default_text(column, writer)
    if default is not None:
        parts.append(f"DEFAULT {default}")
    if column.computed is not None:
        parts.append(writer.render(column.computed))
    if column.identity is not None and writer.capabilities.identity_columns:
        parts.append(writer.render(column.identity))
    if needs_not_null(column, writer):
        parts.append("NOT NULL")
    return " ".join([*parts, *inline_constraints(column, writer)])


def column_type(column: Any, writer: Any) -> str:
    """Return the column's type as the dialect writes it."""
    return writer.render(column.type)  # type: ignore[no-any-return]


def needs_not_null(column: Any, writer: Any) -> bool:
    """Whether NOT NULL is written: an identity column is not null by itself."""
    return not column.nullable and not (column.identity is not None and writer.capabilities.identity_columns)


def default_text(column: Any, writer: Any) -> str | None:
    """Return what stands after DEFAULT, None for a column without.

    A string is a literal and nothing else; SQL is written only where it was given as SQL.
    """
    default = column.server_default
    if not isinstance(default, DefaultClause):
        return None
    if isinstance(default.arg, str):
        return writer.literal(default.arg, String())  # type: ignore[no-any-return]
    return expression(default.arg, writer)


def inline_constraints(column: Any, writer: Any) -> list[str]:
    """Return the constraints that were given to the column itself."""
    ordered = sorted(column.constraints, key=lambda c: c._creation_order)
    return [text for text in [writer.render(constraint) for constraint in ordered] if text]


@ANSI.rule(Computed)
def computed_column(generated: Computed, writer: Any) -> str:
    """``GENERATED ALWAYS AS (expression) STORED``."""
    if not writer.capabilities.computed_columns:
        writer.refuse("Computed()", "the database has no generated columns")
    text = f"GENERATED ALWAYS AS ({expression(generated.sqltext, writer)})"
    if generated.persisted is None:
        return text
    return f"{text} {'STORED' if generated.persisted else 'VIRTUAL'}"
