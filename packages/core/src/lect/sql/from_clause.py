"""What rows come from: the base of tables, aliases, subqueries, joins and common table expressions."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from lect.exc import ArgumentError, InvalidRequestError, LectWarning, NoSuchColumnError, nearest
from lect.shape import Shape, intern
from lect.sql.anonymous import anonymous_name
from lect.sql.collection import ColumnSet, DedupeColumnCollection
from lect.sql.element import ClauseElement, ColumnElement
from lect.sql.names import quoted_name
from lect.sql.node import Node, scalar

__all__ = [
    "MAKE_FROM",
    "FromClause",
    "NamedFromClause",
    "ReturnsRows",
    "Selectable",
    "TableClause",
    "froms_of",
    "table",
]

_F = TypeVar("_F", bound="FromClause")


class FromMakers:
    """What a FROM element makes of itself with constructs defined above this module; each is set by the defining
    module."""

    alias: Callable[..., Any]
    join: Callable[..., Any]
    select: Callable[..., Any]
    tablesample: Callable[..., Any]
    subquery: Callable[..., Any]
    lateral: Callable[..., Any]
    cte: Callable[..., Any]
    scalar_subquery: Callable[..., Any]
    exists: Callable[..., Any]
    compound: Callable[..., Any]
    insert: Callable[..., Any]
    update: Callable[..., Any]
    delete: Callable[..., Any]


MAKE_FROM: Final = FromMakers()


class ReturnsRows(ClauseElement):
    """Anything that gives rows: a FROM element, a SELECT, an INSERT with RETURNING."""

    _is_returns_rows: ClassVar[bool] = True
    _is_select_base: ClassVar[bool] = False
    named_with_column: ClassVar[bool] = False
    _is_join: ClassVar[bool] = False
    _is_table: ClassVar[bool] = False
    _is_cte: ClassVar[bool] = False
    _is_values: ClassVar[bool] = False

    @property
    def selectable(self) -> Any:
        """This object: what other libraries ask a table-like thing for."""
        return self

    @property
    def exported_columns(self) -> Any:
        """The columns this object gives to whoever selects from it."""
        raise InvalidRequestError(f"{type(self).__name__} gives no columns")

    def is_derived_from(self, fromclause: Any) -> bool:
        """Say whether this object gets its rows from `fromclause`."""
        return fromclause is self


#: Set by :mod:`lect.sql.traversal`: (element, selectable) -> element whose columns come from the selectable.
_adapt: list[Callable[[Any, Any], Any]] = []


def adapt_to(element: Any, selectable: Any) -> Any:
    """Return `element` with every column that `selectable` passes on replaced by the selectable's own."""
    return _adapt[0](element, selectable)


class Selectable(ReturnsRows):
    """Something that can be selected from or into, by itself or as a subquery."""

    is_selectable: ClassVar[bool] = True

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        """Return the column of this object that stands for `column`, or None.

        With `require_embedded`, only a column that is inside of this object will do, not one that merely shares an
        origin.
        """
        return self.exported_columns.corresponding_column(column, require_embedded)

    def replace_selectable(self, old: FromClause, alias: Any) -> Any:
        """Return this object with `old` replaced by `alias` wherever its columns stand."""
        return adapt_to(self, alias)

    def lateral(self, name: str | None = None) -> Any:
        """Return this object as an element that may refer to FROM elements before it: ``LATERAL (…)``."""
        return MAKE_FROM.lateral(self, name)


class _ColumnsByKey:
    """The columns, by key: ``t.c.name`` or ``t.c["name"]``."""

    # Programs write it for each column of each statement: once made, the collection stands in the element's own
    # dictionary, where Python finds it without coming here.

    def __get__(self, element: Any, owner: type) -> Any:
        if element is None:
            return self
        values = element.__dict__
        if "_columns" not in values:
            element._init_columns()
        found = values["c"] = values["_columns"].as_readonly()
        return found


class FromClause(Selectable):
    """An element of a FROM list, with columns."""

    __visit_name__ = "fromclause"
    _is_from_clause: ClassVar[bool] = True
    #: True when the element's name stands before its columns.
    named_with_column: ClassVar[bool] = False
    _is_join: ClassVar[bool] = False
    _is_lateral: ClassVar[bool] = False
    _is_table: ClassVar[bool] = False
    _is_cte: ClassVar[bool] = False
    _is_subquery: ClassVar[bool] = False
    schema: Any = None
    #: Left out of what is the same element written otherwise; see :meth:`_clone`.
    _memos: ClassVar[frozenset[str]] = frozenset({"_columns", "c", "_primary_key", "_foreign_keys", "_memo"})

    # -- columns ----------------------------------------------------------------------------------------------------

    def _collect_columns(self) -> Iterable[tuple[str, Any]]:
        """Yield ``(key, column)`` of this element; called once, when somebody asks for the columns."""
        raise InvalidRequestError(f"{type(self).__name__} has no columns")

    def _init_columns(self) -> None:
        columns = DedupeColumnCollection(list(self._collect_columns()))
        self.__dict__["_columns"] = columns
        self._init_keys(columns)

    def _init_keys(self, columns: Any) -> None:
        found = list(columns)
        self.__dict__["_primary_key"] = ColumnSet([c for c in found if c.primary_key])
        self.__dict__["_foreign_keys"] = {fk for c in found for fk in c.foreign_keys}

    if TYPE_CHECKING:

        @property
        def c(self) -> Any:
            """The columns, by key: ``t.c.name`` or ``t.c["name"]``."""

    else:
        c = _ColumnsByKey()

    @property
    def columns(self) -> Any:
        """The same as :attr:`c`."""
        return self.c

    @property
    def exported_columns(self) -> Any:
        """The columns, as any object that gives rows calls them."""
        return self.c

    @property
    def primary_key(self) -> Any:
        """The columns of the primary key."""
        if "_primary_key" not in self.__dict__:
            self._init_columns()
        return self.__dict__["_primary_key"]

    @primary_key.setter
    def primary_key(self, value: Any) -> None:
        self.__dict__["_primary_key"] = value

    @property
    def foreign_keys(self) -> Any:
        """The foreign keys of the columns."""
        if "_foreign_keys" not in self.__dict__:
            self._init_columns()
        return self.__dict__["_foreign_keys"]

    @foreign_keys.setter
    def foreign_keys(self, value: Any) -> None:
        self.__dict__["_foreign_keys"] = value

    def _select_columns(self) -> list[Any]:
        """The columns that ``select(self)`` selects."""
        return [c for c in self.c if not getattr(c, "_omit_from_statements", False)]

    def _column_named(self, name: str) -> Any:
        """Return the column with key `name`.

        Raises:
            NoSuchColumnError: there is none; the message names those that are like it.
        """
        try:
            return self.c[name]
        except KeyError:
            raise NoSuchColumnError(
                f"{self.description or type(self).__name__} has no column {name!r}{nearest(name, self.c.keys())}"
            ) from None

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by(name=...)`` finds names."""
        return self.c

    # -- making others of it ------------------------------------------------------------------------------------------

    def select(self) -> Any:
        """Return ``SELECT`` of this element's columns."""
        return MAKE_FROM.select(self)

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        """Return this element under another name; without `name`, one is made up."""
        return MAKE_FROM.alias(self, name, flat)

    def _alias_again(self, name: str | None = None, flat: bool = False) -> Any:
        """Return the same rows under another name: an alias of this, or what this is an alias of under that name."""
        return self.alias(name, flat=flat)

    def tablesample(self, sampling: Any, name: str | None = None, seed: Any = None) -> Any:
        """Return a random sample of this table: ``TABLESAMPLE sampling``, a percentage or a function."""
        return MAKE_FROM.tablesample(self, sampling, name, seed)

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Any:
        """Return ``self JOIN right ON onclause``; without `onclause` it follows the foreign keys between both."""
        return MAKE_FROM.join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Any:
        """Return ``self LEFT OUTER JOIN right ON onclause``."""
        return MAKE_FROM.join(self, right, onclause, True, full)

    def _as_in_list(self) -> Any:
        """A table or subquery on the right of IN stands for the SELECT of its columns."""
        warnings.warn(
            f"Coercing {type(self).__name__} object into a select() for use in IN(); please pass a select() construct "
            "explicitly",
            LectWarning,
            stacklevel=7,
        )
        return MAKE_FROM.select(self)._as_in_list()

    # -- what it is in a statement ------------------------------------------------------------------------------------

    @property
    def _from_objects(self) -> list[Any]:
        """This element and those inside of it, as far as columns of them may be used outside."""
        return [self]

    @property
    def _hide_froms(self) -> Iterable[Any]:
        """Elements that need not be listed in FROM beside this one."""
        return ()

    def _is_lexical_equivalent(self, other: Any) -> bool:
        return self is other

    @property
    def description(self) -> str:
        """A name for people."""
        name = getattr(self, "name", None)
        if name is None:
            return f"{type(self).__name__} object"
        return name.base if isinstance(name, anonymous_name) else str(name)

    def _inner_leaves(self) -> tuple[Node, ...]:
        """Leaves inside this element, for elements that are leaves themselves (see :mod:`lect.sql.node`)."""
        return ()

    def _clone(self: _F) -> _F:
        copy = super()._clone()
        for memo in self._memos.intersection(copy.__dict__):
            del copy.__dict__[memo]
        return copy

    def _children_changed(self) -> None:
        for memo in self._memos.intersection(self.__dict__):
            del self.__dict__[memo]

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        for memo in self._memos.intersection(state):
            del state[memo]
        return state


class NamedFromClause(FromClause):
    """A FROM element with a name."""

    named_with_column: ClassVar[bool] = True
    name: str

    def table_valued(self) -> Any:
        """Return this element as one value: the whole row as a column."""
        return TableValuedColumn(self)


class TableValuedColumn(ColumnElement[Any]):
    """A FROM element used as a value, written as its name."""

    __visit_name__ = "table_valued_column"
    _fields = ()

    def __init__(self, from_: NamedFromClause, type_: Any = None) -> None:
        self.scalar_alias = from_
        self.name = self.key = from_.name
        if type_ is not None:
            self.type = type_

    @property
    def table(self) -> Any:
        """The FROM element."""
        return self.scalar_alias

    @property
    def _name_for_select(self) -> str | None:
        return self.name

    def _structure(self) -> Shape:
        inner = self.scalar_alias
        type_shape = self.type._shape or self.type._structure()
        shape = self._shape = intern((TableValuedColumn, inner._shape or inner._structure(), type_shape))
        self._leaves = inner._leaves
        return shape

    def get_children(self) -> Any:
        yield self.scalar_alias


class TableClause(NamedFromClause):
    """A table by its name and columns, without schema facts; made with :func:`table`."""

    __visit_name__ = "table"
    _fields = (scalar("name"), scalar("schema"))
    _is_table: ClassVar[bool] = True
    implicit_returning = False

    def __init__(self, name: str, *columns: Any, schema: str | None = None) -> None:
        if not isinstance(name, str):
            raise ArgumentError(f"table() needs a name, got {name!r}")
        self.name = name if isinstance(name, quoted_name) else quoted_name(name)
        self.schema = None if schema is None else quoted_name(schema)
        self.__dict__["_columns"] = DedupeColumnCollection()
        self.__dict__["_primary_key"] = ColumnSet()
        self.__dict__["_foreign_keys"] = set()
        for column in columns:
            self.append_column(column)

    @property
    def fullname(self) -> str:
        """The name with the schema before it."""
        return f"{self.schema}.{self.name}" if self.schema is not None else str(self.name)

    @property
    def description(self) -> str:
        return str(self.name)

    def append_column(self, c: Any) -> None:
        """Give this table one more column."""
        existing = getattr(c, "table", None)
        if existing is not None and existing is not self:
            raise ArgumentError(f"column object '{c.key}' already assigned to table {existing.description!r}")
        c.table = self
        self.__dict__["_columns"].add(c)
        self._columns_changed()

    def insert_column(self, c: Any, index: int) -> None:
        """Give this table one more column, at a place of its own among them."""
        self.append_column(c)
        columns = [each for each in self.__dict__["_columns"] if each is not c]
        columns.insert(index, c)
        self.__dict__["_columns"] = DedupeColumnCollection([(each.key, each) for each in columns])
        self._columns_changed()

    def _columns_changed(self) -> None:
        """Forget what was made from the columns so far, in the table and in its columns."""
        for memo in ("c", "_shape", "_leaves"):
            self.__dict__.pop(memo, None)
        for column in self.__dict__["_columns"]:
            column.__dict__.pop("_shape", None)
            column.__dict__.pop("_leaves", None)

    @property
    def _auto_column(self) -> Any:
        return None

    @property
    def autoincrement_column(self) -> Any:
        """The column that the database numbers by itself, or None."""
        return None

    def insert(self) -> Any:
        """Return ``INSERT INTO`` this table."""
        return MAKE_FROM.insert(self)

    def update(self) -> Any:
        """Return ``UPDATE`` of this table."""
        return MAKE_FROM.update(self)

    def delete(self) -> Any:
        """Return ``DELETE FROM`` this table."""
        return MAKE_FROM.delete(self)

    # A lightweight table is what it is called; two of one name are told apart by their place in a statement.
    def _structure(self) -> Shape:
        quoting = (getattr(self.name, "quote", None), getattr(self.schema, "quote", None))
        # A SELECT of the table writes its columns, so that they are part of what it is.
        columns = tuple([_column_fact(c) for c in self.c])
        shape = self._shape = intern(
            (type(self), str(self.name), None if self.schema is None else str(self.schema), quoting, columns)
        )
        self._leaves = (self,)
        return shape

    def _clone(self: _F) -> _F:
        # Its columns name it as their table, so that a copy would be a table without columns of its own.
        return self

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for memo in ("_shape", "_leaves", "c"):
            state.pop(memo, None)
        return state


def _column_fact(column: Any) -> tuple[Any, ...]:
    """Return what tells a column of a plain table apart: its own structure names the table."""
    type_ = column.type
    name = getattr(column.name, "base", column.name)
    quote = getattr(column.name, "quote", None)
    return (column.key, str(name), quote, getattr(column, "is_literal", False), type_._shape or type_._structure())


def table(name: str, *columns: Any, schema: str | None = None) -> TableClause:
    """Return a table by name and columns: ``table("user", column("id"), column("name"))``."""
    return TableClause(name, *columns, schema=schema)


def froms_of(node: Any) -> list[Any]:
    """Return the FROM elements that the columns in `node` belong to, in order of appearance, each once."""
    found: dict[Any, None] = {}
    _gather(node, found)
    return list(found)


def _gather(node: Any, found: dict[Any, None]) -> None:
    if node._is_from_clause:
        for f in node._from_objects:
            found.setdefault(f)
        return
    own = node._own_froms
    if own is not None:
        for f in own():
            found.setdefault(f)
        return
    if node._is_column_element:
        table_ = node.__dict__.get("table")
        if table_ is not None:
            found.setdefault(table_)
            return
        scalar_alias = node.__dict__.get("scalar_alias")
        if scalar_alias is not None:
            found.setdefault(scalar_alias)
            return
    elif node._is_returns_rows:
        return
    for child in node.get_children():
        _gather(child, found)


def unique_froms(groups: Iterable[Sequence[Any]]) -> list[Any]:
    """Return the members of all groups, in order, each once."""
    found: dict[Any, None] = {}
    for group in groups:
        for f in group:
            found.setdefault(f)
    return list(found)
