"""``join()`` and ``outerjoin()`` of entities, as FROM elements."""

from __future__ import annotations

from typing import Any, ClassVar

from lect.sql.boolean import and_
from lect.sql.entity import registered
from lect.sql.join import Join
from lect.sql.node import Field, child
from lect_orm.query.entities import AliasEntity, MapperEntity, RelationshipEntity
from lect_orm.query.relationship_join import join_along, single_criterion

__all__ = ["join", "outerjoin"]


class OrmJoin(Join):
    """A join of entities; joined further, it knows entities and relationships.

    Attributes:
        entity: node of the entity on the left, None when there is a table or another join.
    """

    _fields: ClassVar[tuple[Field, ...]] = (*Join._fields, child("entity"))  # type: ignore[assignment]
    entity: Any = None

    def _inner_joins(self) -> list[Any]:
        """Return this and the joins of entities on its left."""
        return [self, *(self.left._inner_joins() if isinstance(self.left, OrmJoin) else ())]

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
        return join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Join:
        return join(self, right, onclause, True, full)


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """Return ``left JOIN right``, along a relationship when `onclause` is one: ``join(User, Address,
    User.addresses)``.
    """
    left_node, right_node = registered(left), registered(right)
    left_selectable = _selectable(left, left_node)
    right_entity = right_node.entity if isinstance(right_node, MapperEntity | AliasEntity) else None
    right_selectable = _selectable(right, right_node)
    on = None if onclause is None else registered(onclause)
    if isinstance(on, RelationshipEntity):
        attribute = on.attribute
        target = right_entity if right_entity is not None else attribute.comparator.target_entity
        joined = join_along(attribute.prop, attribute.comparator._adapt_parent, target, True)
        condition, extra = joined.primaryjoin, list(attribute._extra_criteria)
        single = single_criterion(target)
        if single is not None:
            extra.append(single)
        if joined.secondary is not None:
            second = and_(joined.secondaryjoin, *extra) if extra else joined.secondaryjoin
            inner = Join(joined.secondary, joined.target, second)
            made = OrmJoin(left_selectable, inner, condition, isouter=isouter, full=full)
        else:
            made = OrmJoin(
                left_selectable,
                joined.target,
                and_(condition, *extra) if extra else condition,
                isouter=isouter,
                full=full,
            )
    else:
        condition = on if on is not None else onclause
        made = OrmJoin(left_selectable, right_selectable, condition, isouter=isouter, full=full)
        single = None if right_entity is None else single_criterion(right_entity)
        if single is not None:
            made.onclause = and_(made.onclause, single)
    if isinstance(left_node, MapperEntity | AliasEntity):
        made.entity = left_node
    return made


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """As :func:`join`, LEFT OUTER JOIN."""
    return join(left, right, onclause, True, full)


def _selectable(given: Any, node: Any) -> Any:
    if node is not None and getattr(node, "_is_entity", False):
        return node.entity_from
    return given if node is None else node
