"""What an association proxy to a collection shows: a list, set or dictionary of one attribute of the members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence, MutableSet, Set
from typing import Any, TypeVar

__all__ = ["AssociationCollection", "_AssociationDict", "_AssociationList", "_AssociationSet"]

_T = TypeVar("_T")
_KT = TypeVar("_KT")
_VT = TypeVar("_VT")


class AssociationCollection:
    """What the three kinds have in common.

    Args:
        lazy_collection: returns the collection of members; asked at each use, so that a replaced or expired
            collection is seen, and nothing is loaded before it is needed.
        creator: makes a member of a value.
        getter: value of a member.
        setter: gives a member another value.
        parent: the proxy as the class has it.
    """

    def __init__(
        self,
        lazy_collection: Callable[[], Any],
        creator: Callable[..., Any],
        getter: Callable[[Any], Any],
        setter: Callable[..., None],
        parent: Any,
    ) -> None:
        self.lazy_collection = lazy_collection
        self.creator = creator
        self.getter = getter
        self.setter = setter
        self.parent = parent

    @property
    def col(self) -> Any:
        """The collection of members."""
        return self.lazy_collection()

    def _is_same_view(self, other: Any) -> bool:
        """Whether `other` shows the same collection through the same proxy (``p.names += …`` sets it back)."""
        return self is other or (
            type(other) is type(self)
            and other.parent.parent is self.parent.parent
            and self.lazy_collection == other.lazy_collection
        )

    def __len__(self) -> int:
        return len(self.col)

    def __bool__(self) -> bool:
        return bool(self.col)

    def clear(self) -> None:
        """Remove all members."""
        self.col.clear()

    __hash__ = None  # type: ignore[assignment]


class _AssociationList(AssociationCollection, MutableSequence[_T]):
    """The values of a list's members, as a list."""

    __hash__ = None  # type: ignore[assignment]

    def _create(self, value: Any) -> Any:
        return self.creator(value)

    def _get(self, member: Any) -> Any:
        return self.getter(member)

    def _set(self, member: Any, value: Any) -> None:
        self.setter(member, value)

    def _bulk_replace(self, assoc_proxy: Any, values: Iterable[Any]) -> None:
        wanted = list(values)
        self.clear()
        assoc_proxy._set(self, wanted)

    def __getitem__(self, index: Any) -> Any:
        found = self.col[index]
        return [self._get(m) for m in found] if isinstance(index, slice) else self._get(found)

    def __setitem__(self, index: Any, value: Any) -> None:
        col = self.col
        if not isinstance(index, slice):
            self._set(col[index], value)
            return
        values = list(value)
        start, stop, step = index.indices(len(col))
        places = range(start, stop, step)
        if step != 1:
            if len(values) != len(places):
                raise ValueError(
                    f"attempt to assign sequence of size {len(values)} to extended slice of size {len(places)}"
                )
            for place, item in zip(places, values, strict=True):
                self._set(col[place], item)
            return
        for _ in places:
            del col[start]
        for offset, item in enumerate(values):
            col.insert(start + offset, self._create(item))

    def __delitem__(self, index: Any) -> None:
        del self.col[index]

    def __contains__(self, value: object) -> bool:
        return any(self._get(member) == value for member in self.col)

    def __iter__(self) -> Iterator[Any]:
        for member in self.col:
            yield self._get(member)

    def append(self, value: Any) -> None:
        """Add a member made of `value`."""
        # The collection is loaded before the member is made: the member may belong to the session at once, and the load
        # would flush it without its parent.
        col = self.col
        col.append(self._create(value))

    def insert(self, index: int, value: Any) -> None:
        """Add a member made of `value` before a place."""
        col = self.col
        col.insert(index, self._create(value))

    def extend(self, values: Iterable[Any]) -> None:
        """Add members."""
        for value in list(values) if values is self else values:
            self.append(value)

    def count(self, value: Any) -> int:
        """Number of members with a value."""
        return sum(1 for v in self if v == value)

    def pop(self, index: int = -1) -> Any:
        """Remove a member; return its value."""
        return self._get(self.col.pop(index))

    def remove(self, value: Any) -> None:
        """Remove the first member with a value.

        Raises:
            ValueError: there is none.
        """
        col = self.col
        for place, member in enumerate(col):
            if self._get(member) == value:
                del col[place]
                return
        raise ValueError("value not in list")

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Return the place of the first member with a value."""
        listed = list(self)
        return listed.index(value, start, len(listed) if stop is None else stop)

    def reverse(self) -> None:
        """Members are not moved: their order is the relationship's."""
        raise NotImplementedError("reverse() of an association proxy: reverse the proxied collection itself")

    def sort(self, *args: Any, **kw: Any) -> None:
        """Members are not moved: their order is the relationship's."""
        raise NotImplementedError("sort() of an association proxy: sort the proxied collection itself")

    def copy(self) -> list[Any]:
        """Return a plain list of the values."""
        return list(self)

    def __add__(self, other: Any) -> list[Any]:
        try:
            return list(self) + list(other)
        except TypeError:
            return NotImplemented

    def __radd__(self, other: Any) -> list[Any]:
        try:
            return list(other) + list(self)
        except TypeError:
            return NotImplemented

    def __mul__(self, n: Any) -> list[Any]:
        return list(self) * n if isinstance(n, int) else NotImplemented

    __rmul__ = __mul__

    def __iadd__(self, values: Iterable[Any]) -> _AssociationList[_T]:  # type: ignore[misc]
        self.extend(values)
        return self

    def __imul__(self, n: Any) -> _AssociationList[_T]:
        if not isinstance(n, int):
            return NotImplemented
        if n <= 0:
            self.clear()
        elif n > 1:
            self.extend(list(self) * (n - 1))
        return self

    def __eq__(self, other: object) -> bool:
        return bool(list(self) == _plain_list(other))

    def __ne__(self, other: object) -> bool:
        return bool(list(self) != _plain_list(other))

    def __lt__(self, other: Any) -> bool:
        return list(self) < _plain_list(other)  # type: ignore[no-any-return]

    def __le__(self, other: Any) -> bool:
        return list(self) <= _plain_list(other)  # type: ignore[no-any-return]

    def __gt__(self, other: Any) -> bool:
        return list(self) > _plain_list(other)  # type: ignore[no-any-return]

    def __ge__(self, other: Any) -> bool:
        return list(self) >= _plain_list(other)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return repr(list(self))


def _plain_list(other: Any) -> Any:
    return list(other) if isinstance(other, _AssociationList) else other


class _AssociationDict(AssociationCollection, MutableMapping[_KT, _VT]):
    """The values of a dictionary's members, as a dictionary."""

    __hash__ = None  # type: ignore[assignment]

    def _create(self, key: Any, value: Any) -> Any:
        return self.creator(key, value)

    def _get(self, member: Any) -> Any:
        return self.getter(member)

    def _set(self, member: Any, key: Any, value: Any) -> None:
        self.setter(member, key, value)

    def _bulk_replace(self, assoc_proxy: Any, values: Mapping[Any, Any]) -> None:
        wanted = dict(values)
        gone = [key for key in self if key not in wanted]
        col = self.col
        for key, value in wanted.items():
            if key not in col or self._get(col[key]) is not value:
                self[key] = value
        for key in gone:
            del self[key]

    def __getitem__(self, key: Any) -> Any:
        return self._get(self.col[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        col = self.col
        if key in col:
            self._set(col[key], key, value)
        else:
            col[key] = self._create(key, value)

    def __delitem__(self, key: Any) -> None:
        del self.col[key]

    def __contains__(self, key: object) -> bool:
        return key in self.col

    def __iter__(self) -> Iterator[Any]:
        return iter(self.col.keys())

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value under a key, or the default."""
        try:
            return self[key]
        except KeyError:
            return default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the value under a key; add a member with the default when there is none."""
        if key not in self.col:
            col = self.col
            col[key] = self._create(key, default)
            return default
        return self[key]

    def keys(self) -> Any:
        """The keys."""
        return self.col.keys()

    def items(self) -> Any:
        """The keys and values."""
        return [(key, self._get(member)) for key, member in self.col.items()]

    def values(self) -> Any:
        """The values."""
        return [self._get(member) for member in self.col.values()]

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove a member; return its value, or the default."""
        if default and key not in self.col:
            return default[0]
        return self._get(self.col.pop(key))

    def popitem(self) -> Any:
        """Remove some member; return its key and value."""
        key, member = self.col.popitem()
        return key, self._get(member)

    def update(self, *args: Any, **kw: Any) -> None:
        """Add or change members, as ``dict.update``."""
        given: dict[Any, Any] = {}
        given.update(*args, **kw)
        for key, value in given.items():
            self[key] = value

    def copy(self) -> dict[Any, Any]:
        """Return a plain dictionary of the values."""
        return dict(self.items())

    def __eq__(self, other: object) -> bool:
        return bool(dict(self.items()) == _plain_dict(other))

    def __ne__(self, other: object) -> bool:
        return bool(dict(self.items()) != _plain_dict(other))

    def __repr__(self) -> str:
        return repr(dict(self.items()))


def _plain_dict(other: Any) -> Any:
    return dict(other.items()) if isinstance(other, _AssociationDict) else other


class _AssociationSet(AssociationCollection, MutableSet[_T]):
    """The values of a set's members, as a set."""

    __hash__ = None  # type: ignore[assignment]

    def _create(self, value: Any) -> Any:
        return self.creator(value)

    def _get(self, member: Any) -> Any:
        return self.getter(member)

    def _bulk_replace(self, assoc_proxy: Any, values: Iterable[Any]) -> None:
        wanted = set(values)
        existing = set(self)
        for value in values if isinstance(values, list | tuple) else wanted:
            if value not in existing:
                self.add(value)
        for value in existing - wanted:
            self.remove(value)

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> Any:
        return set(it)

    def __contains__(self, value: object) -> bool:
        return any(self._get(member) == value for member in self.col)

    def __iter__(self) -> Iterator[Any]:
        for member in self.col:
            yield self._get(member)

    def add(self, value: Any) -> None:
        """Add a member made of `value`, unless there is one."""
        if value not in self:
            col = self.col
            col.add(self._create(value))

    def discard(self, value: Any) -> None:
        """Remove the member with a value, if there is one."""
        for member in self.col:
            if self._get(member) == value:
                self.col.discard(member)
                return

    def remove(self, value: Any) -> None:
        """Remove the member with a value.

        Raises:
            KeyError: there is none.
        """
        for member in self.col:
            if self._get(member) == value:
                self.col.discard(member)
                return
        raise KeyError(value)

    def pop(self) -> Any:
        """Remove some member; return its value."""
        if not self.col:
            raise KeyError("pop from an empty set")
        return self._get(self.col.pop())

    def update(self, *others: Iterable[Any]) -> None:
        """Add members for values of the iterables."""
        for other in others:
            for value in list(other):
                self.add(value)

    def union(self, *others: Iterable[Any]) -> set[Any]:
        """Return a plain set of the values here and in the iterables."""
        return set(self).union(*others)

    def difference(self, *others: Iterable[Any]) -> set[Any]:
        """Return a plain set of the values that are in none of the iterables."""
        return set(self).difference(*others)

    def intersection(self, *others: Iterable[Any]) -> set[Any]:
        """Return a plain set of the values that are in all iterables."""
        return set(self).intersection(*others)

    def symmetric_difference(self, other: Iterable[Any]) -> set[Any]:
        """Return a plain set of the values that are only here or only there."""
        return set(self).symmetric_difference(other)

    def _become(self, wanted: set[Any]) -> None:
        existing = set(self)
        for value in existing - wanted:
            self.remove(value)
        for value in wanted - existing:
            self.add(value)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """Remove members whose value is in one of the iterables."""
        self._become(self.difference(*others))

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """Keep members whose value is in all iterables."""
        self._become(self.intersection(*others))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """Keep values that are only here or only there."""
        self._become(self.symmetric_difference(other))

    def issubset(self, other: Iterable[Any]) -> bool:
        """Whether all values are in `other`."""
        return set(self).issubset(other)

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Whether all of `other` are values."""
        return set(self).issuperset(other)

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """Whether no value is in `other`."""
        return set(self).isdisjoint(other)

    def copy(self) -> set[Any]:
        """Return a plain set of the values."""
        return set(self)

    # As of sets, the operators take sets only, where the methods take any iterable.

    def __or__(self, other: Any) -> Any:
        return set(self) | set(other) if isinstance(other, Set) else NotImplemented

    def __and__(self, other: Any) -> Any:
        return set(self) & set(other) if isinstance(other, Set) else NotImplemented

    def __sub__(self, other: Any) -> Any:
        return set(self) - set(other) if isinstance(other, Set) else NotImplemented

    def __rsub__(self, other: Any) -> Any:
        return set(other) - set(self) if isinstance(other, Set) else NotImplemented

    def __xor__(self, other: Any) -> Any:
        return set(self) ^ set(other) if isinstance(other, Set) else NotImplemented

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __ior__(self, other: Any) -> Any:
        if not isinstance(other, Set):
            return NotImplemented
        self.update(other)
        return self

    def __iand__(self, other: Any) -> Any:
        if not isinstance(other, Set):
            return NotImplemented
        self.intersection_update(other)
        return self

    def __isub__(self, other: Any) -> Any:
        if not isinstance(other, Set):
            return NotImplemented
        self.difference_update(other)
        return self

    def __ixor__(self, other: Any) -> Any:
        if not isinstance(other, Set):
            return NotImplemented
        self.symmetric_difference_update(other)
        return self

    def __eq__(self, other: object) -> bool:
        return bool(set(self) == _plain_set(other))

    def __ne__(self, other: object) -> bool:
        return bool(set(self) != _plain_set(other))

    def __lt__(self, other: Any) -> bool:
        return set(self) < _plain_set(other)  # type: ignore[no-any-return]

    def __le__(self, other: Any) -> bool:
        return set(self) <= _plain_set(other)  # type: ignore[no-any-return]

    def __gt__(self, other: Any) -> bool:
        return set(self) > _plain_set(other)  # type: ignore[no-any-return]

    def __ge__(self, other: Any) -> bool:
        return set(self) >= _plain_set(other)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return repr(set(self))


def _plain_set(other: Any) -> Any:
    return set(other) if isinstance(other, _AssociationSet) else other
