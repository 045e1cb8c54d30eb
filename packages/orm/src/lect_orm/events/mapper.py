"""Events of mappers: their configuration, and the rows of their objects when a flush writes them."""

from __future__ import annotations

import weakref
from typing import Any

from lect.event import EventKey, Events
from lect_orm.base import EXT_CONTINUE, mapper_of

__all__ = ["MapperEvents"]

_CONFIGURATION = (
    "before_configured",
    "after_configured",
)
_ROWS = ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete")

#: class not mapped yet -> listeners waiting for its mapper
_WAITING: weakref.WeakKeyDictionary[type, list[tuple[EventKey, dict[str, Any]]]] = weakref.WeakKeyDictionary()


class MapperEvents(Events[Any]):
    """Listen on a mapped class, a Mapper, or ``Mapper`` for all of them. Options: ``raw=True`` gives the state in
    place of
    the object, ``propagate=True`` includes subclasses, ``retval=True`` lets the answer count.
    """

    def instrument_class(self, mapper: Any, class_: Any) -> None:
        """A class is about to be instrumented."""

    def after_mapper_constructed(self, mapper: Any, class_: Any) -> None:
        """A mapper was made; its relationships are not settled yet."""

    def before_mapper_configured(self, mapper: Any, class_: Any) -> Any:
        """A mapper is about to be configured. With ``retval=True``: ``EXT_SKIP`` leaves it out this time."""

    def mapper_configured(self, mapper: Any, class_: Any) -> None:
        """A mapper is configured."""

    def before_configured(self) -> None:
        """``configure_mappers()`` begins."""

    def after_configured(self) -> None:
        """``configure_mappers()`` is done."""

    def before_insert(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object's row is about to be inserted; its columns may still be changed."""

    def after_insert(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object's row was inserted."""

    def before_update(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object's row may be about to be updated."""

    def after_update(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object's row may have been updated."""

    def before_delete(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object's row is about to be deleted."""

    def after_delete(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object's row was deleted."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        if getattr(target, "is_mapper", False) and not isinstance(target, type):
            return target
        if isinstance(target, type):
            if getattr(target, "is_mapper", False):
                return target  # the class Mapper: all mappers
            mapper = target.__dict__.get("__mapper__")
            if mapper is not None and getattr(mapper, "is_mapper", False):
                return mapper
            return _Waiting(target)
        make = getattr(target, "__mapper__", None)
        return make if getattr(make, "is_mapper", False) else None

    @classmethod
    def _dispatch_of(cls, target: Any) -> Any:
        return target.dispatch

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
        retval = options.pop("retval", False)
        propagate = options.get("propagate", False)
        call = key.call
        if options.pop("named", False):
            call = cls._by_name(key.identifier, call)
        if key.identifier in _ROWS and not raw:
            call = _with_object(call)
        elif key.identifier == "before_mapper_configured" and not retval:
            call = _continuing(call)
        wrapped = key.with_wrapper(call)
        targets = [target]
        if propagate and not isinstance(target, type):
            targets = list(target.self_and_descendants)
        for one in targets:
            wrapped.with_dispatch_target(one).place(**options)


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

    @property
    def dispatch(self) -> Any:
        mapper = mapper_of(self.class_)
        return mapper.dispatch if mapper is not None else None


def attach_waiting(mapper: Any) -> None:
    """Give a new mapper the listeners that waited for its class, and those that its bases pass on."""
    cls = mapper.class_
    for key, options in _WAITING.pop(cls, ()):
        MapperEvents._listen(key.with_dispatch_target(mapper), **options)
    for base in cls.__mro__[1:]:
        for key, options in _WAITING.get(base, ()):
            if options.get("propagate"):
                MapperEvents._listen(key.with_dispatch_target(mapper), **options)
    if mapper.inherits is not None:
        mapper.dispatch._update(mapper.inherits.dispatch)


def _with_object(call: Any) -> Any:
    def on_row(mapper: Any, connection: Any, state: Any) -> None:
        call(mapper, connection, state.obj())

    return on_row


def _continuing(call: Any) -> Any:
    def on_configure(*args: Any) -> Any:
        call(*args)
        return EXT_CONTINUE

    return on_configure
