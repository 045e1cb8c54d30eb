"""What one attribute of one mapped class does when it is read, written or deleted.

The value itself is in the object's ``__dict__``. An impl is asked when a value is missing there, and on every write.
The
first old value of each attribute is kept in ``state.committed_state``; nothing is kept before there is a change.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any, Final

from lect.event import Dispatch
from lect_orm.attributes.history import _UNCHANGED, HISTORY_BLANK, History
from lect_orm.attributes.within_savepoints import WATCH, note_loaded
from lect_orm.base import (
    ATTR_EMPTY,
    ATTR_WAS_SET,
    CALLABLES_OK,
    DEFERRED_HISTORY_LOAD,
    INIT_OK,
    LOAD_AGAINST_COMMITTED,
    NO_AUTOFLUSH,
    NO_RAISE,
    NO_VALUE,
    PASSIVE_NO_FETCH,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    PASSIVE_ONLY_PERSISTENT,
    STATE_KEY,
    init_state,
    instance_state,
    mapper_of,
)
from lect_orm.events.attribute import AttributeEvents
from lect_orm.exc import ObjectDereferencedError, UnmappedClassError

__all__ = ["AttributeImpl", "Event", "ObjectImpl", "Op", "ScalarImpl", "TRACKERS", "register_tracker"]


class Op:
    """Why an event of an attribute happens."""

    APPEND: Final = "append"
    REMOVE: Final = "remove"
    REPLACE: Final = "replace"
    BULK_REPLACE: Final = "bulk_replace"
    MODIFIED: Final = "modified"


OP_APPEND: Final = Op.APPEND
OP_REMOVE: Final = Op.REMOVE
OP_REPLACE: Final = Op.REPLACE
OP_BULK_REPLACE: Final = Op.BULK_REPLACE
OP_MODIFIED: Final = Op.MODIFIED


class Event:
    """The attribute and operation that started a chain of events; what listeners know as `initiator`.

    ``parent_token`` is the mapped property, the same for a class and its subclasses.
    """

    __slots__ = ("impl", "key", "op", "parent_token")

    def __init__(self, impl: AttributeImpl, op: str) -> None:
        self.impl = impl
        self.op = op
        self.parent_token = impl.parent_token
        self.key = impl.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and other.impl is self.impl and other.op == self.op

    def __hash__(self) -> int:
        return hash((id(self.impl), self.op))

    def hasparent(self, state: Any) -> bool:
        """Whether the object belongs to some parent through this attribute."""
        return self.impl.hasparent(state)


#: ``(track_append, track_remove, track_set)`` of the unit of work; set when it is imported.
TRACKERS: list[tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = []


def register_tracker(
    track_append: Callable[..., Any], track_remove: Callable[..., Any], track_set: Callable[..., Any]
) -> None:
    """Install the functions that cascade changes of relationships into sessions.

    ``track_append(prop, state, item, initiator)``, ``track_remove(prop, state, item, initiator)``,
    ``track_set(prop, state, new, old, initiator)``; they return nothing.
    """
    TRACKERS[:] = [(track_append, track_remove, track_set)]


class AttributeImpl:
    """Base of the impls; see the module."""

    #: False for what stands in for the impl of a relationship until mappers are configured
    settled = True
    collection = False
    uselist = False
    uses_objects = False
    dynamic = False
    default_accepts_scalar_loader = True

    def __init__(
        self,
        mapper: Any,
        key: str,
        prop: Any = None,
        *,
        callable_: Callable[[Any, int], Any] | None = None,
        active_history: bool = False,
        trackparent: bool = False,
        compare: Callable[[Any, Any], Any] | None = None,
        expire_missing: bool = True,
        accepts_scalar_loader: bool | None = None,
    ) -> None:
        self.mapper = mapper
        self.class_ = mapper.class_
        self.key = key
        self.prop = prop
        #: the property itself, shared by subclasses that inherit it
        self.parent_token = getattr(prop, "token", prop)
        self.callable_ = callable_
        self.active_history = active_history
        self.trackparent = trackparent
        self.is_equal: Callable[[Any, Any], Any] = compare or eq
        self.expire_missing = expire_missing
        self.accepts_scalar_loader = (
            self.default_accepts_scalar_loader if accepts_scalar_loader is None else accepts_scalar_loader
        )
        #: the reverse sides of a relationship, told of each change here
        self.mirrors: tuple[Any, ...] = ()
        #: the unit of work's functions, for relationships
        self.tracked = False
        #: changes are history, and make the object dirty; those of view-only relationships are not
        self.records = True
        self.append_token = Event(self, Op.APPEND)
        self.remove_token = Event(self, Op.REMOVE)
        self.replace_token = Event(self, Op.REPLACE)
        self.bulk_replace_token = Event(self, Op.BULK_REPLACE)

    def __reduce__(self) -> Any:
        # Pickled with a collection, which knows its attribute: as a name, not as the mapping it belongs to.
        return _impl_of, (self.mapper.class_, self.key)

    @property
    def dispatch(self) -> Dispatch:
        """Listeners of this attribute."""
        found: Dispatch | None = self.__dict__.get("_dispatch")
        if found is None:
            found = self.__dict__["_dispatch"] = Dispatch(AttributeEvents, type(self))
        return found

    @property
    def listened(self) -> bool:
        """Whether anybody may have to hear of writes: listeners, the reverse side, the unit of work."""
        return "_dispatch" in self.__dict__ or bool(self.mirrors) or self.tracked

    @property
    def writes_plainly(self) -> bool:
        """Whether writing to an object without identity is nothing but storing."""
        return False

    def mirrors_only(self, other: Any) -> bool:
        """Whether a reference to one object has no reverse side but `other`, and nobody else listens to it."""
        return False

    def __str__(self) -> str:
        return f"{self.class_.__name__}.{self.key}"

    def setter(self) -> Callable[[Any, Any], None]:
        """Return ``set(obj, value)``, what the class's write hook calls for this attribute."""

        def set_value(obj: Any, value: Any) -> None:
            values = obj.__dict__
            state = values.get(STATE_KEY)
            if state is None:
                state = init_state(obj)
            self.set(state, values, value, None)

        return set_value

    # -- reading -------------------------------------------------------------------------------------------------------

    def get(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> Any:
        """Return the value, loading it as far as `passive` allows; else `NO_VALUE` or `PASSIVE_NO_RESULT`."""
        key = self.key
        if key in dict_:
            return dict_[key]
        if not passive & CALLABLES_OK:
            return NO_VALUE
        value = self._load(state, key, passive)
        if value is PASSIVE_NO_RESULT or value is NO_VALUE:
            return value
        if value is ATTR_WAS_SET:
            try:
                return dict_[key]
            except KeyError:
                if getattr(self.prop, "is_query_expression", False):
                    return None  # only a statement gives a value, and this one was loaded without
                raise KeyError(f"Deferred loader for attribute {key!r} failed to populate correctly") from None
        if value is not ATTR_EMPTY:
            return self.set_committed_value(state, dict_, value)
        if not passive & INIT_OK:
            return NO_VALUE
        return self.default_value(state, dict_)

    def _load(self, state: Any, key: str, passive: int) -> Any:
        expired = state.expired_attributes
        if expired is not None and key in expired and self.accepts_scalar_loader:
            return self.mapper.load_expired(state, passive)
        callables = state.callables
        if callables is not None and key in callables:
            return callables[key](state, passive)
        if self.callable_ is not None:
            return self.callable_(state, passive)
        return ATTR_EMPTY

    def default_value(self, state: Any, dict_: dict[str, Any]) -> Any:
        """Return what is read when nothing has ever been stored: None, unless an ``init_scalar`` listener says more."""
        value = None
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.init_scalar:
                answer = call(state, value, dict_)
                if answer is not NO_VALUE:
                    value = answer
        return value

    initialize = default_value

    # -- keeping old values --------------------------------------------------------------------------------------------

    def remember(self, state: Any, dict_: dict[str, Any], previous: Any) -> None:
        """Keep `previous` unless an older value is kept already, and mark the object as changed."""
        if not self.records:
            return
        committed = state.committed_state
        key = self.key
        if committed is None:
            committed = state.committed_state = {}
        if key not in committed:
            committed[key] = previous
            expired = state.expired_attributes
            if expired and key in expired:
                state.expired_attributes = expired - {key}
        if not state.modified:
            obj = state.obj()
            if obj is None:
                raise ObjectDereferencedError(
                    f"Can't emit change event for attribute '{self}' - parent object of type "
                    f"{state.mapper.class_.__name__} has been garbage collected."
                )
            state.mark_modified(obj)

    def set_committed_value(self, state: Any, dict_: dict[str, Any], value: Any) -> Any:
        """Store a value as loaded, without history."""
        dict_[self.key] = value
        if WATCH.on:
            note_loaded(state, self.key)
        committed = state.committed_state
        if committed:
            committed.pop(self.key, None)
        return value

    def get_all_pending(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> list[tuple[Any, Any]]:
        """Return ``(state, object)`` for everything the attribute holds or held since the last flush."""
        return []

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        """Return added, unchanged and deleted values."""
        raise NotImplementedError

    # -- belonging to a parent -----------------------------------------------------------------------------------------

    def hasparent(self, state: Any, optimistic: bool = False) -> bool:
        """Whether `state`'s object is a member of this attribute of some parent; `optimistic` when nothing is known."""
        parents = state.parents
        if not parents:
            return optimistic
        found = parents.get(id(self.parent_token), _UNCHANGED)
        if found is _UNCHANGED:
            return optimistic
        return found is not False

    def sethasparent(self, state: Any, parent_state: Any, value: bool) -> None:
        """Note that `state`'s object has become, or is no longer, a member of this attribute of `parent_state`."""
        token = id(self.parent_token)
        parents = state.parents
        if parents is None:
            parents = state.parents = {}
        if value:
            parents[token] = parent_state
            return
        if token in parents:
            last = parents[token]
            if last is not False and last is not parent_state and last.key != parent_state.key:
                # It has moved to another parent meanwhile; what the old one says no longer counts.
                if last.obj() is None:
                    from lect_orm.exc import StaleDataError

                    raise StaleDataError(
                        f"Object {state.mapper.class_.__name__} not associated with "
                        f"{parent_state.mapper.class_.__name__} "
                        "of collection removal: its parent has been garbage collected."
                    )
                return
        parents[token] = False

    # -- as the other kinds have it ------------------------------------------------------------------------------------

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
        """Store a value and keep history."""
        raise NotImplementedError

    def delete(self, state: Any, dict_: dict[str, Any]) -> None:
        """Remove the value (``del obj.attribute``)."""
        raise NotImplementedError

    def append(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None, passive: int = PASSIVE_OFF
    ) -> None:
        """Become `value` (scalar) or get it as a member (collection)."""
        self.set(state, dict_, value, initiator, passive)

    def remove(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None, passive: int = PASSIVE_OFF
    ) -> None:
        """Cease to be `value`, or lose it as a member."""
        self.set(state, dict_, None, initiator, passive, check_old=value)

    def pop(
        self, state: Any, dict_: dict[str, Any], value: Any, initiator: Event | None, passive: int = PASSIVE_OFF
    ) -> None:
        """As :meth:`remove`; nothing happens when `value` is not there."""
        self.set(state, dict_, None, initiator, passive, check_old=value, pop=True)


def _impl_of(cls: Any, key: str) -> Any:
    """Return what stands behind an attribute, for a collection that is unpickled."""
    mapper = mapper_of(cls)
    if mapper is None:
        raise UnmappedClassError(cls)
    mapper._check_configure()
    return mapper.impls[key]


class ScalarImpl(AttributeImpl):
    """A column's value."""

    @property
    def writes_plainly(self) -> bool:
        return not self.listened

    def setter(self) -> Callable[[Any, Any], None]:
        if self.listened:
            return AttributeImpl.setter(self)
        key = self.key
        missing = NO_VALUE
        state_key = STATE_KEY
        load_old = self.active_history
        full = self.set

        def set_scalar(obj: Any, value: Any) -> None:
            values = obj.__dict__
            state = values.get(state_key)
            if state is None:
                state = init_state(obj)
            committed = state.committed_state
            if committed is None:
                committed = state.committed_state = {}
            if key not in committed:
                if load_old and key not in values and state.pk is not None:
                    full(state, values, value)
                    return
                committed[key] = values.get(key, missing)
                expired = state.expired_attributes
                if expired and key in expired:
                    state.expired_attributes = expired - {key}
            values[key] = value
            if not state.modified:
                state.mark_modified(obj)

        return set_scalar

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
        if self.active_history:
            old = self.get(
                state, dict_, PASSIVE_ONLY_PERSISTENT ^ INIT_OK if state.has_identity else PASSIVE_OFF ^ INIT_OK
            )
            if old is PASSIVE_NO_RESULT:
                old = NO_VALUE
        else:
            old = dict_.get(self.key, NO_VALUE)
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.set:
                value = call(state, value, old, initiator or self.replace_token)
        self.remember(state, dict_, old)
        dict_[self.key] = value

    def delete(self, state: Any, dict_: dict[str, Any]) -> None:
        if self.active_history:
            old = self.get(state, dict_, PASSIVE_ONLY_PERSISTENT ^ INIT_OK)
        else:
            old = dict_.get(self.key, NO_VALUE)
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.remove:
                call(state, old, self.remove_token)
        existing = dict_.pop(self.key, NO_VALUE)
        expired = state.expired_attributes
        was_expired = bool(expired and self.key in expired)
        self.remember(state, dict_, old)
        if existing is NO_VALUE and old is NO_VALUE and not was_expired and not state.expired:
            raise AttributeError(f"{self} object does not have a value")

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        key = self.key
        if key in dict_:
            return History.from_scalar(self, state, dict_[key])
        committed = state.committed_state
        if committed is not None and key in committed:
            return History.from_scalar(self, state, NO_VALUE)
        current = self.get(state, dict_, passive & ~INIT_OK)
        if current is PASSIVE_NO_RESULT or current is NO_VALUE:
            return HISTORY_BLANK
        return History.from_scalar(self, state, current)


class ObjectImpl(AttributeImpl):
    """A reference to one other object."""

    uses_objects = True
    default_accepts_scalar_loader = False

    def mirrors_only(self, other: Any) -> bool:
        mirrors = self.mirrors
        return (
            len(mirrors) == 1
            and mirrors[0].key == other.key
            and not self.trackparent
            and self.dynamic_target_check is None
            and "_dispatch" not in self.__dict__
        )

    def _old(self, state: Any, dict_: dict[str, Any], for_delete: bool = False) -> Any:
        if self.active_history or for_delete:
            passive = PASSIVE_ONLY_PERSISTENT | NO_AUTOFLUSH | LOAD_AGAINST_COMMITTED | NO_RAISE
        else:
            passive = PASSIVE_NO_FETCH ^ INIT_OK | LOAD_AGAINST_COMMITTED | NO_RAISE
        return self.get(state, dict_, passive & ~INIT_OK)

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
        if self.dynamic_target_check is not None and value is not None:
            self.dynamic_target_check(value)
        old = self._old(state, dict_)
        if check_old is not None and old is not PASSIVE_NO_RESULT and check_old is not old:
            if pop:
                return
            raise ValueError(
                f"Object {_describe(check_old)} not associated with {_state_describe(state)} on attribute '{self.key}'"
            )
        value = self.fire_replace(state, dict_, value, old, initiator)
        dict_[self.key] = value

    #: refuses objects of another class; set for relationships with enable_typechecks=False left out
    dynamic_target_check: Callable[[Any], None] | None = None

    def fire_replace(
        self, state: Any, dict_: dict[str, Any], value: Any, previous: Any, initiator: Event | None
    ) -> Any:
        """Keep history, tell parents, listeners, unit of work and the reverse side; return the value to store."""
        if self.trackparent and previous is not value and _is_object(previous):
            self.sethasparent(instance_state(previous), state, False)
        token = initiator or self.replace_token
        if "_dispatch" in self.__dict__:
            for call in self.dispatch.set:
                value = call(state, value, previous, token)
        if self.trackparent and value is not None:
            self.sethasparent(instance_state(value), state, True)
        self.remember(state, dict_, previous)
        if self.tracked and TRACKERS:
            TRACKERS[0][2](self.prop, state, value, previous, token)
        for mirror in self.mirrors:
            mirror.replaced(state, value, previous, token)
        return value

    def delete(self, state: Any, dict_: dict[str, Any]) -> None:
        old = self._old(state, dict_, for_delete=True)
        self.fire_replace(state, dict_, None, old, self.remove_token)
        existing = dict_.pop(self.key, NO_VALUE)
        if existing is NO_VALUE and (old is NO_VALUE or old is PASSIVE_NO_RESULT or old is None):
            raise AttributeError(f"{self} object does not have a value")

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        key = self.key
        committed = state.committed_state
        original = _UNCHANGED if committed is None else committed.get(key, _UNCHANGED)
        if key in dict_:
            current = dict_[key]
        elif original is not _UNCHANGED:
            current = NO_VALUE
        else:
            current = self.get(state, dict_, passive & ~INIT_OK)
            if current is PASSIVE_NO_RESULT:
                return HISTORY_BLANK
        if original is PASSIVE_NO_RESULT:
            # Overwritten before it was ever loaded: the old value can be found now, if that is allowed.
            original = self._original(state, passive)
        return History.from_object(self, state, current, original)

    def _original(self, state: Any, passive: int) -> Any:
        if self.callable_ is None or not passive & DEFERRED_HISTORY_LOAD:
            return NO_VALUE
        found = self.callable_(state, passive | LOAD_AGAINST_COMMITTED | NO_RAISE | NO_AUTOFLUSH)
        if found is ATTR_EMPTY or found is PASSIVE_NO_RESULT:
            return NO_VALUE
        if found is ATTR_WAS_SET:
            return NO_VALUE
        if state.committed_state is not None:
            state.committed_state[self.key] = found
        return found

    def get_all_pending(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> list[tuple[Any, Any]]:
        key = self.key
        if key in dict_:
            current = dict_[key]
        elif passive & CALLABLES_OK:
            current = self.get(state, dict_, passive)
        else:
            return []
        found: list[tuple[Any, Any]]
        if _is_object(current):
            found = [(instance_state(current), current)]
        else:
            found = [(None, None)]
        committed = state.committed_state
        if committed and key in committed:
            original = committed[key]
            if _is_object(original) and original is not current:
                found.append((instance_state(original), original))
        return found


def _is_object(value: Any) -> bool:
    return value is not None and value is not NO_VALUE and value is not PASSIVE_NO_RESULT


def _describe(obj: Any) -> str:
    return f"<{type(obj).__name__} at {hex(id(obj))}>"


def _state_describe(state: Any) -> str:
    return f"<{state.mapper.class_.__name__} at {hex(id(state.obj()))}>"
