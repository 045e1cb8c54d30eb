"""How a type was constructed: the arguments of its constructor, read back from its attributes.

A type keeps each constructor argument under the argument's name. From that follow its repr, a copy, its adaptation to
another class (a dialect's) and its structure, without every class having to write them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from lect.absent import NO_ARG

__all__ = ["argument_names", "construct_like", "constructor_repr"]

_C = TypeVar("_C")
_VARARGS = 0x04
_VARKEYWORDS = 0x08
_seen: dict[type, tuple[tuple[str, ...], dict[str, Any]]] = {}


def _signature(cls: type) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Argument names of ``cls(...)`` and their defaults; with ``**kw``, those of the base classes too."""
    known = _seen.get(cls)
    if known is not None:
        return known
    names: dict[str, None] = {}
    defaults: dict[str, Any] = {}
    for base in cls.__mro__:
        init: Any = base.__dict__.get("__init__")
        code = getattr(init, "__code__", None)
        if code is None:
            continue
        count = code.co_argcount + code.co_kwonlyargcount
        own = [n for n in code.co_varnames[1:count] if not n.startswith("_")]
        for name in own:
            names.setdefault(name)
        positional = code.co_varnames[: code.co_argcount]
        values = init.__defaults__ or ()
        for name, value in zip(positional[len(positional) - len(values) :], values, strict=True):
            defaults.setdefault(name, value)
        for name, value in (init.__kwdefaults__ or {}).items():
            defaults.setdefault(name, value)
        if not code.co_flags & _VARKEYWORDS:
            break
    found = (tuple(names), defaults)
    _seen[cls] = found
    return found


def argument_names(cls: type) -> tuple[str, ...]:
    """Names of the arguments that ``cls(...)`` takes, private ones left out."""
    return _signature(cls)[0]


def construct_like(original: object, cls: type[_C], **kw: Any) -> _C:
    """Return ``cls(...)`` with every argument that `original` has as an attribute; `kw` goes before that."""
    state = original.__dict__
    for name in _signature(cls)[0]:
        if name in state and name not in kw:
            kw[name] = state[name]
    return cls(**kw)


def constructor_repr(obj: object, positional: tuple[object, ...] = ()) -> str:
    """Return ``Class(argument=value, ...)`` with the arguments that are not at their default."""
    names, defaults = _signature(type(obj))
    shown = [repr(p) for p in positional]
    missing = object()
    for name in names:
        value = getattr(obj, name, missing)
        if value is missing:
            continue
        if name not in defaults:
            shown.append(repr(value))
        else:
            default = defaults[name]
            if value is None and default is NO_ARG:
                continue
            if value is not default and not (type(value) is type(default) and value == default):
                shown.append(f"{name}={value!r}")
    return f"{type(obj).__name__}({', '.join(shown)})"
