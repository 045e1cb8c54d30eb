"""Warnings about what a declarative class body probably does not mean."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

from lect.exc import LectDeprecationWarning, LectWarning

__all__ = [
    "cascading_ignored",
    "cascading_overrides",
    "cascading_tablename",
    "check_multiple_names",
    "declared_but_excluded",
    "named_repeatedly",
    "not_mapped_expression",
    "property_reassigned",
    "reserved_name",
]

#: from a notice to the class statement: notice, scan, mapping, base class
_LEVEL = 8


def _warn(text: str, category: type[Warning] = LectWarning) -> None:
    warnings.warn(text, category, stacklevel=_LEVEL)


def reserved_name(cls: type, name: str) -> None:
    """An attribute hides what the declarative base keeps under ``metadata`` or ``registry``."""
    _warn(
        f"Attribute name '{name}' should be left reserved for the declarative base; on class {cls!r} it hides the "
        f"base's own {name}. Map the column under another name: other_name = mapped_column({name!r}, ...)"
    )


def named_repeatedly(cls: type, column_name: str, keys: Iterable[str]) -> None:
    """Several attributes declare the same column."""
    _warn(
        f"On class {cls.__name__!r}, Column object {column_name!r} named directly multiple times, only one will be "
        f"used: {', '.join(sorted(keys))}. Consider using orm.synonym instead"
    )


def property_reassigned(cls: type, old: str, new: str) -> None:
    """One relationship, synonym … stands under two names."""
    _warn(
        f"ORM mapped property {cls.__name__}.{old} being assigned to attribute '{new}' is already associated with "
        f"attribute '{old}'. The attribute will be de-associated from '{old}'."
    )


def cascading_ignored(cls: type) -> None:
    """``@declared_attr.cascading`` stands in a mapped class."""
    _warn(
        "Use of @declared_attr.cascading only applies to Declarative 'mixin' and 'abstract' classes.  Currently, "
        f"this flag is ignored on mapped class {cls!r}"
    )


def cascading_tablename(cls: type) -> None:
    """``@declared_attr.cascading`` stands on ``__tablename__``."""
    _warn(
        f"@declared_attr.cascading is not supported on the __tablename__ attribute on class {cls!r}.  This attribute "
        "invokes for subclasses in any case."
    )


def cascading_overrides(cls: type, name: str) -> None:
    """A class declares itself what a mixin declares for every subclass."""
    _warn(f"Attribute {name!r} on class {cls!r} cannot be processed due to @declared_attr.cascading; skipping")


def not_mapped_expression(cls: type, name: str) -> None:
    """An SQL expression stands where a column was probably meant."""
    _warn(
        f"Attribute {name!r} on class {cls!r} appears to be a non-schema SQL expression object; this won't be "
        "part of the declarative mapping.  To map arbitrary expressions, use column_property() or a similar function "
        "such as deferred() or query_expression()."
    )


def declared_but_excluded(cls: type, name: str) -> None:
    """A declared column is left out by the mapper's arguments."""
    _warn(
        f"Attribute {name!r} declared on class {cls!r} is excluded from the mapping by the include_properties or "
        "exclude_properties mapper argument; declare it with unmapped_column() and Unmapped[] instead, as a column "
        "of the table alone.",
        LectDeprecationWarning,
    )


def check_multiple_names(cls: type, declared: dict[str, Any]) -> None:
    """Warn of columns that several attributes declare."""
    keys: dict[str, set[str]] = {}
    names: dict[int, str] = {}
    for key, value in declared.items():
        for column in _new_columns(value):
            # Columns have no name of their own before they are completed: the first attribute names them.
            first = names.setdefault(id(column), column.name or key)
            keys.setdefault(first, set()).add(key)
    for name, found in keys.items():
        if len(found) > 1:
            named_repeatedly(cls, name, found)


def _new_columns(value: Any) -> list[Any]:
    if getattr(value, "is_property", False):
        columns = value.columns if value.is_column else []
    else:
        columns = [value]
    real = [getattr(c, "column", c) if not hasattr(c, "proxy_set") else c for c in columns]
    return [c for c in real if getattr(c, "table", True) is None and hasattr(c, "constraints")]
