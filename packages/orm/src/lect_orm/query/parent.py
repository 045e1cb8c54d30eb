"""Conditions that a row belongs to a given object along a relationship."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError
from lect.inspection import inspect
from lect.sql.boolean import and_
from lect_orm.attributes.descriptor import QueryableAttribute
from lect_orm.base import instance_state
from lect_orm.query.relationship_join import target_adapter
from lect_orm.relationships.comparator import _committed_bind

__all__ = ["parent_criterion", "with_parent"]


def parent_criterion(prop: Any, instance: Any, entity: Any) -> Any:
    """Return the condition that rows of `entity` are related to `instance` by `prop`, a relationship of its class."""
    join = prop.join_condition
    state = instance_state(instance)
    right = target_adapter(prop, entity)

    def local(column: Any) -> Any:
        if state.mapper.column_to_prop.get(column) is None:
            return column
        return _committed_bind(state, state.mapper, column)

    primary = join.adapted(join.primaryjoin, local, right if join.secondaryjoin is None else _same)
    if join.secondaryjoin is None:
        return primary
    return and_(primary, join.adapted(join.secondaryjoin, right, _same))


def _same(column: Any) -> Any:
    return column


def with_parent(instance: Any, prop: Any, from_entity: Any = None) -> Any:
    """Return the condition that rows belong to `instance` along a relationship: ``with_parent(user, User.addresses)``.

    Args:
        prop: the relationship, an attribute of the object's class.
        from_entity: an alias of the class on the other side, when its rows are meant.
    """
    if isinstance(prop, str):
        raise ArgumentError("with_parent() accepts class-bound mapped attributes, not strings")
    entity = None
    if isinstance(prop, QueryableAttribute):
        entity = getattr(prop.comparator, "_of_type", None)
        prop = prop.property
    if not getattr(prop, "is_relationship", False):
        raise ArgumentError(f"Expected relationship property for with_parent(), got {prop!r}")
    prop.parent._check_configure()
    if from_entity is not None:
        entity = inspect(from_entity)
    return parent_criterion(prop, instance, entity if entity is not None else prop.entity)
