"""Collections of columns: ordered, found by name, by position, or by which column they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

from lect.exc import ArgumentError, DuplicateColumnError, NoSuchColumnAttribute, NoSuchColumnError, nearest

__all__ = [
    "ColumnCollection",
    "ColumnSet",
    "DedupeColumnCollection",
    "ReadOnlyColumnCollection",
    "WriteableColumnCollection",
]

_C = TypeVar("_C")


class ColumnCollection(Generic[_C]):
    """Columns in order, each under a key: ``c.name``, ``c["name"]``, ``c[0]``.

    A key may occur twice (a SELECT with two columns of one name); it then finds the first. Keys that are no name of a
    method are kept as attributes, so that ``c.name`` costs no call.
    """

    __slots__ = ("__dict__", "__weakref__", "_entries", "_index")

    _entries: list[tuple[str, _C]]
    _index: dict[str, _C]

    def __init__(self, columns: Iterable[tuple[str, _C]] | None = None) -> None:
        self._entries = []
        self._index = {}
        if columns is not None:
            self._populate_separate_keys(columns)

    # -- reading -------------------------------------------------------------------------------------------------------

    def keys(self) -> list[str]:
        """The keys, in order."""
        return [k for k, _ in self._entries]

    def values(self) -> list[_C]:
        """The columns, in order."""
        return [c for _, c in self._entries]

    def items(self) -> list[tuple[str, _C]]:
        """``(key, column)`` of each column, in order."""
        return list(self._entries)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[_C]:
        return iter([c for _, c in self._entries])

    @overload
    def __getitem__(self, key: str | int) -> _C: ...

    @overload
    def __getitem__(self, key: Any) -> Any: ...

    def __getitem__(self, key: Any) -> Any:
        if key.__class__ is str:
            found = self._index.get(key)
            if found is not None:
                return found
        elif isinstance(key, int):
            try:
                return self._entries[key][1]
            except IndexError:
                raise IndexError(key) from None
        elif isinstance(key, slice):
            return ReadOnlyColumnCollection._of(self._entries[key])
        elif isinstance(key, tuple):
            return ReadOnlyColumnCollection._of([self._entry(k) for k in key])
        try:
            return self._index[key]
        except (KeyError, TypeError):
            raise NoSuchColumnError(_missing(key, self._index)) from None

    def _entry(self, key: Any) -> tuple[str, _C]:
        if isinstance(key, int):
            return self._entries[key]
        return (key, self[key])

    def __getattr__(self, key: str) -> _C:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self._index[key]
        except KeyError:
            raise NoSuchColumnAttribute(_missing(key, self._index)) from None

    def __contains__(self, key: object) -> bool:
        if key in self._index:
            return True
        if not isinstance(key, str):
            raise ArgumentError(
                "__contains__ requires a string argument; for a column object use contains_column(column)"
            )
        return False

    def get(self, key: str, default: Any = None) -> Any:
        """Return the column under `key`, or `default`."""
        return self._index.get(key, default)

    def __str__(self) -> str:
        return f"{type(self).__name__}({', '.join([str(c) for c in self])})"

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self._index]

    __hash__ = object.__hash__

    def compare(self, other: ColumnCollection[Any]) -> bool:
        """True when both hold the same columns in the same order."""
        mine, theirs = self.values(), other.values()
        return len(mine) == len(theirs) and all(a is b for a, b in zip(mine, theirs, strict=True))

    def __eq__(self, other: object) -> bool:
        """The same columns in the same order, under the same keys; a list or tuple of them counts too."""
        if self is other:
            return True
        if isinstance(other, ColumnCollection):
            if self.keys() != other.keys():
                return False
            theirs = other.values()
        elif isinstance(other, (list, tuple)):
            theirs = list(other)
        else:
            return False
        mine = self.values()
        return len(mine) == len(theirs) and all(a is b for a, b in zip(mine, theirs, strict=True))

    def contains_column(self, col: Any) -> bool:
        """True when `col` itself is in the collection."""
        if isinstance(col, str):
            raise ArgumentError(
                "contains_column cannot be used with string arguments. Use ``col_name in table.c`` instead."
            )
        return any(c is col for _, c in self._entries)

    def as_readonly(self) -> ReadOnlyColumnCollection[_C]:
        """Return a view that cannot be changed and sees changes of this one."""
        return ReadOnlyColumnCollection(self)

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        """Return the column here that stands for `column`, or None.

        That is the column itself, or one that passes it on, or one that comes from the same place. With
        `require_embedded` only a column that passes on all of what `column` is made of will do.
        """
        if any(c is column for _, c in self._entries):
            return column
        wanted = column.proxy_set
        best: Any = None
        best_common: Any = frozenset()
        for _, candidate in self._entries:
            has: Any = candidate.proxy_set  # type: ignore[attr-defined]
            common = wanted & has
            if not common or (require_embedded and not _embedded(wanted - common, has)):
                continue
            if best is None or len(common) > len(best_common):
                best, best_common = candidate, common
            elif len(common) == len(best_common) and _distance(column, candidate) < _distance(column, best):
                # Both pass on as much; the one that is fewer steps away is meant.
                best = candidate
        return best

    # -- writing -------------------------------------------------------------------------------------------------------

    def _remember(self, key: str, column: _C) -> None:
        self._index.setdefault(key, column)
        if column is self._index[key] and not hasattr(type(self), key):
            self.__dict__[key] = column

    def _forget(self, key: str) -> None:
        self._index.pop(key, None)
        self.__dict__.pop(key, None)

    def _populate_separate_keys(self, columns: Iterable[tuple[str, _C]]) -> None:
        for key, column in columns:
            self._entries.append((key, column))
            self._remember(key, column)

    def add(self, column: Any, key: str | None = None) -> None:
        """Append a column, under its own key or the one given."""
        name = key if key is not None else column.key
        if name is None:
            raise ArgumentError(f"{column!r} has no key to be found by; give add() one")
        self._entries.append((name, column))
        self._remember(name, column)

    def extend(self, columns: Iterable[Any]) -> None:
        """Append several columns."""
        for column in columns:
            self.add(column)

    def clear(self) -> None:
        """Not possible for a plain collection."""
        raise NotImplementedError("columns cannot be cleared from this collection")

    def remove(self, column: Any) -> None:
        """Not possible for a plain collection."""
        raise NotImplementedError("columns cannot be removed from this collection")

    def update(self, columns: Any) -> None:
        """Not possible for a plain collection."""
        raise NotImplementedError("this collection cannot be updated")

    def __setitem__(self, key: str, value: Any) -> None:
        raise NotImplementedError("columns cannot be set in this collection; use add()")

    def __delitem__(self, key: str) -> None:
        raise NotImplementedError("columns cannot be deleted from this collection")

    def __setattr__(self, key: str, value: Any) -> None:
        if key in ("_entries", "_index"):
            object.__setattr__(self, key, value)
            return
        raise NotImplementedError("columns cannot be set as attributes of this collection; use add()")

    # -- copies --------------------------------------------------------------------------------------------------------

    def __getstate__(self) -> Any:
        return {"entries": list(self._entries)}

    def __setstate__(self, state: Any) -> None:
        object.__setattr__(self, "_entries", [])
        object.__setattr__(self, "_index", {})
        self._populate_separate_keys(state["entries"])


WriteableColumnCollection = ColumnCollection


def _missing(key: Any, index: dict[str, Any]) -> str:
    """Return what to say of a key that finds nothing: whose columns were searched, and which name was meant."""
    owner = getattr(getattr(next(iter(index.values()), None), "table", None), "name", None)
    hint = nearest(key, index)
    if not hint and isinstance(key, str):
        names = list(index)
        hint = f"; columns are {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}" if names else "; it is empty"
    return f"{key}: no such column{f' in {str(owner)!r}' if owner else ''}{hint}"


def _embedded(expanded: Any, target: Any) -> bool:
    """True when every column of `expanded` is passed on by something in `target`."""
    for column in expanded:
        if column in target or any(p in target for p in column._proxies):
            continue
        inner = column.proxy_set - {column}
        if not inner or not _embedded(inner, target):
            return False
    return True


def _distance(column: Any, candidate: Any) -> int:
    """How many steps `candidate` is away from what it has in common with `column`."""
    steps = 0
    layer = [candidate]
    wanted = column.proxy_set
    while layer:
        if any(c in wanted for c in layer):
            return steps
        layer = [p for c in layer for p in c._proxies]
        steps += 1
    return steps


class DedupeColumnCollection(ColumnCollection[_C]):
    """The columns of a table: each key occurs once, a column takes the place of one with its key."""

    __slots__ = ()

    def add(self, column: Any, key: str | None = None, *, replace: bool = True) -> None:
        """Append a column; one that has its key is replaced, in the same place."""
        if key is not None and column.key != key:
            raise ArgumentError("DedupeColumnCollection requires columns be under the same key as their .key")
        name = column.key
        if name is None:
            raise ArgumentError("Can't add unnamed column to column collection")
        existing = self._index.get(name)
        if existing is column:
            return
        if existing is not None:
            if not replace:
                raise DuplicateColumnError(f"A column with name {name!r} is already present")
            self.replace(column)
            return
        self._entries.append((name, column))
        self._remember(name, column)

    def _populate_separate_keys(self, columns: Iterable[tuple[str, _C]]) -> None:
        for key, column in columns:
            existing = self._index.get(key)
            if existing is column:
                continue
            if existing is not None:
                self._entries = [(key, column) if k == key else (k, c) for k, c in self._entries]
                self._forget(key)
            else:
                self._entries.append((key, column))
            self._remember(key, column)

    def replace(self, column: Any, extra_remove: Iterable[Any] = ()) -> None:
        """Put `column` where one with its key, or its name, stands; append it when there is none.

        `extra_remove` are columns that go in any case.
        """
        leaving = {id(c) for c in extra_remove}
        for name in (column.key, column.name):
            existing = self._index.get(name)
            if existing is not None and (name == column.key or getattr(existing, "name", None) == name):
                leaving.add(id(existing))
        placed = False
        entries: list[tuple[str, Any]] = []
        for key, present in self._entries:
            if id(present) not in leaving:
                entries.append((key, present))
            elif not placed:
                entries.append((column.key, column))
                placed = True
        if not placed:
            entries.append((column.key, column))
        self._reset(entries)

    def _reset(self, entries: list[tuple[str, Any]]) -> None:
        for key in list(self._index):
            self._forget(key)
        # In place: read-only views share the list.
        self._entries[:] = []
        for key, column in entries:
            self._entries.append((key, column))
            self._remember(key, column)

    def remove(self, column: Any) -> None:
        """Take a column out."""
        if not any(c is column for _, c in self._entries):
            raise ValueError(f"Can't remove column {column!r}; column is not in this collection")
        self._reset([(k, c) for k, c in self._entries if c is not column])

    def clear(self) -> None:
        """Take all columns out."""
        self._reset([])

    def update(self, columns: Any) -> None:
        """Append or replace ``(key, column)`` pairs."""
        self._populate_separate_keys(columns.items() if hasattr(columns, "items") else columns)


class ReadOnlyColumnCollection(ColumnCollection[_C]):
    """A collection that cannot be changed; it sees changes of the collection it was made of."""

    __slots__ = ()

    def __init__(self, collection: ColumnCollection[_C]) -> None:
        # The containers are the other's own, the dictionary of attributes too.
        object.__setattr__(self, "_entries", collection._entries)
        object.__setattr__(self, "_index", collection._index)
        self.__dict__.update(collection.__dict__)

    @classmethod
    def _of(cls, entries: Sequence[tuple[str, Any]]) -> ReadOnlyColumnCollection[Any]:
        return cls(ColumnCollection(entries))

    def _refuse(self, *args: Any, **kw: Any) -> Any:
        raise TypeError(f"{type(self).__name__} object is immutable and/or readonly.")

    add = extend = remove = update = clear = _refuse

    def as_readonly(self) -> ReadOnlyColumnCollection[_C]:
        return self


class ColumnSet:
    """Columns without order of importance but in order of insertion, each once, compared as objects."""

    __slots__ = ("_columns",)

    def __init__(self, columns: Iterable[Any] = ()) -> None:
        self._columns: dict[int, Any] = {id(c): c for c in columns}

    def add(self, column: Any) -> None:
        """Add a column."""
        self._columns[id(column)] = column

    def extend(self, columns: Iterable[Any]) -> None:
        """Add several columns."""
        for column in columns:
            self.add(column)

    def remove(self, column: Any) -> None:
        """Take a column out."""
        self._columns.pop(id(column), None)

    def contains_column(self, col: Any) -> bool:
        """True when `col` is in the set."""
        return id(col) in self._columns

    def __contains__(self, col: object) -> bool:
        return id(col) in self._columns

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._columns.values()))

    def __len__(self) -> int:
        return len(self._columns)

    def __bool__(self) -> bool:
        return bool(self._columns)

    def __getitem__(self, index: int) -> Any:
        return list(self._columns.values())[index]

    def __add__(self, other: Iterable[Any]) -> ColumnSet:
        return ColumnSet([*self, *other])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColumnSet) and self._columns.keys() == other._columns.keys()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ColumnSet({list(self)!r})"

    def __reduce__(self) -> Any:
        return ColumnSet, (list(self),)
