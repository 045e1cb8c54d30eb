"""One flush from beginning to end: plan, order, write, and what follows for session, transaction and listeners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from lect.exc import LectWarning, NotNullViolation
from lect_orm.collector import pause
from lect_orm.unitofwork.context import FlushContext
from lect_orm.unitofwork.plan import expand, fill
from lect_orm.unitofwork.write import finish, steps_of, write

__all__ = ["flush"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any


def flush(session: Session, objects: Sequence[Any] | None = None) -> None:
    """Write the pending changes of a session; a failure rolls the transaction back.

    Args:
        session: the session.
        objects: only these objects; None: all.
    """
    context = FlushContext(session)
    dispatch = session.dispatch
    if dispatch.before_flush:
        dispatch.before_flush(session, context, objects)
    fill(context, objects)
    if not context.has_work:
        return
    with pause(len(context.states), session.gc_pause):
        _carry_out(context, objects)


def _carry_out(context: FlushContext, objects: Sequence[Any] | None) -> None:
    session = context.session
    dispatch = session.dispatch
    transaction = session._autobegin()._begin()
    context.transaction = transaction
    try:
        session._warn_on_events = True
        try:
            expand(context)
            write(context, steps_of(context))
        finally:
            session._warn_on_events = False
        if dispatch.after_flush:
            dispatch.after_flush(session, context)
        finish(context)
        _load_eager(context)
        if not objects and session._dirty:
            _discard_late_changes(session)
        if dispatch.after_flush_postexec:
            dispatch.after_flush_postexec(session, context)
        transaction.commit()
    except BaseException as error:
        if isinstance(error, NotNullViolation):
            _explain_null(context, error)
        transaction.rollback(_capture_exception=True)
        raise


def _explain_null(context: FlushContext, error: NotNullViolation) -> None:
    """Say which relationship took a reference away that the table does not let go."""
    for column, prop in context.emptied.items():
        if not error.columns or column.name in error.columns:
            error.add_note(
                f"{column} became NULL because its row is no longer in {prop}, or what {prop} belonged to is deleted. "
                f"If the row is to go as well, give {prop} cascade='all, delete-orphan' (passive_deletes=True when the "
                "database deletes it by itself)."
            )


def _load_eager(context: FlushContext) -> None:
    """Read what the database computed for mappers that want it at once (``eager_defaults=True``)."""
    if not context.load_now:
        return
    from lect_orm.loading import refresh

    for state, keys in context.load_now.items():
        missing = {key for key in keys if key not in state.dict}
        if not missing or state() is None:
            continue
        refresh(context.session, state, missing)
        for call in state.mapper.instance_dispatch.refresh_flush:
            call(state, context, sorted(missing))


def _discard_late_changes(session: Session) -> None:
    import warnings

    late = list(session._dirty)
    for state in late:
        obj = state()
        if obj is not None:
            state._commit_all(obj.__dict__)
    session._dirty.clear()
    warnings.warn(
        f"Attribute history events accumulated on {len(late)} previously clean instances within inner-flush event "
        "handlers "
        "have been reset, and will not result in database updates. Consider using set_committed_value() within "
        "inner-flush "
        "event handlers to avoid this warning.",
        LectWarning,
        stacklevel=4,
    )
