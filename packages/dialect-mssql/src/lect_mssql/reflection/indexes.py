"""Indexes that are not made by a key: ``sys.indexes`` and ``sys.index_columns``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lect.dialects.reflection import ReflectedIndex, ReflectionRequest, TableKey
from lect.sql.text import verbatim
from lect_mssql.reflection.catalogue import rows

__all__ = ["read_indexes"]

_COLUMNS = (
    "i.name AS index_name, i.is_unique, i.type AS index_type, i.filter_definition, "
    "c.name AS column_name, x.is_included_column, x.is_descending_key"
)
_JOINED = (
    "LEFT JOIN {sys}.indexes AS i ON i.object_id = o.object_id AND i.index_id > 0 AND i.is_primary_key = 0 "
    "AND i.is_unique_constraint = 0 AND i.is_hypothetical = 0 "
    "LEFT JOIN {sys}.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id "
    "LEFT JOIN {sys}.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id"
)


def read_indexes(request: ReflectionRequest) -> Iterator[tuple[TableKey, list[ReflectedIndex]]]:
    """Yield each table's indexes."""
    found: dict[str, dict[str, list[Any]]] = {}
    for name, row in rows(request, _COLUMNS, _JOINED, "i.name, x.key_ordinal, x.index_column_id"):
        indexes = found.setdefault(name, {})
        if row[1] is not None:
            indexes.setdefault(row[1], []).append(row)
    for name, indexes in found.items():
        yield request.key(name), [_index(index, columns) for index, columns in indexes.items()]


def _index(name: str, columns: list[Any]) -> ReflectedIndex:
    _, _, unique, kind, condition, *_ = columns[0]
    # https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-indexes-transact-sql, column type
    columnstore = kind in (5, 6)
    keys = [row for row in columns if columnstore or not row[6]]
    included = [row[5] for row in columns if row[6] and not columnstore]
    options: dict[str, Any] = {"mssql_clustered": kind in (1, 5), "mssql_include": included}
    if columnstore:
        options["mssql_columnstore"] = True
    if condition is not None:
        options["mssql_where"] = verbatim(condition)
    found: ReflectedIndex = {
        "name": name,
        "unique": bool(unique),
        "column_names": [row[5] for row in keys],
        "include_columns": included,
        "dialect_options": options,
    }
    descending = {row[5]: ("desc",) for row in keys if row[7] and not columnstore}
    if descending:
        found["column_sorting"] = dict(descending)
    return found
