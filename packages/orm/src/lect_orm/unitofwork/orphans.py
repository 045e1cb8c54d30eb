"""Objects that must not be without a parent (delete-orphan), and have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["delete_orphan_props", "is_orphan"]


def delete_orphan_props(mapper: Any) -> list[Any]:
    """Return the relationships, of whatever class, whose delete-orphan cascade is about objects of `mapper`."""
    found: list[Any] = []
    for base in mapper.iterate_to_root():
        found.extend(base.own_delete_orphan_props)
    return found


def is_orphan(state: InstanceState) -> bool:
    """Whether an object lacks a parent that it needs; what nobody knows about an object with a row counts as a
    parent.
    """
    mapper = state.mapper
    possible = False
    for prop in delete_orphan_props(mapper):
        possible = True
        has_parent = prop.parent.impls[prop.key].hasparent(state, optimistic=state.pk is not None)
        if mapper.legacy_is_orphan:
            if has_parent:
                return False
        elif not has_parent:
            return True
    return possible and bool(mapper.legacy_is_orphan)
