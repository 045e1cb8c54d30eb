"""How a mapped class hears of writes: one ``__setattr__`` and one ``__delattr__`` per class, made here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect_orm.base import STATE_KEY, init_state

__all__ = ["has_own_setattr", "install_write_hooks", "remove_write_hooks"]

_plain_setattr = object.__setattr__
_plain_delattr = object.__delattr__

Setters = dict[str, Callable[[Any, Any], None]]


def has_own_setattr(cls: type) -> bool:
    """Whether the class or a base defines ``__setattr__`` or ``__delattr__`` itself (hooks of ours do not count)."""
    for base in cls.__mro__:
        if base is object:
            continue
        for name in ("__setattr__", "__delattr__"):
            method = base.__dict__.get(name)
            if method is not None and not getattr(method, "_lect_hook", False):
                return True
    return False


def install_write_hooks(cls: Any, setters: Setters, impls: dict[str, Any]) -> None:
    """Give `cls` its write hooks. `setters` and `impls` are live: attributes mapped later are seen."""
    find = setters.get

    def __setattr__(self: Any, name: str, value: Any) -> None:
        setter = find(name)
        if setter is None:
            _plain_setattr(self, name, value)
        else:
            setter(self, value)

    def __delattr__(self: Any, name: str) -> None:
        impl = impls.get(name)
        if impl is None or name not in setters:
            _plain_delattr(self, name)
            return
        values = self.__dict__
        state = values.get(STATE_KEY)
        if state is None:
            state = init_state(self)
        impl.delete(state, values)

    __setattr__._lect_hook = True  # type: ignore[attr-defined]
    __delattr__._lect_hook = True  # type: ignore[attr-defined]
    cls.__setattr__ = __setattr__
    cls.__delattr__ = __delattr__


def remove_write_hooks(cls: Any) -> None:
    """Take the hooks away (when a class is no longer mapped)."""
    for name in ("__setattr__", "__delattr__"):
        if getattr(cls.__dict__.get(name), "_lect_hook", False):
            delattr(cls, name)
