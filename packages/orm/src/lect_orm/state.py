"""The life of one mapped object: identity, owner, changed attributes, and what must be read again.

An :class:`InstanceState` *is* the weak reference to its object and lives in the object's ``__dict__``. Old values are
kept from the first change on, not before, so that an object which is only read costs one extra Python object.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from lect_orm.base import INIT_OK, NO_VALUE, PASSIVE_NO_INITIALIZE, PASSIVE_OFF, STATE_FACTORY, STATE_KEY
from lect_orm.exc import UnmappedInstanceError
from lect_orm.identity import IdentityKey, forget, public_key, token_of

if TYPE_CHECKING:
    from lect_orm.attributes.history import History

__all__ = ["AttributeState", "InstanceState", "StateKeys", "keys_of", "new_state"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any

Dict = dict  # InstanceState has a property of the name

#: What a slot that was never set answers. Read through ``__getattr__``, which runs for unset slots only.
_UNSET: dict[str, Any] = {
    "strong": None,
    "is_deleted": False,
    "insert_order": None,
    "expired": False,
    "pending_changes": None,
    "parents": None,
    "empty_collections": None,
    "callables": None,
    "load_options": (),
    "last_known": None,
    "origin": None,
    "orphaned": False,
    "load_pending": False,
}


class InstanceState(weakref.ref[Any]):
    """State of one mapped object; calling it gives the object, or None when it is gone.

    Attributes:
        mapper: mapper of the object's exact class.
        pk: None without identity; else the key in the identity map's bucket (bare value for one column, else a tuple).
        session_ref: the owning session's weak reference, or None.
        committed_state: None when nothing changed; else attribute key -> value before the first change.
        modified: whether something changed since the last flush.
        expired_attributes: None, or the column-like keys to be read from the row when next asked for. Possibly
        shared: rebind it.
        origin: how the object was loaded (options, path), or None.
        insert_order: position among the objects added to the session.
        is_deleted: whether the row was deleted in the current transaction.
    """

    __slots__ = (
        "callables",
        "committed_state",
        "empty_collections",
        "expired",
        "expired_attributes",
        "identity_token",
        "info_",
        "insert_order",
        "is_deleted",
        "last_known",
        "load_options",
        "load_pending",
        "mapper",
        "modified",
        "origin",
        "orphaned",
        "parents",
        "pending_changes",
        "pk",
        "session_ref",
        "strong",
    )

    mapper: Any
    pk: Any
    session_ref: weakref.ref[Session] | None
    committed_state: Dict[str, Any] | None
    modified: bool
    expired_attributes: set[str] | frozenset[str] | None
    origin: Any
    expired: bool
    is_deleted: bool
    insert_order: int | None
    pending_changes: Dict[str, Any] | None
    parents: Dict[Any, Any] | None
    empty_collections: Dict[str, Any] | None
    callables: Dict[str, Any] | None
    identity_token: Any
    load_options: Any
    load_pending: bool
    strong: Any
    last_known: Dict[str, Any] | None
    orphaned: Any

    is_instance = True
    is_selectable = False
    is_aliased_class = False
    is_mapper = False
    is_attribute = False
    is_property = False
    is_bundle = False

    # weakref.ref compares and hashes by asking the referent, which is the user's object.
    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__

    def __getattr__(self, name: str) -> Any:
        if name == "info_":
            self.info_: Dict[Any, Any] = {}
            return self.info_
        if name == "identity_token":  # set by hand, or part of the key that the object was loaded under
            return token_of(self.pk)
        try:
            return _UNSET[name]
        except KeyError:
            raise AttributeError(f"'InstanceState' object has no attribute {name!r}") from None

    def __repr__(self) -> str:
        return f"<InstanceState of {state_str(self)}>"

    # -- the object ---------------------------------------------------------------------------------------------------

    def obj(self) -> Any:
        """Return the object, or None when it has been collected."""
        return self()

    @property
    def object(self) -> Any:
        """The object, or None when it has been collected."""
        return self()

    @property
    def dict(self) -> Dict[str, Any]:
        """The object's ``__dict__``; an empty one when the object is gone."""
        obj = self()
        return {} if obj is None else obj.__dict__

    @property
    def class_(self) -> type:
        """The object's class."""
        return cast("type", self.mapper.class_)

    @property
    def manager(self) -> Any:
        """The mapper, which also manages the class's attributes."""
        return self.mapper

    @property
    def info(self) -> Dict[Any, Any]:
        """A dictionary for the application's own notes on this object."""
        return self.info_

    # -- identity and session -----------------------------------------------------------------------------------------

    @property
    def key(self) -> IdentityKey | None:
        """``(base class, primary key tuple, identity token)``, or None without identity."""
        if self.pk is None:
            return None
        return public_key(self.mapper, self.pk)

    @property
    def identity_key(self) -> IdentityKey | None:
        """``(base class, primary key tuple, identity token)``, or None without identity."""
        return self.key

    @property
    def identity(self) -> tuple[Any, ...] | None:
        """The primary key as a tuple, or None without identity."""
        key = self.key
        return None if key is None else key[1]

    @property
    def has_identity(self) -> bool:
        """Whether the object stands for a row (its own primary key, or one it had before it was detached)."""
        return self.pk is not None

    @property
    def session(self) -> Session | None:
        """The session that owns the object, or None."""
        ref = self.session_ref
        return None if ref is None else ref()

    @property
    def async_session(self) -> Any:
        """The asyncio session in front of the owning session, or None."""
        session = self.session
        return None if session is None else session._async_front()

    @property
    def session_id(self) -> int | None:
        """Number of the owning session, or None."""
        session = self.session
        return None if session is None else session.hash_key

    @property
    def _attached(self) -> bool:
        ref = self.session_ref
        return ref is not None and ref() is not None

    @property
    def transient(self) -> bool:
        """Neither identity nor session."""
        return self.pk is None and not self._attached

    @property
    def pending(self) -> bool:
        """In a session, not inserted yet."""
        return self.pk is None and self._attached

    @property
    def persistent(self) -> bool:
        """In a session, with a row that has not been deleted."""
        return self.pk is not None and self._attached and not self.is_deleted

    @property
    def deleted(self) -> bool:
        """Deleted by a flush whose transaction is not over."""
        return self.pk is not None and self._attached and self.is_deleted

    @property
    def was_deleted(self) -> bool:
        """Whether the object is or was in the deleted state (also after its transaction)."""
        return self.is_deleted

    @property
    def detached(self) -> bool:
        """With identity, in no session."""
        return self.pk is not None and not self._attached

    # -- changes ------------------------------------------------------------------------------------------------------

    def mark_modified(self, obj: Any) -> None:
        """Note that `obj`, this state's object, has changed: its session holds it strongly until the flush."""
        self.modified = True
        ref = self.session_ref
        if ref is None:
            return
        session = ref()
        if session is not None and self.pk is not None:
            if session._transaction is None:
                session._autobegin()
            session._dirty[self] = obj

    def _modified_event(self, dict_: Dict[str, Any], key: str, previous: Any) -> None:
        """Keep `previous` as the value of `key` before the change, unless one is kept, and mark the object modified."""
        committed = self.committed_state
        if committed is None:
            committed = self.committed_state = {}
        if key not in committed:
            committed[key] = previous
        if not self.modified:
            obj = self()
            if obj is not None:
                self.mark_modified(obj)

    def _commit(self, dict_: Mapping[str, Any], keys: Iterable[str]) -> None:
        """Forget the old values of `keys`: what is there now is what the database has."""
        committed = self.committed_state
        if committed is not None:
            for key in keys:
                committed.pop(key, None)
        expired = self.expired_attributes
        if expired is not None:
            self.expired_attributes = expired.difference(key for key in keys if key in dict_) or None
        callables = _rare(self, "callables")
        if callables:
            for key in keys:
                if key in dict_:
                    callables.pop(key, None)

    def _commit_all(self, dict_: Mapping[str, Any]) -> None:
        """Forget every old value: the object is as the database has it."""
        self.committed_state = None
        if self.modified:
            self.modified = False
            ref = self.session_ref
            session = None if ref is None else ref()
            if session is not None:
                session._dirty.pop(self, None)
        expired = self.expired_attributes
        if expired is not None:
            self.expired_attributes = expired.difference(dict_) or None
            self.expired = False
        if _rare(self, "pending_changes"):
            self.pending_changes = None

    def _reset(self, dict_: Dict[str, Any], key: str) -> None:
        """Drop the loaded value of `key` so that it is loaded again."""
        dict_.pop(key, None)
        callables = _rare(self, "callables")
        if callables:
            callables.pop(key, None)

    def get_impl(self, key: str) -> Any:
        """Return the attribute implementation of `key`."""
        return self.mapper.impls[key]

    def get_history(self, key: str, passive: Any = PASSIVE_NO_INITIALIZE) -> History:
        """Return what was added to, kept in and removed from an attribute since the last flush."""
        history: History = self.mapper.impls[key].get_history(self, self.dict, passive)
        return history

    @property
    def attrs(self) -> AttributeStates:
        """An :class:`AttributeState` per mapped attribute, by attribute access or by key."""
        return AttributeStates(self)

    # -- expiry -------------------------------------------------------------------------------------------------------

    def _expire(self, dict_: Dict[str, Any], modified_set: Dict[InstanceState, Any] | None = None) -> None:
        """Drop everything loaded; the next read asks the database. Pending changes are discarded."""
        keys = keys_of(self.mapper)
        if self.modified:
            self.modified = False
            if modified_set is not None:
                modified_set.pop(self, None)
        self.committed_state = None
        deferred = keys.deferred
        if deferred:
            expired: frozenset[str] = keys.columns.union(deferred.intersection(dict_))
            if self.expired_attributes:
                expired = expired.union(self.expired_attributes)
        else:
            expired = keys.columns
        self.expired_attributes = expired
        self.expired = True
        for rare in ("pending_changes", "callables", "empty_collections"):
            if _rare(self, rare):
                setattr(self, rare, None)
        for key in keys.collections:
            if key in dict_:
                self.mapper.impls[key].release(self, dict_[key])
        state = dict_.get(STATE_KEY)
        if dict_.keys() <= keys.all:
            dict_.clear()
        else:
            for key in keys.all.intersection(dict_):
                del dict_[key]
        if state is not None:
            dict_[STATE_KEY] = state
        for call in keys.dispatch.expire:
            call(self, None)

    def _expire_attributes(self, dict_: Dict[str, Any], keys: Iterable[str], no_loader: bool = False) -> None:
        """Drop the named attributes; the next read of one loads it. Pending changes of them are discarded."""
        known = keys_of(self.mapper)
        keys = list(keys)
        committed = self.committed_state
        callables = _rare(self, "callables")
        pending = _rare(self, "pending_changes")
        more: set[str] = set()
        for key in keys:
            if (key in known.columns or key in known.deferred) and not (no_loader and callables and key in callables):
                more.add(key)
            old = dict_.pop(key, None)
            if old is not None and key in known.collections:
                self.mapper.impls[key].release(self, old)
            for holder in (committed, callables, pending):
                if holder:
                    holder.pop(key, None)
        if more:
            self.expired_attributes = more.union(self.expired_attributes or ())
        for call in known.dispatch.expire:
            call(self, keys)

    @property
    def unloaded(self) -> set[str]:
        """Keys of attributes that have no value: not loaded, expired, or never set."""
        return set(keys_of(self.mapper).attributes.difference(self.committed_state or (), self.dict))

    @property
    def unloaded_expirable(self) -> set[str]:
        """The same as :attr:`unloaded`."""
        return self.unloaded

    @property
    def _unloaded_non_object(self) -> set[str]:
        keys = keys_of(self.mapper)
        return self.unloaded.intersection(keys.columns | keys.deferred)

    @property
    def unmodified(self) -> set[str]:
        """Keys of attributes without a pending change."""
        return set(keys_of(self.mapper).attributes.difference(self.committed_state or ()))

    def unmodified_intersection(self, keys: Iterable[str]) -> set[str]:
        """Those of `keys` that have no pending change."""
        return set(keys).intersection(keys_of(self.mapper).attributes).difference(self.committed_state or ())

    # -- pickling -----------------------------------------------------------------------------------------------------

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        data: Dict[str, Any] = {
            name: getattr(self, name)
            for name in ("pk", "committed_state", "modified", "expired_attributes", "is_deleted", "origin")
        }
        for name in ("expired", "identity_token", "insert_order"):
            data[name] = getattr(self, name)
        for name in ("pending_changes", "callables", "info_", "expired", "identity_token", "insert_order"):
            value = _rare(self, name)
            if value:
                data[name] = value
        for call in keys_of(self.mapper).dispatch.pickle:
            call(self, data)
        return _restore, (self(), self.mapper.class_, data)


def _rare(state: InstanceState, name: str) -> Any:
    """Return the value of a slot that is seldom set, or None, without making a default."""
    try:
        return InstanceState.__dict__[name].__get__(state, InstanceState)
    except AttributeError:
        return None


def expire_all(states: Iterable[InstanceState]) -> None:
    """Expire many objects at once (after a commit): what :meth:`InstanceState._expire` does, for each."""
    last: Any = None
    keys: Any = None
    plain = False
    columns: Any = None
    for state in states:
        obj = state()
        if obj is None:
            continue
        mapper = state.mapper
        if mapper is not last:
            last = mapper
            keys = keys_of(mapper)
            columns = keys.columns
            plain = not (keys.deferred or keys.collections or keys.dispatch.expire)
        dict_ = obj.__dict__
        if plain and not state.modified and dict_.keys() <= keys.all:
            state.committed_state = None
            state.expired_attributes = columns
            state.expired = True
            if _rare(state, "callables"):
                state.callables = None
            dict_.clear()
            dict_[STATE_KEY] = state
        else:
            session = state.session
            state._expire(dict_, None if session is None else session._dirty)


def new_state(obj: Any, mapper: Any) -> InstanceState:
    """Make the state of an object that has none, and leave it in the object's ``__dict__``."""
    state = InstanceState(obj, forget)
    state.mapper = mapper
    state.pk = None
    state.session_ref = None
    state.committed_state = None
    state.modified = False
    state.expired_attributes = None
    state.origin = None
    # A new object is about to be filled and saved, which asks for these again and again.
    state.pending_changes = state.parents = state.empty_collections = state.callables = state.load_options = None
    state.is_deleted = False
    obj.__dict__[STATE_KEY] = state
    return state


STATE_FACTORY[:] = [new_state]


def _restore(obj: Any, cls: type, data: dict[str, Any]) -> InstanceState:
    """Make the state of an unpickled object."""
    mapper = cls.__dict__.get("__mapper__")
    if mapper is None or obj is None:
        raise UnmappedInstanceError(
            obj,
            f"Cannot deserialize object of type {cls!r} - no mapper() has been configured for this class within the "
            "current Python process!",
        )
    mapper._check_configure()
    state = new_state(obj, mapper)
    for name, value in data.items():
        if name in _SLOTS:
            setattr(state, name, value)
    for call in mapper.instance_dispatch.unpickle:
        call(state, data)
    return state


_SLOTS = frozenset(InstanceState.__slots__)


def state_str(state: InstanceState) -> str:
    """Name the object in messages: class and address."""
    obj = state()
    if obj is None:
        return f"a garbage collected {state.mapper.class_.__name__}"
    return f"<{state.mapper.class_.__name__} at {id(obj):#x}>"


# -- attribute keys of a mapper ---------------------------------------------------------------------------------------


class StateKeys(NamedTuple):
    """Keys of a mapper's attributes, by what expiry does with them."""

    all: frozenset[str]  # every mapped attribute, and the state itself
    attributes: frozenset[str]  # every mapped attribute
    columns: frozenset[str]  # column-like, loaded with the row
    deferred: frozenset[str]  # column-like, loaded on demand
    collections: tuple[str, ...]  # relationships to many
    dispatch: Any  # events of the mapper's objects


def keys_of(mapper: Any) -> StateKeys:
    """Return the attribute keys of a mapper; made once, and again when attributes were added (the mapper empties its
    memo).
    """
    keys: StateKeys | None = mapper.memo.get("state_keys")
    if keys is None:
        keys = mapper.memo["state_keys"] = _make_keys(mapper)
    return keys


def _make_keys(mapper: Any) -> StateKeys:
    impls = mapper.impls
    columns: set[str] = set()
    deferred: set[str] = set()
    for prop in mapper.column_attrs:
        if prop.deferred and prop.raiseload:
            continue  # refused whenever it is not there, so that nothing is to be read again
        unset = prop.is_query_expression and prop.query_expression_default is None
        (deferred if prop.deferred or unset else columns).add(prop.key)
    return StateKeys(
        frozenset(impls).union((STATE_KEY,)),
        frozenset(impls),
        frozenset(columns),
        frozenset(deferred),
        tuple([key for key, impl in impls.items() if impl.collection and hasattr(impl, "release")]),
        mapper.instance_dispatch,
    )


# -- inspect(obj).attrs -----------------------------------------------------------------------------------------------


class AttributeState:
    """One attribute of one object, as ``inspect(obj).attrs.<name>`` gives it."""

    __slots__ = ("key", "state")

    def __init__(self, state: InstanceState, key: str) -> None:
        self.state = state
        self.key = key

    @property
    def loaded_value(self) -> Any:
        """The value when it is loaded, else ``NO_VALUE``; asks no database."""
        return self.state.dict.get(self.key, NO_VALUE)

    @property
    def value(self) -> Any:
        """The value, loaded when needed: the same as reading the attribute."""
        return getattr(self.state.obj(), self.key)

    @property
    def history(self) -> History:
        """Changes since the last flush; asks no database."""
        return self.state.get_history(self.key, PASSIVE_NO_INITIALIZE)

    def load_history(self) -> History:
        """Return changes since the last flush, loading the old value when it is not there."""
        return self.state.get_history(self.key, PASSIVE_OFF ^ INIT_OK)

    def __repr__(self) -> str:
        return f"<AttributeState {self.key} of {state_str(self.state)}>"


class AttributeStates(Mapping[str, AttributeState]):
    """The attributes of one object by key, also by attribute access."""

    __slots__ = ("_state",)

    def __init__(self, state: InstanceState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> AttributeState:
        found = self._meant(key)
        if found is None:
            raise KeyError(key)
        return AttributeState(self._state, found)

    def __getattr__(self, key: str) -> AttributeState:
        found = None if key.startswith("__") else self._meant(key)
        if found is None:
            raise AttributeError(f"{self._state.mapper.class_.__name__} has no mapped attribute {key!r}")
        return AttributeState(self._state, found)

    def _meant(self, key: str) -> str | None:
        """Return the attribute of that name, or the one that a synonym of that name stands for."""
        mapper = self._state.mapper
        known = keys_of(mapper).attributes
        while key not in known:
            prop = mapper._props.get(key)
            if prop is None or not prop.is_synonym:
                return None
            key = prop.name
        return key

    def __iter__(self) -> Iterator[Any]:
        # Iterating gives the attributes themselves, not their keys, as mapper.attrs does.
        state = self._state
        return iter([AttributeState(state, key) for key in state.mapper.impls])

    def __len__(self) -> int:
        return len(self._state.mapper.impls)

    def keys(self) -> Any:
        """Keys of the mapped attributes."""
        return list(self._state.mapper.impls)

    def values(self) -> Any:
        """The attribute states."""
        return list(self)

    def items(self) -> Any:
        """Pairs (key, attribute state)."""
        return [(attribute.key, attribute) for attribute in self]

    def __contains__(self, key: object) -> bool:
        return key in self._state.mapper.impls
