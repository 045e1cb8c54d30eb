"""Columns of one object whose class is kept in several tables are read from those tables that have them.

The key of the object is known, and each of its tables holds it: what is not asked for is not joined.
"""

from __future__ import annotations

from typing import Any

from lect.sql.boolean import and_
from lect.sql.join import Join
from lect_orm.mapping.equality import is_column, iterate, replace_columns

__all__ = ["from_fewest_tables"]

_MEMO = "keys_by_table"


def from_fewest_tables(statement: Any, mapper: Any) -> Any:
    """Return a SELECT of some columns of one object of a class, by its key, without tables that it does not need.

    Args:
        statement: plain SELECT from the tables of the class.
    """
    if mapper.inherits is None or mapper.concrete or len(mapper.tables) < 2 or statement._joins:
        return statement
    if statement._for_update is not None:
        return statement  # rows of all tables of the object are to be locked
    keys = _keys_by_table(mapper)
    places = {id(column): place for columns in keys.values() for place, column in enumerate(columns)}
    needed = _needed((*statement._raw_columns, *statement._where), keys, places)
    if needed is None:
        return statement
    tables = [t for t in mapper.tables if t in needed] or [next(t for t in mapper.tables if t in keys)]
    first = keys[tables[0]]

    def change(node: Any) -> Any:
        place = places.get(id(_plain(node)))
        return None if place is None else first[place]

    source: Any = tables[0]
    for table in tables[1:]:
        source = Join(source, table, and_(*[a == b for a, b in zip(first, keys[table], strict=True)]))
    return statement._replace(
        _from_obj=(source,),
        _raw_columns=tuple([replace_columns(c, change) for c in statement._raw_columns]),
        _where=tuple([replace_columns(w, change) for w in statement._where]),
    )


def _needed(nodes: tuple[Any, ...], keys: dict[Any, Any], places: dict[int, int]) -> set[Any] | None:
    """Return the tables that have the columns that are asked for; None when that cannot be told."""
    found: set[Any] = set()
    for node in nodes:
        for part in iterate(node):
            if is_column(part):
                column = _plain(part)
                if id(column) not in places:
                    if column.table not in keys:
                        return None
                    found.add(column.table)
            elif getattr(part, "_is_returns_rows", False) or getattr(part, "_is_scalar_select", False):
                return None  # a subquery may refer to any of the tables
    return found


def _keys_by_table(mapper: Any) -> dict[Any, tuple[Any, ...]]:
    """Return the columns of each table that hold the primary key of the class, in the key's order."""
    found: dict[Any, tuple[Any, ...]] | None = mapper.memo.get(_MEMO)
    if found is None:
        pairs = [pair for one in mapper.iterate_to_root() for pair in one.inherits_equated_pairs]
        equal = [_equal_to(column, pairs) for column in mapper.primary_key]
        found = {}
        for table in mapper.tables:
            columns = [next((c for c in group if c.table is table), None) for group in equal]
            if all(c is not None for c in columns):
                found[table] = tuple(columns)
        mapper.memo[_MEMO] = found
    return found


def _equal_to(column: Any, pairs: list[tuple[Any, Any]]) -> list[Any]:
    found = [column]
    for one in found:
        for a, b in pairs:
            for this, other in ((a, b), (b, a)):
                if this is one and not any(other is f for f in found):
                    found.append(other)
    return found


def _plain(node: Any) -> Any:
    while True:
        origin = node.__dict__.get("_origin")
        if origin is None:
            return node
        node = origin
