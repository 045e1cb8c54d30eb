"""Events of registries, and of the instrumentation of classes."""

from __future__ import annotations

from typing import Any

from lect.event import Dispatch, EventKey, Events

__all__ = ["InstrumentationEvents", "RegistryEvents"]


class RegistryEvents(Events[Any]):
    """Listen on a ``registry``, or on the class for all of them."""

    def before_configured(self, registry: Any) -> None:
        """Mappers of the registry are about to be settled; further classes may still be mapped."""

    def after_configured(self, registry: Any) -> None:
        """All mappers of the registry are settled."""


class InstrumentationEvents(Events[Any]):
    """Listen on a class: what happens to it and to its subclasses when they are mapped."""

    def class_instrument(self, cls: type) -> None:
        """A class was mapped: it has a mapper, and its attributes follow."""

    def class_uninstrument(self, cls: type) -> None:
        """The mapping of a class is about to be taken away."""

    def attribute_instrument(self, cls: type, key: str, inst: Any) -> None:
        """An attribute was put into a class."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        return _Classes if isinstance(target, type) and identifier in cls._events else None

    @classmethod
    def _listen(cls, key: EventKey, **options: Any) -> None:
        key.with_wrapper(_for_class(key.target, key.call)).place(**options)


class _Classes:
    """Stands for all classes: listeners choose among them."""

    dispatch: Any = None


_Classes.dispatch = Dispatch(InstrumentationEvents, _Classes)


def _for_class(base: type, call: Any) -> Any:
    def on_class(cls: type, *facts: Any) -> None:
        if issubclass(cls, base):
            call(cls, *facts)

    return on_class


#: where mappers say what happens to classes
CLASSES: Any = _Classes.dispatch
