"""Dispatch objects: the listeners of one target, ready to be called.

``target.dispatch.some_event`` is a :class:`Listeners`: false when nobody listens, so that a hot path asks one attribute
and goes on. Listeners of a class count for its subclasses and for instances made earlier or later.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from lect.event.registry import FAMILIES, EventKey, remember
from lect.exc import InvalidRequestError

__all__ = ["Dispatch", "Events", "Listener", "Listeners", "dispatcher"]

_T = TypeVar("_T")


class Listener:
    """One registered function: the user's `fn`, what is called for it, whether it travels to copies and subclasses."""

    __slots__ = ("call", "fn", "places", "propagate")

    def __init__(self, fn: Callable[..., Any], call: Callable[..., Any], propagate: bool) -> None:
        self.fn = fn
        self.call = call
        self.propagate = propagate
        self.places: list[tuple[Any, ...]] = []

    def fn_is(self, fn: Callable[..., Any]) -> bool:
        """Whether this is the listener of `fn` (bound methods are equal, not identical)."""
        return self.fn is fn or self.fn == fn


class Listeners(tuple[Callable[..., Any], ...]):
    """What listens to one event of one target. Immutable; false when empty; calling it calls each in order.

    A tuple, so that "does anybody listen?", which is asked everywhere, is answered without running Python.
    """

    __slots__ = ()

    def __call__(self, *args: Any, **kw: Any) -> None:
        for call in self:
            call(*args, **kw)


EMPTY = Listeners()


class Dispatch:
    """The listeners of one target (an object, or a class and all of its instances).

    An attribute per event of the family. `sources` are dispatches whose listeners come first (those of the class, of
    the engine for a connection); a change there is pushed here.
    """

    def __init__(
        self, family: type[Events[Any]], owner: type, *sources: Dispatch, trailing: tuple[Dispatch, ...] = ()
    ) -> None:
        self._family = family
        self._owner = owner
        self._own: dict[str, list[Listener]] = {}
        self._sources = sources
        self._trailing = trailing
        self._followers: weakref.WeakSet[Dispatch] = weakref.WeakSet()
        #: Somebody listens to something: one attribute for a hot path to ask.
        self._any = False
        #: Of a class whose objects share it until somebody listens to one of them.
        self._shared = False
        for source in (*sources, *trailing):
            source._followers.add(self)
            for name in source._active():
                self._refresh(name)

    def __getattr__(self, name: str) -> Listeners:
        # Reached when nobody has ever listened to the event.
        if name in self._family._events:
            self.__dict__[name] = EMPTY
            return EMPTY
        raise AttributeError(f"{self._family.__name__} has no event {name!r}")

    def _active(self) -> list[str]:
        return [name for name, value in self.__dict__.items() if value.__class__ is Listeners and value]

    @property
    def _empty(self) -> bool:
        return not self._active()

    def _all(self, name: str) -> list[Listener]:
        found: list[Listener] = []
        for source in self._sources:
            for listener in source._all(name):
                if listener not in found:
                    found.append(listener)
        found.extend(self._own.get(name, ()))
        for source in self._trailing:
            found.extend([listener for listener in source._all(name) if listener not in found])
        return found

    def _refresh(self, name: str) -> None:
        calls = tuple([listener.call for listener in self._all(name)])
        self.__dict__[name] = Listeners(calls) if calls else EMPTY
        self._any = bool(calls) or bool(self._active())
        for follower in list(self._followers):
            follower._refresh(name)

    def _add(
        self, name: str, fn: Callable[..., Any], call: Callable[..., Any], propagate: bool, insert: bool
    ) -> Listener | None:
        own = self._own.setdefault(name, [])
        if call is fn and any(listener.call is call or listener.fn_is(fn) for listener in own):
            return None  # listening twice with the same function is listening once
        listener = Listener(fn, call, propagate)
        if insert:
            own.insert(0, listener)
        else:
            own.append(listener)
        self._refresh(name)
        return listener

    def _discard(self, name: str, listener: Listener) -> bool:
        own = self._own.get(name, [])
        if listener not in own:
            return False
        own.remove(listener)
        self._refresh(name)
        return True

    def _holds(self, name: str, listener: Listener) -> bool:
        return listener in self._own.get(name, ())

    def _clear(self) -> None:
        """Forget this dispatch's own listeners."""
        names = list(self._own)
        self._own.clear()
        for name in names:
            self._refresh(name)

    def _join(self, parent: Dispatch) -> Dispatch:
        """Return a dispatch for a new object whose listeners are those of this class and of `parent`, then its own."""
        return Dispatch(self._family, self._owner, self, parent)

    def _update(self, other: Dispatch, only_propagate: bool = True) -> None:
        """Take over the listeners of `other` (for a copy of its target); by default those with ``propagate=True``."""
        for name, listeners in other._own.items():
            own = self._own.setdefault(name, [])
            for listener in listeners:
                if (listener.propagate or not only_propagate) and listener not in own:
                    own.append(listener)
                    for identity in listener.places[:1]:
                        remember(identity, self, listener)
                        listener.places.pop()
            self._refresh(name)

    def __reduce__(self) -> tuple[Any, ...]:
        # Listeners are functions of a process; a target arrives elsewhere without them.
        return (_fresh_dispatch, (self._owner,))


def _fresh_dispatch(owner: type) -> Dispatch:
    for base in owner.__mro__:
        found = base.__dict__.get("dispatch")
        if isinstance(found, dispatcher):
            return Dispatch(found.family, owner, found.of_class(owner))
    raise InvalidRequestError(f"{owner.__name__} has no events")


class Events(Generic[_T]):
    """Base of event families: subclasses have one method per event, whose parameters are what listeners receive."""

    _events: ClassVar[dict[str, tuple[str, ...]]] = {}
    _targets: ClassVar[tuple[type, ...]] = ()
    dispatch: ClassVar[Any] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        events = dict(cls._events)
        for name, member in cls.__dict__.items():
            if not name.startswith("_") and callable(member) and hasattr(member, "__code__"):
                code = member.__code__
                events[name] = code.co_varnames[1 : code.co_argcount]
                families = FAMILIES.setdefault(name, [])
                if cls not in families:
                    families.append(cls)
        cls._events = events
        cls._targets = ()

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        """Return the object (or class) whose dispatch takes the listener, or None when `target` is not of this
        family."""
        if isinstance(target, type):
            return target if issubclass(target, cls._targets) else None
        return target if isinstance(target, cls._targets) else None

    @classmethod
    def _dispatch_of(cls, target: Any) -> Dispatch:
        """Return the dispatch object of an accepted target."""
        found: Dispatch = target.dispatch
        if found._shared and not isinstance(target, type):
            found = target.__dict__["dispatch"] = Dispatch(found._family, type(target), found)
        return found

    @classmethod
    def _listen(cls, key: EventKey, **options: Any) -> None:
        """Register one listener; families override this to wrap it or to choose other places."""
        key.place(**options)

    @classmethod
    def _by_name(cls, identifier: str, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `fn` so that it receives the event's arguments by keyword."""
        names = cls._events[identifier]

        def call(*args: Any, **kw: Any) -> Any:
            return fn(**dict(zip(names, args, strict=False)), **kw)

        return call

    @classmethod
    def _remove(cls, key: EventKey) -> None:
        """Take one listener away."""
        key.remove()


class dispatcher:
    """Descriptor that gives a class, its subclasses and their instances the events of a family.

    ``dispatch = dispatcher(SomeEvents)`` in a class body. An instance's dispatch is made when it is first asked for and
    then stands in the instance's ``__dict__``.

    Args:
        shared: for objects that are made by the thousand and seldom listened to: an instance answers with the dispatch
            of its class, and has one of its own from the moment on in which somebody listens to it.
    """

    def __init__(self, family: type[Events[Any]], *, shared: bool = False) -> None:
        self.family = family
        self.shared = shared
        self._classes: weakref.WeakKeyDictionary[type, Dispatch] = weakref.WeakKeyDictionary()

    def __set_name__(self, owner: type, name: str) -> None:
        self.family._targets = (*self.family._targets, owner)

    def of_class(self, cls: type) -> Dispatch:
        """Return the dispatch of a class: its own listeners after those of its bases."""
        found = self._classes.get(cls)
        if found is None:
            sources = [
                self.of_class(base)
                for base in cls.__bases__
                if any(b.__dict__.get("dispatch") is self for b in base.__mro__)
            ]
            found = self._classes.setdefault(cls, Dispatch(self.family, cls, *sources))
            found._shared = self.shared
        return found

    def __get__(self, instance: Any, owner: type) -> Dispatch:
        if instance is None:
            return self.of_class(owner)
        if self.shared:
            # Kept with the instance, where the next look finds it without coming here.
            common: Dispatch = instance.__dict__.setdefault("dispatch", self.of_class(owner))
            return common
        # An object may be heard by the listeners of another one too (a connection by those of its engine).
        parents = getattr(instance, "_dispatch_parents", None)
        trailing = parents() if parents is not None else ()
        made = Dispatch(self.family, owner, self.of_class(owner), trailing=trailing)
        try:
            found: Dispatch = instance.__dict__.setdefault("dispatch", made)
        except AttributeError:
            raise TypeError(f"{owner.__name__} has events and therefore needs a __dict__") from None
        return found
