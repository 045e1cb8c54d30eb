"""Events of sessions: what listeners may listen to, and on what (`Session`, a subclass, an object, `sessionmaker`,
`scoped_session`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lect.event import EventKey, Events
from lect.exc import ArgumentError

# What listeners are given; named here for readers, since the session imports this module.
Session: TypeAlias = Any
SessionTransaction: TypeAlias = Any
ORMExecuteState: TypeAlias = Any

__all__ = ["SessionEvents"]

#: Events about one object: a listener that asked for ``raw=True`` receives its state.
_LIFECYCLE = frozenset(
    {
        "before_attach",
        "after_attach",
        "transient_to_pending",
        "pending_to_transient",
        "persistent_to_transient",
        "pending_to_persistent",
        "detached_to_persistent",
        "loaded_as_persistent",
        "persistent_to_deleted",
        "deleted_to_persistent",
        "deleted_to_detached",
        "persistent_to_detached",
    }
)


class SessionEvents(Events[Any]):
    """What happens in a session."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        front = getattr(target, "_session_events_refused", None)
        if front is not None:
            raise NotImplementedError(front)
        owner = getattr(target, "_session_event_target", None)
        if owner is not None:
            found = owner() if not isinstance(target, type) else None
            if found is not None:
                return super()._accept_with(found, identifier)
        return super()._accept_with(target, identifier)

    @classmethod
    def _listen(cls, key: EventKey, *, raw: bool = False, restore_load_context: bool = False, **options: Any) -> None:
        if key.identifier in _LIFECYCLE and raw:
            key = key.with_wrapper(_with_state(key.call))
        elif raw:
            raise ArgumentError(f"event {key.identifier!r} is about no single object: it takes no raw=True")
        del restore_load_context  # loading keeps no context that a listener could spoil
        key.place(**options)

    def do_orm_execute(self, orm_execute_state: ORMExecuteState) -> None:
        """A statement is about to be executed by the session; may change it or answer with a result of its own."""

    def after_transaction_create(self, session: Session, transaction: SessionTransaction) -> None:
        """A transaction (also a savepoint, also one inside a flush) was made."""

    def after_transaction_end(self, session: Session, transaction: SessionTransaction) -> None:
        """A transaction has ended, one way or the other."""

    def before_commit(self, session: Session) -> None:
        """Commit was called; nothing has been flushed for it yet."""

    def after_commit(self, session: Session) -> None:
        """The commit has happened; no transaction is there, so no SQL may be emitted."""

    def after_rollback(self, session: Session) -> None:
        """A real rollback has happened on the connections."""

    def after_soft_rollback(self, session: Session, previous_transaction: SessionTransaction) -> None:
        """A transaction, also an inner one, was rolled back; with an active session SQL may be emitted."""

    def before_flush(self, session: Session, flush_context: Any, instances: Any) -> None:
        """A flush begins; objects may still be added, changed and deleted."""

    def after_flush(self, session: Session, flush_context: Any) -> None:
        """SQL was emitted; the session still shows what was new, dirty and deleted."""

    def after_flush_postexec(self, session: Session, flush_context: Any) -> None:
        """A flush is over and the objects are in their final state."""

    def after_begin(self, session: Session, transaction: SessionTransaction, connection: Any) -> None:
        """A transaction has begun on a connection."""

    def before_attach(self, session: Session, instance: Any) -> None:
        """An object is about to be attached."""

    def after_attach(self, session: Session, instance: Any) -> None:
        """An object was attached, by adding, deleting, merging or flushing."""

    def after_bulk_update(self, update_context: Any) -> None:
        """An UPDATE of an entity was executed."""

    def after_bulk_delete(self, delete_context: Any) -> None:
        """A DELETE of an entity was executed."""

    def transient_to_pending(self, session: Session, instance: Any) -> None:
        """An object became pending."""

    def pending_to_transient(self, session: Session, instance: Any) -> None:
        """A pending object left the session."""

    def persistent_to_transient(self, session: Session, instance: Any) -> None:
        """The INSERT of an object was rolled back."""

    def pending_to_persistent(self, session: Session, instance: Any) -> None:
        """An object was inserted."""

    def detached_to_persistent(self, session: Session, instance: Any) -> None:
        """An object with identity was attached."""

    def loaded_as_persistent(self, session: Session, instance: Any) -> None:
        """An object was made from a row."""

    def persistent_to_deleted(self, session: Session, instance: Any) -> None:
        """An object's row was deleted by a flush."""

    def deleted_to_persistent(self, session: Session, instance: Any) -> None:
        """The DELETE of an object was rolled back."""

    def deleted_to_detached(self, session: Session, instance: Any) -> None:
        """The transaction that deleted an object was committed, or the object was expunged."""

    def persistent_to_detached(self, session: Session, instance: Any) -> None:
        """An object with identity left the session."""


def _with_state(call: Callable[..., Any]) -> Callable[..., Any]:
    from lect_orm.base import instance_state

    def wrapped(session: Any, instance: Any) -> Any:
        return call(session, instance_state(instance))

    return wrapped
