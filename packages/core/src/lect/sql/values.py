"""VALUES as a table: rows written into a statement and selected from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from lect.exc import ArgumentError
from lect.shape import Shape, intern
from lect.sql.anonymous import anonymous_name, new_name
from lect.sql.bind import BindParameter
from lect.sql.column import ColumnClause
from lect.sql.element import ClauseElement, ColumnElement
from lect.sql.executable import HasCTE
from lect.sql.from_clause import FromClause, NamedFromClause
from lect.sql.names import quoted_name
from lect.sql.node import Node, child
from lect.types.null import NULLTYPE

__all__ = ["ScalarValues", "Values", "values"]


class Values(NamedFromClause, HasCTE):
    """Rows as a FROM element: ``(VALUES (…), (…)) AS name (a, b)``."""

    __visit_name__ = "values"
    _fields = ()
    _is_lateral = False
    _named = False

    def __init__(self, *columns: Any, name: str | None = None, literal_binds: bool = False) -> None:
        for column in columns:
            if not isinstance(column, ColumnClause):
                raise ArgumentError(f"values() takes columns made with column(), got {column!r}")
        self._column_args = tuple(columns)
        self.literal_binds = bool(literal_binds)
        self._data: tuple[tuple[Any, ...], ...] = ()
        self._named = name is not None
        self.name = new_name() if name is None else quoted_name(name)

    @property
    def description(self) -> str:
        return str(self.name) if self._named else "(unnamed VALUES element)"

    @property
    def named_with_column(self) -> bool:  # type: ignore[override]
        """Rows without a name stand in FROM without one, and their columns are written without it."""
        return self._named

    @property
    def _column_types(self) -> list[Any]:
        return [c.type for c in self._column_args]

    def data(self, values: Sequence[Sequence[Any]]) -> Values:
        """Return this element with further rows."""
        rows = []
        width = len(self._column_args)
        for row in values:
            cells = tuple(row)
            if len(cells) != width:
                raise ArgumentError(f"a row of values() needs {width} values, one per column, got {cells!r}")
            rows.append(tuple([self._cell(v, c) for v, c in zip(cells, self._column_args, strict=True)]))
        copy = self._clone()
        copy._data = self._data + tuple(rows)
        return copy

    def _cell(self, value: Any, column: Any) -> Any:
        if isinstance(value, ClauseElement):
            return value
        return BindParameter(None, value, type_=column.type, unique=True)

    def alias(self, name: str | None = None, flat: bool = False) -> Values:
        """Return this element under another name."""
        copy = self._clone()
        copy._named = True
        copy.name = new_name() if name is None else quoted_name(name)
        return copy

    def lateral(self, name: str | None = None) -> Values:
        """Return this element with LATERAL before it."""
        copy = self._clone() if name is None and self._named else self.alias(name)
        copy._is_lateral = True  # type: ignore[misc]
        return copy

    def scalar_values(self) -> ScalarValues:
        """Return these rows as a value, for the right side of IN."""
        return ScalarValues(self._column_args, self._data, self.literal_binds)

    def _as_in_list(self) -> Any:
        return self.scalar_values()

    def _proxies_in(self, subquery: FromClause) -> list[tuple[str, Any]]:
        return [c._make_proxy(subquery) for c in self.c]

    @property
    def _all_selected_columns(self) -> Sequence[Any]:
        return self._column_args

    def _collect_columns(self) -> Iterable[tuple[str, Any]]:
        for column in self._column_args:
            # A copy, since the same column may be given to several values().
            copy = column._clone()
            copy.table = self
            copy.__dict__["_proxies"] = (column,)
            yield copy.key, copy

    def _structure(self) -> Shape:
        name = self.name
        cells = [cell for row in self._data for cell in row]
        shape = self._shape = intern(
            (
                type(self),
                None if isinstance(name, anonymous_name) else (str(name), getattr(name, "quote", None)),
                self._named,
                self.literal_binds,
                self._is_lateral,
                len(self._column_args),
                len(self._added_ctes),
                *[c._shape or c._structure() for c in self._column_args],
                *[c._shape or c._structure() for c in cells],
                *[a._shape or a._structure() for a in self._added_ctes],
            )
        )
        if self.literal_binds:
            # Values are part of the text.
            shape = self._shape = intern((shape, *[repr(getattr(c, "value", None)) for c in cells]))
        self._leaves = (self,)
        return shape

    def _inner_leaves(self) -> tuple[Node, ...]:
        found: list[Node] = []
        for row in self._data:
            for cell in row:
                if cell._shape is None:
                    cell._structure()
                found.extend(cell._leaves)
        for added in self._added_ctes:
            found.extend(added._leaves)
        return tuple(found)

    def get_children(self) -> Any:
        for row in self._data:
            yield from row
        yield from self._added_ctes

    def _map_children(self, change: Any) -> Any:
        rows = tuple([tuple([change(cell) for cell in row]) for row in self._data])
        added = tuple([change(a) for a in self._added_ctes])
        same = all(a is b for r, s in zip(rows, self._data, strict=True) for a, b in zip(r, s, strict=True))
        if same and all(a is b for a, b in zip(added, self._added_ctes, strict=True)):
            return self
        copy = self._clone()
        copy._data, copy._added_ctes = rows, added
        return copy

    _is_values: ClassVar[bool] = True


class ScalarValues(ColumnElement[Any]):
    """``VALUES (…), (…)`` in parentheses, as the right side of IN, ANY or ALL."""

    __visit_name__ = "scalar_values"
    _fields = (child("rows"),)

    def __init__(self, columns: Sequence[Any], data: tuple[tuple[Any, ...], ...], literal_binds: bool) -> None:
        rows = Values(*columns, literal_binds=literal_binds)
        rows._data = data
        self.rows = rows
        self.type = columns[0].type if columns else NULLTYPE

    def _as_in_list(self) -> Any:
        return self

    def self_group(self, against: Any = None) -> Any:
        return self

    def _own_froms(self) -> tuple[Any, ...]:
        return ()


def values(*columns: Any, name: str | None = None, literal_binds: bool = False) -> Values:
    """Return rows as a FROM element: ``values(column("id", Integer), name="v").data([(1,), (2,)])``.

    Args:
        literal_binds: values are written into the text rather than bound.
    """
    return Values(*columns, name=name, literal_binds=literal_binds)
