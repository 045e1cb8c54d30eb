"""One transaction of a session, over all of its connections, and what its end does to the objects."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from lect.exc import (
    IllegalStateChangeError,
    InvalidRequestError,
    LectWarning,
    PendingRollbackError,
    ResourceClosedError,
)
from lect_orm.attributes.within_savepoints import WATCH
from lect_orm.exc import FlushError
from lect_orm.state import expire_all

if TYPE_CHECKING:
    from types import TracebackType

    from lect_orm.state import InstanceState

__all__ = ["SessionTransaction", "SessionTransactionOrigin"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any

#: A commit flushes until nothing is left; listeners that always make more work are stopped here.
MAX_FLUSHES = 100


class SessionTransactionOrigin(enum.Enum):
    """Why a transaction of a session began."""

    AUTOBEGIN = 0  #: something needed it
    BEGIN = 1  #: ``session.begin()``
    BEGIN_NESTED = 2  #: ``session.begin_nested()``
    SUBTRANSACTION = 3  #: a flush


class Phase(enum.Enum):
    """Where a transaction is in its life."""

    ACTIVE = "active"
    PREPARED = "prepared"
    COMMITTED = "committed"
    DEACTIVE = "deactive"  # rolled back, waits for the session's rollback()
    CLOSED = "closed"


_REFUSALS = {
    Phase.PREPARED: "This session is in 'prepared' state; no further SQL can be emitted within this transaction.",
    Phase.COMMITTED: "This session is in 'committed' state; no further SQL can be emitted within this transaction.",
}


class SessionTransaction:
    """One transaction: the root (over connections), a savepoint, or the inner one of a flush.

    Attributes:
        session: the session; None when the transaction is over.
        nested: whether it is a savepoint.
        origin: why it began.
    """

    def __init__(
        self, session: Session, origin: SessionTransactionOrigin, parent: SessionTransaction | None = None
    ) -> None:
        self.session: Session | None = session
        self.origin = origin
        self.nested = origin is SessionTransactionOrigin.BEGIN_NESTED
        self._parent = parent
        self._phase = Phase.ACTIVE
        self._rollback_exception: BaseException | None = None
        #: by engine and by connection: (connection, its transaction, whether commit is ours, whether closing is ours)
        self._connections: dict[Any, tuple[Any, Any, bool, bool]] = {}
        #: the same, each once
        self._held: list[tuple[Any, Any, bool, bool]] = []
        self._connecting = False
        self._outer_context: SessionTransaction | None = None
        if self.nested and parent is None:
            raise InvalidRequestError("Can't start a SAVEPOINT transaction when no existing transaction is in progress")
        if not session._flushing and self.nested:
            session.flush()
        if parent is None or self.nested:
            self._new: dict[InstanceState, Any] = {}
            self._deleted: dict[InstanceState, Any] = {}
            self._dirty: dict[InstanceState, Any] = {}
            self._key_switches: dict[InstanceState, tuple[Any, Any]] = {}
            #: relationships that were loaded within the savepoint
            self._loaded: dict[InstanceState, set[str]] = {}
        else:
            self._new, self._deleted = parent._new, parent._deleted
            self._dirty, self._key_switches = parent._dirty, parent._key_switches
            self._loaded = parent._loaded
        #: whether a savepoint may be rolled back, so that it matters which objects were written within it
        self._within_savepoint: bool = self.nested or (parent is not None and parent._within_savepoint)
        self._previous_nested = session._nested_transaction
        session._transaction = self
        if self.nested:
            session._nested_transaction = self
            WATCH.on = True
        if session.dispatch.after_transaction_create:
            session.dispatch.after_transaction_create(session, self)

    # -- facts --------------------------------------------------------------------------------------------------------

    @property
    def parent(self) -> SessionTransaction | None:
        """The transaction around this one, or None for the root."""
        return self._parent

    @property
    def connections(self) -> frozenset[Any]:
        """The connections that this transaction has taken up so far; none is taken up by asking."""
        return frozenset([held[0] for held in self._owner()._held])

    def bound_connection(self, mapper: Any = None, **bind_arguments: Any) -> Any:
        """Return the connection that this transaction has taken up for a mapper, or for the session's one engine.

        Unlike :meth:`connection` it takes up none.

        Args:
            mapper, bind_arguments: as for ``Session.get_bind()``.

        Raises:
            InvalidRequestError: it has not taken up one. UnboundExecutionError: the session has no engine for this.
        """
        session = self.session
        if session is None:
            raise ResourceClosedError("This transaction is closed")
        bind = session.get_bind(mapper, **bind_arguments)
        held = self._owner()._connections.get(bind)
        if held is None:
            raise InvalidRequestError(
                f"This transaction has not acquired a connection for {bind!r}; connection() acquires one"
            )
        return held[0]

    def _owner(self) -> SessionTransaction:
        """Return the transaction whose connections this one uses: a flush uses those of the one around it."""
        owner = self
        while not owner._is_real and owner._parent is not None:
            owner = owner._parent
        return owner

    @property
    def is_active(self) -> bool:
        """Whether statements may be executed in it."""
        return self.session is not None and self._phase is Phase.ACTIVE

    @property
    def _is_real(self) -> bool:
        """Whether the database knows of it: the root, or a savepoint."""
        return self._parent is None or self.nested

    def _check(self, *, prepared_ok: bool = False, rollback_ok: bool = False) -> None:
        phase = self._phase
        if phase is Phase.ACTIVE or (prepared_ok and phase is Phase.PREPARED):
            return
        if phase is Phase.DEACTIVE:
            if rollback_ok:
                return
            if self._rollback_exception is not None:
                raise PendingRollbackError(
                    "This Session's transaction has been rolled back due to a previous exception during flush. To "
                    "begin "
                    "a new transaction with this Session, first issue Session.rollback(). Original exception was: "
                    f"{self._rollback_exception}",
                )
            raise InvalidRequestError(
                "This session is in 'inactive' state, due to the SQL transaction being rolled back; no further SQL "
                "can be "
                "emitted within this transaction."
            )
        if phase is Phase.CLOSED:
            raise ResourceClosedError("This transaction is closed")
        raise InvalidRequestError(_REFUSALS[phase])

    def _up_to(self, upto: SessionTransaction | None = None) -> Iterator[SessionTransaction]:
        """Yield this transaction and those around it, ending with `upto` (or with the root)."""
        current: SessionTransaction | None = self
        while current is not None:
            yield current
            if current is upto:
                return
            current = current._parent
        if upto is not None:
            raise InvalidRequestError(f"Transaction {upto} is not on the active transaction list")

    # -- connections --------------------------------------------------------------------------------------------------

    def connection(self, bindkey: Any, execution_options: dict[str, Any] | None = None, **bind_arguments: Any) -> Any:
        """Return the connection that this transaction uses for a mapper."""
        assert self.session is not None
        bind = self.session.get_bind(bindkey, **bind_arguments)
        return self._connection_for(bind, execution_options)

    def _connection_for(self, bind: Any, execution_options: Any = None) -> Any:
        self._check()
        held = self._connections.get(bind)
        if held is not None:
            if execution_options:
                _warn("Connection is already established for the given bind; execution_options ignored")
            return held[0]
        session = self.session
        assert session is not None
        ours = False
        if self._parent is not None:
            # Options are for the connection when it is first used: by the outermost transaction.
            connection = self._parent._connection_for(bind, execution_options)
            if not self.nested:
                return connection
            execution_options = None
        elif bind.engine is not bind and _is_connection(bind):
            connection = bind
            if connection.engine in self._connections:
                raise InvalidRequestError(
                    "Session already has a Connection associated for the given Connection's Engine"
                )
        else:
            if self._connecting:
                raise IllegalStateChangeError(
                    "This session is provisioning a new connection; concurrent operations are not permitted. Give "
                    "each task or thread a session of its own"
                )
            self._connecting = ours = True
            try:
                connection = bind.connect()
            except BaseException:
                self._connecting = False
                raise
        if self._parent is None and session.execution_options:
            execution_options = {**session.execution_options, **(execution_options or {})}
        try:
            if execution_options:
                connection = connection.execution_options(**execution_options)
            transaction, ours_to_commit = self._begin_on(connection, ours)
        except BaseException:
            if ours:
                connection.close()
            raise
        finally:
            self._connecting = False
        held = (connection, transaction, ours_to_commit, ours)
        self._held.append(held)
        self._connections[connection] = self._connections[connection.engine] = held
        if bind is not connection:
            self._connections[bind] = held  # an engine with options of its own
        if session._budget is not None:
            session._budget.watch(connection)
        if session.dispatch.after_begin:
            session.dispatch.after_begin(session, self, connection)
        return connection

    def _begin_on(self, connection: Any, ours: bool) -> tuple[Any, bool]:
        session = self.session
        assert session is not None
        if session.twophase and self._parent is None:
            return connection.begin_twophase(), True
        if self.nested:
            return connection.begin_nested(), True
        if not connection.in_transaction():
            return connection.begin(), True
        if ours:  # begun by a listener of the engine
            return connection.get_transaction(), True
        mode = session.join_transaction_mode
        if mode == "conditional_savepoint":
            mode = "create_savepoint" if connection.in_nested_transaction() else "rollback_only"
        if mode == "create_savepoint":
            return connection.begin_nested(), True
        if connection.in_nested_transaction():
            return connection.get_nested_transaction(), mode == "control_fully"
        return connection.get_transaction(), mode == "control_fully"

    # -- beginning and ending -----------------------------------------------------------------------------------------

    def _begin(self, nested: bool = False) -> SessionTransaction:
        self._check()
        assert self.session is not None
        origin = SessionTransactionOrigin.BEGIN_NESTED if nested else SessionTransactionOrigin.SUBTRANSACTION
        return SessionTransaction(self.session, origin, self)

    def prepare(self) -> None:
        """First phase of a two-phase commit.

        Raises:
            InvalidRequestError: the session was not made with ``twophase=True``, or this is not the root.
        """
        if self._parent is not None or self.session is None or not self.session.twophase:
            raise InvalidRequestError("'twophase' mode not enabled, or not root transaction; can't prepare.")
        self._prepare()

    def _prepare(self) -> None:
        self._check()
        session = self.session
        assert session is not None
        if self._is_real and session.dispatch.before_commit:
            session.dispatch.before_commit(session)
        current = session._transaction
        if current is not self and current is not None:
            for inner in list(current._up_to(self)):
                if inner is not self:
                    inner.commit()
        if not session._flushing:
            for _ in range(MAX_FLUSHES):
                if session._is_clean():
                    break
                session.flush()
            else:
                raise FlushError(
                    "Over 100 subsequent flushes have occurred within session.commit() - is an after_flush() hook "
                    "creating new objects?"
                )
        if self._parent is None and session.twophase:
            try:
                for held in self._held:
                    held[1].prepare()
            except BaseException:
                self.rollback()
                raise
        self._phase = Phase.PREPARED

    def commit(self, _to_root: bool = False) -> None:
        """Flush, commit (or release the savepoint), and let the objects be read anew."""
        self._check(prepared_ok=True)
        if self._phase is not Phase.PREPARED:
            self._prepare()
        session = self.session
        assert session is not None
        if self._is_real:
            for _connection, transaction, ours_to_commit, _ours in self._held:
                if ours_to_commit:
                    transaction.commit()
            self._phase = Phase.COMMITTED
            if session.dispatch.after_commit:
                session.dispatch.after_commit(session)
            self._release_snapshot()
        parent = self._parent
        self.close()
        if _to_root and parent is not None:
            parent.commit(_to_root=True)

    def rollback(self, _capture_exception: bool = False, _to_root: bool = False) -> None:
        """Roll back; objects go back to what they were before the transaction.

        An inner transaction (a flush) rolls the savepoint or root around it back too, which then waits for its own
        ``rollback()``.
        """
        session = self.session
        if session is None:
            raise ResourceClosedError("This transaction is closed")
        self._check(prepared_ok=True, rollback_ok=True)
        current = session._transaction
        if current is not self and current is not None:
            for inner in list(current._up_to(self)):
                if inner is not self:
                    inner.close()
        boundary = self
        error: BaseException | None = None
        if self._phase in (Phase.ACTIVE, Phase.PREPARED):
            for transaction in self._up_to():
                if transaction._is_real:
                    error = transaction._roll_back_connections()
                    boundary = transaction
                    break
                transaction._phase = Phase.DEACTIVE
        if error is None and not session._is_clean():
            _warn("Session's state has been changed on a non-active transaction - this state will be discarded.")
            boundary._restore_snapshot(dirty_only=boundary.nested)
        parent = self._parent
        if parent is not None and _capture_exception:
            import sys

            parent._rollback_exception = sys.exc_info()[1]
        self.close()
        if error is not None:
            raise error
        if session.dispatch.after_soft_rollback:
            session.dispatch.after_soft_rollback(session, self)
        if _to_root and parent is not None:
            parent.rollback(_to_root=True)

    def _roll_back_connections(self) -> BaseException | None:
        """Roll back what the database knows of; objects are restored even when the database cannot be reached."""
        session = self.session
        assert session is not None
        error: BaseException | None = None
        try:
            for held in self._held:
                held[1].rollback()
            self._phase = Phase.DEACTIVE
            if session.dispatch.after_rollback:
                session.dispatch.after_rollback(session)
        except BaseException as failure:
            error = failure
        finally:
            self._phase = Phase.DEACTIVE
            self._restore_snapshot(dirty_only=self.nested)
        return error

    def close(self, invalidate: bool = False) -> None:
        """End the transaction without commit: what was not committed is rolled back; connections go back to their
        pools.
        """
        session = self.session
        if session is None:
            return
        if self.nested:
            session._nested_transaction = self._previous_nested
        session._transaction = self._parent
        if self._parent is None or self.nested:
            for connection, transaction, ours_to_commit, ours in self._held:
                if invalidate and self._parent is None:
                    connection.invalidate()
                if ours_to_commit and transaction.is_valid:
                    transaction.close()
                if ours and self._parent is None:
                    connection.close()
        self._phase = Phase.CLOSED
        if session.dispatch.after_transaction_end:
            session.dispatch.after_transaction_end(session, self)
        self.session = None
        self._connections = {}
        self._held = []

    # -- objects ------------------------------------------------------------------------------------------------------

    def note_written(self, states: Iterable[InstanceState]) -> None:
        """Note objects whose rows were written: they are expired when a savepoint around is rolled back."""
        if self._within_savepoint:
            self._dirty.update(dict.fromkeys(states, True))

    def _restore_snapshot(self, dirty_only: bool = False) -> None:
        """Undo what this transaction did to objects: new ones become transient, deleted ones persistent, the rest
        expired.
        """
        session = self.session
        assert session is not None
        added = {**self._new, **session._new}
        wrote = bool(self._new or self._dirty or self._deleted)
        session._expunge_states(list(added), to_transient=True)
        for state, (old, _new) in self._key_switches.items():
            session.identity_map.discard(state)
            if state in added:
                continue
            state.pk = old
            if state() is not None:
                session.identity_map.replace(state)
        places = set()
        for state in {**self._deleted, **session._deleted}:
            place = state.key
            if place in places:
                # Read from a row that took the place of one deleted before; it is gone with the rollback.
                session._let_go(state)
            else:
                places.add(place)
                session._update_state(state, revert_deletion=True)
        session._deleted.clear()
        dirty = self._dirty
        # Who wrote a row may be gone, and the row have been read again into another object.
        rows = {state.key for state in dirty if state() is None} if dirty_only else ()
        for state in session.identity_map.all_states():
            if not dirty_only or state.modified or state in dirty or (rows and state.key in rows):
                obj = state()
                if obj is not None:
                    state._expire(obj.__dict__, session._dirty)
        if dirty_only and self._loaded and wrote:
            self._forget_loaded()
        self._new.clear()
        self._deleted.clear()
        self._dirty.clear()
        self._key_switches.clear()
        self._loaded.clear()

    def _forget_loaded(self) -> None:
        """Let relationships be read again that were read among rows which are gone, or without those that are back."""
        identity_map = self.session.identity_map  # type: ignore[union-attr]
        for state, keys in self._loaded.items():
            obj = state()
            if obj is not None and identity_map.contains_state(state):
                state._expire_attributes(obj.__dict__, keys)

    def _release_snapshot(self) -> None:
        """The work is done: hand what was noted to the transaction around, or let go of it."""
        session = self.session
        assert session is not None
        if self.nested:
            parent = self._parent
            assert parent is not None
            parent._new.update(self._new)
            parent._deleted.update(self._deleted)
            parent._dirty.update(self._dirty)
            if parent._within_savepoint:
                for state, keys in self._loaded.items():
                    parent._loaded.setdefault(state, set()).update(keys)
            for state, (old, new) in self._key_switches.items():
                first = parent._key_switches.get(state)
                parent._key_switches[state] = (old if first is None else first[0], new)
            return
        if session.expire_on_commit:
            expire_all(session.identity_map.all_states())
        session._detach_states(list(self._deleted))
        self._deleted.clear()
        self._new.clear()
        self._dirty.clear()
        self._key_switches.clear()

    # -- with ---------------------------------------------------------------------------------------------------------

    def __enter__(self) -> SessionTransaction:
        session = self.session
        if session is None:
            raise ResourceClosedError("This transaction is closed")
        self._outer_context = session._transaction_context
        session._transaction_context = self
        self._with_session = session
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        session = self._with_session
        try:
            if type_ is None and self.is_active:
                try:
                    self.commit()
                except BaseException:
                    if self.session is not None:
                        self.rollback()
                    raise
            elif self.session is not None:
                if self._phase in (Phase.ACTIVE, Phase.PREPARED, Phase.DEACTIVE):
                    self.rollback()
                else:
                    self.close()
        finally:
            session._transaction_context = self._outer_context
            self._outer_context = None


def _warn(message: str) -> None:
    import warnings

    warnings.warn(message, LectWarning, stacklevel=4)


def _is_connection(bind: Any) -> bool:
    """Tell a connection from what stands for an engine: one of a test's making, or a program's own wrapper."""
    # Imported here: whoever has a connection has this module, and a program that has none does without.
    from lect.engine import Connection

    return isinstance(bind, Connection)
