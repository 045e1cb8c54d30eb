"""Conditions that come with a class are not repeated in a subquery which takes the class's rows from the statement
around it: there they hold already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lect.sql._select import Select

__all__ = ["without_repetition"]


def without_repetition(
    statement: Any,
    entities: Sequence[Any],
    froms: Callable[[], Iterable[Any]],
    translate: Callable[[Any, Sequence[Any]], Any],
    entities_of: Callable[[Any], Iterable[Any]],
) -> Any:
    """Return a plain statement whose correlated subqueries leave conditions of `entities` to it.

    Args:
        entities: Mappers and alias inspections whose conditions the statement has.
        froms: gives the FROM elements of the statement.
        translate: ``translate(select, entities without condition)`` gives a plain SELECT.
        entities_of: gives the entities that a SELECT itself selects from.
    """
    around: set[int] = set()

    def visit(node: Any) -> Any:
        if getattr(node, "_is_from_clause", False):
            return node  # it does not refer to what stands beside it, but for LATERAL, whose columns know it
        if not isinstance(node, Select):
            return node._map_children(visit)
        if node._plugin is None or node._with_options:
            return node
        if not around:
            around.update(id(f) for source in froms() for f in (source, *source._from_objects))
        own = list(entities_of(node))
        left = [e for e in entities if not any(e is o for o in own) and _is_left_to(node, e, around, translate)]
        return translate(node, left) if left else node

    return statement._map_children(visit)


def _is_left_to(inner: Any, entity: Any, around: set[int], translate: Callable[[Any, Sequence[Any]], Any]) -> bool:
    """Whether a subquery takes an entity's rows from the statement around it."""
    mine = {id(f) for f in entity.selectable._from_objects}
    if not mine <= around:
        return False
    if inner._correlation == "to":
        return any(mine <= _objects(f) for f in inner._correlate)
    if inner._correlation == "except":
        return not any(mine & _objects(f) for f in inner._correlate_except)
    # By itself a subquery leaves to the statement around what both have, unless nothing would remain.
    return any(id(f) not in around for f in translate(inner, ()).get_final_froms())


def _objects(source: Any) -> set[int]:
    if getattr(source, "_is_entity", False):
        source = source.entity_from
    return {id(f) for f in source._from_objects}
