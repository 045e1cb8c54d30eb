"""Relationships that are never loaded as a whole: read by statements, written by adding and removing members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from lect.exc import InvalidRequestError
from lect.sql._insert import Insert
from lect.sql._select import Select
from lect.sql._update import Delete, Update
from lect_orm.attributes.collection import PendingChanges
from lect_orm.attributes.history import History
from lect_orm.attributes.impl import TRACKERS, AttributeImpl, Event
from lect_orm.base import INIT_OK, NO_VALUE, PASSIVE_OFF, SQL_OK, instance_state, state_str
from lect_orm.exc import DetachedInstanceError
from lect_orm.query.entities import entity_node
from lect_orm.query.parent import parent_criterion
from lect_orm.relationships.relationship import IMPL_FACTORIES

__all__ = ["DynamicImpl", "WriteOnlyCollection"]

_T = TypeVar("_T")


class DynamicImpl(AttributeImpl):
    """An attribute whose value is something to query."""

    uses_objects = True
    uselist = True
    collection = False
    dynamic = True
    default_accepts_scalar_loader = False

    def __init__(self, prop: Any, mapper: Any, make: Any, **options: Any) -> None:
        super().__init__(mapper, prop.key, prop, **options)
        self.make = make

    def get(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> Any:
        if not passive & SQL_OK:
            return self._changes(state).added_items
        return self.make(self, state)

    def _changes(self, state: Any) -> PendingChanges:
        pending = state.pending_changes
        if pending is None:
            pending = state.pending_changes = {}
        found = pending.get(self.key)
        if found is None:
            found = pending[self.key] = PendingChanges()
        changes: PendingChanges = found
        return changes

    def _note(self, state: Any) -> None:
        committed = state.committed_state
        if committed is None:
            committed = state.committed_state = {}
        committed.setdefault(self.key, NO_VALUE)
        if not state.modified:
            obj = state.obj()
            if obj is not None:
                state.mark_modified(obj)

    def append(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None = None, passive: int = PASSIVE_OFF
    ) -> None:
        token = initiator or self.append_token
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.append:
                value = call(state, value, token)
        self._changes(state).append(value)
        self._note(state)
        if self.trackparent and value is not None:
            self.sethasparent(instance_state(value), state, True)
        if self.tracked and TRACKERS:
            TRACKERS[0][0](self.prop, state, value, token)
        for mirror in self.mirrors:
            mirror.appended(state, value, token)

    def remove(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None = None, passive: int = PASSIVE_OFF
    ) -> None:
        token = initiator or self.remove_token
        self._changes(state).remove(value)
        self._note(state)
        if self.trackparent and value is not None:
            self.sethasparent(instance_state(value), state, False)
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.remove:
                call(state, value, token)
        if self.tracked and TRACKERS:
            TRACKERS[0][1](self.prop, state, value, token)
        for mirror in self.mirrors:
            mirror.removed(state, value, token)

    pop = remove

    def set(
        self,
        state: Any,
        dict_: dict[str, Any],
        value: Any,
        initiator: Event | None = None,
        passive: int = PASSIVE_OFF,
        check_old: Any = None,
        pop: bool = False,
    ) -> None:
        if initiator is not None and initiator.parent_token is self.parent_token:
            return
        items = list(value)
        if state.has_identity:
            if self.prop.strategy == "write_only":
                raise InvalidRequestError(
                    f'Collection "{self}" does not support implicit iteration; collection replacement operations '
                    "can't be used"
                )
            old = self._everything(state)
        else:
            old = self._changes(state).added_items
        wanted = {id(o) for o in items}
        held = {id(o) for o in old}
        for item in items:
            if id(item) not in held:
                self.append(state, dict_, item)
        for item in old:
            if id(item) not in wanted:
                self.remove(state, dict_, item)

    def delete(self, state: Any, dict_: dict[str, Any]) -> None:
        raise NotImplementedError(f"{self}: such a collection cannot be deleted as a whole")

    def _everything(self, state: Any) -> list[Any]:
        session = state.session
        if session is None or not state.has_identity:
            return self._changes(state).added_items
        statement = related_select(self, state)
        found = list(session.scalars(statement, execution_options={"autoflush": False}).unique().all())
        changes = self._changes(state)
        gone = set(changes.deleted)
        return [*[o for o in found if id(o) not in gone], *[o for o in changes.added_items if o not in found]]

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        changes = self._changes(state)
        unchanged: list[Any] = []
        if passive & SQL_OK and passive & INIT_OK and state.has_identity and self.prop.strategy != "write_only":
            added = set(changes.added)
            unchanged = [o for o in self._everything(state) if id(o) not in added]
        return History(changes.added_items, unchanged, changes.deleted_items)

    def get_all_pending(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> list[tuple[Any, Any]]:
        changes = self._changes(state)
        items = [*changes.added_items, *changes.deleted_items]
        if passive & SQL_OK and state.has_identity and self.prop.strategy != "write_only":
            items = [*self._everything(state), *changes.deleted_items]
        return [(instance_state(o), o) for o in items]

    def set_committed_value(self, state: Any, dict_: dict[str, Any], value: Any) -> Any:
        raise NotImplementedError(f"{self} holds a query, no values")

    def release(self, state: Any, coll: Any) -> None:
        """Nothing is held."""


def related_select(impl: DynamicImpl, state: Any) -> Any:
    """Return the SELECT of an object's related objects."""
    prop = impl.prop
    statement: Any = Select(entity_node(prop.entity)).where(parent_criterion(prop, state.obj(), prop.entity))
    if prop.secondary is not None:
        statement = statement.select_from(prop.entity.selectable, prop.secondary)
    if prop.order_by:
        statement = statement.order_by(*prop.order_by)
    return statement


class WriteOnlyCollection(Generic[_T]):
    """What a ``WriteOnlyMapped`` attribute is: members are added and removed, and read by statements."""

    def __init__(self, impl: DynamicImpl, state: Any) -> None:
        self.attr = impl
        self._state = state
        self.instance = state.obj()

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(
            "WriteOnly collections don't support iteration in-place; to query for collection items, use the "
            "select() method to "
            "produce a SQL statement and execute it with session.scalars()."
        )

    def add(self, item: _T) -> None:
        """Add a member."""
        self.attr.append(self._state, self._state.dict, item)

    def add_all(self, iterator: Iterable[_T]) -> None:
        """Add members."""
        for item in iterator:
            self.add(item)

    def remove(self, item: _T) -> None:
        """Take a member out."""
        self.attr.remove(self._state, self._state.dict, item)

    def select(self) -> Select[tuple[_T]]:
        """Return the SELECT of the members."""
        found: Select[tuple[_T]] = related_select(self.attr, self._state)
        return found

    def insert(self) -> Any:
        """Return an INSERT of members, with the foreign key filled in.

        Raises:
            InvalidRequestError: for many-to-many: rows of the table between would be missing.
        """
        prop = self.attr.prop
        if prop.secondary is not None:
            raise InvalidRequestError(
                "Write only INSERT only supported for one-to-many relationships; use add() or add_all()"
            )
        values = {}
        for local, remote in prop.synchronize_pairs:
            key = self._state.mapper.column_to_key[local]
            values[prop.mapper.column_to_key[remote]] = getattr(self.instance, key)
        return Insert(prop.mapper.class_).values(**values)

    def update(self) -> Any:
        """Return an UPDATE of the members."""
        return Update(self.attr.prop.mapper.class_).where(*self._criteria())

    def delete(self) -> Any:
        """Return a DELETE of the members."""
        return Delete(self.attr.prop.mapper.class_).where(*self._criteria())

    def _criteria(self) -> list[Any]:
        prop = self.attr.prop
        if prop.secondary is not None:
            keys = [getattr(prop.mapper.class_, k) for k in prop.mapper.pk_keys]
            if len(keys) == 1:
                inner: Any = (
                    Select(*prop.mapper.primary_key)
                    .where(parent_criterion(prop, self.instance, prop.entity))
                    .select_from(prop.entity.selectable, prop.secondary)
                )
                return [keys[0].in_(inner)]
        return [parent_criterion(prop, self.instance, prop.entity)]


def _write_only(prop: Any, mapper: Any, options: dict[str, Any]) -> DynamicImpl:
    if not prop.uselist:
        raise InvalidRequestError(
            f"On relationship {prop}, 'dynamic' loaders cannot be used with many-to-one/one-to-one relationships "
            "and/or uselist=False."
        )
    return DynamicImpl(prop, mapper, WriteOnlyCollection, **options)


#: makes the query of a dynamic relationship: ``(impl, state)``; entered by the module of Query
APPENDER: list[Any] = []


def _dynamic(prop: Any, mapper: Any, options: dict[str, Any]) -> DynamicImpl:
    if not prop.uselist:
        raise InvalidRequestError(
            f"On relationship {prop}, 'dynamic' loaders cannot be used with many-to-one/one-to-one relationships "
            "and/or uselist=False."
        )
    return DynamicImpl(prop, mapper, lambda impl, state: APPENDER[0](impl, state), **options)


def require_session(state: Any, key: str) -> Any:
    """Return the session of an object whose dynamic relationship is read.

    Raises:
        DetachedInstanceError: it has none.
    """
    session = state.session
    if session is None:
        raise DetachedInstanceError(
            f"Parent instance {state_str(state)} is not bound to a Session, and no contextual session is "
            "established; lazy load "
            f"operation of attribute '{key}' cannot proceed"
        )
    return session


IMPL_FACTORIES["write_only"] = _write_only
IMPL_FACTORIES["dynamic"] = _dynamic
