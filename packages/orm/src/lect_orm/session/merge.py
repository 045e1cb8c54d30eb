"""``merge``: the state of an object, wherever it comes from, carried over to the session's object of the same
identity.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lect.exc import InvalidRequestError, LectWarning
from lect_orm.base import NO_VALUE, PASSIVE_MERGE, instance_state, object_state, state_str
from lect_orm.exc import StaleDataError
from lect_orm.identity import IdentityMap, bucket_of

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["SessionMerge"]

_O = TypeVar("_O")


class Merging:
    """One call of merge: what has been merged, by source state and by identity."""

    __slots__ = ("by_key", "came_from", "done", "load", "options")

    def __init__(self, load: bool, options: Sequence[Any] | None) -> None:
        self.load = load
        self.options = options
        self.done: dict[InstanceState, Any] = {}
        self.by_key: dict[Any, Any] = {}
        self.came_from: set[tuple[InstanceState, Any]] = set()  # (source, relationship it was reached by)


class SessionMerge:
    """The part of a session that merges."""

    autoflush: bool
    identity_map: IdentityMap
    _new: dict[InstanceState, Any]
    _warn_on_events: bool

    if TYPE_CHECKING:

        def _autoflush(self) -> None: ...
        def _flush_warning(self, method: str) -> None: ...
        def _save_or_update_state(self, state: InstanceState) -> None: ...
        def _update_state(self, state: InstanceState, revert_deletion: bool = False) -> None: ...

    def merge(self, instance: _O, *, load: bool = True, options: Sequence[Any] | None = None) -> _O:
        """Copy the state of an object onto the session's object of the same identity, and return that.

        It is loaded, or made when there is no such row.

        Args:
            instance: an object of any session or none; it stays as it is.
            load: False: trust the given state as what the database has; nothing is read and nothing becomes dirty.
            options: loader options for the SELECT of objects that are not in the session.

        Raises:
            UnmappedInstanceError: its class is not mapped.
            InvalidRequestError: with ``load=False``, an object is transient or has pending changes.
        """
        return self._merge_several([instance], load, options)[0]

    def merge_all(
        self, instances: Iterable[_O], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> Sequence[_O]:
        """Merge several objects; see :meth:`merge`."""
        return self._merge_several(list(instances), load, options)

    def _merge_several(self, instances: list[_O], load: bool, options: Sequence[Any] | None) -> list[_O]:
        if self._warn_on_events:
            self._flush_warning("Session.merge()")
        states = [object_state(instance) for instance in instances]
        if load:
            self._autoflush()
        before, self.autoflush = self.autoflush, False
        merging = Merging(load, options)
        try:
            return [self._merge(state, state.dict, merging) for state in states]
        finally:
            self.autoflush = before

    def _merge(self, state: InstanceState, dict_: dict[str, Any], merging: Merging) -> Any:
        done = merging.done.get(state)
        if done is not None:
            return done
        mapper = state.mapper
        mapper._check_configure()
        pk, token = self._merge_key(state, dict_, merging)
        merged, made = self._merge_target(state, mapper, pk, token, merging)
        merged_state = instance_state(merged)
        merging.done[state] = merged
        if pk is not None:
            merging.by_key[mapper.base_mapper, pk, token] = merged
        if merged_state is not state:
            merged_dict = merged_state.dict
            self._check_version(state, dict_, merged_state, merged_dict, made)
            if state.origin is not None:
                merged_state.origin = state.origin
            if state.callables:
                merged_state.callables = {**(merged_state.callables or {}), **state.callables}
            for prop in list(mapper.iterate_properties):
                self._merge_property(prop, state, dict_, merged_state, merged_dict, merging)
        if not merging.load:
            merged_state._commit_all(merged_state.dict)
        if made:
            for call in mapper.instance_dispatch.load:
                call(merged_state, None)
        return merged

    def _merge_key(
        self, state: InstanceState, dict_: dict[str, Any], merging: Merging
    ) -> tuple[tuple[Any, ...] | None, Any]:
        """Return (primary key tuple or None when it names no row, identity token)."""
        if state.pk is not None:
            key = state.key
            assert key is not None
            return key[1], key[2]
        if state in self._new:
            warnings.warn(
                f"Instance {state_str(state)} is already pending in this Session yet is being merged again; this is "
                "probably "
                "not what you want to do",
                LectWarning,
                stacklevel=6,
            )
        if not merging.load:
            raise InvalidRequestError(
                "merge() with load=False option does not support objects transient (i.e. unpersisted) objects.  "
                "flush() all "
                "changes on mapped instances before merging with load=False."
            )
        mapper = state.mapper
        values = tuple([dict_.get(key) for key in mapper.pk_keys])
        complete = None not in values or (mapper.allow_partial_pks and any(value is not None for value in values))
        return (values if complete else None), state.identity_token

    def _merge_target(
        self, state: InstanceState, mapper: Any, pk: tuple[Any, ...] | None, token: Any, merging: Merging
    ) -> tuple[Any, bool]:
        merged = None
        if pk is not None:
            bucket = self.identity_map.buckets.get(mapper.identity_mapper)
            found = None if bucket is None else bucket.get(bucket_of(mapper, pk, token))
            merged = None if found is None else found()
            if merged is None:
                merged = merging.by_key.get((mapper.base_mapper, pk, token))
        if merged is None and not merging.load:
            if state.modified:
                raise InvalidRequestError(
                    "merge() with load=False option does not support objects marked as 'dirty'.  flush() all changes "
                    "on "
                    "mapped instances before merging with load=False."
                )
            assert pk is not None
            merged = _new_instance(mapper)
            merged_state = instance_state(merged)
            merged_state.pk = bucket_of(mapper, pk, token)
            if token is not None:
                merged_state.identity_token = token
            self._update_state(merged_state)
            return merged, True
        if merged is None and pk is not None:
            merged = self.get(  # type: ignore[attr-defined]
                mapper.class_, pk if len(pk) > 1 else pk[0], identity_token=token, options=merging.options
            )
        if merged is None:
            merged = _new_instance(mapper)
            self._save_or_update_state(instance_state(merged))
            return merged, True
        return merged, False

    def _check_version(
        self,
        state: InstanceState,
        dict_: dict[str, Any],
        merged: InstanceState,
        merged_dict: dict[str, Any],
        made: bool,
    ) -> None:
        prop = state.mapper.version_id_prop
        if prop is None or made:
            return
        given = dict_.get(prop.key, NO_VALUE)
        there = merged_dict.get(prop.key, NO_VALUE)
        if given is not NO_VALUE and given is not None and there is not NO_VALUE and given != there:
            raise StaleDataError(
                f"Version id '{given}' on merged state {state_str(state)} does not match existing version '{there}'. "
                "Leave "
                "the version attribute unset when merging to update the most recent version."
            )

    # -- attribute by attribute ---------------------------------------------------------------------------------------

    def _merge_property(
        self,
        prop: Any,
        state: InstanceState,
        dict_: dict[str, Any],
        merged: InstanceState,
        merged_dict: dict[str, Any],
        merging: Merging,
    ) -> None:
        if prop.is_relationship:
            self._merge_relationship(prop, state, dict_, merged, merged_dict, merging)
        elif prop.is_column:
            self._merge_column(prop, state, dict_, merged, merged_dict, merging)
        elif prop.is_composite and prop.key in merged_dict:
            del merged_dict[prop.key]  # made again from its columns

    def _merge_column(
        self,
        prop: Any,
        state: InstanceState,
        dict_: dict[str, Any],
        merged: InstanceState,
        merged_dict: dict[str, Any],
        merging: Merging,
    ) -> None:
        key = prop.key
        impl = merged.mapper.impls.get(key)
        if impl is None:
            return
        if key in dict_:
            value = dict_[key]
            if not merging.load:
                merged_dict[key] = value
            else:
                impl.set(merged, merged_dict, value, None)
        elif merged.has_identity and key not in merged_dict:
            merged._expire_attributes(merged_dict, [key], no_loader=True)

    def _merge_relationship(
        self,
        prop: Any,
        state: InstanceState,
        dict_: dict[str, Any],
        merged: InstanceState,
        merged_dict: dict[str, Any],
        merging: Merging,
    ) -> None:
        if merging.load and any((state, reverse.token) in merging.came_from for reverse in prop._reverse_property):
            return
        key = prop.key
        if not prop.cascade.merge or key not in dict_:
            return
        impl = merged.mapper.impls[key]
        value = dict_[key]
        if prop.uselist:
            if merging.load:
                # Members that are there already are then found in the identity map one by one.
                impl.get(merged, merged_dict, PASSIVE_MERGE)
            members = [self._merge_member(prop, obj, merging) for obj in state.mapper.impls[key].members(value)]
            if not merging.load:
                collection = impl.initialize(merged, merged_dict)
                for obj in members:
                    impl.kind.add(collection, obj, False)
            else:
                collection = impl.factory()
                for obj in members:
                    impl.kind.add(collection, obj, False)
                impl.set(merged, merged_dict, collection, None, PASSIVE_MERGE)
            return
        target = None if value is None else self._merge_member(prop, value, merging)
        if not merging.load:
            merged_dict[key] = target
        else:
            impl.set(merged, merged_dict, target, None)

    def _merge_member(self, prop: Any, obj: Any, merging: Merging) -> Any:
        state = instance_state(obj)
        merging.came_from.add((state, prop.token))
        return self._merge(state, state.dict, merging)


def _new_instance(mapper: Any) -> Any:
    """Make an object of a mapped class without calling its ``__init__``."""
    obj = mapper.class_.__new__(mapper.class_)
    instance_state(obj)
    return obj
