"""Indexes."""

from __future__ import annotations

from typing import Any, Final

from lect.dialects.reflection import Facts, ReflectedIndex, ReflectionRequest, Reflector
from lect_postgresql.reflection.tables import relations

__all__ = ["Indexes"]

_QUERY: Final = """
SELECT c.relname, ic.relname, i.indisunique, k.position, k.position <= i.{key_count},
    pg_catalog.pg_get_indexdef(i.indexrelid, k.position::int, true), k.attnum = 0, a.attname,
    i.indoption[k.position::int - 1], am.amname, pg_catalog.pg_get_expr(i.indpred, i.indrelid), co.conname,
    oc.opcname, oc.opcdefault, {nulls_not_distinct}, pg_catalog.array_to_string(ic.reloptions, ', ')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_am am ON am.oid = ic.relam
LEFT JOIN pg_catalog.pg_constraint co ON co.conindid = i.indexrelid AND co.contype IN ('u', 'x')
LEFT JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position) ON true
LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = i.indclass[k.position::int - 1]
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum <> 0
WHERE {condition}
ORDER BY c.relname, ic.relname, k.position
"""


class Indexes(Reflector):
    """Indexes of many tables in one query."""

    def indexes(self, request: ReflectionRequest) -> Facts:
        """Return the indexes, without those of primary keys."""
        condition, parameters = relations(request)
        version = request.dialect.capabilities.version if request.dialect is not None else (15,)
        query = _QUERY.format(
            condition=condition,
            key_count="indnkeyatts" if version >= (11,) else "indnatts",
            nulls_not_distinct="i.indnullsnotdistinct" if version >= (15,) else "false",
        )
        tables: dict[str, dict[str, list[Any]]] = {}
        for row in request.query(query, parameters):
            indexes = tables.setdefault(row[0], {})
            if row[1] is not None:
                indexes.setdefault(row[1], []).append(row)
        for table, indexes in tables.items():
            yield request.key(table), [self._index(name, rows) for name, rows in indexes.items()]

    def _index(self, name: str, rows: list[Any]) -> ReflectedIndex:
        keys = [row for row in rows if row[4]]
        names = [None if row[6] else row[7] for row in keys]
        index = ReflectedIndex(name=name, unique=rows[0][2], column_names=names)
        if None in names:
            index["expressions"] = [row[5] if row[6] else row[7] for row in keys]
        include = [row[7] for row in rows if not row[4]]
        if include:
            index["include_columns"] = include
        if rows[0][11] is not None:
            index["duplicates_constraint"] = rows[0][11]
        sorting = {row[7] or row[5]: words for row in keys if (words := _sorting(row[8]))}
        if sorting:
            index["column_sorting"] = sorting
        index["dialect_options"] = _options(rows[0], keys, include)
        return index


def _sorting(option: int | None) -> tuple[str, ...]:
    """Read ``indoption``: bit 0 is descending, bit 1 is nulls first; defaults are left out."""
    option = option or 0
    descending, nulls_first = bool(option & 1), bool(option & 2)
    if descending:
        return ("desc",) if nulls_first else ("desc", "nulls_last")
    return ("nulls_first",) if nulls_first else ()


def _options(row: Any, keys: list[Any], include: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if include:
        options["postgresql_include"] = include
    if row[9] not in (None, "btree"):
        options["postgresql_using"] = row[9]
    if row[10]:
        options["postgresql_where"] = row[10]
    classes = {key[7] or key[5]: key[12] for key in keys if key[13] is False}
    if classes:
        options["postgresql_ops"] = classes
    if row[14]:
        options["postgresql_nulls_not_distinct"] = True
    if row[15]:
        options["postgresql_with"] = dict(part.split("=", 1) for part in row[15].split(", "))
    return options
