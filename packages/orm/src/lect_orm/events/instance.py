"""Events in the life of single objects: made, loaded, refreshed, expired, pickled."""

from __future__ import annotations

import weakref
from typing import Any

from lect.event import EventKey, Events

__all__ = ["InstanceEvents"]

_WAITING: weakref.WeakKeyDictionary[type, list[tuple[EventKey, dict[str, Any]]]] = weakref.WeakKeyDictionary()


class InstanceEvents(Events[Any]):
    """Listen on a mapped class or its mapper. Options: ``raw=True`` gives the state, ``propagate=True`` includes
    subclasses.
    """

    def first_init(self, manager: Any, cls: Any) -> None:
        """The class is about to make its first object."""

    def init(self, target: Any, args: Any, kwargs: Any) -> None:
        """An object's ``__init__`` is about to run."""

    def init_failure(self, target: Any, args: Any, kwargs: Any) -> None:
        """An object's ``__init__`` raised."""

    def load(self, target: Any, context: Any) -> None:
        """An object was made from a row."""

    def refresh(self, target: Any, context: Any, attrs: Any) -> None:
        """Attributes of an object were read again."""

    def refresh_flush(self, target: Any, flush_context: Any, attrs: Any) -> None:
        """A flush fetched values that the database made."""

    def expire(self, target: Any, attrs: Any) -> None:
        """Attributes of an object were expired (None: all)."""

    def pickle(self, target: Any, state_dict: Any) -> None:
        """An object's state is about to be pickled."""

    def unpickle(self, target: Any, state_dict: Any) -> None:
        """An object's state was unpickled."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        if isinstance(target, type):
            if getattr(target, "is_mapper", False):
                return target
            mapper = target.__dict__.get("__mapper__")
            if mapper is not None and getattr(mapper, "is_mapper", False):
                return mapper
            return _Waiting(target)
        return target if getattr(target, "is_mapper", False) else None

    @classmethod
    def _dispatch_of(cls, target: Any) -> Any:
        return target.instance_dispatch

    @classmethod
    def _listen(cls, key: EventKey, **options: Any) -> None:
        target = key.dispatch_target
        if isinstance(target, _Waiting):
            _WAITING.setdefault(target.class_, []).append((key, options))
            if options.get("propagate"):
                for mapper in target.mapped_below():
                    cls._listen(key.with_dispatch_target(mapper), **options)
            return
        options = dict(options)
        raw = options.pop("raw", False)
        options.pop("retval", False)
        options.pop("restore_load_context", None)
        propagate = options.get("propagate", False)
        call = key.call
        if options.pop("named", False):
            call = cls._by_name(key.identifier, call)
        if not raw and key.identifier != "first_init":
            call = _with_object(call)
        wrapped = key.with_wrapper(call)
        targets = [target]
        if propagate and not isinstance(target, type):
            targets = list(target.self_and_descendants)
        for one in targets:
            wrapped.with_dispatch_target(one).place(**options)
            if not isinstance(one, type):
                one.instance_listeners_changed()


class _Waiting:
    """A class that has no mapper yet."""

    def __init__(self, class_: type) -> None:
        self.class_ = class_

    def mapped_below(self) -> list[Any]:
        found = []
        seen: list[Any] = [*self.class_.__subclasses__()]
        while seen:
            sub = seen.pop()
            mapper = sub.__dict__.get("__mapper__")
            if mapper is not None and getattr(mapper, "is_mapper", False):
                found.append(mapper)
            else:
                seen.extend(sub.__subclasses__())
        return found

    instance_dispatch = None


def attach_waiting(mapper: Any) -> None:
    """Give a new mapper the listeners that waited for its class, and those that its bases pass on."""
    cls = mapper.class_
    for key, options in _WAITING.pop(cls, ()):
        InstanceEvents._listen(key.with_dispatch_target(mapper), **options)
    for base in cls.__mro__[1:]:
        for key, options in _WAITING.get(base, ()):
            if options.get("propagate"):
                InstanceEvents._listen(key.with_dispatch_target(mapper), **options)
    if mapper.inherits is not None:
        mapper.instance_dispatch._update(mapper.inherits.instance_dispatch)
        mapper.instance_listeners_changed()


def _with_object(call: Any) -> Any:
    def on_instance(state: Any, *args: Any) -> Any:
        return call(state.obj(), *args)

    return on_instance
