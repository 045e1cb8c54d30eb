"""Which objects a session holds, and how they come in and go out."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from lect.exc import InvalidRequestError
from lect_orm.base import STATE_KEY, instance_state, object_state, state_str
from lect_orm.exc import UnmappedClassError, UnmappedInstanceError
from lect_orm.identity import IdentityMap
from lect_orm.identity_set import IdentitySet
from lect_orm.unitofwork.cascade import cascade_iterator, cascades_from, deletes_along, leads_back, pending_along

if TYPE_CHECKING:
    from lect_orm.session.transaction import SessionTransaction
    from lect_orm.state import InstanceState

__all__ = ["SessionMembership"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any


class SessionMembership:
    """The part of a session that holds objects: new, persistent, changed, to be deleted."""

    _new: dict[InstanceState, Any]
    _dirty: dict[InstanceState, Any]
    _deleted: dict[InstanceState, Any]
    _ref: weakref.ref[Session]
    _transaction: SessionTransaction | None
    _insert_count: int
    _warn_on_events: bool
    identity_map: IdentityMap
    hash_key: int
    dispatch: Any

    if TYPE_CHECKING:

        def _autobegin(self) -> SessionTransaction: ...

    # -- what is in it ------------------------------------------------------------------------------------------------

    def __contains__(self, instance: object) -> bool:
        return self._contains_state(object_state(instance))

    def __iter__(self) -> Iterator[Any]:
        return iter([*self._new.values(), *self.identity_map.values()])

    def _contains_state(self, state: InstanceState) -> bool:
        return state in self._new or self.identity_map.contains_state(state)

    @property
    def new(self) -> IdentitySet:
        """Objects waiting to be inserted."""
        return IdentitySet(self._new.values())

    @property
    def dirty(self) -> IdentitySet:
        """Persistent objects with changes noted; some may turn out to have no net change (see :meth:`is_modified`)."""
        return IdentitySet([obj for state, obj in self._dirty.items() if state not in self._deleted])

    @property
    def deleted(self) -> IdentitySet:
        """Objects whose rows the next flush deletes."""
        return IdentitySet(self._deleted.values())

    @property
    def _dirty_states(self) -> list[InstanceState]:
        return list(self._dirty)

    def _is_clean(self) -> bool:
        return not (self._new or self._dirty or self._deleted)

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Whether an object has net changes; asks no database.

        Args:
            instance: the object.
            include_collections: whether changes of collections count; those need no UPDATE of the object's own row.
        """
        state = object_state(instance)
        if not state.modified:
            return False
        dict_ = state.dict
        for key, impl in state.mapper.impls.items():
            if (not include_collections and impl.collection) or not hasattr(impl, "get_history"):
                continue
            if key not in (state.committed_state or ()) and state.pk is not None and not impl.collection:
                continue
            from lect_orm.base import INIT_OK, PASSIVE_NO_FETCH

            added, _unchanged, deleted = impl.get_history(state, dict_, PASSIVE_NO_FETCH & ~INIT_OK)
            if added or deleted:
                return True
        return False

    # -- in -----------------------------------------------------------------------------------------------------------

    def add(self, instance: object, *, _warn: bool = True) -> None:
        """Put an object, and what its save-update cascade reaches, into the session.

        Raises:
            UnmappedInstanceError: its class is not mapped.
            InvalidRequestError: it belongs to another session, or its row was deleted.
        """
        if _warn and self._warn_on_events:
            self._flush_warning("Session.add()")
        state = _state_of(instance)
        self._save_or_update_state(state)

    def _enters_silently(self) -> bool:
        """Whether nobody listens to objects that come in."""
        dispatch = self.dispatch
        return not (dispatch.before_attach or dispatch.after_attach or dispatch.transient_to_pending)

    def add_all(self, instances: Iterable[object]) -> None:
        """Put several objects into the session; see :meth:`add`."""
        if self._warn_on_events:
            self._flush_warning("Session.add_all()")
        quick = self._enters_silently()
        new, ref = self._new, self._ref
        for instance in instances:
            state = _state_of(instance)
            if quick and state.pk is None and state.session_ref is None:
                if not new and self._transaction is None:
                    self._autobegin()
                self._insert_count = state.insert_order = self._insert_count + 1
                new[state] = instance
                state.session_ref = ref
                if cascades_from(state, instance):
                    self._cascade_save(state)
            else:
                self._save_or_update_state(state)

    def _save_or_update_state(self, state: InstanceState) -> None:
        state.orphaned = False
        self._save_or_update_one(state)
        obj = state()
        if obj is not None and cascades_from(state, obj):
            self._cascade_save(state)

    def _cascade_save(self, state: InstanceState) -> None:
        # Depth first, as the objects were put together: it is the order in which they are inserted.
        quick = self._enters_silently() and self._transaction is not None
        new, ref = self._new, self._ref
        stack = [iter(pending_along(state))]
        while stack:
            for other in stack[-1]:
                if other.pk is None and other.session_ref is None and quick:
                    obj = other()
                    if obj is None:
                        continue
                    self._insert_count = other.insert_order = self._insert_count + 1
                    new[other] = obj
                    other.session_ref = ref
                elif other in new or self._contains_state(other):
                    continue
                else:
                    self._save_or_update_one(other)
                if leads_back(other, new):
                    continue
                reached = pending_along(other)
                if reached:
                    stack.append(iter(reached))
                    break
            else:
                stack.pop()

    def _save_or_update_one(self, state: InstanceState) -> None:
        if state.pk is None:
            self._save_state(state)
        else:
            self._update_state(state)

    def _save_state(self, state: InstanceState) -> None:
        if state.pk is not None:
            raise InvalidRequestError(
                f"Object '{state_str(state)}' already has an identity - it can't be registered as pending"
            )
        obj = state()
        if obj is None:
            return
        if type(obj) is not state.mapper.class_:
            raise UnmappedClassError(type(obj))  # its row could not say which class it is of
        attach = self._before_attach(state, obj)
        if state not in self._new:
            self._insert_count = state.insert_order = self._insert_count + 1
            self._new[state] = obj
        if attach:
            self._after_attach(state, obj)
            if self.dispatch.transient_to_pending:
                self.dispatch.transient_to_pending(self, obj)

    def _update_state(self, state: InstanceState, revert_deletion: bool = False) -> None:
        if state.pk is None:
            return
        obj = state()
        if state.is_deleted:
            if not revert_deletion:
                raise InvalidRequestError(
                    f"Instance '{state_str(state)}' has been deleted.  Use the make_transient() function to send this "
                    "object back to the transient state."
                )
            state.is_deleted = False
        elif revert_deletion and state not in self._deleted:
            return
        if obj is None:
            self._deleted.pop(state, None)
            return
        attach = self._before_attach(state, obj)
        self._deleted.pop(state, None)
        if revert_deletion:
            was_out = not self.identity_map.contains_state(state)
            successor = self.identity_map.replace(state)
            if successor is not None:
                # Read from a row that took this one's place; the row is gone with the rollback.
                self._let_go(successor)
            state.session_ref = self._ref
            if was_out and self.dispatch.deleted_to_persistent:
                if attach:
                    self._after_attach(state, obj)
                self.dispatch.deleted_to_persistent(self, obj)
            elif attach:
                self._after_attach(state, obj)
            return
        self.identity_map.add(state)
        if attach:
            self._after_attach(state, obj)
            if self.dispatch.detached_to_persistent:
                self.dispatch.detached_to_persistent(self, obj)

    def _let_go(self, state: InstanceState) -> None:
        """Detach an object whose row has never been there, as far as anybody else knows."""
        self._dirty.pop(state, None)
        state.is_deleted = False
        self._detach_states([state])

    def _before_attach(self, state: InstanceState, obj: Any) -> bool:
        """Check that an object may be attached; False when it is here already."""
        if self._transaction is None:
            self._autobegin()
        ref = state.session_ref
        if ref is self._ref:
            return False
        if ref is not None:
            other = ref()
            if other is not None:
                raise InvalidRequestError(
                    f"Object '{state_str(state)}' is already attached to session '{other.hash_key}' (this is "
                    f"'{self.hash_key}')"
                )
        if self.dispatch.before_attach:
            self.dispatch.before_attach(self, obj)
        return True

    def _after_attach(self, state: InstanceState, obj: Any) -> None:
        state.session_ref = self._ref
        if state.modified and state.pk is not None:
            self._dirty[state] = obj
        if self.dispatch.after_attach:
            self.dispatch.after_attach(self, obj)

    def enable_relationship_loading(self, obj: object) -> None:
        """Let an object that is not persistent load its relationships from the foreign keys it holds now."""
        state = object_state(obj)
        attach = self._before_attach(state, obj)
        state.load_pending = True
        if attach:
            self._after_attach(state, obj)

    # -- delete -------------------------------------------------------------------------------------------------------

    def delete(self, instance: object) -> None:
        """Mark an object, and what its delete cascade reaches, for deletion by the next flush.

        Raises:
            InvalidRequestError: it has no row ("not persisted").
        """
        if self._warn_on_events:
            self._flush_warning("Session.delete()")
        state: InstanceState = object_state(instance)
        mapper = state.mapper
        # What deletes_along() has found out before, without the call.
        alone = mapper.memo.get("deletes_along") is False or not deletes_along(mapper)
        if alone and state.session_ref is self._ref and self._transaction is not None:
            bucket = self.identity_map.buckets.get(mapper.identity_mapper)
            if bucket is not None and state.pk is not None and bucket.get(state.pk) is state:
                # Persistent here, and nothing else goes with it.
                self._deleted[state] = instance
                return
        self._delete(state, instance, head=True)

    def delete_all(self, instances: Iterable[object]) -> None:
        """Mark several objects for deletion; see :meth:`delete`."""
        if self._warn_on_events:
            self._flush_warning("Session.delete_all()")
        for instance in instances:
            self._delete(object_state(instance), instance, head=True)

    def _delete(self, state: InstanceState, obj: Any, head: bool) -> None:
        if state.pk is None:
            if head:
                raise InvalidRequestError(
                    f"Instance '{state_str(state)}' is not persisted: it has no row to delete"
                    if state not in self._new
                    else f"Instance '{state_str(state)}' is not persisted: expunge() takes a pending object out"
                )
            return
        if state.is_deleted and state.session_ref is self._ref:
            return  # its row is gone already: deleted earlier in this transaction
        attach = self._before_attach(state, obj)
        if state in self._deleted:
            return
        self.identity_map.add(state)
        if attach:
            self._after_attach(state, obj)
        reached: list[Any] = []
        if head and deletes_along(state.mapper):
            # Collected before anything is marked: the cascade may load, and loading may flush.
            reached = list(cascade_iterator("delete", state))
        self._deleted[state] = obj
        for other, _mapper, other_state, _dict in reached:
            self._delete(other_state, other, head=False)

    # -- out ----------------------------------------------------------------------------------------------------------

    def expunge(self, instance: object) -> None:
        """Take an object, and what its expunge cascade reaches, out of the session.

        Raises:
            InvalidRequestError: it is not in this session.
        """
        state = object_state(instance)
        if state.session_ref is not self._ref:
            raise InvalidRequestError(f"Instance {state_str(state)} is not present in this Session")
        reached = list(cascade_iterator("expunge", state))
        self._expunge_states([state, *[other for _obj, _mapper, other, _dict in reached]])

    def expunge_all(self) -> None:
        """Take every object out of the session."""
        states = [*self.identity_map.all_states(), *self._new]
        self.identity_map = IdentityMap()
        self._new, self._deleted, self._dirty = {}, {}, {}
        self._detach_states(states)

    def _expunge_states(self, states: list[InstanceState], to_transient: bool = False) -> None:
        transaction = self._transaction
        for state in states:
            if state in self._new:
                del self._new[state]
            elif self.identity_map.contains_state(state):
                self.identity_map.discard(state)
                self._deleted.pop(state, None)
            elif transaction is not None:
                # A deleted object: it is no longer the transaction's to restore.
                transaction._deleted.pop(state, None)
            self._dirty.pop(state, None)
        self._detach_states(states, to_transient)

    def _detach_states(self, states: Iterable[InstanceState], to_transient: bool = False) -> None:
        dispatch = self.dispatch
        ref = self._ref
        if not (to_transient or dispatch._any):
            for state in states:
                if state.session_ref is ref:
                    state.session_ref = None
            return
        for state in states:
            if state.session_ref is not ref:
                continue
            obj = state()
            pending = state.pk is None
            deleted = state.is_deleted
            state.session_ref = None
            if to_transient and not pending:
                state.pk = None
                if deleted:
                    state.is_deleted = False
            if obj is None:
                continue
            if pending:
                if dispatch.pending_to_transient:
                    dispatch.pending_to_transient(self, obj)
            elif deleted:
                if dispatch.deleted_to_detached:
                    dispatch.deleted_to_detached(self, obj)
            elif to_transient:
                if dispatch.persistent_to_transient:
                    dispatch.persistent_to_transient(self, obj)
            elif dispatch.persistent_to_detached:
                dispatch.persistent_to_detached(self, obj)

    def _flush_warning(self, method: str) -> None:
        import warnings

        from lect.exc import LectWarning

        warnings.warn(
            f"Usage of the '{method}' operation is not currently supported within the execution stage of the flush "
            "process. Results may not be consistent.  Consider using alternative event listeners or connection-level "
            "operations instead.",
            LectWarning,
            stacklevel=3,
        )


def _state_of(instance: Any) -> InstanceState:
    try:
        state: InstanceState = instance.__dict__[STATE_KEY]
    except KeyError:
        state = instance_state(instance)
    except AttributeError:
        raise UnmappedInstanceError(instance) from None
    return state
