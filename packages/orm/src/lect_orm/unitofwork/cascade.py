"""Cascades: which objects an operation on one object reaches along its relationships."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from lect_orm.base import (
    INIT_OK,
    NO_RAISE,
    NO_VALUE,
    PASSIVE_NO_INITIALIZE,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    STATE_KEY,
    instance_state,
)

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["Reached", "cascade_iterator", "cascades_from", "deletes_along", "leads_back", "pending_along"]

#: (object, its mapper, its state, its dictionary)
Reached = tuple[Any, Any, "InstanceState", dict[str, Any]]

#: Name of a cascade -> name of the flag in CascadeOptions.
_FLAGS = {
    "save-update": "save_update",
    "merge": "merge",
    "delete": "delete",
    "expunge": "expunge",
    "refresh-expire": "refresh_expire",
}


#: What an attribute was when it held nobody before: by identity, since a user's object may define ``__eq__``.
_NOBODY = frozenset([id(NO_VALUE), id(PASSIVE_NO_RESULT), id(None)])


_NOTHING: Mapping[str, Any] = {}
_UNTOUCHED: Any = object()


class Steps(NamedTuple):
    """Relationships of one mapper along which one cascade goes."""

    props: tuple[Any, ...]
    keys: frozenset[str]
    many: bool  # one of them is a collection


def _steps(mapper: Any, type_: str) -> Steps:
    key = ("cascade", type_)
    found: Steps | None = mapper.memo.get(key)
    if found is None:
        mapper._check_configure()
        flag = _FLAGS[type_]
        props = tuple([p for p in mapper.relationships if getattr(p.cascade, flag) and not _never(p, type_)])
        found = mapper.memo[key] = Steps(props, frozenset([p.key for p in props]), any(p.uselist for p in props))
    return found


def _never(prop: Any, type_: str) -> bool:
    return bool(prop.viewonly) and type_ in ("save-update", "delete")


def cascades_from(state: InstanceState, obj: Any) -> bool:
    """Whether adding `obj` may reach anything: a quick look at what is loaded."""
    keys = _steps(state.mapper, "save-update").keys
    if not keys:
        return False
    dict_ = obj.__dict__
    return any(key in dict_ for key in keys) or state.modified


def leads_back(state: InstanceState, known: Mapping[InstanceState, Any]) -> bool:
    """Whether an object, which is new, plainly refers to nobody but objects that are `known`: a child its parent. A
    quick look, which may say no by mistake.
    """
    steps = _steps(state.mapper, "save-update")
    obj = state()
    if obj is None or steps.many or state.pending_changes:
        return False
    dict_ = obj.__dict__
    committed = state.committed_state or _NOTHING
    for key in steps.keys:
        held = dict_.get(key)
        if held is not None and held.__dict__.get(STATE_KEY) not in known:
            return False
        if id(committed.get(key)) not in _NOBODY:
            return False
    return True


def pending_along(state: InstanceState) -> list[InstanceState]:
    """Return what the save-update cascade reaches from an object in one step: what is held now, or was until the last
    flush. Nothing is loaded.
    """
    mapper = state.mapper
    props = _steps(mapper, "save-update").props
    obj = state() if props else None
    if obj is None:
        return []
    dict_ = obj.__dict__
    committed, pending = state.committed_state or _NOTHING, state.pending_changes
    found: list[InstanceState] = []
    impls = mapper.impls
    for prop in props:
        key = prop.key
        was = committed.get(key, _UNTOUCHED)
        # An attribute that is not there, and never was, holds nobody.
        if was is _UNTOUCHED and key not in dict_ and not pending and not impls[key].dynamic:
            continue
        if not prop.uselist and (was is _UNTOUCHED or id(was) in _NOBODY):
            value = dict_.get(key)
            if value is not None:
                found.append(instance_state(value))
            continue
        impl = impls[key]
        if was is NO_VALUE and key in dict_ and impl.collection and not impl.dynamic:
            found += [instance_state(member) for member in impl.members(dict_[key]) if member is not None]
            continue
        members = impl.get_all_pending(state, dict_, PASSIVE_NO_INITIALIZE)
        found += [other for other, member in members if other is not None and member is not None]
    return found


def deletes_along(mapper: Any) -> bool:
    """Whether deleting an object of the class may reach others."""
    found: bool | None = mapper.memo.get("deletes_along")
    if found is None:
        found = mapper.memo["deletes_along"] = bool(_steps(mapper, "delete").props)
    return found


def cascade_iterator(
    type_: str, state: InstanceState, halt_on: Callable[[InstanceState], bool] | None = None
) -> Iterator[Reached]:
    """Yield every object that the cascade `type_` reaches from `state`, each once, nearest first on each path.

    Args:
        type_: ``save-update``, ``merge``, ``delete``, ``expunge`` or ``refresh-expire``. Only ``delete`` loads what is
            not loaded (unless ``passive_deletes``).
        state: where it starts; not yielded itself.
        halt_on: objects for which this is true are neither yielded nor passed.
    """
    visited: set[InstanceState] = {state}
    stack: list[Iterator[tuple[InstanceState, Any]]] = [_reached_along(type_, state)]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            continue
        other, obj = step
        if other in visited or (halt_on is not None and halt_on(other)):
            continue
        visited.add(other)
        yield obj, other.mapper, other, obj.__dict__
        stack.append(_reached_along(type_, other))


def _reached_along(type_: str, state: InstanceState) -> Iterator[tuple[InstanceState, Any]]:
    mapper = state.mapper
    props = _steps(mapper, type_).props
    if not props:
        return
    obj = state()
    if obj is None:
        return
    dict_ = obj.__dict__
    for prop in props:
        impl = mapper.impls[prop.key]
        passive = PASSIVE_NO_INITIALIZE
        if type_ == "delete" and not prop.passive_deletes and state.pk is not None:
            passive = PASSIVE_OFF | NO_RAISE
        if type_ == "save-update":
            pairs = impl.get_all_pending(state, dict_, passive)
        else:
            pairs = _current(impl, state, dict_, passive)
        # What is pending has nothing to be read again; an orphan-to-be leaves the session instead.
        skip_pending = type_ == "refresh-expire" and not prop.cascade.delete_orphan
        for other, member in pairs:
            if other is None or member is None or (skip_pending and other.pk is None):
                continue
            yield other, member


def _current(impl: Any, state: InstanceState, dict_: dict[str, Any], passive: int) -> list[tuple[Any, Any]]:
    """Return what an attribute holds, loaded as far as `passive` allows."""
    if impl.dynamic:
        found: list[tuple[Any, Any]] = impl.get_all_pending(state, dict_, passive)
        return found
    value = impl.get(state, dict_, passive & ~INIT_OK)
    if value is None or value is NO_VALUE or value is PASSIVE_NO_RESULT:
        pending = state.pending_changes
        if pending and impl.key in pending:
            return [(instance_state(o), o) for o in pending[impl.key].added_items]
        return []
    members = impl.members(value) if impl.collection else [value]
    return [(instance_state(o), o) for o in members if o is not None]
