"""Who listens to what: the bookkeeping behind ``listen``, ``remove`` and ``contains``.

Families of events (:class:`Events`) say which targets they accept and which dispatch object a listener ends up in; this
module finds the family for a target, and remembers where each listener went so that it can be taken away again.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, TypeAlias

from lect.exc import InvalidRequestError

# The classes of lect.event.dispatch, which imports this module.
Dispatch: TypeAlias = Any
Events: TypeAlias = Any
Listener: TypeAlias = Any

__all__ = ["EventKey", "find_key"]

#: Event name -> the families that have an event of this name, in order of definition.
FAMILIES: dict[str, list[Events]] = {}

#: (target, event name, function) by identity -> where the listener was put.
_PLACED: dict[tuple[Any, ...], list[tuple[weakref.ref[Any], Listener]]] = {}


def _function_id(fn: Callable[..., Any]) -> Any:
    # Each access to a bound method makes a new object; function and instance stay the same.
    inner = getattr(fn, "__func__", None)
    if inner is not None:
        return (id(inner), id(getattr(fn, "__self__", None)))
    return id(fn)


class EventKey:
    """One listener about to be registered: target, event name, the user's function and what wraps it.

    Families receive it in ``_listen`` and may change the target or wrap the function before calling :meth:`place`.
    """

    __slots__ = ("call", "dispatch_target", "family", "fn", "identifier", "target")

    def __init__(
        self,
        target: Any,
        identifier: str,
        fn: Callable[..., Any],
        dispatch_target: Any,
        family: Events,
        call: Callable[..., Any] | None = None,
    ) -> None:
        self.target = target
        self.identifier = identifier
        self.fn = fn
        self.dispatch_target = dispatch_target
        self.family = family
        self.call = fn if call is None else call

    @property
    def _identity(self) -> tuple[Any, ...]:
        return (id(self.target), self.identifier, _function_id(self.fn))

    def with_wrapper(self, call: Callable[..., Any]) -> EventKey:
        """Return this key with `call` being what is run instead of the function; ``remove`` still knows the
        function."""
        return EventKey(self.target, self.identifier, self.fn, self.dispatch_target, self.family, call)

    def with_dispatch_target(self, dispatch_target: Any) -> EventKey:
        """Return this key placed on another object than the family chose."""
        return EventKey(self.target, self.identifier, self.fn, dispatch_target, self.family, self.call)

    def listen(self, **options: Any) -> None:
        """Let the family register this listener."""
        self.family._listen(self, **options)

    def place(
        self,
        *,
        propagate: bool = False,
        insert: bool = False,
        named: bool = False,
        once: bool = False,
        retval: bool = False,
        asyncio: bool = False,
        **unknown: Any,
    ) -> None:
        """Put the listener into the dispatch of :attr:`dispatch_target` and remember where it is."""
        del retval, asyncio  # for families that know them
        if unknown:
            raise InvalidRequestError(
                f"event {self.identifier!r} of {self.family.__name__} takes no option {', '.join(sorted(unknown))}"
            )
        dispatch = self.family._dispatch_of(self.dispatch_target)
        call = self.call
        if named:
            call = self.family._by_name(self.identifier, call)
        if once:
            call = _only_once(call)
        self.place_in(dispatch, call, propagate=propagate, insert=insert)

    def place_in(
        self, dispatch: Dispatch, call: Callable[..., Any], *, propagate: bool = False, insert: bool = False
    ) -> None:
        """Put `call` into `dispatch` unless this very listener is there already."""
        listener = dispatch._add(self.identifier, self.fn, call, propagate, insert)
        if listener is not None:
            remember(self._identity, dispatch, listener)

    def remove(self) -> None:
        """Take the listener out of every place it was put.

        Raises:
            InvalidRequestError: it was never registered, or has been removed already.
        """
        placed = _PLACED.pop(self._identity, None)
        found = False
        for reference, listener in placed or ():
            dispatch = reference()
            if dispatch is not None and listener.fn_is(self.fn) and dispatch._discard(self.identifier, listener):
                found = True
        if not found:
            raise InvalidRequestError(
                f"no listener found for event {self.identifier!r} / target {self.target!r} / listener {self.fn!r}"
            )

    def contains(self) -> bool:
        """Whether the listener is registered."""
        for reference, listener in _PLACED.get(self._identity, ()):
            dispatch = reference()
            if dispatch is not None and listener.fn_is(self.fn) and dispatch._holds(self.identifier, listener):
                return True
        return False


def remember(identity: tuple[Any, ...], dispatch: Dispatch, listener: Listener) -> None:
    """Note that `listener` stands in `dispatch` under `identity`; forgotten when the dispatch dies."""

    def forget(reference: weakref.ref[Any]) -> None:
        placed = _PLACED.get(identity)
        if placed is not None:
            placed[:] = [p for p in placed if p[0] is not reference]
            if not placed:
                _PLACED.pop(identity, None)

    _PLACED.setdefault(identity, []).append((weakref.ref(dispatch, forget), listener))
    listener.places.append(identity)


def _only_once(fn: Callable[..., Any]) -> Callable[..., Any]:
    pending = [fn]

    def call(*args: Any, **kw: Any) -> Any:
        if pending:
            try:
                run = pending.pop()
            except IndexError:  # another thread was first
                return None
            try:
                return run(*args, **kw)
            except BaseException:
                pending.append(run)
                raise
        return None

    return call


def find_key(target: Any, identifier: str, fn: Callable[..., Any]) -> EventKey:
    """Return the key for a listener, asking each family that has the event whether it accepts the target.

    Raises:
        InvalidRequestError: no family has such an event for such a target.
    """
    for family in FAMILIES.get(identifier, ()):
        accepted = family._accept_with(target, identifier)
        if accepted is not None:
            return EventKey(target, identifier, fn, accepted, family)
    raise InvalidRequestError(f"No such event '{identifier}' for target '{target}'")
