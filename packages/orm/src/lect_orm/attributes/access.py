"""Reading and writing attributes from outside, with or without history."""

from __future__ import annotations

from typing import Any

from lect.exc import InvalidRequestError
from lect_orm.attributes.collection import CollectionAdapter
from lect_orm.attributes.impl import Event, Op
from lect_orm.base import NO_VALUE, instance_dict, instance_state

__all__ = [
    "del_attribute",
    "flag_dirty",
    "flag_modified",
    "get_attribute",
    "init_collection",
    "set_attribute",
    "set_committed_value",
]


def set_attribute(instance: Any, key: str, value: Any, initiator: Any = None) -> None:
    """Set an attribute with history and events, even where the class does not let ``setattr`` through."""
    state, values = instance_state(instance), instance_dict(instance)
    state.mapper.impl(key).set(state, values, value, initiator)


def get_attribute(instance: Any, key: str) -> Any:
    """Return an attribute's value, loading it when needed."""
    state, values = instance_state(instance), instance_dict(instance)
    return state.mapper.impl(key).get(state, values)


def del_attribute(instance: Any, key: str) -> None:
    """Delete an attribute with history and events."""
    state, values = instance_state(instance), instance_dict(instance)
    state.mapper.impl(key).delete(state, values)


def set_committed_value(instance: Any, key: str, value: Any) -> None:
    """Store a value as if it had been loaded: no history, no events."""
    state, values = instance_state(instance), instance_dict(instance)
    state.mapper.impl(key).set_committed_value(state, values, value)


def init_collection(obj: Any, key: str) -> CollectionAdapter:
    """Give an object an empty collection that is filled without events; return its adapter."""
    state, values = instance_state(obj), instance_dict(obj)
    return CollectionAdapter(state.mapper.impl(key).initialize(state, values))


def flag_modified(instance: Any, key: str) -> None:
    """Mark an attribute as changed, though its value is the same object (a mutable one changed in place).

    Raises:
        InvalidRequestError: the attribute is not loaded.
    """
    state, values = instance_state(instance), instance_dict(instance)
    impl = state.mapper.impl(key)
    if "_dispatch" in impl.__dict__:
        token = Event(impl, Op.MODIFIED)
        for call in impl.dispatch.modified:
            call(state, token)
    if key not in values:
        raise InvalidRequestError(f"Can't flag attribute '{key}' modified; it's not present in the object state")
    committed = state.committed_state
    if committed is None:
        committed = state.committed_state = {}
    # There is no older value to compare with: whatever is there now is new, also when the same object was set before.
    if impl.collection:
        committed.setdefault(key, NO_VALUE)
    else:
        committed[key] = NO_VALUE
    if not state.modified:
        state.mark_modified(instance)


def flag_dirty(instance: Any) -> None:
    """Mark an object as changed, without an attribute: the flush looks at it and its events fire."""
    state = instance_state(instance)
    if not state.modified:
        state.mark_modified(instance)
