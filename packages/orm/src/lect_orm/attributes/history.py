"""What has happened to one attribute since it was loaded: values added, kept and taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lect_orm.base import NO_VALUE, PASSIVE_NO_RESULT, PASSIVE_OFF, instance_state

__all__ = ["HISTORY_BLANK", "History", "get_history", "get_state_history", "has_parent"]


class History(NamedTuple):
    """Three sequences of values; each may be empty. A scalar that was replaced has one added and one deleted value."""

    added: Sequence[Any] | None
    unchanged: Sequence[Any] | None
    deleted: Sequence[Any] | None

    def __bool__(self) -> bool:
        return self is not HISTORY_BLANK and self != HISTORY_BLANK

    def empty(self) -> bool:
        """Whether there is neither change nor value."""
        return not bool((self.added or self.deleted) or self.unchanged)

    def sum(self) -> Sequence[Any]:
        """Everything: added, unchanged, deleted."""
        return [*(self.added or ()), *(self.unchanged or ()), *(self.deleted or ())]

    def non_deleted(self) -> Sequence[Any]:
        """What the attribute holds now."""
        return [*(self.added or ()), *(self.unchanged or ())]

    def non_added(self) -> Sequence[Any]:
        """What the attribute held when it was loaded."""
        return [*(self.unchanged or ()), *(self.deleted or ())]

    def has_changes(self) -> bool:
        """Whether anything was added or deleted."""
        return bool(self.added or self.deleted)

    def as_state(self) -> History:
        """The same with the states of the objects in place of the objects."""
        return History(*[[_state_or_none(v) for v in part] if part else [] for part in self])

    @classmethod
    def from_scalar(cls, impl: Any, state: Any, current: Any) -> History:
        """Compare a column attribute's value with what was kept at its first change."""
        committed = state.committed_state
        original = _UNCHANGED if committed is None else committed.get(impl.key, _UNCHANGED)
        if original is _UNCHANGED:
            return HISTORY_BLANK if current is NO_VALUE else cls((), [current], ())
        deleted = () if original is NO_VALUE else [original]
        if current is NO_VALUE:
            # deleted from the object, or never there
            return cls((), (), deleted)
        if original is not NO_VALUE and impl.is_equal(current, original) is True:
            return cls((), [current], ())
        return cls([current], (), deleted)

    @classmethod
    def from_object(cls, impl: Any, state: Any, current: Any, original: Any) -> History:
        """Compare a reference to one object; `original` is `_UNCHANGED` when it never changed."""
        if original is _UNCHANGED:
            if current is NO_VALUE:
                return HISTORY_BLANK
            return cls((), [current], ())
        if current is original and current is not NO_VALUE:
            return cls((), [current], ())
        if original is NO_VALUE or original is PASSIVE_NO_RESULT:
            deleted: Any = ()
        else:
            deleted = [original]
        if current is NO_VALUE:
            return cls((), (), deleted)
        return cls([current], (), deleted)

    @classmethod
    def from_collection(cls, impl: Any, state: Any, current: Any) -> History:
        """Compare the members of a collection with the copy kept at its first change."""
        if current is NO_VALUE:
            return HISTORY_BLANK
        members = impl.members(current)
        committed = state.committed_state
        original = _UNCHANGED if committed is None else committed.get(impl.key, _UNCHANGED)
        if original is _UNCHANGED:
            return cls((), members, ())
        if original is NO_VALUE or not original:
            return cls(members, (), ())
        before = {id(o) for o in original}
        now = {id(o) for o in members}
        return cls(
            [o for o in members if id(o) not in before],
            [o for o in members if id(o) in before],
            [o for o in original if id(o) not in now],
        )


def _state_or_none(obj: Any) -> Any:
    return None if obj is None else instance_state(obj)


_UNCHANGED: Any = object()
HISTORY_BLANK = History((), (), ())


def get_history(obj: Any, key: str, passive: int = PASSIVE_OFF) -> History:
    """Return the history of one attribute of a mapped object; `passive` says how far loading may go."""
    return get_state_history(instance_state(obj), key, int(passive))


def get_state_history(state: Any, key: str, passive: int = PASSIVE_OFF) -> History:
    """Return the history of one attribute by state."""
    found: History = state.mapper.impl(key).get_history(state, state.dict, passive)
    return found


def has_parent(cls: type, obj: Any, key: str, optimistic: bool = False) -> bool:
    """Whether `obj` is a member of attribute `key` of some object of class `cls`."""
    found: bool = cls.__mapper__.impl(key).hasparent(instance_state(obj), optimistic)  # type: ignore[attr-defined]
    return found
