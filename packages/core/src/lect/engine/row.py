"""Rows: tuples whose class knows the names of the columns.

Each shape of result has a tuple subclass of its own, kept with the shape; reading an attribute of a row is then a
C-level
look-up by position, and making a row from what the driver gave is one call of a C constructor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVarTuple

from lect.engine.elision import HIDDEN
from lect.exc import AmbiguousColumnError, NoSuchColumnAttribute, NoSuchColumnError, nearest

try:
    from _collections import _tuplegetter  # type: ignore[import-not-found]  # what named tuples use: a getter without a Python frame
except ImportError:  # pragma: no cover - other implementations of Python

    def _tuplegetter(index: int, doc: str) -> Any:
        return property(itemgetter(index), doc=doc)


__all__ = ["BaseRow", "Columns", "KeyView", "Row", "RowMapping", "result_tuple"]

_Ts = TypeVarTuple("_Ts")

#: Names a row keeps for itself whatever the columns are called.
_KEPT = frozenset({"_asdict", "_columns", "_fields", "_mapping", "_t", "_tuple", "tuple"})


class Columns:
    """What the rows of a result look like: names, further keys that find a column, converters.

    Args:
        keys: name of each column, in order; a name may occur twice.
        objects: for each column the further keys that find it (column objects, labels, mapped attributes), or None.
        processors: for each column the function that turns the driver's value into the user's, or None; the whole
        may be
            None when there are none.
        unique_filters: for each column a function whose result stands for the value when rows are made unique, or None.
        find: last resort for a key that is not known: returns a position or None.
        hidden: positions of values that representations of rows do not show.
        ambiguous: keys that find several columns; using one is an error. Without it the last of equal names is found.
    """

    __slots__ = (
        "_many",
        "_one",
        "_reduced",
        "_row_class",
        "ambiguous",
        "find",
        "hidden",
        "keys",
        "lookup",
        "objects",
        "processors",
        "unique_filters",
    )

    def __init__(
        self,
        keys: Sequence[str],
        objects: Sequence[Sequence[object] | None] | None = None,
        processors: Sequence[Callable[[Any], Any] | None] | None = None,
        unique_filters: Sequence[Callable[[Any], Any] | None] | None = None,
        find: Callable[[Columns, object], int | None] | None = None,
        ambiguous: Mapping[object, str] | None = None,
        hidden: Collection[int] = (),
    ) -> None:
        self.keys = tuple(keys)
        self.objects = objects
        self.processors = tuple(processors) if processors is not None and any(processors) else None
        self.unique_filters = unique_filters
        self.find = find
        self.hidden = frozenset(hidden)
        self.ambiguous: dict[object, str] = dict(ambiguous) if ambiguous else {}
        self._row_class: type[Row[Any]] | None = None
        self._one: dict[object, Callable[[Any], Any]] = {}
        self._many: dict[object, Callable[[Any], list[Any]]] = {}
        self._reduced: dict[tuple[int, ...], Columns] = {}
        lookup: dict[object, int] = {}
        for index, key in enumerate(self.keys):
            lookup[key] = index
        if objects is not None:
            for index, several in enumerate(objects):
                for obj in several or ():
                    lookup.setdefault(obj, index)
        self.lookup = lookup

    def __repr__(self) -> str:
        return f"Columns({list(self.keys)!r})"

    # -- finding a column ---------------------------------------------------------------------------------------------

    def position(self, key: object) -> int | None:
        """Return the position of the column that `key` (a name, a column object) finds, or None.

        Raises:
            InvalidRequestError: the key finds several columns.
        """
        if self.ambiguous and key in self.ambiguous:
            name = self.ambiguous[key]
            raise AmbiguousColumnError(f"Ambiguous column name '{name}' in result set column descriptions")
        found = self.lookup.get(key)
        if found is None and self.find is not None:
            found = self.find(self, key)
            if found is not None:
                self.lookup[key] = found
        return found

    def index(self, key: object) -> int:
        """Return the position of a column given by name, object or position (negative counts from the end).

        Raises:
            NoSuchColumnError: nothing is found.
            IndexError: the position is outside the row.
        """
        if isinstance(key, int):
            return range(len(self.keys))[key]
        found = self.position(key)
        if found is None:
            raise _no_such_column(key, self.keys)
        return found

    def reduce(self, indexes: tuple[int, ...]) -> Columns:
        """Return the columns at the given positions, in this order."""
        found = self._reduced.get(indexes)
        if found is None:
            by_index: dict[int, list[object]] = {}
            for obj, index in self.lookup.items():
                if not isinstance(obj, str) and index in indexes:
                    by_index.setdefault(index, []).append(obj)
            processors, filters = self.processors, self.unique_filters
            found = self._reduced[indexes] = Columns(
                [self.keys[i] for i in indexes],
                [by_index.get(i) for i in indexes],
                None if processors is None else [processors[i] for i in indexes],
                None if filters is None else [filters[i] for i in indexes],
                None,
                {k: v for k, v in self.ambiguous.items() if [self.keys[i] for i in indexes].count(v) > 1},
                [position for position, i in enumerate(indexes) if i in self.hidden],
            )
        return found

    # -- making rows --------------------------------------------------------------------------------------------------

    @property
    def row_class(self) -> type[Row[Any]]:
        """The tuple subclass of this shape."""
        made = self._row_class
        if made is None:
            made = self._row_class = _make_row_class(self)
        return made

    def row_maker(self) -> Callable[[Any], Row[Any]]:
        """Return the function that turns one sequence from the driver into a row."""
        made = self._one.get("row")
        if made is None:
            made = self._one["row"] = _one_row(self.row_class, self.processors)
        return made

    def rows_maker(self) -> Callable[[Any], list[Row[Any]]]:
        """Return the function that turns a list of sequences from the driver into a list of rows."""
        made = self._many.get("row")
        if made is None:
            made = self._many["row"] = _many_rows(self.row_class, self.processors)
        return made

    def value_maker(self, index: int) -> Callable[[Any], Any]:
        """Return the function that takes the converted value at `index` out of one sequence from the driver."""
        made = self._one.get(index)
        if made is None:
            convert = self.processors[index] if self.processors else None
            get = itemgetter(index)
            made = get if convert is None else lambda raw, convert=convert: convert(raw[index])
            self._one[index] = made
        return made

    def values_maker(self, index: int) -> Callable[[Any], list[Any]]:
        """Return the function that takes one converted column out of a list of sequences."""
        made = self._many.get(index)
        if made is None:
            convert = self.processors[index] if self.processors else None
            if convert is None:
                made = lambda raws: [raw[index] for raw in raws]  # noqa: E731
            else:
                made = lambda raws, convert=convert: [convert(raw[index]) for raw in raws]  # noqa: E731
            self._many[index] = made
        return made

    # -- pickling: names travel, column objects stay -------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {
            "keys": self.keys,
            "lookup": {k: v for k, v in self.lookup.items() if isinstance(k, str)},
            "ambiguous": {k: v for k, v in self.ambiguous.items() if isinstance(k, str)},
            "hidden": tuple(self.hidden),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(  # type: ignore[misc]
            state["keys"], find=_find_by_name, ambiguous=state["ambiguous"], hidden=state.get("hidden", ())
        )
        self.lookup.update(state["lookup"])


def duplicates(keys: Sequence[str]) -> dict[object, str]:
    """Return the names that occur more than once: what makes them ambiguous in the result of a database."""
    if len(set(keys)) == len(keys):
        return {}
    return {key: key for key in keys if keys.count(key) > 1}


def _find_by_name(columns: Columns, key: object) -> int | None:
    """Find the column that a column object names, when a result knows names only."""
    for attribute in ("_tq_label", "name", "key"):
        name = getattr(key, attribute, None)
        if isinstance(name, str) and name in columns.lookup:
            if name in columns.ambiguous:
                raise AmbiguousColumnError(f"Ambiguous column name '{name}' in result set column descriptions")
            return columns.lookup[name]
    return None


def _no_such_column(key: object, keys: Sequence[str]) -> NoSuchColumnError:
    return NoSuchColumnError(_not_located(key, keys))


def _not_located(key: object, keys: Sequence[str]) -> str:
    hint = nearest(key, keys) if isinstance(key, str) and not key.startswith("_") else ""
    return f"Could not locate column in row for column '{key}'{hint}"


def _one_row(cls: type[Any], processors: tuple[Any, ...] | None) -> Callable[[Any], Any]:
    if processors is None:
        return cls
    return _generate(cls, processors, "lambda raw: cls(({items}))")


def _many_rows(cls: type[Any], processors: tuple[Any, ...] | None) -> Callable[[Any], list[Any]]:
    if processors is None:
        return lambda raws: list(map(cls, raws))
    return _generate(cls, processors, "lambda raws: [cls(({items})) for {names} in raws]", unpacked=True)


def _generate(
    cls: type[Any], processors: tuple[Any, ...], template: str, unpacked: bool = False
) -> Callable[[Any], Any]:
    """Write the row maker of one shape, with a call only where a column has a converter."""
    scope: dict[str, Any] = {"cls": cls}
    items = []
    for i, convert in enumerate(processors):
        value = f"v{i}" if unpacked else f"raw[{i}]"
        if convert is None:
            items.append(f"{value},")
        elif hasattr(convert, "for_values"):  # the processor only lets None pass, which is cheaper done here
            scope[f"p{i}"] = convert.for_values
            items.append(f"None if {value} is None else p{i}({value}),")
        else:
            scope[f"p{i}"] = convert
            items.append(f"p{i}({value}),")
    names = "".join([f"v{i}, " for i in range(len(processors))])
    source = template.format(items=" ".join(items), names=names)
    made: Callable[[Any], Any] = eval(source, scope)  # noqa: S307 - positions only
    return made


class BaseRow:
    """What rows have in common; :class:`Row` is the one that is used."""

    __slots__ = ()


class Row(tuple[*_Ts], BaseRow, Generic[*_Ts]):
    """One row of a result: a tuple, with attributes by column name.

    ``row.name``, ``row[0]``, unpacking, comparison and hashing are those of a named tuple; ``row._mapping[column]``
    finds a value by column object or name. A column whose name is also a method of tuples (``count``, ``index``) wins.
    """

    __slots__ = ()
    _columns: ClassVar[Columns] = Columns(())

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    else:

        def __getattr__(self, name: str) -> Any:
            columns = self._columns
            if name in columns.ambiguous:
                columns.position(name)
            raise NoSuchColumnAttribute(_not_located(name, columns.keys))

    @property
    def _mapping(self) -> RowMapping:
        """The row as a mapping whose keys are names and column objects."""
        return RowMapping(self._columns, self)

    @property
    def _fields(self) -> tuple[str, ...]:
        """The column names."""
        return tuple([key for key in self._columns.keys if key is not None])

    def _asdict(self) -> dict[str, Any]:
        """Return a dict of names and values."""
        return dict(self._mapping)

    def _tuple(self) -> tuple[*_Ts]:
        """Return the row itself, for type checkers a plain tuple."""
        return self

    def tuple(self) -> tuple[*_Ts]:
        """Return the row itself, for type checkers a plain tuple."""
        return self

    @property
    def _t(self) -> Any:
        return self

    @property
    def t(self) -> Any:
        """The row itself, for type checkers a plain tuple."""
        return self

    def _to_tuple_instance(self) -> Any:
        return (*self,)

    def __reduce__(self) -> Any:
        return (_restore_row, (self._columns, (*self,)))

    def __repr__(self) -> str:
        return tuple.__repr__(self)


def _restore_row(columns: Columns, values: Any) -> Row[Any]:
    return columns.row_class(values)


def _ambiguous_getter(name: str) -> property:
    def get(row: Row[Any]) -> Any:
        raise AmbiguousColumnError(f"Ambiguous column name '{name}' in result set column descriptions")

    return property(get)


def _make_row_class(columns: Columns) -> type[Row[Any]]:
    body: dict[str, Any] = {"__slots__": (), "_columns": columns, "__module__": Row.__module__}
    for name, index in columns.lookup.items():
        if isinstance(name, str) and name not in _KEPT and not (name.startswith("__") and name.endswith("__")):
            body[name] = _ambiguous_getter(name) if name in columns.ambiguous else _tuplegetter(index, "")
    if columns.hidden:
        body["__repr__"] = _repr_without_hidden
    return type("Row", (Row,), body)


def _repr_without_hidden(row: Row[Any]) -> str:
    return tuple.__repr__(_shown(row._columns, row))


def _shown(columns: Columns, row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the values of a row as representations show them."""
    return tuple([HIDDEN if i in columns.hidden else value for i, value in enumerate(row)])


class KeyView(KeysView[str]):
    """The column names of a result or row, in order; ``in`` also understands column objects."""

    __slots__ = ("_columns", "_names")

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._names = [k for k in columns.keys if k is not None]

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, int):
            return False
        return self._columns.position(item) is not None

    def __eq__(self, other: object) -> bool:
        try:
            return self._names == list(other)  # type: ignore[call-overload, no-any-return]
        except TypeError:
            return NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: Any) -> Any:
        return self._names[index]

    def __repr__(self) -> str:
        return f"KeyView({self._names!r})"


class RowMapping(Mapping[Any, Any]):
    """A row seen as a mapping: keys are column names and the objects that were selected."""

    __slots__ = ("_columns", "_row")

    def __init__(self, columns: Columns, row: Sequence[Any]) -> None:
        self._columns = columns
        self._row = row

    def __getitem__(self, key: Any) -> Any:
        columns = self._columns
        if columns.ambiguous and key in columns.ambiguous:
            columns.position(key)
        index = columns.lookup.get(key)
        if index is None:
            index = columns.position(key)
            if index is None:
                raise _no_such_column(key, columns.keys)
        return self._row[index]

    def __contains__(self, key: object) -> bool:
        return self._columns.position(key) is not None

    def __iter__(self) -> Iterator[str]:
        return (k for k in self._columns.keys if k is not None)

    def __len__(self) -> int:
        return len(self._row)

    def keys(self) -> KeyView:
        """The column names."""
        return KeyView(self._columns)

    def items(self) -> ItemsView[Any, Any]:
        """Pairs of name and value."""
        return _Items(self)

    def values(self) -> ValuesView[Any]:
        """The values, in order of the columns."""
        return _Values(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Mapping):
            return dict(self.items()) == dict(other.items())
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if self._columns.hidden:
            return repr(dict(zip(self._columns.keys, _shown(self._columns, self._row), strict=False)))
        return repr(dict(self.items()))

    def __reduce__(self) -> Any:
        return (RowMapping, (self._columns, (*self._row,)))


class _Items(ItemsView[Any, Any]):
    """Pairs by position, so that a column whose name occurs twice appears twice."""

    __slots__ = ()
    _mapping: RowMapping

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return zip(self._mapping._columns.keys, self._mapping._row, strict=False)


class _Values(ValuesView[Any]):
    __slots__ = ()
    _mapping: RowMapping

    def __iter__(self) -> Iterator[Any]:
        return iter(self._mapping._row)

    def __contains__(self, value: object) -> bool:
        return value in self._mapping._row


def result_tuple(
    fields: Sequence[str], extra: Sequence[Sequence[object] | None] | None = None
) -> Callable[[Sequence[Any]], Row[Any]]:
    """Return a function that makes rows with the given column names from sequences."""
    return Columns(fields, extra).row_class
