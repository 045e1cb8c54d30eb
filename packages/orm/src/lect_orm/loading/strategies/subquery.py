"""Relationships loaded by a further statement that joins them to the first one as a subquery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lect.sql._select import Select
from lect.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from lect_orm.base import STATE_KEY
from lect_orm.loading.criteria import LoaderCriteriaOption, at_hand
from lect_orm.loading.options import Step
from lect_orm.loading.origin import LoadOrigin
from lect_orm.loading.strategies.selectin import SelectInLoader, carried_options
from lect_orm.query.aliased import AliasedClass
from lect_orm.query.criteria_functions import settled
from lect_orm.query.entities import AliasEntity, annotated_column, entity_node
from lect_orm.query.execute import run
from lect_orm.query.readers import POST_LOADERS
from lect_orm.query.relationship_join import join_along

__all__ = ["SubqueryLoader"]


class Start(NamedTuple):
    """Where a chain of subquery loading began: the user's statement, its entity, the relationships followed since."""

    statement: Any
    params: Any
    entity: Any
    props: tuple[Any, ...]


class SubqueryLoader(SelectInLoader):
    """Loads one relationship of all objects that a statement gave, whatever their number, in one statement.

    Where the first statement cannot be written as a subquery (text of the user's own), the keys are sent as
    ``selectinload()`` does.
    """

    def __init__(self, prop: Any, step: Step | None, reader: Any) -> None:
        super().__init__(prop, step, reader)
        top = reader.top
        self.entity = top.entity
        self.nodes = top.translation.source._raw_columns
        self.props = (*reader.path[len(top.path) :], prop)

    def load(self, ctx: Any, objects: Sequence[Any]) -> None:
        """Load the relationship of the objects that do not have it."""
        start = self._start(ctx)
        if start is None:
            super().load(ctx, objects)
            return
        key = self.prop.key
        parents: dict[int, Any] = {}
        for obj in objects:
            values = obj.__dict__
            state = values[STATE_KEY]
            if key in state.mapper.impls and (ctx.populate_existing or key not in values or state is ctx.refresh_state):
                parents[id(obj)] = (obj, state)
        if not parents:
            return
        found = self._related(ctx, start)
        keys = [self.prop.parent.column_to_key[c] for c in _local_columns(self.prop)]
        for obj, state in parents.values():
            self._store(state, obj, found.get(_values_of(state, obj, keys), ()))

    def _start(self, ctx: Any) -> Start | None:
        held = ctx.execution_options.get("_lect_subquery")
        if held is not None:
            start = Start(held.statement, held.params, held.entity, (*held.props, *self.props))
        elif isinstance(ctx.statement, Select):
            start = Start(ctx.statement, ctx.params, self._entity_in(ctx.statement), self.props)
        else:
            return None
        root = start.entity
        for prop in start.props:
            # A subclass's relationship: the first statement need not have the subclass's table.
            if not root.mapper.isa(prop.parent) or any(
                c not in prop.parent.column_to_key for c in _local_columns(prop)
            ):
                return None
            root = prop.entity
        return start

    def _entity_in(self, statement: Any) -> Any:
        """Return the entity of a statement that has the place of this loader's in the statement of its plan: an alias
        is another object in each statement.
        """
        if not self.entity.is_mapper:
            for node, other in zip(self.nodes, statement._raw_columns, strict=False):
                if isinstance(node, AliasEntity) and node.entity is self.entity and isinstance(other, AliasEntity):
                    return other.entity
        return self.entity

    def _related(self, ctx: Any, start: Start) -> dict[Any, list[Any]]:
        options: dict[str, Any] = {
            **carried_options(ctx.execution_options),
            "autoflush": False,
            "_lect_lenient_options": True,
            "_lect_load": LoadOrigin(None, "relationship", None, self.path),
            "_lect_subquery": start,
        }
        if ctx.given is not None:
            options["_lect_given"] = ctx.given
        if ctx.populate_existing:
            options["populate_existing"] = True
        if ctx.token is not None:
            options["identity_token"] = ctx.token
        session = ctx.session
        statement = at_hand(self._statement(start), ctx.given)
        if session.dispatch.do_orm_execute:
            result = session.execute(
                statement, start.params, execution_options=options, bind_arguments=ctx.bind_arguments
            )
        else:
            result = run(session, statement, start.params, options, ctx.bind_arguments)
        found: dict[Any, list[Any]] = {}
        for obj, *key in result.unique().all():
            if obj is not None:
                found.setdefault(tuple(key), []).append(obj)
        return found

    # -- the statement -------------------------------------------------------------------------------------------------

    def _statement(self, start: Start) -> Any:
        first = start.props[0]
        columns = _columns_needed(first, self._target_of(first, len(start.props) == 1))
        subquery = _inner(start, first, columns).subquery()
        place = dict(zip(columns, subquery.c, strict=False))
        left: Any = subquery
        adapt: Any = lambda column: place.get(column, column)  # noqa: E731
        steps = []
        for i, prop in enumerate(start.props):
            target = self._target_of(prop, i == len(start.props) - 1)
            keys = [adapt(c) for c in _local_columns(prop)]
            steps.append((left, join_along(prop, adapt, target, True), target))
            left, adapt = target.selectable, target.adapt_own_column
        statement: Any = Select(entity_node(self.target), *keys)
        for left, joined, target in steps:
            self._secondary = joined.secondary
            if joined.secondary is None:
                statement = statement.join_from(left, target.selectable, joined.primaryjoin)
            else:
                statement = statement.join_from(left, joined.secondary, joined.primaryjoin)
                statement = statement.join_from(joined.secondary, target.selectable, joined.secondaryjoin)
        return self._complete(statement)._replace(_label_style=LABEL_STYLE_TABLENAME_PLUS_COL)

    def _target_of(self, prop: Any, last: bool) -> Any:
        if last:
            return self.target
        return AliasedClass(prop.mapper)._lect_aliased


def _local_columns(prop: Any) -> list[Any]:
    """Return the columns of the parent that tell what belongs to it."""
    pairs = prop.synchronize_pairs if prop.secondary is not None else prop.local_remote_pairs
    return list(dict.fromkeys(local for local, _ in pairs))


def _columns_needed(prop: Any, target: Any) -> list[Any]:
    found = dict.fromkeys(_local_columns(prop))

    def note(column: Any) -> Any:
        if column in prop.parent.column_to_key:  # a subquery of the condition has columns of its own
            found[column] = None
        return column

    join_along(prop, note, target, True)
    return list(found)


def _inner(start: Start, prop: Any, columns: list[Any]) -> Any:
    """Return the user's statement with these columns of the entity only."""
    entity, source = start.entity, start.statement
    # They are columns of the entity, so that the conditions that come with it hold here too.
    keys_of = entity.mapper.column_to_key
    own = [annotated_column(entity.adapt_own_column(c), entity, keys_of.get(c, c.key)) for c in columns]
    inner = source.with_only_columns(*own, maintain_column_froms=True)
    limited = source._limit is not None or source._offset is not None or source._fetch is not None
    keys = prop.parent.primary_key_set
    inner = inner._replace(
        _with_options=tuple([o for o in source._with_options if isinstance(o, LoaderCriteriaOption)]),
        _execution_options={"_lect_eager": False, "_lect_own_criteria": True},
        _label_style=LABEL_STYLE_TABLENAME_PLUS_COL,
        _order_by=source._order_by if limited else (),
        _for_update=None,
        _distinct=source._distinct or (not limited and not any(c in keys for c in columns)),
    )
    return settled(inner)


def _values_of(state: Any, obj: Any, keys: Sequence[str]) -> tuple[Any, ...]:
    values = obj.__dict__
    return tuple([values[k] if k in values else state.mapper.impls[k].get(state, values) for k in keys])


def _make(prop: Any, step: Step | None, reader: Any) -> SubqueryLoader:
    return SubqueryLoader(prop, step, reader)


POST_LOADERS["subquery"] = _make
