"""``inspect(subject)``: what the library knows about an object; each room registers what it can tell about its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from lect.engine.connection import Connection
from lect.engine.engine import Engine
from lect.exc import ArgumentError, NoInspectionAvailable
from lect.sql.element import ClauseElement

if TYPE_CHECKING:
    from lect.engine.reflection import Inspector

__all__ = ["inspect", "inspects", "inspects_itself"]

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])

#: Class -> function of an instance that returns what is known of it; None for a class whose instances tell themselves.
_registry: dict[type, Callable[[Any], Any] | None] = {}


def inspect(subject: Any, raiseerr: bool = True) -> Any:
    """Return what is known about `subject`: the Inspector of an Engine or Connection, the mapper of a class and so on.

    Raises NoInspectionAvailable when nothing is known; with ``raiseerr=False``, None is returned then.
    """
    for cls in type(subject).__mro__:
        if cls in _registry:
            tell = _registry[cls]
            if tell is None:
                return subject
            known = tell(subject)
            if known is not None:
                return known
    if raiseerr:
        raise NoInspectionAvailable(
            f"No inspection system is available for object of type {type(subject)}: {subject!r} is not an engine, "
            "connection, table or other SQL object, nor a mapped class or object"
        )
    return None


def inspects(*types: type) -> Callable[[_F], _F]:
    """Register the decorated function (or class) as what tells about instances of `types`; it may return None."""

    def register(tell: _F) -> _F:
        for cls in types:
            if cls in _registry:
                raise ArgumentError(f"Type {cls} is already registered")
            _registry[cls] = tell
        return tell

    return register


def inspects_itself(cls: type[_T]) -> type[_T]:
    """Register a class whose instances are what is known about them."""
    if cls in _registry:
        raise ArgumentError(f"Type {cls} is already registered")
    _registry[cls] = None
    return cls


_inspects = inspects
_self_inspects = inspects_itself


@inspects(Engine, Connection)
def _inspector(bind: Engine | Connection) -> Inspector:
    from lect.engine.reflection import Inspector  # the mapper needs this room at start, and seldom a catalogue

    return Inspector(bind)


# A statement, a table, a column: what is known of it is itself.
inspects_itself(ClauseElement)
