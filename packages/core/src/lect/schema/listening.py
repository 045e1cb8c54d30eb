"""Listeners of schema objects: who is told when a table is attached, created, dropped or reflected.

`lect.event` is the front; it hands a registration to the target's `_listen`. Listeners live on the instance, or in one
table per class for those that listen to a class and its subclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

__all__ = ["EventTarget", "fire", "listeners_of"]

Listener = Callable[..., Any]

#: class -> event name -> listeners. Held here, not on the classes, so that a subclass never shares its base's dictionary.
_CLASS_LISTENERS: dict[type, dict[str, tuple[Listener, ...]]] = {}


def _added(old: tuple[Listener, ...], listener: Listener, insert: bool) -> tuple[Listener, ...]:
    if listener in old:
        return old
    return (listener, *old) if insert else (*old, listener)


def _is_target_event(cls: type, name: str) -> bool:
    return any(name in base.__dict__.get("_event_names", ()) for base in cls.__mro__)


class EventTarget:
    """Something that can be listened to, one object or (as a class) all of its kind."""

    #: Names of the events this class has; each class lists only its own additions.
    _event_names: ClassVar[frozenset[str]] = frozenset({"before_parent_attach", "after_parent_attach"})

    def _copy_listeners_to(self, other: EventTarget) -> None:
        """Give `other` those listeners that were registered with ``propagate=True``."""
        own: dict[str, tuple[Listener, ...]] | None = self.__dict__.get("_listeners")
        if not own:
            return
        propagated: set[tuple[str, Listener]] = self.__dict__.get("_propagated", set())
        for name, listeners in own.items():
            for listener in listeners:
                if (name, listener) in propagated:
                    listen(other, name, listener, propagate=True)


def listen(
    target: EventTarget | type[EventTarget], name: str, listener: Listener, *, insert: bool = False, propagate: bool = False
) -> None:
    """Tell `listener` of the event `name` of `target`, an object or a class."""
    if isinstance(target, type):
        table = _CLASS_LISTENERS.setdefault(target, {})
        table[name] = _added(table.get(name, ()), listener, insert)
        return
    own: dict[str, tuple[Listener, ...]] = target.__dict__.setdefault("_listeners", {})
    own[name] = _added(own.get(name, ()), listener, insert)
    if propagate:
        target.__dict__.setdefault("_propagated", set()).add((name, listener))


def unlisten(target: EventTarget | type[EventTarget], name: str, listener: Listener) -> bool:
    """Stop telling `listener`; return whether it had been listening."""
    table = _CLASS_LISTENERS.get(target, {}) if isinstance(target, type) else target.__dict__.get("_listeners", {})
    old = table.get(name, ())
    if listener not in old:
        return False
    table[name] = tuple([each for each in old if each != listener])
    return True


def listeners_of(target: EventTarget, name: str) -> tuple[Listener, ...]:
    """Return who is told of the event `name` of this object: those of its classes first, then its own."""
    found: tuple[Listener, ...] = ()
    if _CLASS_LISTENERS:
        for cls in reversed(type(target).__mro__):
            table = _CLASS_LISTENERS.get(cls)
            if table and name in table:
                found += table[name]
    own = target.__dict__.get("_listeners")
    if own and name in own:
        found += own[name]
    return found


def fire(target: EventTarget, name: str, *args: Any, **kw: Any) -> None:
    """Tell every listener of the event `name` of `target`."""
    for listener in listeners_of(target, name):
        listener(*args, **kw)
