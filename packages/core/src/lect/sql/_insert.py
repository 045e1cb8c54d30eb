"""INSERT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.sql.arguments import resolve
from lect.sql.dml import ValuesBase
from lect.sql.from_clause import MAKE_FROM
from lect.sql.node import child, children, pairs, scalar
from lect.sql.on_conflict import OnConflict, excluded_of

__all__ = ["Insert", "insert"]

_I = TypeVar("_I", bound="Insert")


class Insert(ValuesBase):
    """An INSERT statement; made with :func:`insert` or ``table.insert()``."""

    _extension_points: ClassVar[tuple[str, ...]] = ("post_values",)
    __visit_name__ = "insert"
    is_insert: ClassVar[bool] = True
    _kind: ClassVar[str] = "insert"
    _fields = (
        child("table"),
        child("_values"),
        children("_multi_values"),
        child("_select"),
        scalar("_select_names"),
        scalar("_include_defaults"),
        scalar("_inline"),
        children("_returning"),
        scalar("_return_defaults"),
        children("_return_defaults_columns"),
        children("_supplemental_columns"),
        scalar("_sort_by_parameter_order"),
        child("_on_conflict"),
        children("_prefixes"),
        children("_hints"),
        children("_added_ctes"),
        children("_with_options"),
        pairs("_extensions"),
    )

    _select: Any = None
    _select_names: tuple[str, ...] = ()
    _include_defaults: bool = True
    _inline: bool = False
    _on_conflict: OnConflict | None = None

    def __init__(self, table: Any) -> None:
        self._set_table(table)

    @property
    def select(self) -> Any:
        """The SELECT this INSERT takes its rows from, or None."""
        return self._select

    def _with_rows(self: _I, rows: Any) -> _I:
        made = tuple([self._row(self._as_mapping(row)) for row in rows])
        copy = self._generate()
        copy._multi_values = self._multi_values + made
        return copy

    def from_select(self: _I, names: Sequence[Any], select: Any, include_defaults: bool = True) -> _I:
        """Return this INSERT taking its rows from a SELECT.

        Args:
            names: columns written, in the order of the SELECT's columns.
            include_defaults: defaults of the client for other columns become part of the SELECT.
        """
        if self._values is not None or self._multi_values:
            raise InvalidRequestError("This construct already inserts value expressions")
        node = resolve(select)
        if not getattr(node, "_is_returns_rows", False):
            raise ArgumentError(f"from_select() needs a SELECT, got {select!r}")
        if node._is_from_clause:
            node = MAKE_FROM.select(node)
        keys = []
        for name in names:
            _, key = self._column_for(name)
            keys.append(str(key))
        copy = self._generate()
        copy._select = node
        copy._select_names = tuple(keys)
        copy._include_defaults = bool(include_defaults)
        copy._inline = True
        if copy._plugin is None:
            copy._plugin = getattr(node, "_plugin", None)
        return copy

    def inline(self: _I) -> _I:
        """Return this INSERT without fetching values that the server makes."""
        copy = self._generate()
        copy._inline = True
        return copy

    # -- rows that are there already ----------------------------------------------------------------------------------

    @property
    def excluded(self) -> Any:
        """The columns of the row that could not be inserted, for use in ``on_conflict_do_update(set_=...)``."""
        return excluded_of(self._core_table).c

    def on_conflict_do_nothing(
        self: _I, constraint: Any = None, index_elements: Any = None, index_where: Any = None
    ) -> _I:
        """Return this INSERT leaving rows alone that are there already.

        Args:
            constraint: name of the unique constraint, or the constraint. `index_elements`: columns of a unique index
                instead; `index_where` its condition. Without both: any conflict.
        """
        return self._with_conflict(OnConflict.nothing(constraint, index_elements, index_where))

    def on_conflict_do_update(
        self: _I,
        constraint: Any = None,
        index_elements: Any = None,
        index_where: Any = None,
        set_: Any = None,
        where: Any = None,
    ) -> _I:
        """Return this INSERT updating rows that are there already.

        Args:
            constraint, index_elements, index_where: which conflict, as for :meth:`on_conflict_do_nothing`.
            set_: new values by column or key; ``statement.excluded.<column>`` is the value that could not be inserted.
            where: rows for which it does not hold stay as they are.
        """
        return self._with_conflict(
            OnConflict.update(self._core_table, constraint, index_elements, index_where, set_, where)
        )

    def _with_conflict(self: _I, clause: OnConflict) -> _I:
        if self._on_conflict is not None:
            raise InvalidRequestError("This INSERT already says what to do about rows that are there already")
        copy = self._generate()
        copy._on_conflict = clause
        return copy


def insert(table: Any) -> Insert:
    """Return ``INSERT INTO table``."""
    return Insert(table)


MAKE_FROM.insert = Insert
