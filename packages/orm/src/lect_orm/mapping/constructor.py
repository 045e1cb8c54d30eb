"""The ``__init__`` of mapped classes.

A class is settled when it makes its first object. Until then its ``__init__`` is wrapped; afterwards the class has the
``__init__`` it was written with, unless somebody listens to ``init`` events.
"""

from __future__ import annotations

import functools
from typing import Any

from lect.exc import nearest
from lect_orm.base import NO_VALUE, STATE_FACTORY, STATE_KEY, init_state

__all__ = ["declarative_constructor", "install", "remove", "settled"]


def install(mapper: Any) -> None:
    """Wrap the class's ``__init__`` unless it is wrapped."""
    cls = mapper.class_
    current = cls.__dict__.get("__init__")
    if getattr(current, "_lect_wrapper_of", None) is mapper:
        return
    own = current
    original = cls.__init__
    inherited_wrapper = getattr(original, "_lect_original", None)
    call = inherited_wrapper if own is None and inherited_wrapper is not None else original

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if type(self) is not cls and STATE_KEY in self.__dict__:
            call(self, *args, **kwargs)  # reached from a subclass's own __init__
            return
        _construct(self, call, args, kwargs)

    if own is not None:
        functools.update_wrapper(__init__, own)
    elif call is not object.__init__:
        functools.update_wrapper(__init__, call)
    __init__._lect_wrapper_of = mapper  # type: ignore[attr-defined]
    __init__._lect_original = call  # type: ignore[attr-defined]
    __init__._lect_own = own  # type: ignore[attr-defined]
    type.__setattr__(cls, "__init__", __init__)


def _construct(self: Any, call: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    found: Any = type(self).__dict__.get("__mapper__")
    if not getattr(found, "is_mapper", False):
        from lect_orm.base import mapper_of

        found = mapper_of(type(self))
    found._check_configure()
    state = self.__dict__.get(STATE_KEY)
    events = found.instance_dispatch
    if not found.__dict__.get("_made_first"):
        found.__dict__["_made_first"] = True
        events.first_init(found, found.class_)
    if state is None:
        state = init_state(self)
    if events.init:
        events.init(state, args, kwargs)
    if not events.init_failure:
        call(self, *args, **kwargs)
        return
    try:
        call(self, *args, **kwargs)
    except BaseException:
        events.init_failure(state, args, kwargs)
        raise


def settled(mapper: Any) -> None:
    """The mapper is configured: give the class its ``__init__`` back unless events need the wrapper."""
    events = mapper.instance_dispatch
    if events.init or events.init_failure or (events.first_init and not mapper.__dict__.get("_made_first")):
        return
    remove(mapper)


def remove(mapper: Any) -> None:
    """Give the class its ``__init__`` back."""
    cls = mapper.class_
    wrapper = cls.__dict__.get("__init__")
    if getattr(wrapper, "_lect_wrapper_of", None) is not mapper:
        return
    own = wrapper._lect_own
    if own is not None:
        type.__setattr__(cls, "__init__", own)
    else:
        type.__delattr__(cls, "__init__")


def declarative_constructor(self: Any, **kwargs: Any) -> None:
    """Set the attributes named by keyword arguments.

    Raises:
        TypeError: the class has no such attribute.
    """
    cls = type(self)
    mapper = cls.__dict__.get("__mapper__")
    values = self.__dict__
    if mapper is not None and kwargs.keys() <= mapper.plain_keys:
        # Columns that nobody listens to: all at once.
        state = values.get(STATE_KEY)
        if state is None and mapper.on_new is None:
            # The usual thing: an object made here and now, which nobody has seen yet.
            state = STATE_FACTORY[0](self, mapper)
            state.committed_state = dict.fromkeys(kwargs, NO_VALUE)
            state.modified = True
            values.update(kwargs)
            return
        if state is None:
            state = init_state(self)
        committed = state.committed_state
        if committed is None:
            state.committed_state = dict.fromkeys(kwargs, NO_VALUE)
        else:
            for key in kwargs:
                committed.setdefault(key, values.get(key, NO_VALUE))
        values.update(kwargs)
        if not state.modified:
            state.mark_modified(self)
        return
    known = () if mapper is None else mapper.impls
    for key, value in kwargs.items():
        if key not in known and not hasattr(cls, key):
            near = nearest(key, [name for name in dir(cls) if not name.startswith("_")])
            raise TypeError(f"{key!r} is an invalid keyword argument for {cls.__name__}{near}")
        setattr(self, key, value)


declarative_constructor.__name__ = "__init__"
