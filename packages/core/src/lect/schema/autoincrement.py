"""Which column of a primary key does the database number by itself."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError
from lect.schema.expressions import described
from lect.types.numeric import Float, Integer, Numeric

__all__ = ["autoincrement_column"]


def _is_integer(column: Any) -> bool:
    affinity = column.type._type_affinity
    # A decimal without decimals can number rows, but only if it says so.
    return issubclass(affinity, Integer) or (
        column.autoincrement is True and issubclass(affinity, Numeric) and getattr(column.type, "scale", None) == 0
    )


def _may_number(column: Any, told: bool) -> bool:
    """Whether `column` can be the one.

    `told`: it says ``autoincrement=True``, so that what speaks against it is an error.
    """
    if not _is_integer(column):
        if told:
            scale = getattr(column.type, "scale", None)
            if scale and issubclass(column.type._type_affinity, Numeric) and not isinstance(column.type, Float):
                raise ArgumentError(
                    f"Column type {column.type} with non-zero scale {scale} on column '{described(column)}' is not "
                    "compatible with autoincrement=True"
                )
            raise ArgumentError(
                f"Column type {column.type} on column '{described(column)}' is not compatible with autoincrement=True"
            )
        return False
    if column.default is not None and not column.default.is_sequence:  # where there are no sequences, it numbers itself
        return bool(told)
    if column.server_default is not None and not column.server_default.is_identity:
        return bool(told)
    ignore_fk = column.autoincrement == "ignore_fk"
    return not column.foreign_keys or ignore_fk or told


def autoincrement_column(primary_key: Any) -> Any:
    """Return the column the database numbers by itself, or None.

    It is the column with ``autoincrement=True``; else the only column of the key, if it is an integer without a default
    and without a foreign key (or says ``"ignore_fk"``).
    """
    columns = list(primary_key._columns)
    if len(columns) == 1:
        column = columns[0]
        if column.autoincrement is True:
            _may_number(column, told=True)
            return column
        if column.autoincrement in ("auto", "ignore_fk") and _may_number(column, told=False):
            return column
        return None
    found: Any = None
    for column in columns:
        if column.autoincrement is True:
            _may_number(column, told=True)
            if found is not None:
                raise ArgumentError(
                    f"Only one Column may be marked autoincrement=True, found both {column.name} and {found.name}."
                )
            found = column
    return found
