"""Generated loaders: straight code that makes one object of one row, for one class and one set of columns.

A new object is filled in a *twin* of its class, a plain class without write hooks, by native attribute stores, and
becomes an object of its class by assigning ``__class__``. Classes whose layout does not allow that are filled through
``__dict__``.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from typing import Any

from lect_orm.base import STATE_KEY
from lect_orm.identity import TokenKey, forget
from lect_orm.state import InstanceState

__all__ = ["loader_factory", "row_values"]

_NO_TWIN: Any = object()


def twin_of(mapper: Any) -> Any:
    """Return a plain class whose objects can become objects of the mapper's class; None when there is none."""
    found = mapper.memo.get("twin")
    if found is None:
        cls = mapper.class_
        twin = type(f"_Loading{cls.__name__}", (), {})
        try:
            probe = twin()
            probe.__class__ = cls
            found = twin
        except TypeError:
            found = _NO_TWIN
        mapper.memo["twin"] = found
    return None if found is _NO_TWIN else found


def _value(place: int, processors: Sequence[Any], scope: dict[str, Any]) -> str:
    processor = processors[place]
    if processor is None:
        return f"row[{place}]"
    name = f"p{place}"
    scope[name] = processor
    return f"{name}(row[{place}])"


def loader_factory(
    mapper: Any,
    items: Sequence[tuple[str, int]],
    pk_places: Sequence[int],
    processors: Sequence[Any],
    partial_keys: bool,
) -> Callable[..., Callable[[Any], Any]]:
    """Return ``factory(bucket, session_ref, origin, callables, expired, existing, on_load, token) -> load(row)``.

    Args:
        items: ``(attribute name, place in the row)``.
        pk_places: places of the primary key's columns.
        processors: for each place the function that converts the driver's value, or None.
        partial_keys: a composite key counts as a key when one of its values is not NULL.
    """
    scope: dict[str, Any] = {
        "State": InstanceState,
        "forget": forget,
        "mapper": mapper,
        "cls": mapper.class_,
        "TokenKey": TokenKey,
        "new": mapper.class_.__new__ if mapper.class_.__new__ is object.__new__ else object.__new__,
    }
    twin = twin_of(mapper)
    native = twin is not None and all(k.isidentifier() and not keyword.iskeyword(k) for k, _ in items)
    scope["Twin"] = twin
    lines = [
        "def factory(bucket, session_ref, origin, callables, expired, existing, on_load, token):",
        "    get = bucket.get",
        "    def load(row):",
    ]
    if len(pk_places) == 1:
        lines.append(f"        pk = {_value(pk_places[0], processors, scope)}")
        lines.append("        if pk is None:")
        lines.append("            return None")
    else:
        values = [_value(p, processors, scope) for p in pk_places]
        lines.append(f"        pk = ({', '.join(values)},)")
        test = " and ".join(f"pk[{i}] is None" for i in range(len(values)))
        if not partial_keys:
            test = " or ".join(f"pk[{i}] is None" for i in range(len(values)))
        lines.append(f"        if {test}:")
        lines.append("            return None")
    lines += [
        "        if token is not None:",
        "            pk = TokenKey(token, pk)",
        "        s = get(pk)",
        "        if s is not None:",
        "            o = s()",
        "            if o is not None:",
        "                return existing(s, o, row)",
    ]
    lines.append("        o = Twin()" if native else "        o = new(cls)")
    lines += [
        "        s = State(o, forget)",
        "        s.mapper = mapper",
        "        s.pk = pk",
        "        s.session_ref = session_ref",
        "        s.committed_state = None",
        "        s.modified = False",
        "        s.expired_attributes = expired",
        "        s.origin = origin",
        "        if callables is not None:",
        "            s.callables = callables",
    ]
    if native:
        lines.append(f"        o.{STATE_KEY} = s")
        for key, place in items:
            lines.append(f"        o.{key} = {_value(place, processors, scope)}")
        lines.append("        o.__class__ = cls")
    else:
        lines.append("        d = o.__dict__")
        lines.append(f"        d[{STATE_KEY!r}] = s")
        for key, place in items:
            lines.append(f"        d[{key!r}] = {_value(place, processors, scope)}")
    lines += [
        "        bucket[pk] = s",
        "        if on_load is not None:",
        "            on_load(s, o, row)",
        "        return o",
        "    return load",
    ]
    exec("\n".join(lines), scope)  # noqa: S102 - made of attribute names that were checked and of numbers
    made: Callable[..., Callable[[Any], Any]] = scope["factory"]
    return made


def row_values(items: Sequence[tuple[str, int]], processors: Sequence[Any]) -> Callable[[Any, dict[str, Any]], None]:
    """Return ``fill(row, values)``, which stores all columns of a row in an object's ``__dict__``."""
    scope: dict[str, Any] = {}
    lines = ["def fill(row, d):"]
    for key, place in items:
        lines.append(f"    d[{key!r}] = {_value(place, processors, scope)}")
    if not items:
        lines.append("    pass")
    exec("\n".join(lines), scope)  # noqa: S102 - made of attribute names and numbers
    made: Callable[[Any, dict[str, Any]], None] = scope["fill"]
    return made
