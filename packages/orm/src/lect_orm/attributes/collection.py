"""The impl of an attribute that holds a collection of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from lect_orm.attributes.collections import (
    INVALIDATED,
    CollectionKind,
    InstrumentedList,
    behaves_like,
    check_kind,
    factory_for,
)
from lect_orm.attributes.history import _UNCHANGED, HISTORY_BLANK, History
from lect_orm.attributes.impl import TRACKERS, AttributeImpl, Event
from lect_orm.attributes.within_savepoints import WATCH, note_loaded
from lect_orm.base import (
    CALLABLES_OK,
    INCLUDE_PENDING_MUTATIONS,
    INIT_OK,
    NO_VALUE,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    STATE_KEY,
    instance_state,
)

__all__ = ["CollectionAdapter", "CollectionImpl", "PendingChanges", "collection_adapter"]


class PendingChanges:
    """Members that the reverse side added to or took from a collection which is not loaded: applied when it is."""

    __slots__ = ("added", "deleted")

    def __init__(self) -> None:
        self.added: dict[int, Any] = {}
        self.deleted: dict[int, Any] = {}

    def append(self, item: Any) -> None:
        """Note a member added."""
        if self.deleted.pop(id(item), None) is None:
            self.added[id(item)] = item

    def remove(self, item: Any) -> None:
        """Note a member taken away."""
        if self.added.pop(id(item), None) is None:
            self.deleted[id(item)] = item

    @property
    def added_items(self) -> list[Any]:
        """Members added, in order."""
        return list(self.added.values())

    @property
    def deleted_items(self) -> list[Any]:
        """Members taken away, in order."""
        return list(self.deleted.values())

    def __reduce__(self) -> Any:
        return (_rebuild_pending, (self.added_items, self.deleted_items))


def _rebuild_pending(added: list[Any], deleted: list[Any]) -> PendingChanges:
    made = PendingChanges()
    made.added = {id(o): o for o in added}
    made.deleted = {id(o): o for o in deleted}
    return made


class CollectionImpl(AttributeImpl):
    """See the module. Whose a collection is stands in the collection: ``_lect_owner`` (a state) and ``_lect_impl``."""

    collection = True
    uselist = True
    uses_objects = True
    default_accepts_scalar_loader = False

    def __init__(self, mapper: Any, key: str, prop: Any = None, *, collection_class: Any = None, **kw: Any) -> None:
        super().__init__(mapper, key, prop, **kw)
        self.collection_class = collection_class
        self.factory: Callable[[], Any]
        self.kind: CollectionKind
        self.factory, self.kind = factory_for(collection_class or list)
        self.members = self.kind.members
        self._initiator: Event | None = None

    #: refuses objects of another class
    dynamic_target_check: Callable[[Any], None] | None = None

    # -- making --------------------------------------------------------------------------------------------------------

    def new_collection(self, state: Any) -> Any:
        """Return an empty collection that belongs to `state`."""
        coll = self.factory()
        self.adopt(state, coll)
        return coll

    def adopt(self, state: Any, coll: Any) -> None:
        """Make `coll` belong to `state`."""
        coll._lect_impl = self
        coll._lect_owner = state
        if self.kind.link is not None:
            self.kind.link(coll, CollectionAdapter(coll))
        if "_dispatch" in self.__dict__ and self.dispatch.init_collection:
            for call in self.dispatch.init_collection:
                call(state, coll, CollectionAdapter(coll))

    def release(self, state: Any, coll: Any) -> None:
        """Make `coll` belong to nobody."""
        if getattr(coll, "_lect_impl", None) is self:
            if "_dispatch" in self.__dict__ and self.dispatch.dispose_collection:
                for call in self.dispatch.dispose_collection:
                    call(state, coll, CollectionAdapter(coll))
            coll._lect_impl = INVALIDATED
            if self.kind.link is not None:
                self.kind.link(coll, None)

    def default_value(self, state: Any, dict_: dict[str, Any]) -> Any:
        """Return the one empty collection of an object that has none; it is stored when it is first changed."""
        key = self.key
        empties = state.empty_collections
        if empties is None:
            empties = state.empty_collections = {}
        coll = empties.get(key)
        if coll is None:
            coll = empties[key] = self.new_collection(state)
        return coll

    def initialize(self, state: Any, dict_: dict[str, Any]) -> Any:
        """Store an empty collection."""
        coll = dict_[self.key] = self.new_collection(state)
        return coll

    def _store_if_empty_default(self, state: Any) -> None:
        empties = state.empty_collections
        if empties is not None and self.key in empties:
            state.dict[self.key] = empties.pop(self.key)

    # -- what collections tell -----------------------------------------------------------------------------------------

    @contextmanager
    def initiated(self, initiator: Event) -> Iterator[None]:
        """For the time of the block, members announced by a collection come from `initiator`."""
        before, self._initiator = self._initiator, initiator
        try:
            yield
        finally:
            self._initiator = before

    def about_to_change(self, state: Any, coll: Any) -> None:
        """Keep the members as they are unless an older copy is kept."""
        committed = state.committed_state
        if committed is None or self.key not in committed:
            self._store_if_empty_default(state)
            self.remember(state, state.dict, NO_VALUE if self.key not in state.dict else self.members(coll))

    def _changing(self, state: Any) -> None:
        committed = state.committed_state
        key = self.key
        if committed is None or key not in committed:
            self._store_if_empty_default(state)
            current = state.dict.get(key, NO_VALUE)
            self.remember(state, state.dict, current if current is NO_VALUE else self.members(current))
        elif not state.modified:
            self.remember(state, state.dict, NO_VALUE)

    def fire_append(self, state: Any, value: Any, initiator: Event | None = None, key: Any = NO_VALUE) -> Any:
        """A member is about to be added; return what to add."""
        token = initiator or self._initiator or self.append_token
        if self.dynamic_target_check is not None and value is not None:
            self.dynamic_target_check(value)
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.append:
                value = call(state, value, token, key)
        self._changing(state)
        if self.trackparent and value is not None:
            self.sethasparent(instance_state(value), state, True)
        if self.tracked and TRACKERS:
            TRACKERS[0][0](self.prop, state, value, token)
        for mirror in self.mirrors:
            mirror.appended(state, value, token)
        return value

    def fire_remove(self, state: Any, value: Any, initiator: Event | None = None, key: Any = NO_VALUE) -> None:
        """A member is removed."""
        token = initiator or self._initiator or self.remove_token
        if self.trackparent and value is not None:
            self.sethasparent(instance_state(value), state, False)
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.remove:
                call(state, value, token, key)
        self._changing(state)
        if self.tracked and TRACKERS:
            TRACKERS[0][1](self.prop, state, value, token)
        for mirror in self.mirrors:
            mirror.removed(state, value, token)

    # -- changing as a whole -------------------------------------------------------------------------------------------

    def set(
        self,
        state: Any,
        dict_: dict[str, Any],
        value: Any,
        initiator: Event | None = None,
        passive: int = PASSIVE_OFF,
        check_old: Any = None,
        pop: bool = False,
        adapt: bool = True,
    ) -> None:
        """Replace the collection; members that stay are not announced."""
        if value.__class__ is list and adapt and self._may_fill_at_once(state, dict_):
            self._fill_at_once(state, dict_, value)
            return
        new, items = self._adapt(value) if adapt else (value, None)
        old = self.get(state, dict_, PASSIVE_OFF & ~INIT_OK if not state.has_identity else PASSIVE_OFF)
        if old is PASSIVE_NO_RESULT or old is NO_VALUE:
            old = self.default_value(state, dict_)
        if old is value:
            return
        before = self.members(old)
        if items is None:
            items = self.kind.members(new)
            fill = False
        else:
            fill = True
        if "_dispatch" in self.__dict__ and self.dispatch.bulk_replace:
            items = list(items)
            for call in self.dispatch.bulk_replace:
                call(state, items, self.bulk_replace_token, NO_VALUE)
            fill = True
            new = self.factory()
        self._store_if_empty_default(state)
        self.remember(state, dict_, NO_VALUE if self.key not in dict_ else before)
        self._replace(state, dict_, old, before, new, items, fill)

    def _may_fill_at_once(self, state: Any, dict_: dict[str, Any]) -> bool:
        """Whether this is a list without listeners, of a new object that belongs nowhere and had no members yet."""
        if (
            state.session_ref is not None
            or state.pk is not None
            or self.key in dict_
            or self.kind.cls is not InstrumentedList
            or "_dispatch" in self.__dict__
            or self.dynamic_target_check is not None
            or self._initiator is not None
            or not self.records
            or state.pending_changes
            or state.callables
        ):
            return False
        committed = state.committed_state
        empties = state.empty_collections
        return (committed is None or self.key not in committed) and (empties is None or self.key not in empties)

    def _fill_at_once(self, state: Any, dict_: dict[str, Any], items: list[Any]) -> None:
        """Store the first members of a new object. Members that are new too, and belong nowhere, only get to know
        their parent; nobody else is concerned. The others are added one by one in the ordinary way.
        """
        self.remember(state, dict_, NO_VALUE)
        coll: Any = self.new_collection(state)
        dict_[self.key] = coll
        add, store = self.kind.add, partial(list.append, coll)
        token, parent_token = self.bulk_replace_token, id(self.parent_token)
        parent = state.obj()
        mirror = self.mirrors[0] if len(self.mirrors) == 1 else None
        mapper = reverse = None
        for item in list(items):
            child = item.__dict__.get(STATE_KEY) if hasattr(item, "__dict__") else None
            if child is None or mirror is None or child.session_ref is not None or child.pk is not None:
                add(coll, item, token)
                continue
            if child.mapper is not mapper:
                mapper = child.mapper
                reverse = mapper.impls[mirror.key] if mapper in mirror.checked else None
                if reverse is not None and not reverse.mirrors_only(self):
                    reverse = None
            values = item.__dict__
            if reverse is None or reverse.key in values or child.load_options:
                add(coll, item, token)
                continue
            if self.trackparent:
                parents = child.parents
                if parents is None:
                    child.parents = {parent_token: state}
                else:
                    parents[parent_token] = state
            reverse.remember(child, values, NO_VALUE)
            values[reverse.key] = parent
            store(item)

    def _replace(
        self, state: Any, dict_: dict[str, Any], old: Any, before: list[Any], new: Any, items: Iterable[Any], fill: bool
    ) -> None:
        token = self.bulk_replace_token
        items = list(items)
        dict_[self.key] = new
        kept = {id(o) for o in before}
        wanted = {id(o) for o in items}
        if not fill and getattr(new, "_lect_impl", None) is self and new._lect_owner is not state:
            # The collection of another object of the class is taken over as it is; give this object one of its own.
            new = dict_[self.key] = self.factory()
            fill = True
        if fill:
            self.adopt(state, new)
            for item in items:
                if id(item) in kept:
                    self.kind.add(new, item, False)
                else:
                    self.kind.add(new, item, token)
        else:
            for item in items:
                if id(item) not in kept:
                    self.fire_append(state, item, token)
            self.adopt(state, new)
        if old is not new:
            for item in before:
                if id(item) not in wanted:
                    self.fire_remove(state, item, token)
            self.release(state, old)

    def _adapt(self, value: Any) -> tuple[Any, list[Any] | None]:
        """Return ``(collection, items to fill it with or None when it is filled)`` for an assigned value."""
        kind = self.kind
        like = kind.like
        if isinstance(value, kind.cls) and type(value) is kind.cls:
            return value, None
        given = None if value is None else behaves_like(type(value))
        if given is not like or value is None:
            if like is None and hasattr(value, "__iter__") and value is not None:
                return self.factory(), list(value)
            wanted = getattr(like, "__name__", None) or kind.cls.__name__
            name = "None" if value is None else type(value).__name__
            raise TypeError(f"Incompatible collection type: {name} is not {wanted}-like, as {self} needs it")
        if like is dict:
            return self.factory(), list(value.values())
        if hasattr(value, "_lect_impl"):
            return self.factory(), kind_members(value)
        return self.factory(), list(value)

    def delete(self, state: Any, dict_: dict[str, Any]) -> None:
        """Remove all members and the collection."""
        if self.key not in dict_:
            return
        self._changing(state)
        coll = self.get(state, dict_)
        for item in self.members(coll):
            self.kind.remove(coll, item)
        self.release(state, coll)
        del dict_[self.key]

    # -- single members ------------------------------------------------------------------------------------------------

    def _collection(self, state: Any, dict_: dict[str, Any], passive: int) -> Any:
        coll = self.get(state, dict_, passive)
        if coll is NO_VALUE:
            return PASSIVE_NO_RESULT
        return coll

    def _pending(self, state: Any) -> PendingChanges:
        pending = state.pending_changes
        if pending is None:
            pending = state.pending_changes = {}
        found = pending.get(self.key)
        if found is None:
            found = pending[self.key] = PendingChanges()
        changes: PendingChanges = found
        return changes

    def _fire_unloaded(self, state: Any, dict_: dict[str, Any]) -> None:
        if self.records and not state.modified:
            obj = state.obj()
            if obj is not None:
                state.mark_modified(obj)

    def append(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None, passive: int = PASSIVE_OFF
    ) -> None:
        coll = self._collection(state, dict_, passive)
        if coll is PASSIVE_NO_RESULT:
            value = self._fire_pending_append(state, value, initiator or self.append_token)
            self._pending(state).append(value)
        else:
            self.kind.add(coll, value, initiator)

    def _fire_pending_append(self, state: Any, value: Any, token: Event) -> Any:
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.append:
                value = call(state, value, token, NO_VALUE)
        self._fire_unloaded(state, state.dict)
        if self.trackparent and value is not None:
            self.sethasparent(instance_state(value), state, True)
        if self.tracked and TRACKERS:
            TRACKERS[0][0](self.prop, state, value, token)
        for mirror in self.mirrors:
            mirror.appended(state, value, token)
        return value

    def remove(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None, passive: int = PASSIVE_OFF
    ) -> None:
        coll = self._collection(state, dict_, passive)
        if coll is PASSIVE_NO_RESULT:
            self._fire_pending_remove(state, value, initiator or self.remove_token)
            self._pending(state).remove(value)
        else:
            self.kind.remove(coll, value, initiator)

    def _fire_pending_remove(self, state: Any, value: Any, token: Event) -> None:
        if self.trackparent and value is not None:
            self.sethasparent(instance_state(value), state, False)
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.remove:
                call(state, value, token, NO_VALUE)
        self._fire_unloaded(state, state.dict)
        if self.tracked and TRACKERS:
            TRACKERS[0][1](self.prop, state, value, token)
        for mirror in self.mirrors:
            mirror.removed(state, value, token)

    def pop(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None, passive: int = PASSIVE_OFF
    ) -> None:
        try:
            self.remove(state, dict_, value, initiator, passive)
        except (ValueError, KeyError, IndexError):
            return

    # -- loaded values -------------------------------------------------------------------------------------------------

    def set_committed_value(self, state: Any, dict_: dict[str, Any], value: Any) -> Any:
        """Store loaded members, with what the reverse side did meanwhile; return the collection."""
        coll = self.factory()
        self.fill(coll, value)
        self.adopt(state, coll)
        committed = state.committed_state
        if committed:
            committed.pop(self.key, None)
        old = dict_.get(self.key)
        dict_[self.key] = coll
        if WATCH.on:
            note_loaded(state, self.key)
        if old is not None:
            self.release(state, old)
        pending = state.pending_changes
        if pending is not None and self.key in pending:
            self.apply_pending(state, dict_, coll, pending.pop(self.key))
        return coll

    def fill(self, coll: Any, items: Iterable[Any]) -> None:
        """Add members silently to a collection that belongs to nobody yet."""
        if type(coll) is InstrumentedList:
            list.extend(coll, items)
            return
        add = self.kind.add
        for item in items:
            add(coll, item, False)

    def apply_pending(self, state: Any, dict_: dict[str, Any], coll: Any, pending: PendingChanges) -> None:
        """Bring a loaded collection up to what was done to it before it was loaded."""
        present = {id(o) for o in self.members(coll)}
        added = [o for o in pending.added.values() if id(o) not in present]
        deleted = [o for o in pending.deleted.values() if id(o) in present]
        if not added and not deleted:
            return
        self.remember(state, dict_, self.members(coll))
        for item in added:
            self.kind.add(coll, item, False)
        for item in deleted:
            self.kind.remove(coll, item, False)

    # -- history -------------------------------------------------------------------------------------------------------

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        if self.key in dict_:
            return History.from_collection(self, state, dict_[self.key])
        current = self.get(state, dict_, passive & ~INIT_OK)
        if current is PASSIVE_NO_RESULT or current is NO_VALUE:
            pending = state.pending_changes
            if passive & INCLUDE_PENDING_MUTATIONS and pending is not None and self.key in pending:
                changes = pending[self.key]
                return History(changes.added_items, (), changes.deleted_items)
            committed = state.committed_state
            if committed is not None and self.key in committed and committed[self.key] is not NO_VALUE:
                return History((), (), list(committed[self.key]))
            return HISTORY_BLANK
        return History.from_collection(self, state, current)

    def get_all_pending(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> list[tuple[Any, Any]]:
        key = self.key
        if key not in dict_:
            pending = state.pending_changes
            if passive & CALLABLES_OK:
                coll = self.get(state, dict_, passive & ~INIT_OK)
                if coll is not PASSIVE_NO_RESULT and coll is not NO_VALUE:
                    return [(instance_state(o), o) for o in self.members(coll) if o is not None]
            if pending is not None and key in pending:
                return [(instance_state(o), o) for o in pending[key].added_items]
            return []
        current = [o for o in self.members(dict_[key]) if o is not None]
        found = [(instance_state(o), o) for o in current]
        committed = state.committed_state
        original = _UNCHANGED if committed is None else committed.get(key, _UNCHANGED)
        if original is not _UNCHANGED and original is not NO_VALUE and original is not None:
            now = {id(o) for o in current}
            found.extend([(instance_state(o), o) for o in original if o is not None and id(o) not in now])
        return found


def kind_members(coll: Any) -> list[Any]:
    """Return the members of a collection that belongs to some attribute."""
    impl = coll._lect_impl
    if impl is not None and impl is not INVALIDATED:
        found: list[Any] = impl.members(coll)
        return found
    return list(coll.values()) if isinstance(coll, dict) else list(coll)


class CollectionAdapter:
    """A collection seen from outside: who owns it, and how to change it with or without telling."""

    __slots__ = ("data",)

    def __init__(self, data: Any) -> None:
        self.data = data

    @property
    def attr(self) -> Any:
        """The impl of the attribute, or None."""
        return self.data._lect_impl

    _attr = attr

    @property
    def owner_state(self) -> Any:
        """The state of the object that has the collection."""
        return self.data._lect_owner

    @property
    def _data(self) -> Callable[[], Any]:
        return lambda: self.data

    @property
    def invalidated(self) -> bool:
        """Whether the collection was replaced by another."""
        return self.data._lect_impl is INVALIDATED

    def _kind(self) -> CollectionKind:
        return check_kind(self.data)

    def append_with_event(self, item: Any, initiator: Event | None = None) -> None:
        """Add a member."""
        self._kind().add(self.data, item, initiator)

    def append_without_event(self, item: Any) -> None:
        """Add a member silently."""
        self._kind().add(self.data, item, False)

    def append_multiple_without_event(self, items: Iterable[Any]) -> None:
        """Add members silently."""
        for item in items:
            self._kind().add(self.data, item, False)

    def remove_with_event(self, item: Any, initiator: Event | None = None) -> None:
        """Take a member out."""
        self._kind().remove(self.data, item, initiator)

    def remove_without_event(self, item: Any) -> None:
        """Take a member out silently."""
        self._kind().remove(self.data, item, False)

    def clear_with_event(self, initiator: Event | None = None) -> None:
        """Take all members out."""
        for item in list(self):
            self.remove_with_event(item, initiator)

    def clear_without_event(self) -> None:
        """Take all members out silently."""
        for item in list(self):
            self.remove_without_event(item)

    def fire_append_event(self, item: Any, initiator: Event | None = None, key: Any = NO_VALUE) -> Any:
        """Announce a member that was added by other means."""
        impl = self.data._lect_impl
        return item if impl is None else impl.fire_append(self.data._lect_owner, item, initiator, key)

    def fire_remove_event(self, item: Any, initiator: Event | None = None, key: Any = NO_VALUE) -> None:
        """Announce a member that was taken out by other means."""
        impl = self.data._lect_impl
        if impl is not None:
            impl.fire_remove(self.data._lect_owner, item, initiator, key)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kind().members(self.data))

    def __len__(self) -> int:
        return len(self._kind().members(self.data))

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: Any) -> bool:
        return any(o is item for o in self)


def collection_adapter(coll: Any) -> CollectionAdapter | None:
    """Return the adapter of a collection that belongs to an object, None for any other."""
    if getattr(coll, "_lect_impl", None) is None:
        return None
    return CollectionAdapter(coll)


def bulk_replace(
    values: Iterable[Any],
    existing_adapter: CollectionAdapter | None,
    new_adapter: CollectionAdapter,
    initiator: Event | None = None,
) -> None:
    """Fill a new collection with members: those that were in the existing one too join silently, the others are
    announced, and so are those that are in the existing one only, as taken out.
    """
    before = [] if existing_adapter is None else list(existing_adapter)
    held = {id(item) for item in before}
    wanted = set()
    for item in values:
        wanted.add(id(item))
        if id(item) in held:
            new_adapter.append_without_event(item)
        else:
            new_adapter.append_with_event(item, initiator)
    for item in before:
        if id(item) not in wanted and existing_adapter is not None:
            existing_adapter.fire_remove_event(item, initiator)


def prepare_instrumentation(factory: Any) -> Callable[[], Any]:
    """Return what makes collections for a ``collection_class``, a class or a function; its class is instrumented.

    Raises:
        ArgumentError: its collections can be neither filled nor emptied nor read.
    """
    return factory_for(factory)[0]
