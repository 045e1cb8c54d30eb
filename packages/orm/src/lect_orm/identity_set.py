"""A set of objects by identity: what an object's own ``__eq__`` and ``__hash__`` say does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["IdentitySet"]


class IdentitySet:
    """A set whose members are the same only if they are the same object. Keeps the order of insertion."""

    __slots__ = ("_members",)

    def __init__(self, objects: Iterable[Any] = ()) -> None:
        self._members: dict[int, Any] = {id(obj): obj for obj in objects}

    def add(self, obj: Any) -> None:
        """Add an object."""
        self._members[id(obj)] = obj

    def discard(self, obj: Any) -> None:
        """Take an object out if it is in."""
        self._members.pop(id(obj), None)

    def remove(self, obj: Any) -> None:
        """Take an object out; KeyError when it is not in."""
        if id(obj) not in self._members:
            raise KeyError(obj)
        del self._members[id(obj)]

    def pop(self) -> Any:
        """Take out and return some object; KeyError when empty."""
        try:
            return self._members.popitem()[1]
        except KeyError:
            raise KeyError("pop from an empty set") from None

    def clear(self) -> None:
        """Take everything out."""
        self._members.clear()

    def update(self, objects: Iterable[Any]) -> None:
        """Add every object."""
        for obj in objects:
            self.add(obj)

    def copy(self) -> IdentitySet:
        """Return a set with the same members."""
        return IdentitySet(self)

    __copy__ = copy

    def union(self, objects: Iterable[Any]) -> IdentitySet:
        """Members of either."""
        result = self.copy()
        result.update(objects)
        return result

    def difference(self, objects: Iterable[Any]) -> IdentitySet:
        """Members of this set only."""
        others = {id(obj) for obj in objects}
        return IdentitySet(obj for obj in self if id(obj) not in others)

    def intersection(self, objects: Iterable[Any]) -> IdentitySet:
        """Members of both."""
        others = {id(obj) for obj in objects}
        return IdentitySet(obj for obj in self if id(obj) in others)

    def symmetric_difference(self, objects: Iterable[Any]) -> IdentitySet:
        """Members of exactly one."""
        others = IdentitySet(objects)
        return self.difference(others).union(others.difference(self))

    def issubset(self, objects: Iterable[Any]) -> bool:
        """Whether `objects` has every member of this set."""
        return self._members.keys() <= {id(obj) for obj in objects}

    def issuperset(self, objects: Iterable[Any]) -> bool:
        """Whether this set has every one of `objects`."""
        return self._members.keys() >= {id(obj) for obj in objects}

    def __or__(self, other: Any) -> IdentitySet:
        return self.union(other) if isinstance(other, IdentitySet) else NotImplemented

    def __sub__(self, other: Any) -> IdentitySet:
        return self.difference(other) if isinstance(other, IdentitySet) else NotImplemented

    def __and__(self, other: Any) -> IdentitySet:
        return self.intersection(other) if isinstance(other, IdentitySet) else NotImplemented

    def __xor__(self, other: Any) -> IdentitySet:
        return self.symmetric_difference(other) if isinstance(other, IdentitySet) else NotImplemented

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdentitySet) and self._members.keys() == other._members.keys()

    def __le__(self, other: Any) -> bool:
        return self.issubset(other) if isinstance(other, IdentitySet) else NotImplemented

    def __lt__(self, other: Any) -> bool:
        return self <= other and len(self) < len(other) if isinstance(other, IdentitySet) else NotImplemented

    def __ge__(self, other: Any) -> bool:
        return self.issuperset(other) if isinstance(other, IdentitySet) else NotImplemented

    def __gt__(self, other: Any) -> bool:
        return self >= other and len(self) > len(other) if isinstance(other, IdentitySet) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __contains__(self, obj: object) -> bool:
        return id(obj) in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._members.values()))

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"IdentitySet({list(self._members.values())!r})"
