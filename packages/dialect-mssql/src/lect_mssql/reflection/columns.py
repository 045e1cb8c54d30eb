"""Columns: ``sys.columns`` with types, defaults, identities and computed expressions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from lect.dialects.reflection import ReflectedColumn, ReflectionRequest, TableKey
from lect.exc import LectWarning
from lect.types import large_binary, numeric, string, temporal
from lect.types.null import NullType
from lect_mssql.reflection.catalogue import rows
from lect_mssql.types import DATETIME2, DATETIMEOFFSET, NAMES, TIME, TIMESTAMP

__all__ = ["read_columns"]

_COLUMNS = (
    "c.name AS column_name, COALESCE(b.name, t.name) AS type_name, c.max_length, c.[precision], c.scale, "
    "c.is_nullable, c.collation_name, d.[definition] AS default_text, k.[definition] AS computed_text, k.is_persisted, "
    "CAST(i.seed_value AS NVARCHAR(40)) AS seed, CAST(i.increment_value AS NVARCHAR(40)) AS step, "
    "CAST(e.value AS NVARCHAR(4000)) AS comment"
)
_JOINED = (
    "JOIN {sys}.columns AS c ON c.object_id = o.object_id "
    "JOIN {sys}.types AS t ON t.user_type_id = c.user_type_id "
    # a type made by CREATE TYPE ... FROM is read as the type it was made from
    "LEFT JOIN {sys}.types AS b ON t.is_user_defined = 1 AND b.user_type_id = t.system_type_id "
    "LEFT JOIN {sys}.default_constraints AS d ON d.object_id = c.default_object_id "
    "LEFT JOIN {sys}.computed_columns AS k ON k.object_id = c.object_id AND k.column_id = c.column_id "
    "LEFT JOIN {sys}.identity_columns AS i ON i.object_id = c.object_id AND i.column_id = c.column_id "
    "LEFT JOIN {sys}.extended_properties AS e ON e.class = 1 AND e.major_id = c.object_id "
    "AND e.minor_id = c.column_id AND e.name = 'MS_Description'"
)


def read_columns(request: ReflectionRequest) -> Iterator[tuple[TableKey, list[ReflectedColumn]]]:
    """Yield the columns of each table and view."""
    found: dict[str, list[ReflectedColumn]] = {}
    for name, row in rows(request, _COLUMNS, _JOINED, "c.column_id"):
        found.setdefault(name, []).append(_column(row))
    for name, columns in found.items():
        yield request.key(name), columns


def _column(row: Any) -> ReflectedColumn:
    (
        _,
        name,
        type_name,
        length,
        precision,
        scale,
        nullable,
        collation,
        default,
        computed,
        persisted,
        seed,
        step,
        note,
    ) = row
    column: ReflectedColumn = {
        "name": name,
        "type": reflected_type(name, type_name, length, precision, scale, collation),
        "nullable": bool(nullable),
        "default": default,
        "autoincrement": seed is not None,
        "comment": note,
    }
    if computed is not None:
        column["computed"] = {"sqltext": computed, "persisted": bool(persisted)}
    if seed is not None:
        column["identity"] = {"start": int(seed), "increment": int(step)}
    return column


def reflected_type(column: str, name: str, length: int, precision: int, scale: int, collation: str | None) -> Any:
    """Return the type of a column; the type of NULL, with a warning, for one that is not known."""
    cls = NAMES.get(name.lower())
    if cls is None:
        warnings.warn(f"Did not recognize type {name!r} of column {column!r}", LectWarning, stacklevel=2)
        return NullType()
    if issubclass(cls, TIMESTAMP):
        return cls()
    if issubclass(cls, string.String):
        kwargs: dict[str, Any] = {"collation": collation} if collation else {}
        if name.lower() in ("text", "ntext", "xml"):
            return cls(**kwargs)
        # max_length counts bytes; -1 is max
        characters = length // 2 if name.lower() in ("nvarchar", "nchar") else length
        kwargs["length"] = "max" if length == -1 else characters
        return cls(**kwargs)
    if issubclass(cls, large_binary.Binary) and name.lower() in ("binary", "varbinary"):
        size: Any = "max" if length == -1 else length
        return cls(length=size)
    if issubclass(cls, numeric.Numeric):
        return cls(precision=precision, scale=scale)
    if issubclass(cls, numeric.Float):
        return cls(precision=precision) if name.lower() == "float" else cls()
    if issubclass(cls, (DATETIME2, DATETIMEOFFSET, TIME)):
        return cls(precision=scale)
    if issubclass(cls, temporal.DateTime):
        return cls()
    return cls()
