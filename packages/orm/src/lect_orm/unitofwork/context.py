"""One flush: which objects are to be saved and deleted, and what the steps of the flush tell each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lect.exc import LectWarning
from lect_orm.base import (
    DEFERRED_HISTORY_LOAD,
    INCLUDE_PENDING_MUTATIONS,
    LOAD_AGAINST_COMMITTED,
    NO_RAISE,
    PASSIVE_NO_INITIALIZE,
    PASSIVE_OFF,
    SQL_OK,
)

if TYPE_CHECKING:
    from lect_orm.attributes.history import History
    from lect_orm.session.transaction import SessionTransaction
    from lect_orm.state import InstanceState

__all__ = ["DELETE", "LISTED", "LISTED_DELETE", "SAVE", "FlushContext", "UOWTransaction"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any

SAVE: Final = 0
DELETE: Final = 1
LISTED: Final = 2  #: takes part in dependencies, is not written itself
LISTED_DELETE: Final = 3

#: History from what is in memory / loaded as far as needed.
IN_MEMORY: Final = PASSIVE_NO_INITIALIZE | INCLUDE_PENDING_MUTATIONS
LOADED: Final = PASSIVE_OFF | LOAD_AGAINST_COMMITTED | DEFERRED_HISTORY_LOAD | NO_RAISE | INCLUDE_PENDING_MUTATIONS
NO_SQL: Final = LOADED & ~SQL_OK


class FlushContext:
    """The plan of one flush, made by :mod:`plan`, carried out by :mod:`write`. Listeners know it as `flush_context`.

    Attributes:
        session: the session.
        states: state -> SAVE, DELETE, LISTED or LISTED_DELETE, in order of registration.
        attributes: notes of listeners and extensions for the time of this flush.
        switched: new state -> the deleted state whose row it takes over.
        saved: states whose rows have been written.
        load_now: state -> attributes that are read before the flush ends (``eager_defaults``).
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.transaction: SessionTransaction | None = None
        self.states: dict[InstanceState, int] = {}
        self.attributes: dict[Any, Any] = {}
        self.fresh: list[InstanceState] = []  # registered (again) and not looked at yet
        self.switched: dict[InstanceState, InstanceState] = {}
        self.saved: set[InstanceState] = set()  # written already
        self.load_now: dict[InstanceState, set[str]] = {}  # attributes to be read before the flush ends
        self.emptied: dict[Any, Any] = {}  # columns that may not be NULL -> the relationship that made them so
        self.pending_post_updates: dict[InstanceState, dict[Any, None]] = {}
        self.reversed_pairs: dict[Any, set[tuple[Any, Any]]] = {}
        self._connections: dict[Any, Any] = {}

    @property
    def has_work(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.states)

    # -- registration -------------------------------------------------------------------------------------------------

    def register_object(
        self,
        state: InstanceState,
        isdelete: bool = False,
        listonly: bool = False,
        cancel_delete: bool = False,
        operation: str | None = None,
        prop: Any = None,
    ) -> bool:
        """Let an object take part in the flush; False (with a warning) when it is not in the session.

        Args:
            state: the object's state.
            isdelete: it is to be deleted.
            listonly: it takes part in dependencies and is not written itself.
            cancel_delete: it has a place after all: do not delete it.
            operation: what asks for it, for the warning.
            prop: the relationship that asks for it.
        """
        if not self.session._contains_state(state):
            if not state.deleted and operation is not None:
                self._not_in_session(state, operation, prop)
            return False
        known = self.states.get(state)
        if known is None:
            self.states[state] = (LISTED_DELETE if isdelete else LISTED) if listonly else (DELETE if isdelete else SAVE)
            self.fresh.append(state)
        elif not listonly and (isdelete or cancel_delete):
            wanted = DELETE if isdelete else SAVE
            if known != wanted:
                self.states[state] = wanted
                self.fresh.append(state)
        return True

    def _not_in_session(self, state: InstanceState, operation: str, prop: Any) -> None:
        import warnings

        warnings.warn(
            f"Object of type <{state.mapper.class_.__name__}> not in session, {operation} operation along "
            f"'{prop}' will not proceed",
            LectWarning,
            stacklevel=6,
        )

    def is_deleted(self, state: InstanceState) -> bool:
        """Whether the flush deletes this object."""
        return self.states.get(state, SAVE) in (DELETE, LISTED_DELETE)

    def was_already_deleted(self, state: InstanceState) -> bool:
        """Whether the object's row is gone already: deleted earlier in the transaction, or found missing just now."""
        if state.expired:
            from lect_orm.exc import ObjectDeletedError

            try:
                state.mapper.load_expired(state, PASSIVE_OFF)
            except ObjectDeletedError:
                self.session._remove_newly_deleted([state])
                return True
        return state.is_deleted

    def remove_state_actions(self, state: InstanceState) -> None:
        """Do not write this object after all: another takes over its row."""
        self.states[state] = LISTED_DELETE if self.states.get(state) in (DELETE, LISTED_DELETE) else LISTED

    # -- questions of dependencies ------------------------------------------------------------------------------------

    def history(self, state: InstanceState, key: str, passive: int) -> History:
        """Return the history of a relationship, loaded as far as `passive` allows."""
        found: History = state.mapper.impls[key].get_history(state, state.dict, passive)
        return found

    def post_update(self, state: InstanceState, columns: Any) -> None:
        """Update these columns of an object by a statement of its own, once the rows they refer to are there."""
        kept = self.pending_post_updates.setdefault(state, {})
        for column in columns:
            kept[column] = None

    def pairs_done(self, prop: Any) -> set[tuple[Any, Any]] | None:
        """Return the pairs of states that one side of a two-sided many-to-many has dealt with; None for a one-sided
        one.
        """
        reverse = prop._reverse_property
        if not reverse:
            return None
        key = frozenset([prop.token, *[p.token for p in reverse]])
        return self.reversed_pairs.setdefault(key, set())

    def connection(self, mapper: Any, state: InstanceState | None = None) -> Any:
        """Return the connection that a mapper's rows are written on; a sharded session is asked per object."""
        session = self.session
        if session.connection_callable is not None and state is not None:
            return session.connection_callable(mapper, state())
        found = self._connections.get(mapper)
        if found is None:
            found = self._connections[mapper] = session.connection(bind_arguments={"mapper": mapper})
        return found


UOWTransaction = FlushContext
