"""What SELECT, UNION and textual SELECT have in common: their columns, and what can be made of them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError, LectWarning
from lect.shape import intern
from lect.sql.anonymous import anonymous_name
from lect.sql.arguments import group_argument, limit_argument, order_argument, resolve
from lect.sql.collection import ColumnCollection
from lect.sql.element import MAKE
from lect.sql.executable import HasCTE, Hint, Statement
from lect.sql.for_update import ForUpdateArg
from lect.sql.from_clause import MAKE_FROM, Selectable
from lect.sql.naming import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    NamedColumn,
    SelectLabelStyle,
    name_columns,
    unique_keys,
)
from lect.sql.node import child

__all__ = ["GenerativeSelect", "SelectBase", "SelectGrouping"]

_S = TypeVar("_S", bound="SelectBase")
_G = TypeVar("_G", bound="GenerativeSelect")


_NUMBER_OF_ROWS = ("_limit", "_fetch", "_fetch_ties", "_fetch_percent")


class SelectBase(HasCTE, Statement, Selectable):
    """A statement that selects rows."""

    is_select: ClassVar[bool] = True
    _is_select_base: ClassVar[bool] = True
    _kind: ClassVar[str] = "select"
    _label_style: SelectLabelStyle = LABEL_STYLE_DEFAULT

    # -- columns ----------------------------------------------------------------------------------------------------

    def _column_expressions(self) -> Sequence[Any]:
        """The expressions selected, tables and entities expanded to their columns."""
        raise ArgumentError(f"{type(self).__name__} has no columns")

    def _named_columns(self, nested: bool) -> list[NamedColumn]:
        """The columns with their names, as this statement writes them at the top level or in a subquery."""
        if self._plugin is not None:
            return self._translated()._named_columns(nested)  # type: ignore[no-any-return]
        name = "nested" if nested else "named"
        return self._memoized(  # type: ignore[no-any-return]
            name, lambda: name_columns(self._column_expressions(), self._label_style, nested=nested)
        )

    @property
    def selected_columns(self) -> Any:
        """The columns that this statement selects, by key; text() is left out, as nothing is known of it."""
        return self._memoized("selected", self._make_selected)

    def _make_selected(self) -> Any:
        named = [n for n in self._named_columns(False) if n.key is not None]
        keys = unique_keys(named, self._label_style)
        return ColumnCollection(list(zip(keys, [n.column for n in named], strict=True))).as_readonly()

    @property
    def exported_columns(self) -> Any:
        return self.selected_columns

    @property
    def _all_selected_columns(self) -> Sequence[Any]:
        if self._plugin is not None:
            return self._translated()._all_selected_columns  # type: ignore[no-any-return]
        return self._column_expressions()

    def _proxies_in(self, subquery: Any) -> list[tuple[str, Any]]:
        """Return ``(key, column)`` for the columns of a subquery of this statement."""
        out: list[tuple[str, Any]] = []
        for position, named in enumerate(self._named_columns(True)):
            if named.key is None:
                continue
            column = named.column
            name, key = named.name, named.key
            key, proxy = column._make_proxy(subquery, name=name, key=key)
            if isinstance(name, anonymous_name) or named.repeated:
                # A made-up name is unique in the process, and a repeated one is not; the place tells them apart.
                type_ = proxy.type
                proxy._shape = intern(
                    (
                        "place",
                        subquery._shape or subquery._structure(),
                        position,
                        getattr(name, "base", name),
                        type_._shape or type_._structure(),
                    )
                )
                proxy._leaves = subquery._leaves
            out.append((key, proxy))
        return out

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self

    # -- making others of it ------------------------------------------------------------------------------------------

    def subquery(self, name: str | None = None) -> Any:
        """Return this statement as a FROM element: ``(SELECT …) AS name``; without `name`, one is made up."""
        return MAKE_FROM.subquery(self, name)

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        """The same as :meth:`subquery`."""
        return self.subquery(name)

    def scalar_subquery(self) -> Any:
        """Return this statement as one value, to be used in expressions. It must select one column."""
        return MAKE_FROM.scalar_subquery(self)

    as_scalar = scalar_subquery

    def exists(self) -> Any:
        """Return ``EXISTS (this statement)``."""
        return MAKE_FROM.exists(self)

    def label(self, name: str | None) -> Any:
        """Return this statement as one value under a name."""
        return self.scalar_subquery().label(name)

    def select(self, *columns: Any) -> Any:
        """Return ``SELECT … FROM (this statement)``."""
        return self.subquery().select(*columns)

    def self_group(self, against: Any = None) -> Any:
        return SelectGrouping(self)

    def _as_expression(self) -> Any:
        warnings.warn(
            "implicitly coercing SELECT object to scalar subquery; please use the .scalar_subquery() method to "
            "produce a "
            "scalar subquery.",
            LectWarning,
            stacklevel=4,
        )
        return self.scalar_subquery()

    def _as_column_of_select(self) -> Any:
        return self._as_expression()

    def _as_in_list(self) -> Any:
        return SelectGrouping(self)

    def _as_from_element(self) -> Any:
        raise ArgumentError(
            "A SELECT does not stand in FROM by itself; make it a subquery: statement.subquery(), or statement.cte()"
        )

    def _scalar_type(self) -> Any:
        columns = self._all_selected_columns
        if not columns:
            raise ArgumentError("a scalar subquery must select one column")
        return columns[0].type

    def _negate(self) -> Any:
        return MAKE.negation(SelectGrouping(self))


class SelectGrouping(Selectable):
    """A SELECT in parentheses."""

    __visit_name__ = "select_statement_grouping"
    _fields = (child("element"),)
    _is_select_base: ClassVar[bool] = True
    is_select: ClassVar[bool] = True

    def __init__(self, element: Any) -> None:
        self.element = element

    @property
    def selected_columns(self) -> Any:
        return self.element.selected_columns

    @property
    def exported_columns(self) -> Any:
        return self.element.selected_columns

    @property
    def type(self) -> Any:
        return self.element._scalar_type()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "element":
            raise AttributeError(name)
        return getattr(self.element, name)

    def self_group(self, against: Any = None) -> Any:
        return self

    def _as_in_list(self) -> Any:
        return self


class GenerativeSelect(SelectBase):
    """A SELECT, or a combination of SELECTs, with ordering and limits."""

    _order_by: tuple[Any, ...] = ()
    _group_by: tuple[Any, ...] = ()
    _limit: Any = None
    _offset: Any = None
    _fetch: Any = None
    _fetch_ties: bool = False
    _fetch_percent: bool = False
    _for_update: ForUpdateArg | None = None
    _hints: tuple[Hint, ...] = ()

    def get_label_style(self) -> SelectLabelStyle:
        """Return how this statement labels its columns."""
        return self._label_style

    def set_label_style(self: _G, style: SelectLabelStyle) -> _G:
        """Return this statement with another way of labelling its columns."""
        if not isinstance(style, SelectLabelStyle):
            raise ArgumentError(
                f"set_label_style() takes a member of SelectLabelStyle, such as LABEL_STYLE_NONE, not {style!r}"
            )
        if self._label_style is style:
            return self
        copy = self._generate()
        copy._label_style = style
        return copy

    @property
    def _tablename_labels(self) -> bool:
        return self._label_style is LABEL_STYLE_TABLENAME_PLUS_COL

    def _ensure_disambiguated_names(self: _G) -> _G:
        return (
            self
            if self._label_style is not SelectLabelStyle.LABEL_STYLE_NONE
            else self.set_label_style(LABEL_STYLE_DISAMBIGUATE_ONLY)
        )

    def order_by(self: _G, __first: Any = ..., /, *clauses: Any) -> _G:
        """Return this statement ordered (further) by expressions; a string is the name of a label or column.
        None: no order."""
        copy = self._generate()
        if not clauses and __first is None:
            copy._order_by = ()
            return copy
        if __first is ...:
            return copy
        if clauses:
            copy._order_by = self._order_by + tuple([order_argument(c) for c in (__first, *clauses)])
        else:
            copy._order_by = (*self._order_by, order_argument(__first))
        return copy

    def group_by(self: _G, __first: Any = ..., /, *clauses: Any) -> _G:
        """Return this statement grouped (further) by expressions; a string is the name of a label or column, a
        table stands for its columns. None: not grouped."""
        copy = self._generate()
        if not clauses and __first is None:
            copy._group_by = ()
            return copy
        if __first is ...:
            return copy
        grouped: list[Any] = []
        for each in (__first, *clauses):
            node = resolve(each)
            if getattr(node, "_is_from_clause", False) and not node._is_entity:
                grouped.extend(node._select_columns())
            else:
                grouped.append(group_argument(each))
        copy._group_by = self._group_by + tuple(grouped)
        return copy

    def limit(self: _G, limit: Any) -> _G:
        """Return this statement limited to a number of rows: a whole number or an expression; None for no limit."""
        copy = self._generate()
        copy._unlimited()
        copy._limit = limit_argument(limit, "limit()")
        return copy

    def _unlimited(self) -> None:
        """Forget the number of rows (on a copy that was just made); what is not set costs nothing later."""
        state = self.__dict__
        for name in _NUMBER_OF_ROWS:
            if name in state:
                del state[name]

    def offset(self: _G, offset: Any) -> _G:
        """Return this statement without its first rows: how many, as a whole number or an expression; None for no
        offset."""
        copy = self._generate()
        copy._offset = limit_argument(offset, "offset()")
        return copy

    def fetch(self: _G, count: Any, with_ties: bool = False, percent: bool = False, **dialect_kw: Any) -> _G:
        """Return this statement limited by FETCH FIRST: rows or, with `percent`, a share of them, ties included
        or not."""
        if dialect_kw:
            raise ArgumentError(f"fetch() does not take the argument {next(iter(dialect_kw))!r}")
        copy = self._generate()
        copy._unlimited()
        if count is not None:
            copy._fetch = limit_argument(count, "fetch()")
            copy._fetch_ties, copy._fetch_percent = bool(with_ties), bool(percent)
        return copy

    def slice(self: _G, start: Any, stop: Any) -> _G:
        """Return this statement limited to rows `start` to `stop`, counted from 0, `stop` excluded, as Python
        slices count.

        Either may be an integer, an SQL expression, or None. Rows are counted from an OFFSET that is there already.
        """
        copy = self._generate()
        limit = copy._limit
        copy._unlimited()
        if limit is not None:
            copy._limit = limit
        if start is not None and stop is not None:
            length = stop - start
            copy._limit = limit_argument(max(length, 0) if isinstance(length, int) else length, "slice()")
        elif stop is not None:
            copy._limit = limit_argument(stop, "slice()")
        if start is not None and not (isinstance(start, int) and start == 0):
            copy._offset = limit_argument(start if self._offset is None else _plus(self._offset, start), "slice()")
        return copy

    def with_for_update(
        self: _G,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> _G:
        """Return this statement locking the rows it reads.

        Args:
            nowait: fail at once when a row is locked. `skip_locked`: leave locked rows out.
            read: lock against changes only (FOR SHARE). `key_share`: the weaker form of either.
            of: tables or columns whose rows are locked; all by default.
        """
        copy = self._generate()
        copy._for_update = ForUpdateArg(nowait=nowait, read=read, of=of, skip_locked=skip_locked, key_share=key_share)
        return copy

    @property
    def _limit_clause(self) -> Any:
        return self._limit

    @property
    def _offset_clause(self) -> Any:
        return self._offset

    @property
    def _has_row_limit(self) -> bool:
        return self._limit is not None or self._offset is not None or self._fetch is not None


def _plus(offset: Any, start: Any) -> Any:
    """Return the sum of an OFFSET and a number of rows: a number, if both are."""
    value = getattr(offset, "value", None)
    if isinstance(value, int) and isinstance(start, int) and getattr(offset, "callable", None) is None:
        return value + start
    return offset + start
