"""Listening to what engines, pools, schema objects and mappers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from lect.event.dispatch import Dispatch, Events, Listener, Listeners, dispatcher
from lect.event.registry import EventKey, find_key

__all__ = [
    "CANCEL",
    "NO_RETVAL",
    "Dispatch",
    "EventKey",
    "Events",
    "Listener",
    "Listeners",
    "contains",
    "dispatcher",
    "listen",
    "listens_for",
    "remove",
]

_F = TypeVar("_F", bound=Callable[..., Any])

CANCEL: Final = object()  #: answered by a listener of some events: do not go on
NO_RETVAL: Final = object()  #: answered by a listener with retval=True that has nothing to say


def listen(target: Any, identifier: str, fn: Callable[..., Any], *args: Any, **kw: Any) -> None:
    """Call `fn` whenever the event `identifier` happens on `target`.

    Args:
        target: an object with events, a class of such objects, or whatever a family accepts for one.
        identifier: name of the event: a method of the family's class.
        fn: receives the parameters of that method.
        named: pass the parameters by keyword.
        once: call it the first time only.
        insert: call it before the listeners that are there already.
        propagate: also for copies of the target, or for subclasses of a mapped class.
        retval: what `fn` returns counts, in events that say so.

    Raises:
        InvalidRequestError: there is no such event for such a target.
    """
    find_key(target, identifier, fn).listen(*args, **kw)


def listens_for(target: Any, identifier: str, *args: Any, **kw: Any) -> Callable[[_F], _F]:
    """Decorate a function so that it listens; arguments as for :func:`listen`."""

    def decorate(fn: _F) -> _F:
        listen(target, identifier, fn, *args, **kw)
        return fn

    return decorate


def remove(target: Any, identifier: str, fn: Callable[..., Any]) -> None:
    """Stop `fn` from listening; arguments as they were given to :func:`listen`.

    Raises:
        InvalidRequestError: it is not listening.
    """
    key = find_key(target, identifier, fn)
    key.family._remove(key)


def contains(target: Any, identifier: str, fn: Callable[..., Any]) -> bool:
    """Whether `fn` listens to this event of this target."""
    return find_key(target, identifier, fn).contains()
