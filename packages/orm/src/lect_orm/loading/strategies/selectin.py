"""Relationships loaded by a further statement with the keys of many parents in an IN list."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from lect.exc import LectWarning
from lect.sql._select import Select
from lect.sql.bind import BindParameter
from lect.sql.naming import LABEL_STYLE_NONE
from lect.sql.tuple import tuple_
from lect_orm.base import STATE_KEY
from lect_orm.loading.criteria import at_hand
from lect_orm.loading.options import EMPTY, OptionNode, Step
from lect_orm.loading.origin import LoadOrigin
from lect_orm.loading.tree_option import TreeOption
from lect_orm.mapping.equality import is_column, iterate
from lect_orm.query.aliased import AliasedClass
from lect_orm.query.entities import entity_node
from lect_orm.query.execute import ORM_OPTIONS, run
from lect_orm.query.readers import POST_LOADERS
from lect_orm.query.relationship_join import adapt_secondary, join_along, populated_entity
from lect_orm.relationships.join_condition import only_equalities

__all__ = ["SelectInLoader"]

#: Strategies that load with the statement of the parents, or right after it.
_EAGER = ("joined", "selectin", "subquery", "immediate")
#: Number of keys in one IN list.
CHUNK = 500


class SelectInLoader:
    """Loads one relationship of all objects that a statement gave."""

    def __init__(self, prop: Any, step: Step | None, reader: Any) -> None:
        self.prop = prop
        self.step = step
        self.mapper = reader.mapper
        node = reader.node.below(prop.key)
        if node is EMPTY and reader.node.criteria:
            node = OptionNode()
            node.criteria = reader.node.criteria
        depth = None if step is None else step.argument("recursion_depth")
        if depth is not None and step is not None:
            node = _deeper(node, step, depth)
        self.node = node
        self.path = (*reader.path, prop)
        self.chunk = CHUNK
        if step is not None and step.argument("chunksize"):
            self.chunk = step.argument("chunksize")
        self.target = populated_entity(prop, step)
        #: the options ask for more behind the relationship, also behind one that is loaded already
        self.deeper = any(s.kind == "relationship" and s.strategy in _EAGER for s in node.steps.values())
        self._secondary: Any = None
        self._built: Any = None

    def load(self, ctx: Any, objects: Sequence[Any]) -> None:
        """Load the relationship of the objects that do not have it."""
        key = self.prop.key
        overwrite = ctx.populate_existing
        parents: dict[int, Any] = {}
        kept: set[int] = set()
        for obj in objects:
            values = obj.__dict__
            state = values[STATE_KEY]
            if key not in state.mapper.impls:
                continue
            if overwrite or key not in values or state is ctx.refresh_state:
                parents[id(obj)] = (obj, state)
            elif self.deeper and values[key]:
                # What it holds stays; the rows are read for what is to be loaded behind them.
                parents[id(obj)] = (obj, state)
                kept.add(id(obj))
        if not parents:
            return
        if self._built is None:
            self._built = self._build()
        kind, statement, keys_of = self._built
        groups: dict[Any, list[Any]] = {}
        for obj, state in parents.values():
            pk = keys_of(state)
            if pk is None:
                if id(obj) not in kept:
                    self._store(state, obj, ())
            else:
                groups.setdefault(pk, []).append((obj, state))
        for chunk in _chunks(list(groups), self.chunk):
            found = self._fetch(ctx, statement, chunk, kind)
            for pk in chunk:
                related = found.get(pk, ())
                for obj, state in groups[pk]:
                    if id(obj) not in kept:
                        self._store(state, obj, related)

    def _store(self, state: Any, obj: Any, related: Sequence[Any]) -> None:
        impl = state.mapper.impls[self.prop.key]
        if impl.collection:
            impl.set_committed_value(state, obj.__dict__, related)
            return
        if len(related) > 1:
            warnings.warn(
                f"Multiple rows returned with uselist=False for eagerly-loaded attribute '{self.prop}' ",
                LectWarning,
                stacklevel=4,
            )
        impl.set_committed_value(state, obj.__dict__, related[0] if related else None)

    def _fetch(self, ctx: Any, statement: Any, keys: list[Any], kind: str) -> dict[Any, list[Any]]:
        statement = at_hand(_with_keys(statement, keys), ctx.given)
        options: dict[str, Any] = {
            **carried_options(ctx.execution_options),
            "autoflush": False,
            "_lect_lenient_options": True,
            "_lect_load": LoadOrigin(None, "relationship", None, self.path),
        }
        if ctx.given is not None:
            options["_lect_given"] = ctx.given
        if ctx.populate_existing:
            options["populate_existing"] = True
        if ctx.token is not None:
            options["identity_token"] = ctx.token
        session = ctx.session
        if session.dispatch.do_orm_execute:
            result = session.execute(statement, execution_options=options, bind_arguments=ctx.bind_arguments)
        else:
            result = run(session, statement, None, options, ctx.bind_arguments)
        rows = result.unique().all()
        found: dict[Any, list[Any]] = {}
        for row in rows:
            *key, obj = row
            if obj is None:
                continue
            found.setdefault(key[0] if len(key) == 1 else tuple(key), []).append(obj)
        return found

    # -- the statement -------------------------------------------------------------------------------------------------

    def _build(self) -> tuple[str, Any, Callable[[Any], Any]]:
        prop = self.prop
        simple = (
            prop.join_condition.secondaryjoin is None
            and prop.omit_join is not False
            and (self.target is prop.entity or self._widens(self.target))
        )
        if prop.simple_many_to_one and simple:
            return ("child", self._complete(self._through_child()), self._reference_keys())
        if simple and self._refers_to_key():
            return ("remote", self._complete(self._through_remote()), _primary_key)
        between = self._keys_between()
        if between is not None:
            return ("secondary", self._complete(self._through_secondary(between)), _primary_key)
        return ("parent", self._complete(self._through_parent()), _primary_key)

    def _widens(self, target: Any) -> bool:
        """Whether an entity is the relationship's own with further columns of subclasses."""
        return not target.is_mapper and target.use_mapper_path and target.mapper is self.prop.entity

    def _complete(self, statement: Any) -> Any:
        prop, step = self.prop, self.step
        if prop.order_by and prop.uselist:
            order = prop.order_by
            if self.target is not prop.entity and not self.target.is_mapper:
                order = [self.target._adapt_element(o) for o in order]
            if self._secondary is not None:
                order = [adapt_secondary(o, prop.secondary, self._secondary) for o in order]
            statement = statement.order_by(*order)
        if step is not None and step.criteria:
            statement = statement.where(*step.criteria)
        carried = [c.for_loader() for c in self.node.criteria if c.propagate_to_loaders]
        statement = statement.options(TreeOption(self.target, self.node, self.path), *carried)
        # Rows are read by place: labels would only make the statement longer.
        return statement._replace(_label_style=LABEL_STYLE_NONE)

    def _refers_to_key(self) -> bool:
        """Whether the other side's rows hold the parent's primary key, and nothing else decides."""
        prop = self.prop
        if prop.direction.value != 1 or not prop.entity.is_mapper:
            return False
        pairs = prop.local_remote_pairs
        locals_ = [self._key_column(local) for local, _ in pairs]
        columns = list(_columns(prop.join_condition.primaryjoin))
        return (
            len(pairs) == len(self.mapper.primary_key)
            and {id(c) for c in locals_} == {id(c) for c in prop.parent.primary_key}
            and len(columns) == 2 * len(pairs)
            and only_equalities(prop.join_condition.primaryjoin)
        )

    def _key_column(self, column: Any) -> Any:
        prop = self.prop.parent.column_to_prop.get(column)
        if prop is not None:
            for other in prop.columns:
                if other in self.prop.parent.primary_key_set:
                    return other
        return column

    def _through_remote(self) -> Any:
        prop = self.prop
        by_local = {id(self._key_column(local)): remote for local, remote in prop.local_remote_pairs}
        columns = [self.target.adapt_own_column(by_local[id(c)]) for c in prop.parent.primary_key]
        return Select(*columns, entity_node(self.target)).where(_in(columns))

    def _through_child(self) -> Any:
        columns = [self.target.adapt_own_column(c) for c in self.prop.mapper.primary_key]
        return Select(*columns, entity_node(self.target)).where(_in(columns))

    def _reference_keys(self) -> Callable[[Any], Any]:
        prop = self.prop
        by_remote = {prop._base_key(r): local for local, r in prop.local_remote_pairs}
        keys = [prop.parent.column_to_key[by_remote[id(c)]] for c in prop.mapper.primary_key]

        def read(state: Any) -> Any:
            values = state.dict
            found = []
            for key in keys:
                value = values[key] if key in values else state.mapper.impls[key].get(state, values)
                if value is None:
                    return None
                found.append(value)
            return found[0] if len(found) == 1 else tuple(found)

        return read

    def _keys_between(self) -> list[Any] | None:
        """Return the columns of the table between that hold the parent's primary key, when nothing else is asked of
        the parent's rows; else None.
        """
        found: list[Any] | None = self.prop.join_condition.keys_between
        return None if self.prop.omit_join is False else found

    def _through_secondary(self, between: list[Any]) -> Any:
        prop, target = self.prop, self.target
        joined = join_along(prop, _itself, target, False)
        statement: Any = Select(*between, entity_node(target))
        statement = statement.join_from(prop.secondary, target.selectable, joined.secondaryjoin)
        return statement.where(_in(between))

    def _through_parent(self) -> Any:
        prop = self.prop
        parent = AliasedClass(prop.parent)._lect_aliased
        columns = [parent.adapt_own_column(c) for c in prop.parent.primary_key]
        target = self.target
        statement: Any = Select(*columns, entity_node(target))
        joined = join_along(prop, parent.adapt_own_column, target, True)
        if joined.secondary is None:
            statement = statement.join_from(parent.selectable, target.selectable, joined.primaryjoin)
        else:
            self._secondary = joined.secondary
            statement = statement.join_from(parent.selectable, joined.secondary, joined.primaryjoin)
            statement = statement.join(target.selectable, joined.secondaryjoin)
        return statement.where(_in(columns))


def _itself(column: Any) -> Any:
    return column


def _columns(condition: Any) -> Iterator[Any]:
    return (n for n in iterate(condition) if is_column(n))


def _primary_key(state: Any) -> Any:
    key = state.key
    pk = key[1]
    return pk[0] if len(pk) == 1 else pk


_OWN_TO_A_STATEMENT = frozenset(("yield_per", "stream_results", "max_row_buffer", *ORM_OPTIONS))


def carried_options(options: Any) -> dict[str, Any]:
    """Return the execution options of a statement that hold for those of its loaders too."""
    return {k: v for k, v in options.items() if k not in _OWN_TO_A_STATEMENT}


_KEYS_NAME = "primary_keys"


def _in(columns: Sequence[Any]) -> Any:
    target = columns[0] if len(columns) == 1 else tuple_(*columns)
    return target.in_(
        BindParameter(_KEYS_NAME, None, expanding=True, unique=False, type_=getattr(target, "type", None))
    )


def _with_keys(statement: Any, keys: list[Any]) -> Any:
    def change(node: Any) -> Any:
        if getattr(node, "_is_bind_parameter", False) and node.key == _KEYS_NAME:
            return node._with_value(keys, False)
        return node._map_children(change)

    return statement._replace(_where=tuple([change(w) for w in statement._where]))


def _chunks(items: list[Any], size: int) -> Iterable[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _deeper(node: OptionNode, step: Step, depth: int) -> OptionNode:
    """Return the options behind a relationship that is to be followed `depth` times (-1: to the end)."""
    if depth == 1:
        return node
    left = -1 if depth == -1 else depth - 1
    made = OptionNode()
    made.steps, made.children, made.everywhere = dict(node.steps), dict(node.children), node.everywhere
    made.wildcards, made.groups, made.only, made.criteria = node.wildcards, node.groups, node.only, node.criteria
    arguments = tuple((k, left if k == "recursion_depth" else v) for k, v in step.arguments)
    made.steps[step.key] = Step(step.key, step.entity, step.kind, step.strategy, step.of_type, step.criteria, arguments)
    if depth == -1:
        made.children[step.key] = made
    return made


def _make(prop: Any, step: Step | None, reader: Any) -> SelectInLoader:
    return SelectInLoader(prop, step, reader)


POST_LOADERS["selectin"] = _make
