"""Sessions alive in this process, and functions about objects and their session."""

from __future__ import annotations

import itertools
import weakref
from typing import Any, TypeAlias

from lect.exc import InvalidRequestError
from lect_orm.base import object_state, state_str

__all__ = ["close_all_sessions", "make_transient", "make_transient_to_detached", "object_session", "was_deleted"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any

#: Sessions alive, by number.
SESSIONS: weakref.WeakValueDictionary[int, Session] = weakref.WeakValueDictionary()

numbers = itertools.count(1)


def object_session(instance: object) -> Session | None:
    """Return the session that an object belongs to, or None.

    Raises:
        UnmappedInstanceError: the object's class is not mapped.
    """
    session: Session | None = object_state(instance).session
    return session


def close_all_sessions() -> None:
    """Close every session of the process."""
    for session in list(SESSIONS.values()):
        session.close()


def was_deleted(obj: object) -> bool:
    """Whether an object's row was deleted by a flush."""
    return bool(object_state(obj).was_deleted)


def make_transient(instance: object) -> None:
    """Let an object forget its session and identity: adding it again inserts a new row. Its values stay."""
    state = object_state(instance)
    session = state.session
    if session is not None:
        session._expunge_states([state])
    state.expired_attributes = None
    state.expired = False
    if state.callables:
        state.callables = None
    state.committed_state = None
    state.pk = None
    if state.is_deleted:
        state.is_deleted = False


def make_transient_to_detached(instance: object) -> None:
    """Let a transient object stand for the row its primary key attributes name; what is not set is loaded on demand.

    Raises:
        InvalidRequestError: it has a session or an identity already.
    """
    state = object_state(instance)
    if state._attached or state.pk is not None:
        raise InvalidRequestError("Given object must be transient")
    mapper = state.mapper
    pk = mapper.pk_of(state.dict)
    if pk is None:
        raise InvalidRequestError(
            f"Instance {state_str(state)} has no complete primary key: set {', '.join(map(repr, mapper.pk_keys))} first"
        )
    state.pk = pk
    if state.is_deleted:
        state.is_deleted = False
    state._commit_all(state.dict)
    state._expire_attributes(state.dict, state.unloaded)
