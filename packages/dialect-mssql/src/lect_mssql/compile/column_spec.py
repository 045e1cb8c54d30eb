"""A column inside of CREATE TABLE: NULL or NOT NULL is always said, IDENTITY, computed columns."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.column_spec import column_type, default_text, inline_constraints
from lect.compile.ansi.constraints import expression
from lect.exc import CompileError
from lect.schema.computed import Computed
from lect.schema.ddl import CreateColumn
from lect.schema.sequence import Identity, Sequence
from lect_mssql.compile.table import RULES


@RULES.rule(CreateColumn)
def create_column(ddl: CreateColumn, writer: Any) -> str:
    """``name TYPE NOT NULL IDENTITY(1,1) DEFAULT value``.

    Whether NULL is allowed without either word depends on a setting of the session
    (https://learn.microsoft.com/sql/t-sql/statements/set-ansi-null-dflt-on-transact-sql), so that one is always
    written.
    """
    column = ddl.element
    if column.system:
        return ""
    name = writer.quote(column.name)
    if column.computed is not None:
        return " ".join([name, writer.render(column.computed), *inline_constraints(column, writer)])
    parts = [name, column_type(column, writer)]
    if not column.nullable or column.primary_key or isinstance(column.default, Sequence) or _is_identity(column):
        parts.append("NOT NULL")
    else:
        parts.append("NULL")
    if _is_identity(column):
        parts.append(identity_text(column))
    else:
        default = default_text(column, writer)
        if default is not None:
            parts.append(f"DEFAULT {default}")
    return " ".join([*parts, *inline_constraints(column, writer)])


def _is_identity(column: Any) -> bool:
    """Whether the server numbers the column."""
    if column.table is None:
        raise CompileError("mssql requires Table-bound columns in order to generate DDL")
    if column.identity is not None:
        return True
    numbered = column is getattr(column.table, "autoincrement_column", None) or column.autoincrement is True
    return numbered and not isinstance(column.default, Sequence)


def identity_text(column: Any) -> str:
    """Return ``IDENTITY``, with start and increment when they were given."""
    identity = column.identity
    if identity is None or (identity.start is None and identity.increment is None):
        return "IDENTITY"
    start = 1 if identity.start is None else identity.start
    increment = 1 if identity.increment is None else identity.increment
    return f"IDENTITY({start:d},{increment:d})"


@RULES.rule(Identity)
def identity(node: Identity, writer: Any) -> str:
    """``IDENTITY(start,increment)``; always and by default are the same, and ``SET IDENTITY_INSERT`` overrides it."""
    return identity_text(node.column)


@RULES.rule(Computed)
def computed(node: Computed, writer: Any) -> str:
    """``AS (expression) PERSISTED``:
    https://learn.microsoft.com/sql/t-sql/statements/alter-table-computed-column-definition.
    """
    text = f"AS ({expression(node.sqltext, writer)})"
    return f"{text} PERSISTED" if node.persisted else text
