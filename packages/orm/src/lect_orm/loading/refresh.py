"""Reading objects again: expired attributes, columns that were left out, ``session.refresh``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lect_orm.base import ATTR_WAS_SET, NO_AUTOFLUSH, PASSIVE_NO_RESULT, SQL_OK, state_str
from lect_orm.exc import DetachedInstanceError, ObjectDeletedError
from lect_orm.loading.by_key import load_by_key
from lect_orm.loading.criteria import with_criteria_of
from lect_orm.loading.n_plus_one import notice_columns
from lect_orm.loading.tree_option import TreeOption
from lect_orm.loading.unawaited import check_columns
from lect_orm.mapping.mapper import _LOAD_EXPIRED

__all__ = ["load_columns", "load_expired", "refresh"]


def load_expired(state: Any, passive: int) -> Any:
    """Read all expired columns of an object; the answer of an attribute's loader.

    Raises:
        DetachedInstanceError: the object has no session. ObjectDeletedError: its row is gone.
    """
    if not passive & SQL_OK:
        return PASSIVE_NO_RESULT
    if state.session is not None and not passive & NO_AUTOFLUSH:
        # What is pending may be what is to be read: an expression over other rows, or the work of a trigger.
        state.session._autoflush()
    values = state.dict
    if state.expired and state.session is not None and (_loads_eagerly(state.mapper) or _asked_eagerly(state)):
        key = state.key
        options = _options_of(state)
        found = load_by_key(
            state.session,
            state.mapper,
            key[1],
            options=options,
            execution_options=_execution_of(state) if options else {},
            identity_token=key[2],
            autoflush=False,
            kind="columns",
        )
        if found is None:
            raise ObjectDeletedError(state)
        if not state.expired_attributes:
            return ATTR_WAS_SET
    committed = state.committed_state
    wanted = [k for k in state.expired_attributes or () if k not in values or (committed and k not in committed)]
    wanted = [k for k in wanted if not (committed and k in committed)]
    load_columns(state, wanted)
    return ATTR_WAS_SET


def _loads_eagerly(mapper: Any) -> bool:
    """Whether objects of the class are configured to be loaded with related objects."""
    found = mapper.memo.get("loads_eagerly")
    if found is None:
        found = mapper.memo["loads_eagerly"] = any(
            p.is_relationship and p.strategy in _EAGER for p in mapper._props.values()
        )
    return bool(found)


_EAGER = ("joined", "selectin", "subquery", "immediate")


def _asked_eagerly(state: Any) -> bool:
    """Whether the statement that loaded an object asked for related objects with it."""
    origin = state.origin
    return (
        origin is not None
        and origin.node is not None
        and any(step.strategy in _EAGER for step in origin.node.steps.values())
    )


def _options_of(state: Any) -> tuple[Any, ...]:
    """Return the options with which an object was loaded, for loading it again."""
    if not _asked_eagerly(state):
        return ()
    origin = state.origin
    criteria = [c.for_reload() for c in origin.node.criteria if c.propagate_to_loaders]
    return (TreeOption(state.mapper, origin.node, origin.path or ()), *with_criteria_of(criteria, origin.given))


def _execution_of(state: Any) -> dict[str, Any]:
    """Return the execution options that belong to `_options_of`."""
    found: dict[str, Any] = {"_lect_lenient_options": True}
    if state.origin.given is not None:
        found["_lect_given"] = state.origin.given
    return found


def load_columns(state: Any, keys: Iterable[str]) -> None:
    """Read columns of an object.

    Raises:
        DetachedInstanceError: the object has no session. ObjectDeletedError: its row is gone.
    """
    session = state.session
    if session is None:
        raise DetachedInstanceError(
            f"Instance {state_str(state)} is not bound to a Session; attribute refresh operation cannot proceed for "
            f"{', '.join(sorted(map(repr, keys))) or 'its attributes'}; add the object to a session, or keep values "
            "loaded past commit with Session(expire_on_commit=False)"
        )
    names = frozenset(keys)
    if not names:
        return
    if session._guard is not None:
        notice_columns(session, state, list(names))
    if session._front is not None:
        check_columns(session, state, sorted(names))
    if not refresh(session, state, names):
        raise ObjectDeletedError(state)
    expired = state.expired_attributes
    if expired:
        left = expired - names
        state.expired_attributes = left or None
        if not left:
            state.expired = False


def refresh(
    session: Any,
    state: Any,
    attribute_names: Iterable[str] | None = None,
    *,
    with_for_update: Any = None,
) -> bool:
    """Read an object's row again into the object; False when the row is gone.

    Args:
        attribute_names: only these; None for all columns and the relationships that are loaded eagerly.
        with_for_update: arguments of ``with_for_update``, or None.
    """
    mapper = state.mapper
    identity = state.key
    names = None if attribute_names is None else frozenset(attribute_names)
    columns = names
    relationships: list[str] = []
    if names is not None:
        relationships = [n for n in names if n in mapper._props and mapper._props[n].is_relationship]
        columns = frozenset(n for n in names if n not in relationships)
        columns = _with_composite_parts(mapper, columns)
        if with_for_update is not None and mapper.version_id_prop is not None and columns:
            columns |= {mapper.version_id_prop.key}  # to be compared
    obj = state.obj()
    found: Any = obj
    if names is None or columns or not relationships:
        found = load_by_key(
            session,
            mapper,
            identity[1],
            refresh_state=state,
            only=columns if names is not None else None,
            with_for_update=with_for_update,
            identity_token=identity[2],
            autoflush=False,
        )
    if found is None:
        return False
    values = state.dict
    for name in relationships:
        if name not in values:
            impl = mapper.impls[name]
            if impl.callable_ is not None:
                impl.get(state, values)
    return True


def _with_composite_parts(mapper: Any, names: frozenset[str]) -> frozenset[str]:
    found = set(names)
    for name, prop in getattr(mapper, "composite_keys", {}).items():
        if name in found:
            found.discard(name)
            found.update(prop.attribute_keys())
    return frozenset(found)


_LOAD_EXPIRED[:] = [load_expired]
