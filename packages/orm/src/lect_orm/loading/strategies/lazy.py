"""Relationships loaded when they are read; and those that refuse to be, or stay empty."""

from __future__ import annotations

from typing import Any

from lect.exc import InvalidRequestError
from lect.sql._select import Select
from lect.sql.bind import BindParameter
from lect.sql.naming import LABEL_STYLE_NONE
from lect_orm.base import (
    ATTR_EMPTY,
    INIT_OK,
    LOAD_AGAINST_COMMITTED,
    NO_AUTOFLUSH,
    NO_RAISE,
    NO_VALUE,
    NON_PERSISTENT_OK,
    PASSIVE_CLASS_MISMATCH,
    PASSIVE_NO_RESULT,
    RELATED_OBJECT_OK,
    SQL_OK,
    state_str,
)
from lect_orm.exc import DetachedInstanceError
from lect_orm.loading.criteria import at_hand
from lect_orm.loading.n_plus_one import notice_relationship
from lect_orm.loading.options import EMPTY
from lect_orm.loading.origin import LoadOrigin
from lect_orm.loading.quick_get import NOT_QUICK, quick_get
from lect_orm.loading.tree_option import TreeOption
from lect_orm.loading.unawaited import check_relationship
from lect_orm.query.entities import entity_node
from lect_orm.query.execute import run
from lect_orm.relationships.join_condition import plain
from lect_orm.relationships.relationship import IMPL_FACTORIES

__all__ = ["LazyLoader"]


class LazyLoader:
    """Loads one relationship of one object: ``loader(state, passive)``."""

    def __init__(self, prop: Any, mapper: Any) -> None:
        self.prop = prop
        self.mapper = mapper
        self.strategy = prop.strategy
        self._statement: Any = None
        self._sources: list[tuple[Any, str]] = []

    def __call__(self, state: Any, passive: int) -> Any:
        prop = self.prop
        strategy = self.strategy
        node = EMPTY
        step = None
        origin = state.origin
        if origin is not None and origin.node is not None:
            step = origin.node.strategy_for(prop)
            node = origin.node.below(prop.key)
            if node is EMPTY and origin.node.criteria:
                node = origin.node
            if step is not None and step.strategy in ("raise", "raise_on_sql", "noload", "select"):
                strategy = step.strategy
            elif step is not None:
                strategy = "select"
        if strategy == "noload":
            return () if prop.uselist else None
        on_pending = prop.load_on_pending and state.session is not None
        unloadable = not passive & NON_PERSISTENT_OK or not prop.load_on_pending
        if state.pk is None and not state.load_options and not on_pending and unloadable:
            return ATTR_EMPTY
        if strategy == "raise" and not passive & NO_RAISE and passive & SQL_OK:
            self._refuse("raise")
        if not passive & SQL_OK and not prop.simple_many_to_one:
            return PASSIVE_NO_RESULT
        session = state.session
        if session is None:
            if passive & NO_RAISE:
                return PASSIVE_NO_RESULT
            if not passive & SQL_OK:
                return PASSIVE_NO_RESULT
            raise DetachedInstanceError(
                f"Parent instance {state_str(state)} is not bound to a Session; lazy load operation of attribute "
                f"'{prop.key}' cannot "
                f"proceed; load it with the object (selectinload({prop}), joinedload({prop})) or add the object to "
                "a session"
            )
        if not passive & RELATED_OBJECT_OK and passive & SQL_OK and not prop.simple_many_to_one:
            return PASSIVE_NO_RESULT
        if prop.simple_many_to_one:
            return self._get(session, state, passive, strategy, node, step)
        return self._emit(session, state, passive, strategy, node, step)

    def _refuse(self, kind: str) -> None:
        prop = self.prop
        raise InvalidRequestError(
            f"'{prop}' is not available due to lazy='{kind}'; load it in the statement, with selectinload({prop}) "
            f"or joinedload({prop})"
        )

    # -- one object by its key -----------------------------------------------------------------------------------------

    def _value(self, state: Any, column: Any, passive: int) -> Any:
        mapper = state.mapper
        key = mapper.column_to_key.get(column)
        if key is None:
            key = self.mapper.column_to_key[column]
        if passive & LOAD_AGAINST_COMMITTED:
            committed = state.committed_state
            if committed and key in committed:
                old = committed[key]
                if old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
                    return old
                if old is NO_VALUE and state.pk is not None and key not in state.dict:
                    return NO_VALUE
        return mapper.impls[key].get(state, state.dict, passive & ~INIT_OK)

    def _get(self, session: Any, state: Any, passive: int, strategy: str, node: Any, step: Any) -> Any:
        prop = self.prop
        target = prop.mapper
        by_remote = self.__dict__.get("_by_key")
        if by_remote is None:
            found = {prop._base_key(r): local for local, r in prop.local_remote_pairs}
            by_remote = self.__dict__["_by_key"] = [found[id(c)] for c in target.primary_key]
        pk = []
        missing = 0
        for local in by_remote:
            value = self._value(state, local, passive)
            if value is PASSIVE_NO_RESULT:
                return PASSIVE_NO_RESULT
            if value is None or value is NO_VALUE:
                missing += 1
                value = None
            pk.append(value)
        if missing and (missing == len(pk) or not target.allow_partial_pks):
            return None
        criteria = bool(step is not None and step.criteria)
        if not criteria:
            obj = session._lookup(target, tuple(pk), state.identity_token, passive)
            if obj is PASSIVE_NO_RESULT:
                return PASSIVE_NO_RESULT
            if obj is not None:
                if obj is PASSIVE_CLASS_MISMATCH or not isinstance(obj, target.class_):
                    return None
                return obj
        if not passive & SQL_OK:
            return PASSIVE_NO_RESULT
        if strategy in ("raise", "raise_on_sql") and not passive & NO_RAISE:
            self._refuse(strategy)
        if (
            len(pk) == 1
            and strategy != "raise_n_plus_one"
            and step is None
            and node is EMPTY
            and prop.entity.is_mapper
            and state.identity_token is None
            and session._front is None
            and not session.execution_options
            and not session._carried_options
            and session._is_ordinary()
        ):
            found = quick_get(session, target, pk[0], autoflush=False)
            if found is not NOT_QUICK:
                return found
        return self._emit(session, state, passive, strategy, node, step)

    # -- by a statement ------------------------------------------------------------------------------------------------

    def _build(self) -> Any:
        """Return the SELECT with a bound parameter for each local column; made once."""
        prop = self.prop
        join = prop.join_condition
        sources: list[tuple[Any, Any]] = []
        made: dict[int, Any] = {}

        def local(column: Any) -> Any:
            if id(column) not in join.parent_columns and (self.mapper.column_to_key.get(column) is None):
                return column
            found = made.get(id(column))
            if found is None:
                found = made[id(column)] = BindParameter("param", None, type_=column.type, unique=True)
                sources.append((found, column))
            return found

        statement: Any = Select(entity_node(prop.entity))
        condition = join.adapted(join.primaryjoin, local, _same)
        if join.secondaryjoin is not None:
            statement = statement.where(condition, join.adapted(join.secondaryjoin, _same, _same))
            statement = statement.select_from(prop.entity.selectable, prop.secondary)
        else:
            statement = statement.where(condition)
        if prop.order_by:
            statement = statement.order_by(*prop.order_by)
        self._sources = sources
        return statement._replace(_label_style=LABEL_STYLE_NONE)

    def _emit(self, session: Any, state: Any, passive: int, strategy: str, node: Any, step: Any) -> Any:
        prop = self.prop
        if strategy in ("raise", "raise_on_sql") and not passive & NO_RAISE:
            self._refuse(strategy)
        statement = self._statement
        if statement is None:
            statement = self._statement = self._build()
        values: dict[int, Any] = {}
        missing = True
        nulls = []
        for bind, column in self._sources:
            value = self._value(state, column, passive)
            if value is PASSIVE_NO_RESULT:
                return PASSIVE_NO_RESULT
            if value is NO_VALUE:
                value = None
            values[id(bind)] = value
            if value is not None:
                missing = False
            else:
                nulls.append(bind)
        if self._sources and missing:
            return [] if prop.uselist else None
        if session._guard is not None or strategy == "raise_n_plus_one":
            notice_relationship(session, state, prop, strategy)
        if session._front is not None:
            check_relationship(session, state, prop, statement)
        statement = _with_values(statement, values)
        options: dict[str, Any] = {"_lect_load": LoadOrigin(None, "relationship", state, prop)}
        if session._carried_options:
            options.update(session._carried_options)
        if passive & NO_AUTOFLUSH or (prop.direction.value == 2 and prop.simple_many_to_one):
            options["autoflush"] = False
        if state.pk is None:
            options["autoflush"] = False
        if state.origin is not None and state.origin.given is not None:
            options["_lect_given"] = state.origin.given
        if step is not None and step.criteria:
            statement = statement.where(*step.criteria)
        if not node.empty or node.criteria:
            carried = [c.for_loader() for c in node.criteria if c.propagate_to_loaders]
            statement = at_hand(statement.options(TreeOption(prop.entity, node), *carried), state.origin.given)
            options["_lect_lenient_options"] = True
        if state.identity_token is not None:
            options["identity_token"] = state.identity_token
        if session.dispatch.do_orm_execute:
            result = session.execute(statement, execution_options=options)
        else:
            result = run(session, statement, None, options, None)
        found = result.unique().scalars().all()
        if prop.uselist:
            return found
        if len(found) > 1:
            import warnings

            from lect.exc import LectWarning

            warnings.warn(
                f"Multiple rows returned with uselist=False for lazily-loaded attribute '{prop}' ",
                LectWarning,
                stacklevel=5,
            )
        return found[0] if found else None


def _same(column: Any) -> Any:
    return plain(column)


def _with_values(statement: Any, values: dict[int, Any]) -> Any:
    """Return the statement with values for its bound parameters, known by identity."""

    def change(node: Any) -> Any:
        if id(node) in values:
            return node._with_value(values[id(node)], False)
        return node._map_children(change)

    where = tuple([change(w) for w in statement._where])
    return statement._replace(_where=where)


def _lazy(prop: Any, mapper: Any) -> LazyLoader:
    return LazyLoader(prop, mapper)


IMPL_FACTORIES["lazy"] = _lazy
