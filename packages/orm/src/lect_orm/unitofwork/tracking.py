"""What a change of a relationship means for the session at once: the save-update cascade, and orphans that are
pending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lect_orm.attributes.impl import register_tracker
from lect_orm.base import NO_VALUE, PASSIVE_NO_RESULT, instance_state
from lect_orm.mapping.mapper import CASCADE_HOOK
from lect_orm.unitofwork.cascade import cascade_iterator

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["track_append", "track_remove", "track_set"]


def track_append(prop: Any, state: InstanceState, item: Any, initiator: Any) -> None:
    """A member comes into a collection: it joins the session of the object that holds the collection."""
    if item is None or prop.viewonly:
        return
    session = state.session
    if session is None:
        return
    if session._warn_on_events:
        session._flush_warning("collection append")
    if not prop.cascade.save_update:
        return
    other = instance_state(item)
    if session._contains_state(other):
        return
    # A change that comes from the other side of a relationship pulls no object into a session, unless it is one that
    # this
    # session has just let go as an orphan: it was moved from one parent to another.
    if _starts_here(prop, initiator) or other.orphaned is session._ref:
        session._save_or_update_state(other)


def track_remove(prop: Any, state: InstanceState, item: Any, initiator: Any) -> None:
    """A member leaves a collection: a pending one that must not be without parent leaves the session."""
    if item is None or prop.viewonly:
        return
    session = state.session
    if session is not None and session._warn_on_events:
        session._flush_warning("collection remove")
    if prop.cascade.delete_orphan:
        _drop_orphan(session, prop, instance_state(item))


def track_set(prop: Any, state: InstanceState, new: Any, old: Any, initiator: Any) -> None:
    """A reference changes: the new object joins the session; the old one may be a pending orphan."""
    if new is old or prop.viewonly:
        return
    session = state.session
    if session is None:
        # Out of a session there may still be orphans inside one.
        if prop.cascade.delete_orphan and _is_object(old):
            _drop_orphan(None, prop, instance_state(old))
        return
    if session._warn_on_events:
        session._flush_warning("related attribute set" if _is_object(new) else "related attribute delete")
    if _is_object(new) and prop.cascade.save_update and _starts_here(prop, initiator):
        other = instance_state(new)
        if not session._contains_state(other):
            session._save_or_update_state(other)
    if prop.cascade.delete_orphan and _is_object(old):
        _drop_orphan(session, prop, instance_state(old))


def _starts_here(prop: Any, initiator: Any) -> bool:
    return initiator is None or initiator.parent_token is prop.token


def _is_object(value: Any) -> bool:
    return value is not None and value is not NO_VALUE and value is not PASSIVE_NO_RESULT


def _drop_orphan(session: Any, prop: Any, other: InstanceState) -> None:
    from lect_orm.unitofwork.orphans import is_orphan

    if not is_orphan(other):
        return
    if session is not None and other in session._new:
        session.expunge(other())
        other.orphaned = session._ref
    else:
        # It may be put into a session by another road later, and has to be told from an object nobody removed.
        other.orphaned = True


def _cascade(mapper: Any, type_: str, state: InstanceState, halt_on: Any) -> Any:
    return cascade_iterator(type_, state, halt_on)


register_tracker(track_append, track_remove, track_set)
CASCADE_HOOK[:] = [_cascade]
