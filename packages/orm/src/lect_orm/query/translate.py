"""From a SELECT with entities to a plain SELECT, and to what makes objects of its rows.

A :class:`Translation` is made once per structure of statement and kept; it never holds values of one execution, only
the statement's own bound parameters as places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lect.exc import AmbiguousForeignKeysError, ArgumentError, InvalidRequestError, NoForeignKeysError
from lect.sql._select import JoinStep, Select
from lect.sql.boolean import and_
from lect.sql.join import Join, join_condition
from lect.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from lect_orm.loading.criteria import LoaderCriteriaOption
from lect_orm.loading.options import EMPTY, OptionNode, option_tree
from lect_orm.mapping.equality import is_column, replace_columns
from lect_orm.query.aliased import AliasedClass
from lect_orm.query.entities import (
    PLUGIN,
    AliasEntity,
    BundleEntity,
    MapperEntity,
    RelationshipEntity,
    entity_node,
)
from lect_orm.query.fewest_tables import from_fewest_tables
from lect_orm.query.given_selectable import adapter_to_given
from lect_orm.query.nested_criteria import with_criteria_inside, with_criteria_of_others
from lect_orm.query.orm_join import OrmJoin
from lect_orm.query.readers import BundleReader, ColumnReader, EntityReader, labelled_keys
from lect_orm.query.relationship_join import join_along, single_criterion
from lect_orm.query.repeated_criteria import without_repetition

__all__ = ["Translation", "entities_in", "translate_select", "unannotated"]


class Translation:
    """One translated SELECT.

    Attributes:
        statement: the plain SELECT.
        readers: what makes each thing of a result row: one per thing selected.
        entities: Mappers and alias inspections loaded.
        needs_unique: rows repeat because of joined collections.
    """

    def __init__(
        self,
        source: Any,
        *,
        with_loaders: bool,
        only: dict[Any, Any] | None = None,
        narrowed: Sequence[Any] = (),
        may_join: bool = True,
    ) -> None:
        self.source = source
        #: joins may be added for eager loading: the statement is not the user's own
        self.may_join = may_join
        #: entities whose conditions the statement around this one has
        self.narrowed = narrowed
        #: entities whose conditions this statement has
        self.narrows: list[Any] = []
        #: nothing stands around this statement
        self.outermost = with_loaders
        with_loaders = with_loaders and source._execution_options.get("_lect_eager", True)
        self.with_loaders = with_loaders
        self.only = only
        self.columns: list[Any] = []
        self._positions: dict[int, int] = {}
        self.secondary_start: int | None = None
        self.readers: list[Any] = []
        self.entities: list[Any] = []
        self.froms: list[Any] = []
        self.joins: list[JoinStep] = []
        self.where: list[Any] = list(source._where)
        self.eager_joins: list[JoinStep] = []
        self.eager_order: list[Any] = []
        self.eager_columns: list[Any] = []
        self.needs_unique = False
        self.multi_row = False
        #: a loader repeats the statement as a subquery: its rows cannot come in pieces
        self.needs_whole = False
        self._criteria_done: set[int] = set()
        self._edges: set[Any] = set()
        #: places of the joins whose conditions the statement gave
        self._written_joins: set[int] = set()
        #: columns that only ORDER BY asks for, between the columns of the entities and those of eager joins
        self._ordering_only = 0
        self.tree: dict[Any, OptionNode] = {}
        self._translate()

    # -- columns -------------------------------------------------------------------------------------------------------

    def position(self, column: Any) -> int:
        """Return the place of a column in the result, adding it when it is new."""
        own = id(unannotated(column))
        found = self._positions.get(own)
        if found is None:
            found = self._positions[own] = len(self.columns)
            self.columns.append(column)
        return found

    def _translate(self) -> None:
        source = self.source
        raw = [_unwrapped(c) for c in source._raw_columns]
        selected = self._selected_entities(raw)
        # What is only written needs no more than columns; a relationship that is joined along settles itself.
        for entity in selected if self.with_loaders else ():
            if not entity.mapper.configured:
                entity.mapper._check_configure()
        self._collect_entities(raw)
        options = source._with_options
        #: conditions for entities, wherever they are read
        self.criteria = [o for o in options if isinstance(o, LoaderCriteriaOption)]
        if self.with_loaders and options:
            self.tree = option_tree(options, self.entities, _raising(source))
        elif options:
            self.tree = option_tree(options, self.entities, False)
        self._from_clause()
        self._joined_entities(raw)
        if self.joins:
            left = self.froms or [e.selectable for node in raw for one in _members(node) for e in entities_in(one)]
            _refuse_tables_twice(left, [j.target for j in self.joins])
        for node in raw:
            self.readers.extend(self._reader(node))
        #: columns written as ``*``: how many come is known when they are there
        self.star = any(_is_star(n) for n in raw) and not any(r.is_entity for r in self.readers)
        self._entity_criteria(raw)
        self._adapt_given = adapter_to_given(selected, self._named_tables())
        if self.eager_joins and (_grouped(source) or (self.multi_row and _limited(source))):
            self.statement = self._wrapped()
        else:
            self.statement = self._plain()
            if self.only is not None and len(self.entities) == 1 and self.entities[0].is_mapper:
                self.statement = from_fewest_tables(self.statement, self.entities[0])
        criteria = [o for o in self.criteria if not o.loader_only]
        if criteria:
            self.statement = with_criteria_inside(self.statement, criteria)
        elif self.narrows:
            self.statement = leave_conditions(self.statement, self.narrows, self.statement.get_final_froms)

    def _collect_entities(self, raw: list[Any]) -> None:
        for node in raw:
            entity = None
            if isinstance(node, MapperEntity | AliasEntity):
                entity = node.entity
            if entity is not None and entity not in self.entities:
                self.entities.append(entity)

    def _reader(self, node: Any) -> list[Any]:
        if isinstance(node, MapperEntity | AliasEntity):
            path = self._path_of(node.entity)
            return [EntityReader(self, node.entity, self.tree.get(node.entity, EMPTY), self.position, path)]
        if isinstance(node, BundleEntity):
            return [BundleReader(self, node, self._reader)]
        if isinstance(node, RelationshipEntity):
            node = node._as_expression()
        if getattr(node, "_is_from_clause", False):
            return [ColumnReader(self, c) for c in node._select_columns()]
        if getattr(node, "_is_column_list", False):
            return [ColumnReader(self, c) for c in node.clauses]
        return [ColumnReader(self, node)]

    def _path_of(self, entity: Any) -> tuple[Any, ...]:
        """Return the relationships along which another statement's loader reached an entity."""
        for option in self.source._with_options:
            if getattr(option, "path", None) and option.entity is entity:
                found: tuple[Any, ...] = option.path
                return found
        return ()

    # -- FROM ----------------------------------------------------------------------------------------------------------

    def _from_clause(self) -> None:
        source = self.source
        for node in source._from_obj:
            self.froms.append(self._selectable(node))
            if isinstance(node, MapperEntity | AliasEntity):
                self._where_criterion(node.entity)
            elif isinstance(node, OrmJoin):
                for join in node._inner_joins():
                    if join.entity is not None:
                        self._where_criterion(join.entity.entity)
        for step in source._joins:
            self._join(step)

    def _joined_entities(self, raw: list[Any]) -> None:
        """Enter the joins that entities of several tables are selected from, unless FROM has their tables already."""
        covered = {
            id(f)
            for s in (*self.froms, *[j.target for j in self.joins], *[j.left for j in self.joins if j.left is not None])
            for f in s._from_objects
        }
        found: dict[int, Any] = {}
        for node in raw:
            for one in node.columns if isinstance(node, BundleEntity) else (node,):
                found.update((id(e), e) for e in entities_in(one))
        if self.outermost:
            # Inside of another statement a table that only conditions name may be one of the statement around.
            found.update((id(e), e) for e in _named_by_conditions(self.source))
        for entity in found.values():
            selectable = entity.selectable
            if getattr(selectable, "_is_join", False) and not any(id(f) in covered for f in selectable._from_objects):
                self.froms.append(selectable)
                covered.update(id(f) for f in selectable._from_objects)

    def _selectable(self, node: Any) -> Any:
        return node.entity_from if getattr(node, "_is_entity", False) else node

    def _join(self, step: JoinStep) -> None:
        target, onclause, left = step.target, step.onclause, step.left
        if isinstance(target, RelationshipEntity):
            # join(User.addresses): the relationship says the target too
            attribute = target.attribute
            entity = attribute.comparator.target_entity
            extra = onclause
            self._join_relationship(step, attribute, entity, extra, left)
            return
        if isinstance(onclause, RelationshipEntity):
            attribute = onclause.attribute
            if isinstance(target, MapperEntity | AliasEntity):
                entity = target.entity
                self._check_join_target(attribute, entity)
                self._join_relationship(step, attribute, entity, None, left)
            else:
                self._join_relationship_to(step, attribute, target, left)
            return
        entity = target.entity if isinstance(target, MapperEntity | AliasEntity) else None
        if isinstance(left, MapperEntity | AliasEntity):
            self._where_criterion(left.entity)
        selectable = self._selectable(target)
        left_selectable = None if left is None else self._selectable(left)
        if entity is not None:
            onclause = self._on_criteria(onclause, entity, selectable, left_selectable)
        self._written_joins.add(len(self.joins))
        self.joins.append(JoinStep(selectable, onclause, left_selectable, step.isouter, step.full))

    def _on_criteria(self, onclause: Any, entity: Any, selectable: Any, left: Any) -> Any:
        parts = [c for c in self._criteria_of(entity) if c is not None]
        self._criteria_done.add(id(entity))
        if not parts:
            return onclause
        if onclause is None:
            candidates = [left] if left is not None else [*self.froms, *[j.target for j in self.joins]]
            if not candidates:
                candidates = [e.selectable for e in self.entities if e is not entity]
            for candidate in candidates:
                try:
                    onclause = join_condition(candidate, selectable)
                except Exception:
                    continue
                break
            if onclause is None:
                for part in parts:
                    self.where.append(part)
                return None
        return and_(onclause, *parts)

    def _check_join_target(self, attribute: Any, entity: Any) -> None:
        mapper = attribute.comparator.mapper
        if not entity.mapper.isa(mapper) and not mapper.isa(entity.mapper) and not entity.mapper.common_parent(mapper):
            raise InvalidRequestError(
                f"Join target {entity.mapper.class_.__name__} does not correspond to the right side of join "
                f"condition {attribute}"
            )

    def _join_relationship(self, step: JoinStep, attribute: Any, entity: Any, extra: Any, left: Any) -> None:
        parent = attribute.parent
        left_selectable = parent.selectable if left is None else self._left_for(left, parent)
        if left is None or isinstance(left, MapperEntity | AliasEntity):
            self._where_criterion(parent if left is None else left.entity)
        if extra is None and not attribute._extra_criteria:
            edge = (id(attribute.prop), id(left_selectable), id(entity), step.isouter, step.full)
            if edge in self._edges:
                return  # the same way again: it is joined already
            self._edges.add(edge)
        joined = join_along(attribute.prop, attribute.comparator._adapt_parent, entity, True)
        criteria = [_element(c) for c in attribute._extra_criteria]
        if not attribute.comparator.target_entity.is_mapper or entity is not attribute.comparator.target_entity:
            criteria = [_adapted(c, attribute.prop.entity, entity) for c in criteria]
        criteria.extend(self._criteria_of(entity))
        self._criteria_done.add(id(entity))
        if extra is not None:
            criteria.append(extra)
        self._add_join(step, left_selectable, joined, criteria)

    def _left_for(self, left: Any, parent: Any) -> Any:
        if isinstance(left, MapperEntity | AliasEntity):
            if left.entity is not parent and not left.entity.mapper.common_parent(parent.mapper):
                raise InvalidRequestError(
                    f"explicit from clause {left.description} does not match left side of relationship attribute "
                    f"{parent}"
                )
            return left.entity.selectable
        return left

    def _join_relationship_to(self, step: JoinStep, attribute: Any, target: Any, left: Any) -> None:
        """Join a plain FROM element (a table, a subquery) along a relationship."""
        entity = AliasedClass(attribute.comparator.mapper, alias=target)._lect_aliased
        self._join_relationship(step, attribute, entity, None, left)

    def _add_join(self, step: JoinStep, left: Any, joined: Any, criteria: list[Any]) -> None:
        if joined.secondary is None:
            on = and_(joined.primaryjoin, *criteria) if criteria else joined.primaryjoin
            self.joins.append(JoinStep(joined.target, on, left, step.isouter, step.full))
            return
        second = and_(joined.secondaryjoin, *criteria) if criteria else joined.secondaryjoin
        if step.isouter or step.full:
            inner = Join(joined.secondary, joined.target, second)
            self.joins.append(JoinStep(inner, joined.primaryjoin, left, step.isouter, step.full))
            return
        self.joins.append(JoinStep(joined.secondary, joined.primaryjoin, left, False, False))
        self.joins.append(JoinStep(joined.target, second, joined.secondary, False, False))

    # -- criteria ------------------------------------------------------------------------------------------------------

    def _criteria_of(self, entity: Any) -> list[Any]:
        """Return what has to hold for rows of an entity wherever it is selected from."""
        found = []
        for option in self.criteria:
            if option.applies_to(entity) and not option.loader_only:
                found.append(self.condition_of(option, entity))
        single = single_criterion(entity) if self.only is None else None
        if single is not None:
            found.append(single)
        return found

    def condition_of(self, option: LoaderCriteriaOption, entity: Any) -> Any:
        """Return an option's condition for an entity.

        SELECTs inside of it have the conditions of the other options, but not of this one, which would go on for ever.
        """
        others = [o for o in self.criteria if o.root is not option.root and not o.loader_only]
        return with_criteria_of_others(_element(option.criterion_for(entity)), others, entity)

    def _where_criterion(self, entity: Any) -> None:
        if id(entity) in self._criteria_done:
            return
        self._criteria_done.add(id(entity))
        found = self._criteria_of(entity)
        if found and any(_implies(other, entity) for other in self.narrowed):
            return
        self.where.extend(found)
        if found:
            self.narrows.append(entity)

    def _entity_criteria(self, raw: list[Any]) -> None:
        """Add what has to hold for the entities of the columns, and for those that WHERE brings into FROM."""
        found: dict[int, Any] = {}
        for node in (*raw, *self.source._where):
            for one in _members(node):
                for entity in entities_in(one):
                    found[id(entity)] = entity
        siblings: dict[int, list[Any]] = {}
        selected = {id(e) for node in raw for one in _members(node) for e in entities_in(one)}
        for key, entity in found.items():
            whole = getattr(entity, "sub_of", None)
            if whole is None:
                self._where_criterion(entity)
            elif id(whole) not in selected and id(whole) not in self._criteria_done and key not in self._criteria_done:
                siblings.setdefault(id(whole), []).append(entity)
        for group in siblings.values():
            # Classes of one with_polymorphic() stand beside each other: rows of any of them are meant.
            criterion = single_criterion(*group)
            if criterion is not None:
                self.where.append(criterion)

    # -- the statement -------------------------------------------------------------------------------------------------

    def _clause(self, nodes: tuple[Any, ...]) -> tuple[Any, ...]:
        found: list[Any] = []
        for node in nodes:
            if getattr(node, "_is_entity", False):
                if isinstance(node, RelationshipEntity):
                    found.append(node._as_expression())
                else:
                    found.extend(node.entity_columns)
            else:
                found.append(node)
        adapt = self._adapt_given
        return tuple(found) if adapt is None else tuple([replace_columns(n, adapt) for n in found])

    def _adapted_joins(self) -> tuple[JoinStep, ...]:
        """Return the joins; conditions that the statement gave are adapted as its others are."""
        adapt = self._adapt_given
        if adapt is None:
            return tuple(self.joins)
        return tuple(
            [
                step
                if step.onclause is None or place not in self._written_joins
                else JoinStep(step.target, replace_columns(step.onclause, adapt), step.left, step.isouter, step.full)
                for place, step in enumerate(self.joins)
            ]
        )

    def _selected_entities(self, raw: list[Any]) -> list[Any]:
        """Return the entities that the statement selects from: by its columns, or by FROM and JOIN."""
        source = self.source
        found = [e for node in raw for one in _members(node) for e in entities_in(one)]
        for node in (*source._from_obj, *[s.target for s in source._joins]):
            if isinstance(node, MapperEntity | AliasEntity):
                found.append(node.entity)
            elif isinstance(node, RelationshipEntity):
                found.append(node.attribute.comparator.target_entity)
        return found

    def _named_tables(self) -> list[Any]:
        source = self.source
        return [
            f
            for node in (*source._from_obj, *[s.target for s in source._joins])
            if not getattr(node, "_is_entity", False)
            for f in node._from_objects
        ]

    def _fields(self) -> dict[str, Any]:
        source = self.source
        return {
            "_plugin": None,
            "_with_options": (),
            "_from_obj": tuple(self.froms),
            "_where": self._clause(tuple(self.where)),
            "_group_by": self._clause(source._group_by),
            "_order_by": self._clause(source._order_by),
            "_distinct_on": self._clause(source._distinct_on),
            "_having": self._clause(source._having),
            "_correlate": tuple([self._selectable(n) for n in source._correlate]),
            "_correlate_except": tuple([self._selectable(n) for n in source._correlate_except]),
            "_for_update": self._for_update(source._for_update),
            "_hints": tuple([_hint(h, self._selectable) for h in source._hints]),
        }

    def _for_update(self, arg: Any) -> Any:
        of = getattr(arg, "of", None)
        if not of:
            return arg
        found: list[Any] = []
        for node in of:
            if getattr(node, "_is_entity", False):
                selectable = node.entity_from
                found.append(selectable)
            else:
                found.append(node)
        copy = arg._clone()
        copy.of = tuple(found)
        return copy

    def _plain(self) -> Any:
        fields = self._fields()
        fields["_raw_columns"] = (*self.columns, *self.eager_columns)
        fields["_joins"] = (*self._adapted_joins(), *self.eager_joins)
        if self.eager_order:
            fields["_order_by"] = (*fields["_order_by"], *self.eager_order)
        if self.eager_joins and not self.froms and not self.joins:
            fields["_from_obj"] = ()
        return self.source._replace(**fields)

    def _wrapped(self) -> Any:
        """Put the statement with its limit into a subquery, and the joins of collections around it."""
        fields = self._fields()
        order_by = fields["_order_by"]
        columns = list(self.columns)
        own = {id(unannotated(c)) for c in columns}
        extra = [c for c in _ordering_columns(order_by) if id(unannotated(c)) not in own]
        fields["_raw_columns"] = (*columns, *extra)
        fields["_joins"] = self._adapted_joins()
        fields["_label_style"] = LABEL_STYLE_TABLENAME_PLUS_COL
        fields["_for_update"] = None
        inner = self.source._replace(**fields)
        subquery = inner.subquery()
        inner_columns = list(subquery.c)
        eager = {id(f) for step in self.eager_joins for f in step.target._from_objects}
        place: dict[int, Any] = {}
        for column, outer in zip([*columns, *extra], inner_columns, strict=False):
            place.setdefault(id(unannotated(column)), outer)

        def adapt(node: Any) -> Any:
            found = place.get(id(unannotated(node)))
            if found is not None:
                return found
            if is_column(node) and id(node.table) not in eager:
                return subquery.corresponding_column(node)
            return None

        def outside(node: Any) -> Any:
            return replace_columns(node, adapt)

        made: Any = Select()
        outer_columns = [place[id(unannotated(c))] for c in (*columns, *extra)]
        self._ordering_only = len(extra)
        steps = []
        for step in self.eager_joins:
            left = subquery if _in_primary(self, step.left) else step.left
            steps.append(JoinStep(step.target, outside(step.onclause), left, step.isouter, step.full))
        ordering = [outside(_referred(o)) for o in order_by]
        return made._replace(
            _raw_columns=(*outer_columns, *self.eager_columns),
            _from_obj=(subquery,),
            _joins=tuple(steps),
            _order_by=(*ordering, *self.eager_order),
            _label_style=self.source._label_style,
            _execution_options=self.source._execution_options,
            _for_update=self._for_update(self.source._for_update),
        )

    def nest_join(self, left: Any, right: Any, joined: Any, criteria: list[Any]) -> bool:
        """Put an inner join into the right side of the outer join that `left` was added by; False when there is
        none.
        """
        for index, step in enumerate(self.eager_joins):
            target = step.target
            if target is left or (getattr(target, "_is_join", False) and any(f is left for f in target._from_objects)):
                if not step.isouter:
                    continue
                if joined.secondary is None:
                    on = and_(joined.primaryjoin, *criteria) if criteria else joined.primaryjoin
                    new = _spliced(target, left, right, on)
                else:
                    second = and_(joined.secondaryjoin, *criteria) if criteria else joined.secondaryjoin
                    new = _spliced(target, left, joined.secondary, joined.primaryjoin)
                    new = Join(new, right, second)
                self.eager_joins[index] = JoinStep(new, step.onclause, step.left, True, step.full)
                return True
        return False

    # -- eager joins, asked for by readers -----------------------------------------------------------------------------

    def eager_position(self, column: Any) -> int:
        """Return the place of a column of an eagerly joined entity; they come after all others.

        Places count from the end of the primary columns, which is not known yet: see :meth:`resolve_place`.
        """
        found = self._positions.get(-id(column))
        if found is None:
            found = self._positions[-id(column)] = -1 - len(self.eager_columns)
            self.eager_columns.append(column)
        return found

    def resolve_place(self, place: int) -> int:
        """Return the final place of a column: negative ones are of eagerly joined entities."""
        return place if place >= 0 else len(self.columns) + self._ordering_only - 1 - place


def entities_in(node: Any) -> list[Any]:
    """Return the entities whose columns an expression is made of; those of subqueries are their own affair."""
    if isinstance(node, MapperEntity | AliasEntity):
        return [node.entity]
    found: dict[int, Any] = {}
    todo = [node]
    while todo:
        one = todo.pop()
        entity = one._annotations.get("parententity") if getattr(one, "_annotations", None) else None
        if entity is not None:
            found[id(entity)] = entity
        elif not (
            getattr(one, "_is_returns_rows", False)
            or getattr(one, "_is_scalar_select", False)
            or getattr(one, "_is_entity", False)
            or one.__visit_name__ == "exists"
        ):
            todo.extend(one.get_children())
    return list(found.values())


def _named_by_conditions(source: Any) -> list[Any]:
    """Return the aliases of which conditions and orders name columns of several tables.

    Classes themselves are left alone: what only conditions name is joined by ``select_from()``.
    """
    tables: dict[int, set[int]] = {}
    entities: dict[int, Any] = {}
    for node in (*source._where, *source._group_by, *source._order_by, *source._having):
        for column in _columns_of(node):
            entity = column._annotations.get("parententity") if column._annotations else None
            if entity is not None and not entity.is_mapper:
                entity = entity.sub_of or entity
                entities[id(entity)] = entity
                tables.setdefault(id(entity), set()).update(id(f) for f in column._from_objects)
    return [entity for key, entity in entities.items() if len(tables[key]) > 1]


def _columns_of(node: Any) -> list[Any]:
    found: list[Any] = []
    todo = [node]
    while todo:
        one = todo.pop()
        if is_column(one):
            found.append(one)
        elif not (
            getattr(one, "_is_returns_rows", False)
            or getattr(one, "_is_scalar_select", False)
            or getattr(one, "_is_entity", False)
            or one.__visit_name__ == "exists"
        ):
            todo.extend(one.get_children())
    return found


def _refuse_tables_twice(left: Sequence[Any], joined: Sequence[Any]) -> None:
    """Refuse two classes that share a table, joined to each other under the table's own name.

    Raises:
        InvalidRequestError: no database could tell the columns of the one from those of the other.
    """
    seen: dict[int, Any] = {}
    for source in (*left, *joined):
        if not getattr(source, "_is_join", False):
            continue
        for table in source._from_objects:
            if not getattr(table, "_is_table", False):
                continue
            other = seen.setdefault(id(table), source)
            if other is not source:
                raise InvalidRequestError(
                    f"table {table.description!r} is joined twice under one name, as a part of two classes; join an "
                    "alias of one of them: aliased(Class, flat=True), or relationship.of_type(alias)"
                )


def _implies(one: Any, other: Any) -> bool:
    """Whether the conditions of one entity are at least those of another of the same FROM element."""
    if one is other:
        return True
    return bool(one.is_mapper and other.is_mapper and one.selectable is other.selectable and one.isa(other))


def leave_conditions(statement: Any, entities: Sequence[Any], froms: Any) -> Any:
    """Return a plain statement whose correlated subqueries do not repeat the conditions of its `entities`."""

    def translated(inner: Any, narrowed: Sequence[Any]) -> Any:
        return Translation(inner, with_loaders=False, narrowed=narrowed).statement

    return without_repetition(statement, entities, froms, translated, _selected_from)


def _selected_from(statement: Any) -> list[Any]:
    """Return the entities that a SELECT names as its columns or in FROM."""
    found: list[Any] = []
    for node in statement._raw_columns:
        for one in node.columns if isinstance(node, BundleEntity) else (node,):
            found.extend(entities_in(one))
    for node in (*statement._from_obj, *[j.target for j in statement._joins], *[j.left for j in statement._joins]):
        if isinstance(node, MapperEntity | AliasEntity):
            found.append(node.entity)
        elif isinstance(node, RelationshipEntity):
            found.append(node.attribute.comparator.target_entity)
    return found


def _spliced(target: Any, left: Any, right: Any, on: Any) -> Any:
    """Return a join with `right` inner joined where `left` stands: as far inside as outer joins allow."""
    if target is left or not getattr(target, "_is_join", False):
        return Join(target, right, on)
    if target.isouter and any(f is left for f in target.right._from_objects):
        return Join(
            target.left, _spliced(target.right, left, right, on), target.onclause, isouter=True, full=target.full
        )
    return Join(target, right, on)


def unannotated(node: Any) -> Any:
    """Return the element behind annotated copies of it."""
    while True:
        origin = node.__dict__.get("_origin")
        if origin is None:
            return node
        node = origin


def _members(node: Any) -> Any:
    return node.columns if isinstance(node, BundleEntity) else (node,)


def _unwrapped(node: Any) -> Any:
    return node


def _raising(source: Any) -> bool:
    return not source._execution_options.get("_lect_lenient_options", False)


def _limited(source: Any) -> bool:
    return bool(source._limit is not None or source._offset is not None or source._fetch is not None)


def _grouped(source: Any) -> bool:
    return bool(source._distinct or source._group_by)


def _in_primary(translation: Translation, left: Any) -> bool:
    return not any(
        left is s.target or (isinstance(s.target, Join) and left in s.target._from_objects)
        for s in translation.eager_joins
    )


def _element(criterion: Any) -> Any:
    hook = getattr(criterion, "__clause_element__", None)
    return criterion if hook is None else hook()


def _is_star(node: Any) -> bool:
    return getattr(node, "text", None) == "*" or (getattr(node, "is_literal", False) and node.name == "*")


def _adapted(criterion: Any, from_: Any, to: Any) -> Any:
    """Return a condition over the columns of one entity as one over those of another."""
    if from_ is to or to.is_mapper:
        return criterion

    def change(node: Any) -> Any:
        if is_column(node):
            found = to.column(node, None)
            return None if found is node else found
        return None

    return replace_columns(criterion, change)


def _hint(hint: Any, selectable: Any) -> Any:
    if hint.selectable is None or not getattr(hint.selectable, "_is_entity", False):
        return hint
    return type(hint)(selectable(hint.selectable), hint.text, hint.dialect)


def _referred(node: Any) -> Any:
    """Return the element that an ORDER BY names by its label."""
    inner = getattr(node, "element", None)
    if type(node).__name__ == "LabelReference" and inner is not None:
        return inner
    return node


def _ordering_columns(order_by: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for node in order_by:
        node = _referred(node)
        while True:
            modifier = getattr(node, "modifier", None)
            if modifier is None:
                break
            node = node.element
        if getattr(node, "_is_column_element", False):
            found.append(node)
    return found


def translate_select(statement: Any) -> Any:
    """Return the plain SELECT of a statement (without joined eager loading, as in a subquery)."""
    return Translation(statement, with_loaders=False).statement


def translate(statement: Any) -> Any:
    """Return a plain statement for one with entities."""
    kind = getattr(statement, "_kind", None)
    function = PLUGIN.functions.get(f"translate_{kind}")
    if isinstance(statement, Select):
        return translate_select(statement)
    if function is not None:
        return function(statement)
    if hasattr(statement, "selects"):
        return _translate_compound(statement)
    raise ArgumentError(f"{type(statement).__name__} with mapped classes cannot be written as SQL by itself")


def _translate_compound(statement: Any) -> Any:
    options = [o for o in statement._with_options if isinstance(o, LoaderCriteriaOption) and not o.loader_only]
    if options:
        statement = with_criteria_inside(statement, options)
    return statement._replace(
        _plugin=None,
        _with_options=(),
        selects=tuple([s._translated() if hasattr(s, "_translated") else s for s in statement.selects]),
    )


def translate_whole(statement: Any) -> Any:
    """Return the plain statement that will be emitted for a statement by itself."""
    if isinstance(statement, Select):
        return Translation(statement, with_loaders=True).statement
    return translate(statement)


def column_descriptions(statement: Any) -> list[dict[str, Any]]:
    """Return one dictionary per thing selected."""
    readers = Translation(statement, with_loaders=False).readers
    found: list[dict[str, Any]] = [r.description() for r in readers]
    for description, reader, key in zip(found, readers, labelled_keys(readers, statement._label_style), strict=True):
        if key is not reader.key:
            description["name"] = key
    return found


def _joinable(left: Any, right: Any) -> bool:
    try:
        join_condition(left, right)
    except (NoForeignKeysError, AmbiguousForeignKeysError):
        return False
    return True


def first_join_from(statement: Any) -> JoinStep:
    """Return the first join of a SELECT with the left side that the entities among its columns mean."""
    step: JoinStep = statement._joins[0]
    if isinstance(step.target, RelationshipEntity) or isinstance(step.onclause, RelationshipEntity):
        return step
    found = list(dict.fromkeys(e for node in statement._raw_columns for e in entities_in(node)))
    if len(found) > 1:
        target = step.target.entity_from if step.target._is_entity else step.target
        found = [e for e in found if _joinable(e.selectable, target)]
    return step._from(entity_node(found[0])) if len(found) == 1 else step


PLUGIN.functions.update(
    first_join_from=first_join_from,
    translate=translate,
    translate_whole=translate_whole,
    column_descriptions=column_descriptions,
)
