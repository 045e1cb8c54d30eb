"""Events of one mapped attribute: values set, members appended and removed."""

from __future__ import annotations

from typing import Any

from lect.event import EventKey, Events
from lect_orm.base import NO_KEY, NO_VALUE

__all__ = ["AttributeEvents"]


class AttributeEvents(Events[Any]):
    """Listen on ``User.name``. Options: ``active_history=True`` loads old values, ``raw=True`` gives the state in
    place of
    the object, ``retval=True`` lets the listener's answer replace the value, ``propagate=True`` includes subclasses,
    ``include_key=True`` gives the key or index of a member.
    """

    def append(self, target: Any, value: Any, initiator: Any) -> Any:
        """A member is about to join a collection."""

    def append_wo_mutation(self, target: Any, value: Any, initiator: Any) -> Any:
        """A member that is present already is added again."""

    def bulk_replace(self, target: Any, values: Any, initiator: Any) -> Any:
        """A collection is about to be replaced; `values` is a list that may be changed."""

    def remove(self, target: Any, value: Any, initiator: Any) -> Any:
        """A member has left a collection, or a scalar attribute is deleted."""

    def set(self, target: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
        """A scalar is about to be set."""

    def init_scalar(self, target: Any, value: Any, dict_: Any) -> Any:
        """An attribute that has no value is read."""

    def init_collection(self, target: Any, collection: Any, collection_adapter: Any) -> Any:
        """A collection has become an object's."""

    def dispose_collection(self, target: Any, collection: Any, collection_adapter: Any) -> Any:
        """A collection is no longer an object's."""

    def modified(self, target: Any, initiator: Any) -> Any:
        """``flag_modified`` was called."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        if getattr(target, "is_attribute", False) and hasattr(target, "_listen_target"):
            return target
        return None

    @classmethod
    def _dispatch_of(cls, target: Any) -> Any:
        return target.dispatch

    @classmethod
    def _listen(
        cls,
        key: EventKey,
        *,
        active_history: bool = False,
        raw: bool = False,
        retval: bool = False,
        propagate: bool = False,
        include_key: bool = False,
        **options: Any,
    ) -> None:
        attribute = key.dispatch_target
        named = options.pop("named", False)
        call = key.call
        if named:
            call = cls._by_name(key.identifier, call)
        wrapped = key.with_wrapper(_wrap(call, key.identifier, raw, retval, include_key))
        for one in attribute._listen_targets(propagate):
            impl = one.impl
            if active_history:
                impl.active_history = True
            wrapped.with_dispatch_target(impl).place(propagate=propagate, **options)
            one.listeners_changed()
        if propagate:
            attribute.propagated.append((wrapped, active_history, options))


def _wrap(call: Any, identifier: str, raw: bool, retval: bool, include_key: bool) -> Any:
    """Return what the impl calls: ``(state, value, …)`` in, the value to go on with out."""
    if identifier == "set":

        def on_set(state: Any, value: Any, old: Any, initiator: Any) -> Any:
            answer = call(state if raw else state.obj(), value, old, initiator)
            return answer if retval else value

        return on_set
    if identifier in ("append", "remove", "bulk_replace", "append_wo_mutation"):

        def on_member(state: Any, value: Any, initiator: Any, key: Any = NO_VALUE) -> Any:
            target = state if raw else state.obj()
            if include_key:
                answer = call(target, value, initiator, key=NO_KEY if key is NO_VALUE else key)
            else:
                answer = call(target, value, initiator)
            return answer if retval else value

        return on_member
    if identifier == "init_scalar":

        def on_init(state: Any, value: Any, dict_: Any) -> Any:
            answer = call(state if raw else state.obj(), value, dict_)
            return answer if retval else value

        return on_init

    def on_other(state: Any, *args: Any) -> Any:
        return call(state if raw else state.obj(), *args)

    return on_other
