"""``with_loader_criteria`` reaches the SELECTs inside of a statement: EXISTS, IN, scalar subqueries, subqueries in
FROM.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from lect.sql._select import Select
from lect_orm.mapping.equality import is_column

__all__ = ["with_criteria_inside", "with_criteria_of_others"]


def with_criteria_of_others(condition: Any, options: Sequence[Any], entity: Any) -> Any:
    """Return an option's condition for an entity; its inner SELECTs carry the other options, and get no more."""
    leave = {id(entity.selectable), *[id(f) for f in entity.selectable._from_objects]}
    return with_criteria_inside(condition, options, leave)


def with_criteria_inside(statement: Any, options: Sequence[Any], leave: Collection[int] | None = None) -> Any:
    """Return a plain statement whose inner SELECTs of entities carry `options`; itself when there are none inside.

    The inner SELECTs are translated where they stand, and hand the options on to those inside of themselves. One that a
    loader has made of another statement has that one's options and keeps them.

    Args:
        statement: a statement, or an expression.
        leave: identities of FROM elements that stay as they are. When given, the inner SELECTs have all their options
            now, and get none from what stands around.
    """
    changed: dict[int, Any] = {}

    def visit(node: Any) -> Any:
        if getattr(node, "_is_table", False) or getattr(node, "_is_entity", False):
            return node
        if leave is not None and id(node) in leave:
            return node
        if is_column(node):
            table = node.table
            new = visit(table)
            return node if new is table else list(new.c)[_place(table, node)]
        found = changed.get(id(node))
        if found is None:
            changed[id(node)] = node  # a recursive CTE meets itself inside
            if isinstance(node, Select) and node._plugin is not None:
                found = node
                if not node._execution_options.get("_lect_own_criteria", False):
                    found = node._replace(_with_options=(*node._with_options, *options))
                    if leave is not None:
                        found = found._replace(
                            _execution_options={**node._execution_options, "_lect_own_criteria": True}
                        )
            else:
                found = node._map_children(visit)
            changed[id(node)] = found
            kept.append(node)
        return found

    kept: list[Any] = []  # the keys above are identities: what they stand for must stay
    return statement._map_children(visit)


def _place(table: Any, column: Any) -> int:
    origin = column.__dict__.get("_origin", column)
    for place, own in enumerate(table.c):
        if own is column or own is origin:
            return place
    return [own.key for own in table.c].index(column.key)
