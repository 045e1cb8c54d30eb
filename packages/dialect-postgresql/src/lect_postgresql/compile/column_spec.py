"""A column inside of CREATE TABLE: SERIAL for an integer primary key that counts by itself."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.column_spec import column_type, default_text, inline_constraints, needs_not_null
from lect.compile.table import ANSI
from lect.schema.computed import Computed
from lect.schema.ddl import CreateColumn
from lect.types.numeric import BigInteger, Integer, SmallInteger
from lect_postgresql.compile.table import RULES


@RULES.rule(CreateColumn)
def create_column(ddl: CreateColumn, writer: Any) -> str:
    """``name SERIAL NOT NULL``, ``name TYPE DEFAULT value GENERATED ... NOT NULL``."""
    column = ddl.element
    if column.system:
        return ""
    parts = [writer.quote(column.name)]
    serial = _serial(column, writer)
    if serial is not None:
        parts.append(serial)
    else:
        parts.append(column_type(column, writer))
        default = default_text(column, writer)
        if default is not None:
            parts.append(f"DEFAULT {default}")
    if column.computed is not None:
        parts.append(writer.render(column.computed))
    if column.identity is not None:
        parts.append(writer.render(column.identity))
    if needs_not_null(column, writer):
        parts.append("NOT NULL")
    elif column.nullable and column.identity is not None:
        parts.append("NULL")
    return " ".join([*parts, *inline_constraints(column, writer)])


def _serial(column: Any, writer: Any) -> str | None:
    """Return SERIAL and its like for the column that the table's key counts by; None for others.

    postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL.
    """
    if (
        column.identity is not None
        or not (column.server_default is None or _counts_by_own_sequence(column))
        or not column.primary_key
        or column is not column.table._autoincrement_column
        or not (column.default is None or (column.default.is_sequence and column.default.optional))
    ):
        return None
    type_ = column.type._unwrapped_dialect_impl(writer.dialect)
    if isinstance(type_, BigInteger):
        return "BIGSERIAL"
    if isinstance(type_, SmallInteger):
        return "SMALLSERIAL"
    return "SERIAL" if isinstance(type_, Integer) else None


def _counts_by_own_sequence(column: Any) -> bool:
    """Whether the default was read from a SERIAL column: its sequence belongs to the column and goes with it."""
    return column.autoincrement is True and str(getattr(column.server_default, "arg", "")).startswith("nextval(")


@RULES.rule(Computed)
def computed_column(generated: Computed, writer: Any) -> str:
    """``GENERATED ALWAYS AS (expression) STORED``: virtual columns came with version 18."""
    if generated.persisted is False and writer.capabilities.version < (18,):
        writer.refuse("Computed(persisted=False)", "virtual columns came with version 18", "leave out persisted=False")
    text = ANSI.own[Computed](generated, writer)
    return text if generated.persisted is not None else f"{text} STORED"
