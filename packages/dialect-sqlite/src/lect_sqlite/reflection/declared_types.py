"""From a declared type to a type object, by name or else by SQLite's rules of affinity."""

from __future__ import annotations

import re
import warnings
from typing import Any, Final

from lect.exc import LectWarning
from lect.types import sql_types
from lect.types.null import NullType
from lect_sqlite.types import NAMES

__all__ = ["declared_type"]

_DECLARED: Final = re.compile(r"([\w ]+)(?:\((.*?)\))?", re.DOTALL)

#: https://sqlite.org/datatype3.html#determination_of_column_affinity, in this order
_AFFINITY: Final[tuple[tuple[str, type], ...]] = (
    ("INT", sql_types.INTEGER),
    ("CHAR", sql_types.TEXT),
    ("CLOB", sql_types.TEXT),
    ("TEXT", sql_types.TEXT),
    ("BLOB", NullType),
    ("REAL", sql_types.REAL),
    ("FLOA", sql_types.REAL),
    ("DOUB", sql_types.REAL),
)


def declared_type(text: str) -> Any:
    """Return the type that ``CREATE TABLE t (a <text>)`` declares; the type of NULL for a column without one."""
    match = _DECLARED.match(text)
    name = match[1].strip().upper() if match is not None else ""
    if not name:
        return NullType()
    cls = NAMES.get(name) or NAMES.get(name.replace(" ", "_"))
    if cls is None:
        cls = next((kind for part, kind in _AFFINITY if part in name), sql_types.NUMERIC)
        if cls is NullType:
            return NullType()
    numbers = [int(number) for number in re.findall(r"\d+", match[2] or "")] if match is not None else []
    if not numbers or issubclass(cls, (sql_types.DATE, sql_types.DATETIME, sql_types.TIME)) or _is_temporal(cls):
        return cls()
    try:
        return cls(*numbers)
    except TypeError:
        warnings.warn(
            f"Could not instantiate type {cls.__name__} with reflected arguments {numbers}; using no arguments.",
            LectWarning,
            stacklevel=2,
        )
        return cls()


def _is_temporal(cls: type) -> bool:
    from lect.types import temporal

    return issubclass(cls, (temporal.Date, temporal.DateTime, temporal.Time))
