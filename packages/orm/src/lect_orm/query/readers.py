"""What makes the things of a result row: objects, column values, bundles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lect.exc import InvalidRequestError
from lect.sql._select import JoinStep
from lect.sql.anonymous import anonymous_name
from lect.sql.boolean import and_
from lect.sql.join import Join
from lect.sql.naming import LABEL_STYLE_NONE, LABEL_STYLE_TABLENAME_PLUS_COL
from lect_orm.attributes.collections import InstrumentedList
from lect_orm.attributes.within_savepoints import WATCH, note_loaded
from lect_orm.base import NO_VALUE, state_str
from lect_orm.exc import StaleDataError
from lect_orm.loading.generate import loader_factory, row_values
from lect_orm.loading.n_plus_one import guards
from lect_orm.loading.options import EMPTY, OptionNode, Step
from lect_orm.loading.origin import LoadOrigin
from lect_orm.mapping.column_property import DEFERRED
from lect_orm.mapping.equality import is_column, iterate
from lect_orm.query.aliased import AliasedClass
from lect_orm.query.relationship_join import (
    Joined,
    adapt_secondary,
    alias_of_secondary,
    join_along,
    populated_entity,
    single_criterion,
)

__all__ = [
    "POST_LOADERS",
    "BundleReader",
    "ColumnReader",
    "EntityReader",
    "SharedCallables",
    "complete",
    "labelled_keys",
]

#: strategy -> ``(property, step, reader) -> loader``; a loader has ``load(ctx, objects)``. Entered by the strategies.
POST_LOADERS: dict[str, Callable[..., Any]] = {}


_MAX_DEPTH = 40


class ColumnReader:
    """One column or expression."""

    def __init__(self, translation: Any, column: Any) -> None:
        self.column = column
        annotations = getattr(column, "_annotations", None) or {}
        self.entity = annotations.get("parententity")
        self.key = annotations.get("proxy_key") or getattr(column, "_label_name", None) or getattr(column, "key", None)
        name = getattr(column, "name", None)
        if self.key is None and isinstance(name, str):
            self.key = name
        own = getattr(column, "key", None)
        if annotations.get("proxy_key") is None and isinstance(own, str):
            self.key = own
        self.place = translation.position(column)
        self.translation = translation

    is_entity = False
    is_column = True
    hashable = True

    @property
    def unique_filter(self) -> Any:
        """What stands for the value when rows are made unique."""
        type_ = getattr(self.column, "type", None)
        if type_ is not None and type_._isnull:
            return _hashable
        return None if getattr(type_, "hashable", True) else id

    def keys(self) -> tuple[Any, ...]:
        """Further keys that find the column in a row."""
        return self.keys_of(self.column)

    def keys_of(self, column: Any) -> tuple[Any, ...]:
        """As :meth:`keys`, for the column of another statement that has this one's place."""
        found: list[Any] = [column]
        origin = column.__dict__.get("_origin")
        while origin is not None:
            found.append(origin)
            origin = origin.__dict__.get("_origin")
        entity = column._annotations.get("parententity") if getattr(column, "_annotations", None) else None
        if entity is not None and self.key is not None:
            target = entity.class_ if entity.is_mapper else entity.entity
            attribute = getattr(target, self.key, None)
            if attribute is not None:
                found.append(attribute)
        return tuple(found)

    def make(self, ctx: Any, processors: Sequence[Any]) -> Callable[[Any], Any]:
        """Return ``read(row)``."""
        place = self.translation.resolve_place(self.place)
        processor = processors[place]
        if processor is None:
            return lambda row: row[place]
        return lambda row: processor(row[place])

    def description(self) -> dict[str, Any]:
        """One entry of ``column_descriptions``."""
        entity = self.entity
        expr: Any = self.column
        if entity is not None and self.key is not None:
            attribute = getattr(_class_or_alias(entity), self.key, None)
            expr = attribute if attribute is not None and hasattr(attribute, "comparator") else expr
        entity = _entity_of(self.column)
        target = None if entity is None else _class_or_alias(entity)
        # A call or an operation is nothing by name, though its value is found by one in a row.
        named = not isinstance(self.key, anonymous_name) and self.column.__visit_name__ != "function"
        return {
            "name": self.key if named else None,
            "type": getattr(self.column, "type", None),
            "aliased": bool(entity is not None and not entity.is_mapper),
            "expr": expr,
            "entity": target,
        }


class BundleReader:
    """A bundle: what its own columns read, put together by the bundle."""

    is_entity = False
    is_column = False

    def __init__(self, translation: Any, node: Any, reader_of: Callable[[Any], list[Any]]) -> None:
        self.bundle = node.bundle
        self.readers = [r for column in node.columns for r in reader_of(column)]
        self.key = self.bundle.name
        self.translation = translation
        self.single_entity = self.bundle.single_entity

    unique_filter = None

    def keys(self) -> tuple[Any, ...]:
        """Further keys that find it in a row."""
        return (self.bundle,)

    def make(self, ctx: Any, processors: Sequence[Any]) -> Callable[[Any], Any]:
        """Return ``read(row)``."""
        procs = [r.make(ctx, processors) for r in self.readers]
        labels = [r.key for r in self.readers]
        return self.bundle.create_row_processor(ctx.statement, procs, labels)  # type: ignore[no-any-return]

    def description(self) -> dict[str, Any]:
        """One entry of ``column_descriptions``."""
        return {
            "name": self.key,
            "type": type(self.bundle),
            "aliased": False,
            "expr": self.bundle,
            "entity": self.readers[0].description()["entity"] if self.readers else None,
        }


class Child:
    """An eagerly joined relationship of an entity: how its rows become members."""

    __slots__ = ("key", "prop", "reader", "uselist")

    def __init__(self, prop: Any, reader: EntityReader) -> None:
        self.prop = prop
        self.key = prop.key
        self.reader = reader
        self.uselist = prop.uselist


class EntityReader:
    """One entity: its columns, its subclasses, its relationships.

    `place_of` enters a column into the statement and returns its place.
    """

    is_entity = True
    is_column = False
    unique_filter = id

    def __init__(
        self,
        translation: Any,
        entity: Any,
        node: OptionNode,
        place_of: Callable[[Any], int],
        path: tuple[Any, ...] = (),
        outer: bool = False,
        root: bool = True,
        parent: EntityReader | None = None,
    ) -> None:
        self.translation = translation
        #: the reader of the entity selected, of which this one is a part
        self.top: EntityReader = self if parent is None else parent.top
        self.entity = entity
        self.mapper = entity.mapper
        self.node = node
        self.place_of = place_of
        self.path = path
        self.outer = outer
        self.only = translation.only if root else None
        self.key = self.mapper.class_.__name__ if entity.is_mapper or not entity.given_name else entity.given_name
        self.children: list[Child] = []
        self.post: list[Any] = []
        self.raising: dict[str, bool] = {}
        self.noload: list[Any] = []
        self.absent: dict[Any, Any] = {}
        #: mapper -> [(attribute, place)]
        self.items: dict[Any, list[tuple[str, int]]] = {}
        #: mapper -> {attribute: callable} for columns left out
        self.deferred: dict[Any, dict[str, Any]] = {}
        self._factories: dict[Any, Any] = {}
        #: what the short way of plain rows needs, for the processors it was made for
        self.ready: Any = None
        self.mappers = self._mappers()
        self.discriminator: int | None = None
        #: read from the columns of an eager join
        self.joined = not root and place_of == translation.eager_position
        if translation.with_loaders and self.joined:
            # What is joined behind it stands before it in the SELECT.
            self._relationships()
            self._columns()
        else:
            self._columns()
            if translation.with_loaders:
                self._relationships()

    # -- what is loaded ------------------------------------------------------------------------------------------------

    def _mappers(self) -> list[Any]:
        entity = self.entity
        if entity.is_mapper:
            found = entity.with_polymorphic_mappers or [entity]
        else:
            found = entity.with_polymorphic_mappers if entity.is_polymorphic else [entity.mapper]
        return found if self.mapper in found else [self.mapper, *found]

    def _adapted(self, column: Any, key: str) -> Any:
        entity = self.entity
        if entity.is_mapper:
            return entity.adapt_own_column(column)
        return entity._adapt_element(column, key)

    def _columns(self) -> None:
        mapper = self.mapper
        places: dict[Any, int] = {}
        for one in self.mappers:
            items: list[tuple[str, int]] = []
            left_out: dict[str, Any] = {}
            for prop in one._props.values():
                if not prop.is_column:
                    continue
                place = self._place(prop, one, places, left_out)
                if place is not None:
                    items.append((prop.key, place))
            self.items[one] = items
            self.deferred[one] = left_out
        own = dict(self.items[mapper])
        self.pk_places = []
        for column, key in zip(mapper.primary_key, mapper.pk_keys, strict=True):
            if key in own:
                self.pk_places.append(own[key])
            else:
                self.pk_places.append(self.place_of(self._adapted(column, key)))
        discriminator = self._discriminator()
        if discriminator is not None:
            self.discriminator = self.place_of(discriminator)

    def _discriminator(self) -> Any:
        mapper = self.mapper
        if mapper.concrete and getattr(self.entity, "sub_of", None) is not None:
            # The UNION of with_polymorphic() has rows of other classes too.
            return self.entity.sub_of.polymorphic_on
        if self.only is not None:
            return None  # the object is there, and with it its class
        if mapper.polymorphic_on is None or (len(mapper.polymorphic_map) < 2 and not mapper.inheriting):
            return None
        lowest = not mapper.inheriting and mapper.inherits is not None and not mapper.single and not mapper.concrete
        if lowest and self.entity.is_mapper:
            # The lowest class of its branch, joined to its own table: every row is one. (A part of a polymorphic alias
            # is joined by an outer join.)
            return None
        given = getattr(self.entity, "polymorphic_on_given", None) or self.entity.__dict__.get("polymorphic_on_given")
        if given is not None:
            return given
        if mapper.concrete and not mapper.inheriting:
            return None
        return self._adapted(mapper.polymorphic_on, mapper.polymorphic_prop.key if mapper.polymorphic_prop else "")

    def _place(self, prop: Any, mapper: Any, places: dict[Any, int], left_out: dict[str, Any]) -> int | None:
        expression = self._expression(prop, mapper, left_out)
        if expression is None or self._is_foreign(prop, expression):
            return None
        found = places.get(id(expression))
        if found is None:
            found = places[id(expression)] = self.place_of(expression)
            for other in prop.columns[1:] if self.only is None else ():
                # Equal columns of joined tables come along, as an outer join may leave one of them NULL.
                self.place_of(self._adapted(other, prop.key))
        return found

    def _is_foreign(self, prop: Any, expression: Any) -> bool:
        """Whether a column is not in the subquery that its entity is selected from: it loads when it is read."""
        entity = self.entity
        return (
            not entity.is_mapper
            and expression is prop.columns[0]
            and getattr(entity.selectable, "_is_subquery", False)
            and is_column(expression)
            and getattr(expression, "table", None) in entity.mapper.tables
        )

    def _expression(self, prop: Any, mapper: Any, left_out: dict[str, Any]) -> Any:
        key = prop.key
        step = self.node.steps.get(key)
        if step is not None and step.kind == "column" and step.strategy == "expression":
            expression = step.argument("expression")
            # Behind an eager join the class stands under a name that the option cannot know.
            return expression if not self.joined or self.entity.is_mapper else self.entity._adapt_element(expression)
        if prop.is_query_expression and prop.query_expression_default is None:
            return None
        if self.only is not None:
            if key not in self.only and not _is_key(prop, mapper):
                return None
            return self._shown(prop)
        raiseload = self._left_out(prop, mapper, step)
        if raiseload is None:
            return self._shown(prop)
        left_out[key] = DEFERRED[0](prop, raiseload) if DEFERRED else None
        return None

    def _shown(self, prop: Any) -> Any:
        if prop.key.startswith("_lect_"):
            return None
        return self._adapted(prop.columns[0], prop.key)

    def _left_out(self, prop: Any, mapper: Any, step: Step | None) -> bool | None:
        """Return None when a column is loaded; else whether reading it is refused."""
        node, key = self.node, prop.key
        if step is not None and step.kind == "column":
            if step.strategy == "undeferred":
                return None
            if step.strategy == "deferred":
                return None if _is_key(prop, mapper) else bool(step.argument("raiseload", False))
        if prop.deferred and prop.group is not None and prop.group in node.groups:
            return None
        wildcard = node.wildcards.get("column")
        if node.only is not None:
            if key in node.only or _is_key(prop, mapper) or _is_structural(prop, mapper):
                return None
            return bool(wildcard is not None and wildcard.argument("raiseload", False))
        if wildcard is not None:
            if wildcard.strategy == "undeferred":
                return None
            return None if _is_key(prop, mapper) else bool(wildcard.argument("raiseload", False))
        if prop.deferred:
            return bool(prop.raiseload)
        return None

    # -- relationships -------------------------------------------------------------------------------------------------

    def _relationships(self) -> None:
        seen: set[Any] = set()
        for one in [*self.mappers, *[m for m in self.mapper.self_and_descendants if m not in self.mappers]]:
            available = one in self.mappers
            for prop in one._props.values():
                if not prop.is_relationship or prop in seen:
                    continue
                if self.only is not None and prop.key not in self.only:
                    continue
                seen.add(prop)
                self._relationship(prop, available)
        for step in self.node.polymorphic:
            self.post.append(POST_LOADERS["selectin_polymorphic"](self.mapper, step, self))
        # Behind those of options: these complete what is not complete by then.
        always = [
            m
            for m in self.mapper.self_and_descendants[1:]
            if m.polymorphic_load == "selectin" and m not in self.mappers
        ]
        if always and self.only is None:
            step = Step(
                "*", self.entity, "polymorphic", "selectin_polymorphic", arguments=(("mappers", tuple(always)),)
            )
            self.post.append(POST_LOADERS["selectin_polymorphic"](self.mapper, step, self))

    def _relationship(self, prop: Any, available: bool) -> None:
        step = self.node.strategy_for(prop)
        strategy = step.strategy if step is not None else prop.strategy
        explicit = step is not None and not self._goes_round(step)
        if strategy == "joined":
            if prop.strategy in ("dynamic", "write_only"):
                raise InvalidRequestError(
                    f"'{prop}' does not support object population - eager loading cannot be applied."
                )
            if available and self.translation.may_join and self._may_join(prop, step, explicit):
                self._joined(prop, step)
        elif strategy == "contains_eager":
            self._contained(prop, step)
        elif strategy in ("selectin", "subquery", "immediate"):
            if prop.strategy in ("dynamic", "write_only"):
                raise InvalidRequestError(
                    f"'{prop}' does not support object population - eager loading cannot be applied."
                )
            if explicit or self._may_follow(prop, step):
                if strategy == "subquery":
                    self.translation.needs_whole = True
                self.post.append(POST_LOADERS[strategy](prop, step, self))
        elif strategy == "noload" and step is not None and prop.strategy != "noload":
            self.noload.append(prop)

    def _goes_round(self, step: Step) -> bool:
        """Whether a step is followed only as far as what the mapping says: it is for all relationships, and would lead
        around a circle of them.
        """
        if step.key != "*":
            return False
        everywhere = self.node.everywhere
        # Behind a named relationship, one immediate step further is as far as the option goes.
        return step.strategy != "immediate" or (
            everywhere is not None and everywhere.wildcards.get("relationship") is step
        )

    def _may_join(self, prop: Any, step: Step | None, explicit: bool) -> bool:
        if explicit:
            return len(self.path) < _MAX_DEPTH
        return self._may_follow(prop, step)

    def _may_follow(self, prop: Any, step: Step | None) -> bool:
        """Whether a strategy configured with the mapping, or given for all, is followed here: not for ever around a
        circle. What an option asks for ends at the same class only, not at another one of its hierarchy.
        """
        if prop.join_depth is not None:
            return bool(sum(1 for p in self.path if p is prop) < prop.join_depth)
        visited = [self._root_mapper(), *[p.mapper for p in self.path]]
        if step is not None:
            return not any(m.isa(prop.mapper) or prop.mapper.isa(m) for m in visited)
        return not any(m.common_parent(prop.mapper) for m in visited)

    def _root_mapper(self) -> Any:
        return self.path[0].parent if self.path else self.mapper

    def _joined(self, prop: Any, step: Step | None) -> None:
        translation = self.translation
        target = populated_entity(prop, step)
        if target.is_mapper:
            mappers = target.with_polymorphic_mappers
            alias = AliasedClass(target, flat=True, with_polymorphic_mappers=mappers or None)._lect_aliased
        elif target.use_mapper_path:
            alias = AliasedClass(
                target.mapper,
                alias=_aliased(target.selectable),
                with_polymorphic_mappers=target.with_polymorphic_mappers,
            )._lect_aliased
        elif target is prop.entity:
            alias = _alias_of_alias(target)
        else:
            alias = target
        innerjoin = prop.innerjoin
        if step is not None and step.argument("innerjoin") is not None:
            innerjoin = step.argument("innerjoin")
        outer = not innerjoin or (self.outer and innerjoin == "unnested")
        self._add_joins(prop, step, target, alias, outer, nested=self.outer and not outer)
        if prop.uselist:
            translation.multi_row = True
            translation.needs_unique = True
        child_node = self.node.below(prop.key)
        if child_node is EMPTY and self.node.criteria:
            child_node = OptionNode()
            child_node.criteria = self.node.criteria
        reader = EntityReader(
            translation,
            alias,
            child_node,
            translation.eager_position,
            (*self.path, prop),
            outer or self.outer,
            root=False,
            parent=self,
        )
        self.children.append(Child(prop, reader))

    def _add_joins(
        self, prop: Any, step: Step | None, target: Any, alias: Any, outer: bool, nested: bool = False
    ) -> None:
        translation = self.translation
        if target is prop.entity and not target.is_mapper:
            remote: Any = alias
            joined = _join_to_realias(prop, self._left, remote)
        else:
            joined = join_along(prop, self._left, alias, True)
        criteria = []
        single = single_criterion(alias)
        if single is not None:
            criteria.append(single)
        for criterion in step.criteria if step is not None else ():
            element = criterion.__clause_element__() if hasattr(criterion, "__clause_element__") else criterion
            criteria.append(alias._adapt_element(element))
        for option in translation.criteria:
            if option.applies_to(prop.entity):
                element = translation.condition_of(option, prop.entity)
                criteria.append(alias._adapt_element(element))
        left = self.entity.selectable
        if nested and translation.nest_join(left, alias.selectable, joined, criteria):
            pass  # an inner join below an outer one stands inside of its right side
        elif joined.secondary is None:
            on = and_(joined.primaryjoin, *criteria) if criteria else joined.primaryjoin
            translation.eager_joins.append(JoinStep(alias.selectable, on, left, outer, False))
        else:
            second = and_(joined.secondaryjoin, *criteria) if criteria else joined.secondaryjoin
            inner = Join(joined.secondary, alias.selectable, second)
            if outer:
                translation.eager_joins.append(JoinStep(inner, joined.primaryjoin, left, True, False))
            else:
                translation.eager_joins.append(JoinStep(joined.secondary, joined.primaryjoin, left, False, False))
                translation.eager_joins.append(JoinStep(alias.selectable, second, joined.secondary, False, False))
        if prop.order_by:
            for element in prop.order_by:
                adapted = alias._adapt_element(element)
                if joined.secondary is not None:
                    adapted = adapt_secondary(adapted, prop.secondary, joined.secondary)
                translation.eager_order.append(adapted)

    def _left(self, column: Any) -> Any:
        return self._adapted(column, "")

    def _contained(self, prop: Any, step: Step | None) -> None:
        target = step.argument("alias") if step is not None else None
        if target is None:
            target = step.of_type if step is not None and step.of_type is not None else prop.entity
        elif not getattr(target, "is_mapper", False) and not getattr(target, "is_aliased_class", False):
            target = AliasedClass(prop.mapper, alias=target)._lect_aliased
        child_node = self.node.below(prop.key)
        reader = EntityReader(
            self.translation, target, child_node, self.place_of, (*self.path, prop), True, root=False, parent=self
        )
        self.children.append(Child(prop, reader))
        if prop.uselist:
            self.translation.needs_unique = True

    def fill_alias(self, alias: Any, subquery: Any) -> None:
        """Tell an alias over a subquery of this statement where the entity's columns are."""
        columns = list(subquery.c)
        for one, items in self.items.items():
            for key, place in items:
                if 0 <= place < len(columns):
                    for column in one._props[key].columns:
                        alias._columns.setdefault(column, columns[place])

    # -- making objects ------------------------------------------------------------------------------------------------

    def keys(self) -> tuple[Any, ...]:
        """Further keys that find the entity in a row."""
        return _entity_keys(self.entity)

    def keys_of(self, node: Any) -> tuple[Any, ...]:
        """As :meth:`keys`, for the entity of another statement that has this one's place."""
        return _entity_keys(node.entity)

    def description(self) -> dict[str, Any]:
        """One entry of ``column_descriptions``."""
        entity = self.entity
        target = _class_or_alias(entity)
        return {
            "name": self.key if entity.is_mapper or entity.use_mapper_path else entity.given_name,
            "type": entity.class_,
            "aliased": not entity.is_mapper,
            "expr": target,
            "entity": target,
        }

    def make(self, ctx: Any, processors: Sequence[Any]) -> Callable[[Any], Any]:
        """Return ``load(row)``: the object of a row, or None when its key is NULL."""
        return self.making(ctx, processors).loader()

    def making(self, ctx: Any, processors: Sequence[Any]) -> _Making:
        """Return the maker of one execution's objects."""
        return _Making(self, ctx, processors)

    @property
    def stands_alone(self) -> bool:
        """Whether a row makes one object of one known class, and nothing else is to be loaded with it."""
        return self.discriminator is None and not self.children and not self.post and not self.noload

    def factory_for(self, mapper: Any, processors: Sequence[Any]) -> tuple[Any, Any, list[tuple[str, int]]]:
        """Return generated functions for one class: factory, fill, and the columns with their final places."""
        key = (mapper, id(processors))
        found = self._factories.get(key)
        if found is None:
            resolve = self.translation.resolve_place
            source = mapper if mapper in self.items else self._nearest(mapper)
            items = [(k, resolve(p)) for k, p in self.items[source] if k in mapper.impls]
            pk_places = [resolve(p) for p in self.pk_places]
            factory = loader_factory(mapper, items, pk_places, processors, mapper.allow_partial_pks)
            if len(self._factories) > 50:
                self._factories.clear()
            # The processors are kept too, so that their id stays theirs.
            found = self._factories[key] = (factory, row_values(items, processors), items, processors)
        return found[0], found[1], found[2]

    def absent_of(self, mapper: Any, items: list[tuple[str, int]]) -> tuple[dict[str, Any], Any, frozenset[str]]:
        """Return loaders of columns that are left out, columns that will be missing, and those that rows have.

        Kept until the mapper gets another column.
        """
        kept = self.absent.get(mapper)
        if kept is not None and kept[0] == len(mapper.impls):
            return kept[1]  # type: ignore[no-any-return]
        loaded = frozenset(k for k, _ in items)
        left_out = dict(self.left_out_of(mapper))
        for key in mapper.column_keys if mapper not in self.items else ():
            prop = mapper._props[key]
            if prop.deferred and key not in loaded and key not in left_out and key in mapper.impls and DEFERRED:
                raiseload = self._left_out(prop, mapper, self.node.steps.get(key))
                if raiseload is not None:
                    left_out[key] = DEFERRED[0](prop, raiseload)
        missing = None
        if self.only is None:
            absent = [
                k
                for k in mapper.column_keys
                if k not in loaded and k not in left_out and k in mapper.impls and mapper.impls[k].expire_missing
            ]
            missing = frozenset(absent) if absent else None
        else:
            left_out = {}
        found = (left_out, missing, loaded)
        self.absent[mapper] = (len(mapper.impls), found)
        return found

    def _nearest(self, mapper: Any) -> Any:
        for one in mapper.iterate_to_root():
            if one in self.items:
                return one
        return self.mapper

    def left_out_of(self, mapper: Any) -> dict[str, Any]:
        """Return the columns of a class left out by options: name -> what loads them."""
        return self.deferred.get(mapper) or self.deferred[self._nearest(mapper)]


def _hashable(value: Any) -> Any:
    """Return a value of unknown type, or what tells it apart when it cannot be hashed."""
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


def _entity_keys(entity: Any) -> tuple[Any, ...]:
    return (_class_or_alias(entity), entity)


def _class_or_alias(entity: Any) -> Any:
    return entity.class_ if entity.is_mapper else entity.entity


def labelled_keys(readers: Sequence[Any], style: Any) -> list[Any]:
    """Return what the things of a row are called: columns as a label style asks for, entities by their names."""
    if style is LABEL_STYLE_NONE:
        return [r.key for r in readers]
    keys: list[Any] = []
    taken: dict[str, int] = {}
    for reader in readers:
        key = reader.key
        column = getattr(reader, "column", None)
        keys.append(key if column is None or key is None else _labelled(key, column, style, taken))
    return keys


def _labelled(key: Any, column: Any, style: Any, taken: dict[str, int]) -> Any:
    table = getattr(column, "table", None)
    if table is None or isinstance(key, anonymous_name):
        return key
    name = getattr(table, "name", None)
    if style is LABEL_STYLE_TABLENAME_PLUS_COL and name is not None and not isinstance(name, anonymous_name):
        key = f"{name}_{key}"
    number = taken.get(key)
    taken[key] = 1 if number is None else number + 1
    return key if number is None else f"{key}_{number}"


def _entity_of(expression: Any) -> Any:
    """Return the first entity whose column is in an expression, None without one."""
    for node in iterate(expression):
        found = node._annotations.get("parententity") if getattr(node, "_annotations", None) else None
        if found is not None:
            return found
    return None


def _is_key(prop: Any, mapper: Any) -> bool:
    return any(c in mapper.primary_key_set for c in prop.columns)


def _is_structural(prop: Any, mapper: Any) -> bool:
    return prop is mapper.polymorphic_prop or prop is mapper.version_id_prop


def _aliased(selectable: Any) -> Any:
    return selectable.alias(flat=True)


def _alias_of_alias(target: Any) -> Any:
    selectable = target.selectable
    alias = selectable.element.alias() if hasattr(selectable, "element") else selectable.alias()
    made = AliasedClass(target.mapper, alias=alias)._lect_aliased
    made.realiases = target
    return made


def _join_to_realias(prop: Any, left: Callable[[Any], Any], alias: Any) -> Any:
    """Join along a relationship whose target is an alias, to another alias of the same element."""
    join = prop.join_condition

    def right(column: Any) -> Any:
        original = alias.realiases.selectable
        for mine, its in zip(alias.selectable.c, original.c, strict=False):
            if its is column:
                return mine
        return alias.column(column, None)

    if join.secondaryjoin is None:
        return Joined(join.adapted(join.primaryjoin, left, right), None, None, alias.selectable)
    secondary = alias_of_secondary(prop)

    def through(column: Any) -> Any:
        found = secondary.corresponding_column(column)
        return column if found is None else found

    return Joined(
        join.adapted(join.primaryjoin, left, through),
        secondary,
        join.adapted(join.secondaryjoin, right, through),
        alias.selectable,
    )


class _Making:
    """One entity in one execution: its loaders by class, and what was made so far."""

    def __init__(self, reader: EntityReader, ctx: Any, processors: Sequence[Any]) -> None:
        self.reader = reader
        self.ctx = ctx
        self.processors = processors
        node = reader.node
        self.origin = None
        if not (node.empty and not node.criteria) or ctx.session._guard is not None or guards(reader.mapper):
            self.origin = LoadOrigin(node, path=reader.path)
            self.origin.given = ctx.given
            self.origin.emitted_for = ctx.execution_options.get("_lect_load")
        self.children = [(c, c.reader.make(ctx, processors)) for c in reader.children]
        #: objects seen in this execution, with what their joined collections have got: object id -> {key: ids}
        self.seen: dict[int, Any] = {}
        self.post_lists = [ctx.post.setdefault(p, []) for p in reader.post]
        self.loaders: dict[Any, Callable[[Any], Any]] = {}
        self.by_identity: dict[Any, Callable[[Any], Any]] = {}
        ctx.makings.append(self)

    def release(self) -> None:
        """Forget the loaders, which know this object too."""
        self.loaders.clear()
        self.by_identity.clear()

    def loader(self) -> Callable[[Any], Any]:
        reader = self.reader
        if reader.discriminator is None:
            return self._class_loader(reader.mapper)
        place = reader.translation.resolve_place(reader.discriminator)
        processor = self.processors[place]
        by_identity = self.by_identity
        choose = self._choose

        def load(row: Any) -> Any:
            identity = row[place]
            if processor is not None:
                identity = processor(identity)
            one = by_identity.get(identity)
            if one is None:
                one = choose(identity)
            return one(row)

        return load

    def _choose(self, identity: Any) -> Callable[[Any], Any]:
        reader = self.reader
        mapper = reader.mapper
        found = mapper.polymorphic_map.get(identity)
        if found is None:
            if identity is None:
                made = self._refusal("is NULL", mapper)
                self.by_identity[identity] = made
                return made
            raise AssertionError(f"No such polymorphic_identity {identity!r} is defined")
        if not found.isa(mapper):
            made = self._refusal(f"refers to {found}, which is not a sub-mapper of the requested {mapper}", mapper)
        else:
            made = self._class_loader(found)
        self.by_identity[identity] = made
        return made

    def _refusal(self, why: str, mapper: Any) -> Callable[[Any], Any]:
        places = [self.reader.translation.resolve_place(p) for p in self.reader.pk_places]

        def refuse(row: Any) -> Any:
            if all(row[p] is None for p in places):
                return None
            key = mapper.identity_key_from_primary_key([row[p] for p in places])
            raise InvalidRequestError(
                f"Row with identity key {key} can't be loaded into an object; the polymorphic discriminator column "
                f"'{mapper.polymorphic_on}' {why}"
            )

        return refuse

    def _class_loader(self, mapper: Any) -> Callable[[Any], Any]:
        found = self.loaders.get(mapper)
        if found is None:
            found = self.loaders[mapper] = self._make_class_loader(mapper)
        return found

    def _make_class_loader(self, mapper: Any) -> Callable[[Any], Any]:
        reader, ctx = self.reader, self.ctx
        factory, fill, items = reader.factory_for(mapper, self.processors)
        left_out, missing, key_set = reader.absent_of(mapper, items)
        callables = SharedCallables(left_out) if left_out else None
        on_load = self._on_load(mapper)
        existing = self._existing(mapper, fill, key_set)
        # A concrete subclass has a space of primary keys of its own.
        bucket = ctx.session.identity_map.bucket(mapper.identity_mapper)
        load: Callable[[Any], Any] = factory(
            bucket, ctx.session._ref, self.origin, callables, missing, existing, on_load, ctx.token
        )
        return load

    def _on_load(self, mapper: Any) -> Callable[[Any, Any, Any], None] | None:
        """Return what is done with each new object, or None when nothing is."""
        ctx = self.ctx
        session = ctx.session
        children = [(c, load) for c, load in self.children if c.key in mapper._props]
        post_lists = self.post_lists
        listeners = tuple(mapper.instance_dispatch.load)
        as_persistent = tuple(session.dispatch.loaded_as_persistent)
        noload = [p for p in self.reader.noload if p.key in mapper._props]
        if not children and not post_lists and not listeners and not as_persistent and not noload:
            return None
        populate = self._populate_children
        seen = self.seen

        def on_load(state: Any, obj: Any, row: Any) -> None:
            if noload:
                _leave_empty(state, obj, noload)
            if children:
                members: dict[str, Any] = {}
                seen[id(obj)] = (obj, members)
                populate(children, state, obj, row, members, True)
            for objects in post_lists:
                objects.append(obj)
            for call in listeners:
                call(state, ctx)
            for call in as_persistent:
                call(session, obj)

        return on_load

    def _existing(self, mapper: Any, fill: Any, key_set: frozenset[str]) -> Callable[[Any, Any, Any], Any]:
        """Return what is done with an object that is in the session already: ``existing(state, object, row)``."""
        ctx = self.ctx
        children = self.children
        seen = self.seen
        post_lists = self.post_lists
        populate = self._populate_children
        keys = key_set
        noload = self.reader.noload
        asked = self.reader.only
        version = mapper.version_id_prop if ctx.checks_version and not ctx.populate_existing else None

        def existing(state: Any, obj: Any, row: Any) -> Any:
            before = seen.get(id(obj))
            if before is not None:
                if children:
                    populate(children, state, obj, row, before[1], False)
                return obj
            members: dict[str, Any] = {}
            seen[id(obj)] = (obj, members)
            values = obj.__dict__
            if version is not None:
                _check_version(state, values, row, fill, version.key)
            overwrite = ctx.populate_existing or state is ctx.refresh_state
            expired = state.expired_attributes
            if overwrite:
                if state.mapper is mapper or state.mapper.isa(mapper):
                    _overwrite(state, values, row, fill, keys, asked, ctx)
            elif expired is not None or not key_set <= values.keys():
                complete(state, values, row, fill, keys, key_set, expired, ctx)
            if noload:
                _leave_empty(state, obj, [p for p in noload if overwrite or p.key not in values])
            if children:
                populate(children, state, obj, row, members, overwrite or None)
            for objects in post_lists:
                objects.append(obj)
            return obj

        return existing

    def _populate_children(
        self, children: Any, state: Any, obj: Any, row: Any, members: dict[str, Any], first: bool | None
    ) -> None:
        """Add the row's joined objects to an object's relationships.

        `first`: True for an object that gets its relationships now, None for one that is met for the first time and
        keeps what it has, False for a further row of the same object.
        """
        values = obj.__dict__
        for child, load in children:
            key = child.key
            related = load(row)
            if child.uselist:
                held = members.get(key)
                if held is None:
                    if (first is None and key in values) or key not in state.mapper.impls:
                        members[key] = _KEPT
                        continue
                    held = members[key] = _start_collection(state, values, key)
                if held is _KEPT or related is None:
                    continue
                ids, add = held
                if id(related) not in ids:
                    ids.add(id(related))
                    add(related)
            elif key not in members:
                members[key] = True
                if first is None and key in values:
                    continue
                impl = state.mapper.impls.get(key)
                if impl is not None:
                    committed = state.committed_state
                    if committed:
                        committed.pop(key, None)
                    values[key] = related
                    if WATCH.on:
                        note_loaded(state, key)


_KEPT: Any = object()


class SharedCallables(dict[str, Any]):
    """Loaders of columns left out, shared by all objects of a result: nobody's change of it counts."""

    def pop(self, key: Any, default: Any = None) -> Any:
        return default


def _start_collection(state: Any, values: dict[str, Any], key: str) -> Any:
    impl = state.mapper.impls[key]
    coll = impl.set_committed_value(state, values, ())
    kind_add = impl.kind.add
    if type(coll) is InstrumentedList:
        return set(), lambda item: list.append(coll, item)
    return set(), lambda item: kind_add(coll, item, False)


def _leave_empty(state: Any, obj: Any, props: list[Any]) -> None:
    for prop in props:
        impl = state.mapper.impls.get(prop.key)
        if impl is not None:
            impl.set_committed_value(state, obj.__dict__, () if impl.collection else None)


def _overwrite(
    state: Any, values: dict[str, Any], row: Any, fill: Any, keys: frozenset[str], asked: Any, ctx: Any
) -> None:
    """Give an object the row's values: all of them, or those of the attributes `asked` for and what it lacks."""
    committed = state.committed_state
    if asked is None:
        fill(row, values)
    else:
        # The key is in every row, to find the object by; a key that somebody has set stays set.
        kept = {*values, *(committed or ())}
        keys = frozenset([k for k in keys if k in asked or k not in kept])
        fresh: dict[str, Any] = {}
        fill(row, fresh)
        values.update({k: fresh[k] for k in keys})
    if asked is None and ctx.populate_existing:
        _forget_related(state, values)
    if committed:
        for key in keys:
            committed.pop(key, None)
        if not committed:
            state._commit_all(values)
    elif state.modified:
        state._commit_all(values)
    expired = state.expired_attributes
    if expired:
        state.expired_attributes = expired.difference(keys) or None
    state.expired = False
    for name in getattr(state.mapper, "composite_keys", ()):
        values.pop(name, None)
    for call in state.mapper.instance_dispatch.refresh:
        call(state, ctx, None if ctx.populate_existing or asked is None else keys)


def _check_version(state: Any, values: dict[str, Any], row: Any, fill: Any, key: str) -> None:
    """Compare the version that was loaded with that of the row.

    Raises:
        StaleDataError: they differ: what the object holds is not what is being locked.
    """
    committed = state.committed_state
    held = committed[key] if committed and key in committed else values.get(key)
    if held is None or held is NO_VALUE:
        return
    fresh: dict[str, Any] = {}
    fill(row, fresh)
    if key in fresh and fresh[key] != held:
        raise StaleDataError(
            f"Instance '{state_str(state)}' has version id '{held}' which does not match database-loaded version id "
            f"'{fresh[key]}'; read it again with session.refresh(…, with_for_update=…), which takes the row as it is"
        )


def _forget_related(state: Any, values: dict[str, Any]) -> None:
    """Drop related objects with the changes of them: they load anew, with this row or when they are read."""
    committed, pending = state.committed_state, state.pending_changes
    for key, impl in state.mapper.impls.items():
        if not impl.uses_objects:
            continue
        old = values.pop(key, None)
        if old is not None and impl.collection and hasattr(impl, "release"):
            impl.release(state, old)
        for holder in (committed, pending):
            if holder:
                holder.pop(key, None)


def complete(
    state: Any,
    values: dict[str, Any],
    row: Any,
    fill: Any,
    keys: frozenset[str],
    key_set: frozenset[str],
    expired: Any,
    ctx: Any,
) -> None:
    """Give an object the columns it lacks (expired, or never loaded) and the row has."""
    committed = state.committed_state
    wanted = [k for k in keys if k not in values and (not committed or k not in committed)]
    if wanted:
        fresh: dict[str, Any] = {}
        fill(row, fresh)
        for key in wanted:
            if key in state.mapper.impls:
                values[key] = fresh[key]
    if expired:
        state.expired_attributes = expired - key_set or None
        if state.expired_attributes is None:
            state.expired = False
    if wanted and state.mapper.instance_dispatch.refresh:
        for call in state.mapper.instance_dispatch.refresh:
            call(state, ctx, wanted)
