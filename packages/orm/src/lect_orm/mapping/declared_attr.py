"""``@declared_attr``: what a mixin or base declares once for each class that derives from it."""

from __future__ import annotations

import typing
import warnings
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from lect.exc import LectWarning
from lect_orm.base import _MappedAttribute

__all__ = ["declared_attr", "scan_values"]

_T = TypeVar("_T")

#: class being declared -> declared_attr -> value: each is computed once per class
_SCANS: list[tuple[type, dict[Any, Any]]] = []


class scan_values:
    """While a class is being declared, ``@declared_attr`` functions are called once for it."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.values: dict[Any, Any] = {}

    def __enter__(self) -> dict[Any, Any]:
        _SCANS.append((self.cls, self.values))
        return self.values

    def __exit__(self, *exc: object) -> None:
        _SCANS.pop()


class declared_attr(_MappedAttribute, Generic[_T]):
    """Marks a method of a mixin as declaring an attribute, or ``__tablename__`` and the like, for each class.

    ``@declared_attr.directive`` is for the names with underscores, ``@declared_attr.cascading`` for attributes that
    every subclass gets anew.
    """

    if typing.TYPE_CHECKING:

        def __set__(self, instance: Any, value: Any) -> None: ...

        def __delete__(self, instance: Any) -> None: ...

    def __init__(self, fn: Any, cascading: bool = False, quiet: bool = False) -> None:
        self.fget = fn.__func__ if isinstance(fn, classmethod) else fn
        self._cascading = cascading
        self._quiet = quiet
        self.__doc__ = getattr(fn, "__doc__", None)
        self.__name__ = getattr(self.fget, "__name__", None)

    def __get__(self, instance: Any, owner: Any) -> Any:
        for cls, values in reversed(_SCANS):
            if cls is owner:
                if self in values:
                    return values[self]
                made = values[self] = self.fget(owner)
                return made
        if getattr(owner.__dict__.get("__mapper__"), "is_mapper", False) or self._quiet:
            return self.fget(owner)
        name = self.__name__ or ""
        if not (name.startswith("__") and name.endswith("__")):
            if "_lect_registry" not in vars(owner) and not any("_lect_registry" in vars(b) for b in owner.__mro__):
                warnings.warn(
                    f"Unmanaged access of declarative attribute {name} from non-mapped class {owner.__name__}",
                    LectWarning,
                    stacklevel=2,
                )
        return self.fget(owner)

    @classmethod
    def cascading(cls, fn: Any) -> declared_attr[Any]:
        """Declare the attribute for every subclass too, not only for the first mapped class."""
        return cls(fn, cascading=True)

    @classmethod
    def directive(cls, fn: Any) -> declared_attr[Any]:
        """Declare one of the names with underscores."""
        return cls(fn)

    @staticmethod
    def _stateful(**kw: Any) -> Callable[[Any], declared_attr[Any]]:
        def decorate(fn: Any) -> declared_attr[Any]:
            return declared_attr(fn, **kw)

        return decorate
