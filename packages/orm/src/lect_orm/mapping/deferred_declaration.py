"""Declarative classes that are mapped later than they are written, when their tables have been reflected."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError
from lect_orm.mapping.declared_attr import scan_values

__all__ = ["defer", "map_deferred", "pending_scan"]

#: where a class that waits keeps what was read of its body
_PENDING = "__lect_deferred__"


def pending_scan(cls: type) -> Any:
    """Return what was read of the body of a class that waits to be mapped; None when it does not wait."""
    found = cls.__dict__.get(_PENDING)
    return found if hasattr(found, "declared") else None


def defer(scan: Any) -> None:
    """Keep what was read of a class, and make its Table (which may lack what is still to be reflected).

    Raises:
        ArgumentError: a column says ``use_existing_column``, which cannot be known yet.
    """
    cls = scan.cls
    for name, declared in scan.declared.items():
        if getattr(declared, "use_existing_column", False):
            raise ArgumentError(
                f"Can't use use_existing_column with deferred mappers ({cls.__name__}.{name}): the table is not "
                "known yet"
            )
    scan._complete()
    base = None if scan.inherits is None else pending_scan(scan.inherits)
    if scan.tablename is None and "__table__" not in cls.__dict__ and base is not None:
        # Single-table inheritance: the columns are the base's table's, so that reflection finds them there.
        scan.deferred_table = None
        table = base_table(base)
        for column, _ in scan.columns:
            if column.name not in table.c:
                table.append_column(column)
    else:
        scan.deferred_table = scan._table()
    type.__setattr__(cls, _PENDING, scan)
    scan.registry.class_names.add(cls.__name__, cls)


def base_table(scan: Any) -> Any:
    """Return the table of a class that waits, or of the nearest base that has one."""
    while scan.deferred_table is None:
        scan = pending_scan(scan.inherits)
    return scan.deferred_table


def map_deferred(scan: Any) -> Any:
    """Map a class now, and return its mapper. Classes it inherits from have to be mapped."""
    cls = scan.cls
    type.__delattr__(cls, _PENDING)
    table = scan.deferred_table
    with scan_values(cls):
        if table is None:
            _take_from(scan, cls.__mro__)
        elif isinstance(scan.properties, dict):
            _take(scan, table)
        return scan._mapper(table)


def _take(scan: Any, table: Any) -> None:
    """Reflection may have replaced columns of the same name: the class's attributes are those of the table."""
    for key, value in list(scan.properties.items()):
        if getattr(value, "_is_column_element", False) and getattr(value, "name", None) in table.c:
            scan.properties[key] = table.c[value.name]


def _take_from(scan: Any, mro: Any) -> None:
    for base in mro[1:]:
        mapper = base.__dict__.get("__mapper__")
        if getattr(mapper, "is_mapper", False):
            _take(scan, mapper.local_table)
            return
