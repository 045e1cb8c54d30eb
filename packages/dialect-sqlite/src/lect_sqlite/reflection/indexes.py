"""Indexes: ``pragma_index_list`` and ``pragma_index_xinfo``, and the statement for expressions and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lect.dialects.reflection import ReflectedIndex, ReflectionRequest, TableKey
from lect.sql.text import verbatim
from lect_sqlite.reflection.catalogue import rows, sources
from lect_sqlite.reflection.create_statement import index_parts

__all__ = ["read_indexes"]


def read_indexes(request: ReflectionRequest) -> Iterator[tuple[TableKey, list[ReflectedIndex]]]:
    """Yield the indexes of each table; those that SQLite made for UNIQUE and PRIMARY KEY are not among them."""
    tables: dict[str, dict[str, list[Any]]] = {name: {} for name, _ in rows(request, "m.type", "", "1")}
    if not tables:
        return
    for master, _ in sources(request):
        # sqlite_autoindex_... has no statement of its own, and is left out by the join
        columns = 'l.name, l."unique", l.partial, x.seqno, x.cid, x.name, x."desc", i.sql'
        joined = (
            ", pragma_index_list(m.name, :schema) AS l, pragma_index_xinfo(l.name, :schema) AS x"
            f" JOIN {master} AS i ON i.type = 'index' AND i.name = l.name AND i.sql IS NOT NULL AND x.key = 1"
        )
        only = request if len(sources(request)) == 1 else _only(request, master)
        for name, row in rows(only, columns, joined, "l.name, x.seqno"):
            tables[name].setdefault(row[1], []).append(row)
    for name, found in tables.items():
        yield request.key(name), [_index(index, columns) for index, columns in sorted(found.items())]


def _only(request: ReflectionRequest, master: str) -> ReflectionRequest:
    """Return a request about the one database that `master` lists."""
    return request.replace(schema="temp" if master == "sqlite_temp_master" else "main")


def _index(name: str, columns: list[Any]) -> ReflectedIndex:
    statement = columns[0][8]
    found: ReflectedIndex = {
        "name": name,
        "column_names": [row[6] if row[5] != -2 else None for row in columns],
        "unique": bool(columns[0][2]),
    }
    needs_text = columns[0][3] or any(row[5] == -2 for row in columns)
    parts, condition = index_parts(statement) if needs_text else ([], None)
    if any(row[5] == -2 for row in columns):
        found["expressions"] = [row[6] if row[5] != -2 else parts[i] for i, row in enumerate(columns)]
    sorting = {row[6]: ("desc",) for row in columns if row[7] and row[5] != -2}
    if sorting:
        found["column_sorting"] = dict(sorting)
    found["dialect_options"] = {}
    if columns[0][3] and condition is not None:
        found["dialect_options"]["sqlite_where"] = verbatim(condition)
    return found
