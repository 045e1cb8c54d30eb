"""Settling mappers: what depends on other classes is done when all of them are known, before the first use."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from lect.exc import InvalidRequestError
from lect_orm.base import EXT_SKIP

__all__ = ["check_configured", "clear_mappers", "configure_mappers", "remember"]

_lock = threading.RLock()
#: every mapper alive, in order of creation
_mappers: dict[int, weakref.ref[Any]] = {}
_pending = False
_running = False
#: what else has to be forgotten when all mappings are: functions without arguments
FORGET: list[Any] = []
#: how caches that hold mappers are emptied when mappings are taken away, some or all: functions without arguments
EMPTY_CACHES: list[Any] = []
#: how caches are emptied of what further mappers may change: emptied whenever mappers were settled, and as those above
EMPTY_WHEN_CONFIGURED: list[Any] = []
#: the class Mapper, whose events say that configuration begins and ends; set by its module
EVENTS: list[Any] = []


def remember(mapper: Any) -> None:
    """Enter a new mapper; it will be configured before the next use of any mapper of its registries."""
    global _pending
    key = id(mapper)
    _mappers[key] = weakref.ref(mapper, lambda _, k=key: _mappers.pop(k, None))  # type: ignore[misc]
    _pending = True


def needs_configuration() -> None:
    """Note that a property was added to a mapper that is not settled."""
    global _pending
    _pending = True


def all_mappers() -> list[Any]:
    """Return every mapper alive, in order of creation."""
    return [m for m in (r() for r in list(_mappers.values())) if m is not None]


def configure_mappers() -> None:
    """Settle all mappers now. Happens by itself before the first use.

    Raises:
        InvalidRequestError: a mapper could not be settled earlier; the first error stands in the message.
    """
    check_configured(None)


def check_configured(registry: Any) -> None:
    """Settle what is not settled: all mappers, or those of one registry and of the registries it depends on."""
    global _pending, _running
    if not _pending:
        return
    with _lock:
        if _running or not _pending:
            return
        _running = True
        try:
            _configure_all(registry)
        finally:
            _running = False


def _configure_all(registry: Any) -> None:
    global _pending
    mappers = all_mappers()
    if not any(not m.configured for m in mappers):
        _pending = False
        return
    EVENTS[0].dispatch.before_configured()
    wanted = None if registry is None else _registries_of(registry)
    # Listeners and hooks may make further mappers.
    concerned = _with_unsettled(wanted)
    for each in concerned:
        each.dispatch.before_configured(each)
    mappers = all_mappers()
    if wanted is not None:
        mappers = [m for m in mappers if m.registry in wanted]
    skipped = False
    for mapper in mappers:
        if mapper.configured:
            continue
        skipped = not _configure_one(mapper) or skipped
    _pending = skipped or any(not m.configured for m in all_mappers())
    for empty in EMPTY_WHEN_CONFIGURED:
        empty()
    EVENTS[0].dispatch.after_configured()
    for each in concerned:
        each.dispatch.after_configured(each)


def _with_unsettled(wanted: set[Any] | None) -> list[Any]:
    """Return the registries that have mappers to settle."""
    found = {m.registry: None for m in all_mappers() if not m.configured and m.registry is not None}
    return [r for r in found if wanted is None or r in wanted]


def _configure_one(mapper: Any) -> bool:
    for call in mapper.dispatch.before_mapper_configured:
        if call(mapper, mapper.class_) is EXT_SKIP:
            return False
    failed = mapper.configure_failed
    if failed is not None:
        raise InvalidRequestError(
            "One or more mappers failed to initialize - can't proceed with initialization of other mappers. "
            "Triggering "
            f"mapper: '{mapper}'. Original exception was: {failed}"
        ) from failed
    try:
        mapper.post_configure()
    except Exception as error:
        if not hasattr(error, "_configure_failed"):
            mapper.configure_failed = error
            error._configure_failed = mapper  # type: ignore[attr-defined]
        raise
    mapper.dispatch.mapper_configured(mapper, mapper.class_)
    return True


def _registries_of(registry: Any) -> set[Any]:
    found = {registry}
    todo = [registry]
    while todo:
        for other in todo.pop().dependencies:
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def clear_mappers() -> None:
    """Take the mappings of all classes away."""
    global _pending
    with _lock:
        for mapper in reversed(all_mappers()):
            if mapper.registry is not None:
                mapper.registry.forget(mapper)
            mapper.dispose()
        _mappers.clear()
        _pending = False
        for forget in [*FORGET, *EMPTY_CACHES, *EMPTY_WHEN_CONFIGURED]:
            forget()
