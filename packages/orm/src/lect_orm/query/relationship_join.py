"""Conditions that join two entities along a relationship."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lect.sql.boolean import and_
from lect_orm.mapping.equality import is_column, replace_columns
from lect_orm.query.aliased import AliasedClass, with_polymorphic
from lect_orm.query.entities import entity_node
from lect_orm.relationships.comparator import CONDITIONS

__all__ = [
    "Joined",
    "adapt_secondary",
    "adapter_of",
    "alias_of_secondary",
    "exists_parts",
    "join_along",
    "populated_entity",
    "relationship_onclause",
    "single_criterion",
]


class Froms(NamedTuple):
    """FROM elements of an EXISTS, and what turns the criterion's columns into theirs."""

    selectables: tuple[Any, ...]
    adapt: Callable[[Any], Any] | None


class Joined(NamedTuple):
    """How to join along a relationship: conditions and, for many-to-many, the table between."""

    primaryjoin: Any
    secondary: Any
    secondaryjoin: Any
    target: Any


def adapter_of(entity: Any) -> Callable[[Any], Any]:
    """Return the function that turns a mapper's column into the entity's."""
    found: Callable[[Any], Any] = entity.adapt_own_column
    return found


def single_criterion(entity: Any, *others: Any) -> Any:
    """Return the condition that keeps rows of other classes of one table, or one UNION, away; None when none is
    needed.

    Args:
        others: further entities of the same FROM element, rows of which are wanted too.
    """
    identities: dict[Any, None] = {}
    for each in (entity, *others):
        mapper = each.mapper
        if mapper.concrete and getattr(each, "sub_of", None) is not None:
            pass  # the UNION of with_polymorphic() has rows of all classes
        elif not mapper.single or mapper.polymorphic_on is None or mapper.concrete or mapper.inherits is None:
            return None
        if getattr(each, "narrowed", False):
            return None
        identities.update(
            (m.polymorphic_identity, None) for m in mapper.self_and_descendants if m.polymorphic_identity is not None
        )
    if entity.mapper.concrete:
        column = entity.sub_of.polymorphic_on
        return None if column is None else column.in_(list(identities))
    return entity.adapt_own_column(entity.mapper.polymorphic_on).in_(list(identities))


def populated_entity(prop: Any, step: Any) -> Any:
    """Return the entity that a loader fills a relationship with.

    Narrowed to a subclass, it is the base, with the columns of the subclass as well: the attribute holds all its
    members whatever the options say.
    """
    target = step.of_type if step is not None and step.of_type is not None else prop.entity
    if target is prop.entity or not target.is_mapper or target is prop.mapper or not target.isa(prop.mapper):
        return target
    if target.single and target.local_table is prop.mapper.local_table:
        return prop.entity
    if target.concrete or not prop.entity.is_mapper:
        return target
    narrowed = prop.__dict__.setdefault("_narrowed", {})
    found = narrowed.get(target)
    if found is None:
        found = with_polymorphic(prop.mapper, [target], _use_mapper_path=True)._lect_aliased
        narrowed[target] = found
    return found


def adapt_secondary(element: Any, secondary: Any, alias: Any) -> Any:
    """Return an expression over the table between as one over an alias of it."""

    between = secondary._from_objects

    def change(node: Any) -> Any:
        if is_column(node) and node.table in between:
            return alias.corresponding_column(node)
        return None

    return replace_columns(element, change)


def target_adapter(prop: Any, target: Any) -> Callable[[Any], Any]:
    """Return the function that turns a column of the relationship's target into the column of `target`, an entity."""
    if target is prop.entity and not target.is_mapper:
        return lambda column: column
    return adapter_of(target)


def alias_of_secondary(prop: Any) -> Any:
    """Return the table between under another name; of a join, its tables under other names."""
    found = prop.secondary
    return found.alias(flat=True) if found._is_join else found.alias()


def join_along(prop: Any, left: Callable[[Any], Any], target: Any, alias_secondary: bool) -> Joined:
    """Return the conditions that join `target`, an entity, to the entity whose columns `left` gives."""
    if not prop._configure_finished:
        prop.parent._check_configure()
    join = prop.join_condition
    right = target_adapter(prop, target)
    if join.secondaryjoin is None:
        return Joined(join.adapted(join.primaryjoin, left, right), None, None, target.selectable)
    secondary = alias_of_secondary(prop) if alias_secondary else prop.secondary

    def through(column: Any) -> Any:
        if not alias_secondary:
            return column
        found = secondary.corresponding_column(column)
        return column if found is None else found

    primary = join.adapted(join.primaryjoin, left, through)
    second = join.adapted(join.secondaryjoin, right, through)
    return Joined(primary, secondary, second, target.selectable)


def relationship_onclause(comparator: Any) -> Any:
    """Return the relationship's condition as one expression."""
    prop = comparator.prop
    target = comparator.target_entity
    joined = join_along(prop, comparator._adapt_parent, target, False)
    parts = [joined.primaryjoin]
    if joined.secondaryjoin is not None:
        parts.append(joined.secondaryjoin)
    parts.extend(_element(c) for c in comparator._extra_criteria)
    return and_(*parts) if len(parts) > 1 else parts[0]


def exists_parts(comparator: Any) -> tuple[Any, Froms, Any, list[Any]]:
    """Return ``(target entity, FROM elements, condition of the relationship, further conditions)`` for
    ``any()``/``has()``.
    """
    prop = comparator.prop
    of_type = comparator._of_type
    target = of_type if of_type is not None else prop.entity
    adapt: Callable[[Any], Any] | None = None
    own = target
    if target.is_mapper and prop.is_self_referential:
        alias = AliasedClass(target)._lect_aliased
        target = alias
        adapt = _only_own(alias)
    joined = join_along(prop, comparator._adapt_parent, target, False)
    condition = joined.primaryjoin
    froms: tuple[Any, ...] = (entity_node(target),)
    if joined.secondaryjoin is not None:
        condition = and_(joined.primaryjoin, joined.secondaryjoin)
        froms = (entity_node(target), joined.secondary)
    more = []
    for criterion in comparator._extra_criteria:
        element = _element(criterion)
        more.append(
            element if adapt is None else replace_columns(element, lambda n: adapt(n) if is_column(n) else None)
        )
    return (own if adapt is None else target), Froms(froms, adapt), condition, more


def _only_own(alias: Any) -> Callable[[Any], Any]:
    def adapt(column: Any) -> Any:
        found = alias.column(column, None)
        return None if found is column else found

    return adapt


def _element(criterion: Any) -> Any:
    hook = getattr(criterion, "__clause_element__", None)
    return criterion if hook is None else hook()


CONDITIONS.update(onclause=relationship_onclause, exists=exists_parts)
