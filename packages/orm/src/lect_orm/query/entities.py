"""What a mapped class, an alias, a bundle or a relationship becomes inside a statement (see :mod:`lect.sql.entity`)."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Sequence
from typing import Any

from lect.exc import ArgumentError
from lect.shape import Shape, fresh, intern
from lect.sql.entity import Entity, of_entity, register, register_name
from lect_orm.attributes.descriptor import ANNOTATE, InstrumentedAttribute, QueryableAttribute
from lect_orm.exc import UnmappedClassError

__all__ = [
    "PLUGIN",
    "AliasEntity",
    "BundleEntity",
    "MapperEntity",
    "RelationshipEntity",
    "annotated_column",
    "entity_node",
]


#: What the subscription of a generic class gives; the interpreter has no public name for it.
GENERIC_ALIAS: type = type(typing.List[int])  # noqa: UP006


class OrmPlugin:
    """Translates statements with entities; the functions are entered by the modules that have them."""

    def __init__(self) -> None:
        self.functions: dict[str, Any] = {}

    def translate(self, statement: Any) -> Any:
        """Return a plain statement that means the same."""
        return self.functions["translate"](statement)

    def translate_whole(self, statement: Any) -> Any:
        """Return the plain statement as it will be emitted, joined eager loading included."""
        return self.functions["translate_whole"](statement)

    def first_join_from(self, statement: Any) -> Any:
        """Return the first join of a SELECT that loses its columns, with the left side that they meant."""
        return self.functions["first_join_from"](statement)

    def column_descriptions(self, statement: Any) -> list[dict[str, Any]]:
        """Return what ``statement.column_descriptions`` says."""
        found: list[dict[str, Any]] = self.functions["column_descriptions"](statement)
        return found

    def entity_description(self, statement: Any) -> dict[str, Any]:
        """Return what ``statement.entity_description`` says of an INSERT, UPDATE or DELETE."""
        mapper = statement.table.entity.mapper
        return {
            "name": mapper.class_.__name__,
            "type": mapper.class_,
            "expr": mapper.class_,
            "entity": mapper.class_,
            "table": mapper.local_table,
        }


PLUGIN = OrmPlugin()


class MapperEntity(Entity):
    """A mapped class in a statement: ``select(User)``. One object per mapper."""

    plugin = PLUGIN

    def __init__(self, mapper: Any) -> None:
        self.entity = mapper
        self._shape = fresh("mapper", mapper.class_.__name__, plugin=PLUGIN)

    def _structure(self) -> Shape:
        if self._shape is None:
            self._shape = fresh("mapper", self.entity.class_.__name__, plugin=PLUGIN)
        return self._shape

    @property
    def entity_columns(self) -> Sequence[Any]:
        return [p.columns[0] for p in self.entity._props.values() if p.is_column]

    @property
    def entity_from(self) -> Any:
        return self.entity.selectable

    @property
    def entity_namespace(self) -> Any:
        return self.entity.class_

    def values_meant(self, items: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, Any]]:
        return values_meant(self.entity.class_, self.entity, items)

    @property
    def description(self) -> str:
        """Name for messages."""
        return str(self.entity.class_.__name__)

    def __reduce__(self) -> Any:
        return (_mapper_entity_of, (self.entity.class_,))


class AliasEntity(Entity):
    """An alias of a mapped class in a statement."""

    plugin = PLUGIN

    def __init__(self, inspection: Any) -> None:
        self.entity = inspection

    def _structure(self) -> Shape:
        entity = self.entity
        selectable = entity.selectable
        base = entity_node(entity.mapper)
        leaves = selectable._leaves
        # Where its columns are to be found in a FROM element that has those of another alias too.
        inner = None
        if entity.inner is not None:
            node = entity_node(entity.inner)
            inner = node._shape or node._structure()
            leaves += node._leaves
        self._shape = intern(
            (
                AliasEntity,
                base._shape or base._structure(),
                selectable._shape or selectable._structure(),
                entity.name,
                tuple([m.number for m in entity.with_polymorphic_mappers]),
                entity.narrowed,
                entity.sub_of is not None,
                entity.adapt_on_names,
                inner,
            )
        )
        self._leaves = leaves
        return self._shape

    @property
    def entity_columns(self) -> Sequence[Any]:
        adapt = self.entity._adapt_element
        return [adapt(p.columns[0], p.key) for p in self.entity.mapper._props.values() if p.is_column]

    @property
    def entity_from(self) -> Any:
        return self.entity.selectable

    @property
    def entity_namespace(self) -> Any:
        return self.entity.entity

    def values_meant(self, items: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, Any]]:
        return values_meant(self.entity.entity, self.entity.mapper, items)

    @property
    def description(self) -> str:
        """Name for messages."""
        return str(self.entity.name or self.entity.class_.__name__)


class BundleEntity(Entity):
    """A bundle of columns in a statement."""

    plugin = PLUGIN

    def __init__(self, bundle: Any, columns: tuple[Any, ...]) -> None:
        self.bundle = bundle
        self.columns = columns

    def _structure(self) -> Shape:
        parts: list[Any] = [type(self.bundle), self.bundle.name, self.bundle.single_entity]
        leaves: tuple[Any, ...] = ()
        for column in self.columns:
            parts.append(column._shape or column._structure())
            leaves += column._leaves
        self._shape = intern(("bundle", *parts))
        self._leaves = leaves
        return self._shape

    @property
    def clauses(self) -> tuple[Any, ...]:
        """The columns."""
        return self.columns

    def label(self, name: str) -> BundleEntity:
        """Return the same columns, called otherwise in a row."""
        return BundleEntity(self.bundle.label(name), self.columns)

    @property
    def entity_columns(self) -> Sequence[Any]:
        found: list[Any] = []
        for column in self.columns:
            if isinstance(column, BundleEntity):
                found.extend(column.entity_columns)
            else:
                found.append(column)
        return found

    @property
    def _from_objects(self) -> list[Any]:
        return [f for c in self.columns for f in c._from_objects]

    def get_children(self) -> Any:
        return iter(self.columns)


class RelationshipEntity(Entity):
    """A relationship to join along, or standing for its condition."""

    plugin = PLUGIN

    def __init__(self, attribute: Any) -> None:
        self.attribute = attribute

    def _structure(self) -> Shape:
        attribute = self.attribute
        parent = entity_node(attribute.parent)
        parts: list[Any] = [attribute.key, parent._shape or parent._structure()]
        leaves = parent._leaves
        of_type = attribute.comparator._of_type
        if of_type is not None:
            target = entity_node(of_type)
            parts.append(target._shape or target._structure())
            leaves += target._leaves
        else:
            parts.append(None)
        for criterion in attribute._extra_criteria:
            element = _element(criterion)
            parts.append(element._shape or element._structure())
            leaves += element._leaves
        self._shape = intern((RelationshipEntity, *parts))
        self._leaves = leaves
        return self._shape

    @property
    def entity_columns(self) -> Sequence[Any]:
        return [self.attribute.comparator.__clause_element__()]

    @property
    def entity_from(self) -> Any:
        return self.attribute.comparator.target_entity.selectable

    @property
    def entity_namespace(self) -> Any:
        target = self.attribute.comparator.target_entity
        return target.class_ if target.is_mapper else target.entity

    def _as_expression(self) -> Any:
        return self.attribute.comparator.__clause_element__()

    @property
    def description(self) -> str:
        """Name for messages."""
        return str(self.attribute)


def values_meant(namespace: Any, mapper: Any, items: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return what values given for attributes mean: a composite, a synonym or a hybrid is written as other columns.

    Args:
        namespace: the class or alias.
        mapper: its mapper.
        items: pairs (name, attribute or column; value).
    """
    found: list[tuple[Any, Any]] = []
    for key, value in items:
        attribute = key
        if isinstance(key, str):
            prop = mapper._props.get(key)
            while prop is not None and prop.is_synonym:
                prop = mapper._props.get(prop.name)
                key = prop.key if prop is not None else key
            if prop is not None and prop.is_column:
                found.append((_written_column(mapper, prop), value))
                continue
            attribute = getattr(namespace, key, None)
        if isinstance(attribute, QueryableAttribute) and not getattr(attribute.prop, "is_column", False):
            found.extend(values_meant(namespace, mapper, _pairs_of(attribute, value)))
        elif isinstance(attribute, QueryableAttribute) and not isinstance(attribute, InstrumentedAttribute):
            found.extend(attribute._bulk_update_tuples(value))
        else:
            found.append((key, value))
    return found


def _written_column(mapper: Any, prop: Any) -> Any:
    for column in prop.columns:
        if getattr(column, "table", None) is mapper.local_table:
            return column
    return prop.columns[0]


def _pairs_of(attribute: Any, value: Any) -> list[tuple[Any, Any]]:
    if getattr(attribute.prop, "is_relationship", False):
        raise ArgumentError(
            f"relationship '{attribute}' cannot be given a value in an INSERT or UPDATE; give its foreign key columns: "
            f"{', '.join(str(c) for c in attribute.prop.local_columns)}"
        )
    target = attribute.__dict__.get("prop")
    while getattr(target, "is_synonym", False):
        attribute = attribute._target()
        target = attribute.__dict__.get("prop")
    pairs: list[tuple[Any, Any]] = attribute._bulk_update_tuples(value)
    return pairs


def _element(criterion: Any) -> Any:
    hook = getattr(criterion, "__clause_element__", None)
    return criterion if hook is None else hook()


def _mapper_entity_of(cls: Any) -> Any:
    return entity_node(cls.__mapper__)


def entity_node(entity: Any) -> Any:
    """Return the node of a Mapper or of the inspection of an alias."""
    if entity.is_mapper:
        found = entity.memo.get("entity")
        if found is None:
            found = entity.memo["entity"] = MapperEntity(entity)
        return found
    found = entity.__dict__.get("_entity_node")
    if found is None:
        found = entity.__dict__["_entity_node"] = AliasEntity(entity)
    return found


def annotated_column(element: Any, entity: Any, key: str) -> Any:
    """Return a column marked with the entity and attribute it belongs to."""
    return of_entity(element, entity_node(entity), proxy_key=key, parententity=entity, parentmapper=entity.mapper)


def _node_of_class(cls: Any) -> Any:
    mapper = cls.__dict__.get("__mapper__")
    if mapper is None or not getattr(mapper, "is_mapper", False):
        if hasattr(cls, "__lect_unmapped__"):
            raise UnmappedClassError(cls)
        return None
    # Not settled here: a statement may be made while other classes, which relationships name, are not there yet.
    found = mapper.memo.get("entity")
    return entity_node(mapper) if found is None else found


def _node_of_attribute(attribute: Any) -> Any:
    prop = attribute.prop
    if prop is not None and getattr(prop, "is_synonym", False):
        target = attribute._target()
        if isinstance(target, QueryableAttribute):
            node = _node_of_attribute(target)
            if node._is_column_element and not node._is_entity:
                return node._annotate({"proxy_key": attribute.key})
            return node
    if prop is not None and prop.is_relationship:
        if (
            attribute.comparator is not None
            and getattr(attribute.comparator, "_of_type", None) is None
            and not attribute._extra_criteria
        ):
            found = attribute.__dict__.get("_relationship_node")
            if found is None:
                found = attribute.__dict__["_relationship_node"] = RelationshipEntity(attribute)
            return found
        return RelationshipEntity(attribute)
    return attribute.expression


def _name_of_class(cls: Any) -> Any:
    mapper = cls.__dict__.get("__mapper__")
    return entity_node(mapper) if getattr(mapper, "is_mapper", False) else None


def _node_of_generic(given: Any) -> Any:
    """A generic class with arguments stands for the class: ``select(Setting[int])``."""
    origin = typing.get_origin(given)
    return _node_of_class(origin) if isinstance(origin, type) else None


ANNOTATE[:] = [annotated_column]
register(type, _node_of_class)
register(GENERIC_ALIAS, _node_of_generic)
register(types.GenericAlias, _node_of_generic)
register_name(type, _name_of_class)
register(QueryableAttribute, _node_of_attribute)
