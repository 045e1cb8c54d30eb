"""What a relationship asks of a flush: which other objects take part, in which order, and which keys are copied.

One :class:`Dependency` per relationship; the three directions are three classes. All of them are asked in the same
places:
``plan_save`` / ``plan_delete`` while the flush is planned, ``save_edges`` / ``delete_edges`` when objects of one
cycle of
mappers are ordered (for many-to-one of deleted rows see ``references.py``), ``process_saves`` / ``process_deletes``
while rows are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lect_orm.base import NO_VALUE, STATE_KEY, instance_state
from lect_orm.exc import FlushError
from lect_orm.unitofwork import sync
from lect_orm.unitofwork.cascade import cascade_iterator
from lect_orm.unitofwork.context import IN_MEMORY, LOADED, SAVE, FlushContext

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["Dependency", "ManyToOne", "OneToMany", "states_of"]

Edge = tuple["InstanceState", "InstanceState"]


def states_of(objects: Iterable[Any] | None) -> list[InstanceState]:
    """Return the states of the objects in one part of a history, without None."""
    return [instance_state(obj) for obj in objects or () if obj is not None]


class Dependency:
    """Base: facts of one relationship that flushes use again and again."""

    def __init__(self, prop: Any) -> None:
        self.prop = prop
        self.key: str = prop.key
        self.parent = prop.parent
        self.mapper = prop.mapper
        self.post_update: bool = prop.post_update
        self.passive_deletes = prop.passive_deletes
        self.passive_updates = prop.passive_updates
        self.cascade_delete: bool = prop.cascade.delete
        self.cascade_orphans: bool = prop.cascade.delete_orphan
        self.pairs = prop.synchronize_pairs
        self.referred = self.pairs  #: those whose first columns are of the rows that are referred to
        self._fitting: set[Any] = set()  # classes of members that were found to fit

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.prop}>"

    @property
    def plans_saves(self) -> bool:
        """Whether saving an object may bring others into the flush."""
        return True

    def concerns(self, state: InstanceState, dict_: dict[str, Any]) -> bool:
        """Whether a saved object may have anything to say about this relationship: a quick look."""
        key = self.key
        if key in dict_:
            return True
        committed = state.committed_state
        if committed is not None:
            if key in committed:
                return True
            # keys that changed may have to be carried to others
            if state.pk is not None and sync.source_modified(state, self.parent, self.pairs):
                return True
        pending = state.pending_changes
        return bool(pending) and key in pending  # type: ignore[operator]

    def history(self, context: FlushContext, state: InstanceState, passive: int) -> Any:
        """Return the history of the relationship."""
        return context.history(state, self.key, passive)

    def has_parent(self, state: InstanceState) -> bool:
        """Whether an object is a member of this relationship of some parent."""
        return bool(self.parent.impls[self.key].hasparent(state))

    def refuse_none(self, objects: Any) -> None:
        """Refuse None as a member of a collection.

        Raises:
            FlushError: it is one.
        """
        if self.prop.uselist and any(obj is None for obj in objects or ()):
            raise FlushError(f"Can't flush None value found in collection {self.prop}")

    def require_fitting(self, member: InstanceState) -> None:
        """Refuse an object of a class that the relationship is not about.

        Raises:
            FlushError: it is one.
        """
        if member.mapper not in self._fitting:
            sync.require_loadable(self.prop, member)
            self._fitting.add(member.mapper)

    def leads_to(self, mapper: Any) -> bool:
        """Whether objects of this class are among those that rows refer to; a concrete subclass has other rows.

        Asked of many-to-one and many-to-many relationships.
        """
        to_key = mapper.column_to_key
        return mapper.isa(self.mapper) and all(left in to_key for left, _right in self.referred)

    def key_changed(self, state: InstanceState) -> bool:
        """Whether the key that the other side refers to has changed."""
        return sync.source_modified(state, self.parent, self.pairs)

    def delete_with_cascade(self, context: FlushContext, state: InstanceState) -> None:
        """Register an object, and what its delete cascade reaches, for deletion."""
        context.register_object(state, isdelete=True, operation="delete", prop=self.prop)
        for _obj, _mapper, other, _dict in list(cascade_iterator("delete", state)):
            context.register_object(other, isdelete=True)

    # -- to be answered by the directions -----------------------------------------------------------------------------

    def mapper_edge(self) -> tuple[Any, Any] | None:
        """Base mappers (first, then): rows of the first are inserted before rows of the second."""
        raise NotImplementedError

    def plan_save(self, context: FlushContext, state: InstanceState) -> None:
        """An object with this relationship is saved: register who else takes part."""

    def plan_delete(self, context: FlushContext, state: InstanceState) -> None:
        """An object with this relationship is deleted: register who else takes part."""

    def save_edges(self, context: FlushContext, state: InstanceState) -> Iterator[Edge]:
        """Yield (inserted first, inserted then) for a saved object."""
        return iter(())

    def delete_edges(self, context: FlushContext, state: InstanceState) -> Iterator[Edge]:
        """Yield (deleted first, deleted then) for a deleted object."""
        return iter(())

    def process_saves(self, context: FlushContext, states: list[InstanceState]) -> None:
        """Copy keys for saved objects."""

    def process_deletes(self, context: FlushContext, states: list[InstanceState]) -> None:
        """Take keys away for deleted objects."""


class OneToMany(Dependency):
    """The other side's rows refer to ours."""

    def __init__(self, prop: Any) -> None:
        super().__init__(prop)
        self.copier = sync.Copier(prop, self.parent, self.mapper, self.pairs)

    def mapper_edge(self) -> tuple[Any, Any] | None:
        return None if self.post_update else (self.parent.base_mapper, self.mapper.base_mapper)

    def _removed_history(self, context: FlushContext, state: InstanceState) -> Any:
        return self.history(context, state, IN_MEMORY if self.passive_deletes else LOADED)

    def plan_delete(self, context: FlushContext, state: InstanceState) -> None:
        # Members that nobody deletes lose their reference; members that are deleted have been registered by the
        # cascade.
        history = self._removed_history(context, state)
        nulls_them = not self.cascade_delete and self.passive_deletes != "all"
        for child in states_of(history.deleted):
            if not self.has_parent(child):
                if self.cascade_orphans:
                    self.delete_with_cascade(context, child)
                else:
                    context.register_object(child, operation="delete", prop=self.prop)
        if nulls_them:
            for child in states_of(history.unchanged):
                context.register_object(child, operation="delete", prop=self.prop)

    def first_members(self, state: InstanceState) -> list[InstanceState] | None:
        """Return the members of an object that is new, when its collection is there and none was there before: the
        usual thing, for which no history has to be made. None when it is not so, or nobody can be sure.
        """
        committed = state.committed_state
        if state.pk is not None or committed is None or committed.get(self.key, self) is not NO_VALUE:
            return None
        impl = state.mapper.impls[self.key]
        coll = state.dict.get(self.key)
        if coll is None or not impl.collection or impl.dynamic:
            return None
        try:
            return [obj.__dict__[STATE_KEY] for obj in impl.members(coll)]
        except (AttributeError, KeyError):  # None, or an object that has no state yet
            return None

    def plan_save(self, context: FlushContext, state: InstanceState) -> None:
        known = context.states.get
        members = self.first_members(state)
        if members is not None:
            for child in members:
                if known(child) is not SAVE:
                    context.register_object(child, cancel_delete=True, operation="add", prop=self.prop)
            return
        changed = self.key_changed(state)
        passive = IN_MEMORY if not changed or self.passive_updates else LOADED
        history = self.history(context, state, passive)
        self.refuse_none(history.added)
        for child in states_of(history.added):
            if known(child) is not SAVE:
                context.register_object(child, cancel_delete=True, operation="add", prop=self.prop)
        for child in states_of(history.deleted):
            if not self.cascade_orphans:
                context.register_object(child, operation="delete", prop=self.prop)
            elif not self.has_parent(child):
                self.delete_with_cascade(context, child)
        if changed:
            for child in states_of(history.unchanged):
                context.register_object(
                    child, listonly=bool(self.passive_updates), operation="pk change", prop=self.prop
                )

    def save_edges(self, context: FlushContext, state: InstanceState) -> Iterator[Edge]:
        history = self.history(context, state, IN_MEMORY)
        for child in states_of(history.added):
            if child in context.states and not context.is_deleted(child):
                yield state, child
        if self.key_changed(state):
            for child in states_of(history.unchanged):
                if child in context.states and not context.is_deleted(child):
                    yield state, child

    def delete_edges(self, context: FlushContext, state: InstanceState) -> Iterator[Edge]:
        history = self._removed_history(context, state)
        for child in states_of([*(history.unchanged or ()), *(history.deleted or ())]):
            if context.is_deleted(child):
                yield child, state

    def process_deletes(self, context: FlushContext, states: list[InstanceState]) -> None:
        if not self.post_update and self.passive_deletes == "all":
            return
        for state in states:
            history = self._removed_history(context, state)
            for child in states_of(history.deleted):
                if not self.has_parent(child):
                    self._clear(context, state, child)
            if self.post_update or not self.cascade_delete:
                for child in states_of(history.unchanged):
                    self._clear(context, state, child)

    def process_saves(self, context: FlushContext, states: list[InstanceState]) -> None:
        plain = not self.post_update
        copy, fitting, taking_part = self.copier.copy, self._fitting, context.states
        for state in states:
            members = self.first_members(state) if plain else None
            if members is not None:
                rest = self.copier.copy_to_new(state, members, taking_part, fitting)
                for child in rest:
                    self._copy(context, state, child)
                continue
            changed = self.key_changed(state)
            passive = IN_MEMORY if not changed or self.passive_updates else LOADED
            history = self.history(context, state, passive)
            for child in states_of(history.added):
                if plain and child.mapper in fitting and taking_part.get(child) is SAVE:
                    copy(state, child)
                else:
                    self._copy(context, state, child)
            if self.post_update:
                self._release(context, state, history.deleted)
            if changed:
                for child in states_of(history.unchanged):
                    self._copy(context, state, child, pks_changed=True)

    def process_removals(self, context: FlushContext, states: list[InstanceState]) -> None:
        """Take keys away from members that are members no more."""
        key = self.key
        for state in states:
            committed, pending = state.committed_state, state.pending_changes
            if (committed and key in committed) or (pending and key in pending):
                self._release(context, state, self.history(context, state, IN_MEMORY).deleted)

    def _release(self, context: FlushContext, state: InstanceState, removed: Any) -> None:
        if self.cascade_orphans:
            return
        for child in states_of(removed):
            if not self.has_parent(child):
                self._clear(context, state, child)

    def _copy(
        self, context: FlushContext, state: InstanceState, child: InstanceState, pks_changed: bool = False
    ) -> None:
        if not self.post_update and context.is_deleted(child):
            return
        if child not in context.states and not context.session._contains_state(child):
            return
        self.require_fitting(child)
        self.copier.copy(state, child, pks_changed)
        if self.post_update:
            context.post_update(child, [right for _left, right in self.pairs])

    def _clear(self, context: FlushContext, state: InstanceState, child: InstanceState) -> None:
        if not self.post_update and context.is_deleted(child):
            return
        if not context.session._contains_state(child):
            return
        sync.clear(child, self.mapper, self.pairs, self.prop)
        for _left, right in self.pairs:
            if not right.nullable:
                context.emptied[right] = self.prop
        if self.post_update:
            context.post_update(child, [right for _left, right in self.pairs])


class ManyToOne(Dependency):
    """Our row refers to the other side."""

    def __init__(self, prop: Any) -> None:
        super().__init__(prop)
        self.copier = sync.Copier(prop, self.mapper, self.parent, self.pairs)

    def row_values(self, state: InstanceState) -> tuple[Any, ...]:
        """Return what an object's row holds as its reference; NO_VALUE for what is not in memory.

        A key that was set while the object was expired says nothing about the row.
        """
        dict_, committed = state.dict, state.committed_state or {}
        keys = [sync.attribute_of(state.mapper, right, self.prop) for _left, right in self.pairs]
        return tuple([committed[key] if key in committed else dict_.get(key, NO_VALUE) for key in keys])

    def mapper_edge(self) -> tuple[Any, Any] | None:
        return None if self.post_update else (self.mapper.base_mapper, self.parent.base_mapper)

    def concerns(self, state: InstanceState, dict_: dict[str, Any]) -> bool:
        committed = state.committed_state
        return self.key in dict_ or (committed is not None and self.key in committed)

    def plan_delete(self, context: FlushContext, state: InstanceState) -> None:
        if not (self.cascade_delete or self.cascade_orphans):
            return
        history = self.history(context, state, IN_MEMORY if self.passive_deletes else LOADED)
        gone = history.sum() if self.cascade_orphans else history.non_deleted()
        for target in states_of(gone):
            self.delete_with_cascade(context, target)

    @property
    def plans_saves(self) -> bool:
        return self.cascade_orphans

    def plan_save(self, context: FlushContext, state: InstanceState) -> None:
        history = self.history(context, state, LOADED if not self.passive_deletes else IN_MEMORY)
        for target in states_of(history.deleted):
            if not self.has_parent(target):
                self.delete_with_cascade(context, target)

    def save_edges(self, context: FlushContext, state: InstanceState) -> Iterator[Edge]:
        history = self.history(context, state, IN_MEMORY)
        for target in states_of(history.non_deleted()):
            if target in context.states and not context.is_deleted(target):
                yield target, state

    def process_deletes(self, context: FlushContext, states: list[InstanceState]) -> None:
        # Only when the two rows refer to each other: ours must let go before the other can be deleted.
        if not self.post_update or self.cascade_orphans or self.passive_deletes == "all":
            return
        for state in states:
            if self._row_refers(context, state):
                context.post_update(state, [right for _left, right in self.pairs])
            sync.clear(state, self.parent, self.pairs, self.prop)

    def _row_refers(self, context: FlushContext, state: InstanceState) -> bool:
        """Whether the object's row, as it is in the database, may refer to another: so too when it is expired."""
        if self.passive_deletes:
            history = self.history(context, state, IN_MEMORY)
            return any(target.pk is not None for target in states_of(history.sum()))
        # a key with a NULL in it refers to nothing
        return all(value is not None for value in self.row_values(state))

    def process_saves(self, context: FlushContext, states: list[InstanceState]) -> None:
        key = self.key
        plain = not self.post_update and not self.prop.uselist
        copy, fitting, taking_part = self.copier.copy, self._fitting, context.states
        has_key = self.copier.is_copied
        for state in states:
            committed = state.committed_state
            if committed is None or key not in committed:
                continue  # as it was
            if plain and committed[key] is NO_VALUE:
                # Set for the first time, to an object that is saved too or has been: the usual thing.
                dict_ = state.dict
                found = dict_.get(key)
                other = None if found is None else instance_state(found)
                if other is not None and other.mapper in fitting and taking_part.get(other) is SAVE:
                    # The other side of the relationship may have given the key already.
                    if not has_key(other, found.__dict__, state, dict_) and not context.is_deleted(state):
                        copy(other, state)
                    continue
            history = self.history(context, state, IN_MEMORY)
            if history.added:
                target = history.added[0]
                self._copy(context, state, None if target is None else instance_state(target))
            elif history.deleted:
                self._copy(context, state, None)
            if self.post_update and (history.added or history.deleted):
                context.post_update(state, [right for _left, right in self.pairs])

    def _copy(self, context: FlushContext, state: InstanceState, target: InstanceState | None) -> None:
        if not self.post_update and context.is_deleted(state):
            return
        if target is None:
            sync.clear(state, self.parent, self.pairs, self.prop)
            return
        if not context.session._contains_state(target):
            context._not_in_session(target, "add", self.prop)
            return
        self.require_fitting(target)
        self.copier.copy(target, state)
