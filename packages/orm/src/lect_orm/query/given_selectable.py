"""Hierarchies that are selected from a FROM element given to the mapper (``with_polymorphic=("*", union)``).

The columns of such a class are those of that element. A statement may name them in two other ways: as columns of the
mapped table, and as attributes of a base class while it selects from a subclass that has tables of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lect_orm.mapping.equality import is_column

__all__ = ["adapter_to_given"]


def adapter_to_given(entities: Iterable[Any], joined: Iterable[Any]) -> Callable[[Any], Any] | None:
    """Return a function that gives the column meant for one that the statement's FROM does not have, else None.

    Args:
        entities: what the statement selects from: mappers, and inspections of aliases, which are passed over.
        joined: tables that the statement names itself; their columns stay.

    Returns:
        None as well when no class of the statement is mapped in this way.
    """
    mappers = [e for e in entities if e.is_mapper]
    given = [m for m in mappers if _is_given(m)]
    below = [m for m in mappers if not m.concrete and any(_is_given(a) for a in m.iterate_to_root() if a is not m)]
    if not given and not below:
        return None
    named = {id(t) for t in joined}
    tables: dict[int, Any] = {}
    for mapper in given:
        for one in mapper.with_polymorphic_mappers or (mapper,):
            for table in one.tables:
                if id(table) not in named:
                    tables.setdefault(id(table), mapper)
    bases = {
        id(base.selectable): (base, mapper)
        for mapper in below
        for base in mapper.iterate_to_root()
        if base is not mapper and _is_given(base) and base not in mappers and id(base.selectable) not in named
    }

    def adapt(node: Any) -> Any:
        if not is_column(node):
            return None
        mapper = tables.get(id(node.table))
        if mapper is None:
            base, mapper = bases.get(id(node.table), (None, None))
            return None if base is None else _of_subclass(node, base, mapper)
        found = mapper.adapt_own_column(node._deannotate() if node._annotations else node)
        return None if found.table is node.table else found

    return adapt


def _of_subclass(node: Any, base: Any, mapper: Any) -> Any:
    """Return a column of the FROM element given to `base` as `mapper`, a subclass, has it."""
    key = node.key
    for column in base.column_to_prop:
        shown = base.adapt_own_column(column)
        if shown.table is node.table and shown.key == key and column in mapper.column_to_prop:
            return mapper.adapt_own_column(column)
    return None


def _is_given(mapper: Any) -> bool:
    spec = mapper.own_with_polymorphic
    return spec is not None and spec[1] is not None
