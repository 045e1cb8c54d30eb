"""What an error says beside the driver's words: which parameter was meant, what kind of value it got, the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lect.exc import nearest

__all__ = ["about_missing_value", "about_refused_values", "is_refusal"]

#: What a driver raises, beside its own errors, for a value it cannot take.
_REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)

#: Classes, by module, whose values every driver is expected to take.
_PLAIN_BUILTINS = frozenset({"NoneType", "bool", "int", "float", "str", "bytes", "bytearray", "memoryview"})
_PLAIN_MODULES = frozenset({"datetime", "decimal", "uuid", "ipaddress"})


def is_refusal(error: BaseException) -> bool:
    """Whether a driver that raised this, outside its own tree of errors, complains about the values it was given."""
    return isinstance(error, _REFUSALS)


def about_missing_value(error: BaseException, params: Any) -> str:
    """Return what to add to "a value is required": the misspelt name, or how to give the value."""
    if getattr(error, "code", None) != "missing-value":
        return ""
    name = str(error.args[0]).split("'")[1] if "'" in str(error.args[0]) else ""
    given: set[str] = set()
    for each in params if isinstance(params, (list, tuple)) else (params,):
        if isinstance(each, Mapping):
            given.update(str(key) for key in each)
    given.discard(name)
    meant = nearest(name, given)
    if meant:
        return f"{meant.replace('; did you mean ', '')[:-1]} was given, which is no parameter of this statement"
    return f"give the value of {name!r} at execution: execute(statement, {{{name!r}: ...}})"


def about_refused_values(plan: Any, params: Any) -> list[str]:
    """Return a sentence for each parameter whose value is of a class that drivers do not know (a dict, an object)."""
    if isinstance(params, list) and params and isinstance(params[0], (Mapping, tuple, list)):
        several = params
    else:
        several = [params]
    found: list[str] = []
    for each in several:
        for key, value in _pairs(each):
            cls = type(value)
            if _is_plain(cls):
                continue
            found.append(_sentence(plan, key, cls))
            if len(found) == 3:
                return found
    return found


def _pairs(params: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(params, Mapping):
        yield from params.items()
    elif isinstance(params, Sequence) and not isinstance(params, (str, bytes)):
        yield from enumerate(params)


def _is_plain(cls: type) -> bool:
    if cls.__module__ == "builtins":
        return cls.__name__ in _PLAIN_BUILTINS
    return cls.__module__ in _PLAIN_MODULES


def _sentence(plan: Any, key: Any, cls: type) -> str:
    kind = cls.__name__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
    kind = f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
    compiled = None if plan is None else plan.compiled
    name = key
    if compiled is not None and isinstance(key, int):
        order = compiled.positiontup or ()
        name = order[key] if key < len(order) else key
    bind = None if compiled is None else compiled.binds.get(name)
    what = f"parameter {name!r}" if isinstance(name, str) else f"parameter {key + 1}"
    if bind is None:
        return f"{what} is {kind}, which the driver cannot take; convert it to a plain value first"
    type_ = type(bind.type).__name__
    return (
        f"{what} of type {type_} got {kind}, which the driver cannot take; convert it, or give column or "
        "parameter a type that does (JSON, a TypeDecorator)"
    )
