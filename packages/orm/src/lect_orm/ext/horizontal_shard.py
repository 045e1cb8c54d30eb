"""Horizontal sharding: rows of one table in several databases, chosen per object and per statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lect import event
from lect.exc import InvalidRequestError
from lect_orm.base import instance_state
from lect_orm.loading.orm_option import UserDefinedOption
from lect_orm.query.query import Query
from lect_orm.session.orm_execute import ORMExecuteState
from lect_orm.session.session import Session

__all__ = ["ShardedQuery", "ShardedSession", "set_shard_id"]

#: Execution option that names the shard.
_OPTION = "_lect_shard_id"


class ShardedQuery(Query[Any]):
    """A Query whose shard can be set."""

    def set_shard(self, shard_id: Any) -> Any:
        """Return this query for one shard only."""
        return self.execution_options(**{_OPTION: shard_id})


class ShardedSession(Session):
    """A session over several databases of the same tables.

    Args:
        shard_chooser: ``(mapper, object, statement) -> shard id``: where a new object, or a statement about one, goes.
        identity_chooser: ``(mapper, primary key, *, lazy_loaded_from, execution_options, bind_arguments) -> shard
        ids`` to be
            searched for a primary key.
        execute_chooser: ``(ORMExecuteState) -> shard ids`` that a statement is executed on; their rows come together.
        shards: shard id -> engine.
        kwargs: other arguments of :class:`Session`.
    """

    def __init__(
        self,
        shard_chooser: Callable[..., Any],
        identity_chooser: Callable[..., Iterable[Any]] | None = None,
        execute_chooser: Callable[[ORMExecuteState], Iterable[Any]] | None = None,
        shards: dict[Any, Any] | None = None,
        query_cls: type[Any] = ShardedQuery,
        **kwargs: Any,
    ) -> None:
        super().__init__(query_cls=query_cls, **kwargs)
        if identity_chooser is None:
            raise InvalidRequestError("identity_chooser is required")
        if execute_chooser is None:
            raise InvalidRequestError("execute_chooser is required: a function that returns the shards of a statement")
        self.shard_chooser = shard_chooser
        self.identity_chooser = identity_chooser
        self.execute_chooser = execute_chooser
        self._shards: dict[Any, Any] = {}
        for shard_id, bind in (shards or {}).items():
            self.bind_shard(shard_id, bind)
        self.connection_callable = self._connection_of_object
        event.listen(self, "do_orm_execute", _execute_on_shards)

    def bind_shard(self, shard_id: Any, bind: Any) -> None:
        """Say which engine a shard is."""
        self._shards[shard_id] = bind

    def _choose(self, mapper: Any, instance: Any, **kw: Any) -> Any:
        """Return the shard of an object, remembering it as the object's identity token."""
        if instance is not None:
            state = instance_state(instance)
            token = state.identity_token
            if token is None and state.key is not None:
                token = state.key[2]
            if token is not None:
                return token
        shard_id = self.shard_chooser(mapper, instance, **kw)
        if instance is not None:
            state.identity_token = shard_id
        return shard_id

    def _connection_of_object(self, mapper: Any = None, instance: Any = None, shard_id: Any = None, **kw: Any) -> Any:
        """Return the connection that an object is written on."""
        if shard_id is None:
            shard_id = self._choose(mapper, instance)
        transaction = self._transaction
        if transaction is None:
            transaction = self._autobegin()
        return transaction._connection_for(self._shards[shard_id])

    def get_bind(
        self,
        mapper: Any = None,
        *,
        shard_id: Any = None,
        instance: Any = None,
        clause: Any = None,
        bind: Any = None,
        **kw: Any,
    ) -> Any:
        """Return the engine of a shard: the one named, or the one of the object."""
        if bind is not None:
            return bind
        if shard_id is None:
            shard_id = self._choose(mapper, instance=instance, clause=clause)
        return self._shards[shard_id]

    def _bind_arguments_of_token(self, token: Any, given: dict[str, Any] | None) -> dict[str, Any] | None:
        return {"shard_id": token, **(given or {})}

    def _get(self, entity: Any, ident: Any, **how: Any) -> Any:
        from lect.inspection import inspect
        from lect_orm.session.access import key_tuple

        mapper = inspect(entity).mapper
        if how.get("identity_token") is not None:
            return self._get_from(entity, ident, how["identity_token"], how)
        pk = key_tuple(mapper, ident)
        bind_arguments = dict(how.get("bind_arguments") or {})
        given = how["execution_options"].get(_OPTION) or bind_arguments.get("shard_id")
        shard_ids: Iterable[Any]
        if given is not None:
            shard_ids = [given]
        else:
            shard_ids = list(
                self.identity_chooser(
                    mapper,
                    list(pk),
                    lazy_loaded_from=how["execution_options"].get("_lect_lazy_loaded_from"),
                    execution_options=how["execution_options"],
                    bind_arguments=bind_arguments,
                )
            )
        for shard_id in shard_ids:
            found = self._get_from(entity, ident, shard_id, how)
            if found is not None:
                return found
        return None

    def _get_from(self, entity: Any, ident: Any, shard_id: Any, how: dict[str, Any]) -> Any:
        how = dict(how)
        how["identity_token"] = shard_id
        how["execution_options"] = {**how["execution_options"], _OPTION: shard_id}
        how["bind_arguments"] = {**(how.get("bind_arguments") or {}), "shard_id": shard_id}
        return super()._get(entity, ident, **how)


class set_shard_id(UserDefinedOption):
    """Statement option: execute on one shard.

    Args:
        shard_id: the shard.
        propagate_to_loaders: also for the loads that attributes of the objects make later.
    """

    def __init__(self, shard_id: Any, propagate_to_loaders: bool = True) -> None:
        super().__init__(shard_id)
        self.shard_id = shard_id
        self.propagate_to_loaders = propagate_to_loaders


def _shard_ids(state: ORMExecuteState) -> Iterator[Any]:
    session = state.session
    assert isinstance(session, ShardedSession)
    for option in getattr(state.statement, "_with_options", ()):
        if isinstance(option, set_shard_id):
            yield option.shard_id
            return
    chosen = state.execution_options.get(_OPTION) or state.bind_arguments.get("shard_id")
    if chosen is not None:
        yield chosen
        return
    loaded_from = state.lazy_loaded_from
    token = None
    if loaded_from is not None and (state.is_column_load or state.is_relationship_load):
        token = loaded_from.identity_token or (loaded_from.key[2] if loaded_from.key else None)
    if token is not None and state.is_column_load:
        yield token
        return
    yield from session.execute_chooser(state)


def _execute_on_shards(state: ORMExecuteState) -> Any:
    session = state.session
    if not isinstance(session, ShardedSession):
        return None
    if not state.is_orm_statement and not state.bind_arguments.get("mapper"):
        return None

    def on(shard_id: Any) -> Any:
        return state.invoke_statement(
            bind_arguments={**state.bind_arguments, "shard_id": shard_id},
            execution_options={"identity_token": shard_id, _OPTION: shard_id},
        )

    results = [on(shard_id) for shard_id in _shard_ids(state)]
    if not results:
        raise InvalidRequestError("the execute_chooser named no shard for the statement")
    if len(results) == 1:
        return results[0]
    if getattr(results[0], "returns_rows", True):
        return results[0].merge(*results[1:])
    return _Together(results[0], sum([result.rowcount for result in results]))


class _Together:
    """The results of an UPDATE or DELETE on several shards: how many rows there were, and no rows."""

    returns_rows = False

    def __init__(self, first: Any, rowcount: int) -> None:
        self._first = first
        self.rowcount = rowcount

    def __getattr__(self, name: str) -> Any:
        return getattr(self._first, name)
