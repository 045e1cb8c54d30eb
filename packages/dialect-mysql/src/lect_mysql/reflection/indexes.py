"""Indexes."""

from __future__ import annotations

from typing import Any, Final

from lect.dialects.reflection import Facts, ReflectedIndex, ReflectionRequest, Reflector
from lect_mysql.reflection.tables import about, grouped, text_of

__all__ = ["Indexes"]

_QUERY: Final = """
SELECT table_name, index_name, non_unique, column_name, sub_part, collation, index_type, {expression}
FROM information_schema.statistics WHERE {condition} AND index_name <> 'PRIMARY'
ORDER BY table_name, index_name, seq_in_index
"""


class Indexes(Reflector):
    """Indexes of many tables in one query."""

    def indexes(self, request: ReflectionRequest) -> Facts:
        """Return the indexes, without those of primary keys."""
        condition, parameters = about(request)
        capabilities = request.dialect.capabilities
        expression = "expression" if capabilities.expression_indexes else "NULL"
        rows = request.query(_QUERY.format(condition=condition, expression=expression), parameters)
        for table, facts in grouped(self, request, rows).items():
            indexes: dict[str, list[Any]] = {}
            for row in facts:
                indexes.setdefault(row[0], []).append(row)
            yield request.key(table), [_index(name, columns) for name, columns in indexes.items()]


def _index(name: str, rows: list[Any]) -> ReflectedIndex:
    names = [row[2] for row in rows]
    index = ReflectedIndex(name=name, unique=not int(rows[0][1]), column_names=names)
    if None in names:
        index["expressions"] = [row[2] or str(text_of(row[6])) for row in rows]
    # A UNIQUE constraint is an index and nothing else here: tables are read with the index.
    sorting: dict[str, tuple[str, ...]] = {row[2]: ("desc",) for row in rows if row[4] == "D" and row[2]}
    if sorting:
        index["column_sorting"] = sorting
    options: dict[str, Any] = {}
    lengths = {row[2]: row[3] for row in rows if row[3]}
    if lengths:
        options["mysql_length"] = lengths
    kind = rows[0][5]
    if kind in ("FULLTEXT", "SPATIAL"):
        options["mysql_prefix"] = kind
    elif kind not in ("BTREE", None):
        options["mysql_using"] = kind.lower()
    if options:
        index["dialect_options"] = options
    return index
