"""Constraints: what all have in common, those over columns, and PRIMARY KEY, UNIQUE and CHECK."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from lect.exc import ArgumentError, ConstraintColumnNotFoundError, InvalidRequestError, LectWarning, nearest
from lect.schema.autoincrement import autoincrement_column
from lect.schema.base import NULL_UNSPECIFIED, SchemaItem
from lect.schema.conditional import HasConditionalDDL
from lect.schema.expressions import (
    columns_in,
    ddl_expression,
    described,
    expression_for_table,
    shown,
    without_annotations,
)
from lect.sql.collection import ColumnCollection
from lect.sql.dialect_options import DialectKWArgs

__all__ = ["CheckConstraint", "ColumnCollectionConstraint", "Constraint", "PrimaryKeyConstraint", "UniqueConstraint"]

_creation_counter = itertools.count(1)


class Constraint(DialectKWArgs, HasConditionalDDL, SchemaItem):
    """A rule the database keeps for a table.

    Args:
        name: its name; without one, the MetaData's naming convention makes it, or the database does.
        deferrable: True for DEFERRABLE, False for NOT DEFERRABLE, None to say neither.
        initially: ``"DEFERRED"`` or ``"IMMEDIATE"``.
        info: the application's own dictionary.
        comment: a comment kept by the database, where it keeps one for constraints.
    """

    __visit_name__ = "constraint"
    #: Whether a type made it (a Boolean's CHECK): it is made anew for a copy of the column, not copied.
    _type_bound: bool = False
    #: Asked with the Writer's dialect: whether CREATE TABLE includes it.
    _create_rule: Any = None

    def __init__(
        self,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: dict[Any, Any] | None = None,
        comment: str | None = None,
        _create_rule: Any = None,
        _type_bound: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.name = name
        self.deferrable = deferrable
        self.initially = initially
        if info is not None:
            self.info = info
        self.comment = comment
        self._create_rule = _create_rule
        self._type_bound = _type_bound
        self._creation_order = next(_creation_counter)
        self._set_dialect_kwargs(dialect_kw)

    @property
    def table(self) -> Any:
        """The table this belongs to; InvalidRequestError when it belongs to none yet."""
        parent = self.__dict__.get("parent")
        if parent is not None and parent.__visit_name__ != "column":
            return parent
        raise InvalidRequestError(
            "This constraint is not bound to a table. Did you mean to call table.append_constraint(constraint) ?"
        )

    def _set_parent(self, parent: Any, **how: Any) -> None:
        if parent.__visit_name__ not in ("table", "column"):
            raise ArgumentError(f"A {type(self).__name__} belongs to a Table, not to {parent!r}")
        self.parent = parent
        parent.constraints.add(self)

    def _copy(self, **kw: Any) -> Any:
        raise ArgumentError(f"{type(self).__name__} does not say how it is copied: define _copy(target_table=None)")

    def copy(self, **kw: Any) -> Any:
        """Return a copy that belongs to no table."""
        return self._copy(**kw)

    def _common(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "deferrable": self.deferrable,
            "initially": self.initially,
            **self._all_dialect_kwargs(),
        }

    def _copied(self, copy: Any) -> Any:
        copy.comment = self.comment
        copy._ddl_if = self._ddl_if
        copy._create_rule = self._create_rule
        return self._copy_info_to(copy)

    def __repr__(self) -> str:
        name = f", name={str(self.name)!r}" if self.name is not None else ""
        return f"{type(self).__name__}({self._repr_inside()}{name})"

    def _repr_inside(self) -> str:
        return ""


class ColumnCollectionMixin:
    """Columns given as Columns or by key, which are all there once the owner belongs to a table.

    When every one is a Column, the owner attaches itself as soon as the last of them is in a table.
    """

    _pending: tuple[Any, ...] = ()
    _columns: ColumnCollection[Any]
    _may_span_tables: bool = False

    def _take_columns(self, columns: Sequence[Any], autoattach: bool) -> None:
        self._columns = ColumnCollection()
        self._pending = tuple([_column_or_key(column) for column in columns])
        self.__dict__["_attached"] = False
        if autoattach and self._pending:
            self._attach_with_columns()

    def _attach_with_columns(self) -> None:
        keys = [column for column in self._pending if isinstance(column, str)]
        columns = [c for c in self._columns_to_wait_for() if hasattr(c, "_when_in_table")]
        if not columns:
            return
        if keys:  # keys mean something only in a table: that of the Columns, or the one this is given to
            table = columns[0].table
            if _is_table(table) and all(key in table.c for key in keys):
                self._autoattach_to(columns)
            return
        waiting = {id(c) for c in columns if getattr(c, "table", None) is None or not _is_table(c.table)}
        if not waiting:
            self._autoattach_to(columns)
            return

        def attached(column: Any, table: Any) -> None:
            waiting.discard(id(column))
            if not waiting and not self.__dict__["_attached"]:
                self._autoattach_to(columns)

        for column in columns:
            if id(column) in waiting:
                column._when_in_table(attached)

    def _columns_to_wait_for(self) -> list[Any]:
        return list(self._pending)

    def _autoattach_to(self, columns: list[Any]) -> None:
        table = columns[0].table
        others = [c for c in columns if c.table is not table]
        if others:
            if self._may_span_tables:
                return  # an assertion over several tables is nobody's own
            raise ArgumentError(
                f"Column(s) {', '.join(repr(described(c)) for c in others)} are not part of table {table.fullname!r}."
            )
        self._attach(table)  # type: ignore[attr-defined]

    def _resolve_columns(self, table: Any) -> list[Any]:
        """Return the Columns of `table` that were asked for; an error names one that it lacks."""
        return [self._resolve_column(table, each) for each in self._pending]

    def _resolve_column(self, table: Any, column: Any) -> Any:
        if not isinstance(column, str):
            return column
        try:
            return table.c[column]
        except KeyError:
            raise ConstraintColumnNotFoundError(
                f"Can't create {type(self).__name__} on table '{table.description}': no column named '{column}' is "
                f"present.{nearest(column, table.c.keys())}"
            ) from None

    @property
    def columns(self) -> Any:
        """The columns, as a read-only collection."""
        return self._columns.as_readonly()

    @property
    def c(self) -> Any:
        """The same as `columns`."""
        return self._columns.as_readonly()


def _is_table(selectable: Any) -> bool:
    return getattr(selectable, "__visit_name__", None) == "table" and hasattr(selectable, "metadata")


def _column_or_key(value: Any) -> Any:
    """Return a column key or a column expression; an error names anything else."""
    if isinstance(value, str):
        return value
    element = value.__clause_element__() if hasattr(type(value), "__clause_element__") else value
    if not (getattr(element, "_is_column_element", False) or getattr(element, "_is_text_clause", False)):
        raise ArgumentError(f"String column name or column expression for DDL constraint expected, got {value!r}.")
    return without_annotations(element)


class ColumnCollectionConstraint(ColumnCollectionMixin, Constraint):
    """A constraint over columns of its table, given as Columns or by key."""

    #: Whether the subclass names it itself, when more is known than the columns.
    _named_late: bool = False

    def __init__(
        self,
        *columns: Any,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: dict[Any, Any] | None = None,
        _autoattach: bool = True,
        _column_flag: bool = False,
        **dialect_kw: Any,
    ) -> None:
        Constraint.__init__(self, name=name, deferrable=deferrable, initially=initially, info=info, **dialect_kw)
        self._column_flag = _column_flag
        self._take_columns(columns, _autoattach)

    def _set_parent(self, parent: Any, **how: Any) -> None:
        if parent.__visit_name__ == "column":
            raise ArgumentError(f"A {type(self).__name__} belongs to a Table; give it to the Table, not to a Column")
        self.__dict__["_attached"] = True
        Constraint._set_parent(self, parent)
        if self._pending:  # attached once more, nothing changes
            self._columns = ColumnCollection()
        for column in self._resolve_columns(parent):
            self._columns.add(column)
        if not self._named_late:
            parent.metadata._name_constraint(self, parent)

    def contains_column(self, col: Any) -> bool:
        """Whether `col`, itself, is one of the columns."""
        return any(col is each for each in self._columns)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, key: object) -> bool:
        return key in self._columns

    def _keys(self) -> list[Any]:
        """Return what a copy is made with: the keys of the columns, or what was given when there is no table yet."""
        return [c.key for c in self._columns] if self.__dict__["_attached"] else list(self._pending)

    def _copy(self, target_table: Any = None, **kw: Any) -> Any:
        return self._copied(type(self)(*self._keys(), **self._common()))

    def _repr_inside(self) -> str:
        return ", ".join(repr(c) for c in self._columns)


class UniqueConstraint(ColumnCollectionConstraint):
    """UNIQUE over one or more columns."""

    __visit_name__ = "unique_constraint"


class CheckConstraint(ColumnCollectionConstraint):
    """CHECK of a condition.

    Args:
        sqltext: SQL text, written as it stands, or an expression over the table's columns.
    """

    __visit_name__ = "table_or_column_check_constraint"
    _may_span_tables = True

    def __init__(
        self,
        sqltext: Any,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        table: Any = None,
        info: dict[Any, Any] | None = None,
        _create_rule: Any = None,
        _autoattach: bool = True,
        _type_bound: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.sqltext = ddl_expression(sqltext, "CheckConstraint")
        super().__init__(
            *columns_in(self.sqltext),
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            _autoattach=_autoattach,
            **dialect_kw,
        )
        self._create_rule = _create_rule
        self._type_bound = _type_bound
        if table is not None:
            self._attach(table)

    @property
    def is_column_level(self) -> bool:
        """Whether it was given to a Column and is written with it."""
        parent = self.__dict__.get("parent")
        return parent is not None and parent.__visit_name__ == "column"

    def _set_parent(self, parent: Any, **how: Any) -> None:
        if parent.__visit_name__ == "column":
            self.__dict__["_attached"] = True
            Constraint._set_parent(self, parent)
        else:
            super()._set_parent(parent)

    def _copy(self, target_table: Any = None, **kw: Any) -> CheckConstraint:
        source = None if self.is_column_level else self.__dict__.get("parent")
        text = expression_for_table(self.sqltext, source, target_table)
        copy = CheckConstraint(text, _autoattach=False, _type_bound=self._type_bound, **self._common())
        return self._copied(copy)  # type: ignore[no-any-return]

    def _repr_inside(self) -> str:
        return repr(shown(self.sqltext))


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """PRIMARY KEY. Every Table has one, empty when no column is part of it.

    ``Column(primary_key=True)`` adds to the table's own; one given to the Table takes its place.
    """

    __visit_name__ = "primary_key_constraint"

    def __init__(
        self,
        *columns: Any,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: dict[Any, Any] | None = None,
        _implicit_generated: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self._implicit_generated = _implicit_generated
        super().__init__(*columns, name=name, deferrable=deferrable, initially=initially, info=info, **dialect_kw)

    def _set_parent(self, parent: Any, **how: Any) -> None:
        ColumnCollectionConstraint._set_parent(self, parent)
        if parent.primary_key is not self:
            parent.constraints.discard(parent.primary_key)
            parent.primary_key = self
        flagged = [c for c in parent.c if c.primary_key]
        mine = list(self._columns)
        if mine and flagged and {id(c) for c in flagged} != {id(c) for c in mine}:
            warnings.warn(
                f"Table '{parent.name}' specifies columns {_quoted(flagged)} as primary_key=True, not matching locally "
                f"specified columns {_quoted(mine)}; setting the current primary key columns to {_quoted(mine)}. "
                "This warning may become an exception in a future release",
                LectWarning,
                stacklevel=2,
            )
        for column in mine:
            column.primary_key = True
            if column._user_defined_nullable is NULL_UNSPECIFIED:
                column.nullable = False
        if not mine:
            for column in flagged:
                self._columns.add(column)
        parent._changed()

    def _reload(self, columns: Sequence[Any]) -> None:
        """Make `columns` (what reflection found) the primary key, telling listeners that it is attached again."""
        for column in self._columns:
            column.primary_key = False
        for column in columns:
            column.primary_key = True
        self._columns = ColumnCollection()
        self._pending = tuple(columns)
        self._attach(self.table)

    def _replace(self, column: Any) -> None:
        """Take in `column`, in the place of one of the same key if there is one."""
        changed: ColumnCollection[Any] = ColumnCollection()
        replaced = False
        for each in self._columns:
            if each.key == column.key:
                changed.add(column)
                replaced = True
            else:
                changed.add(each)
        if not replaced:
            changed.add(column)
        self._columns = changed
        if self._implicit_generated:
            self.name = None
            self.table.metadata._name_constraint(self, self.table)

    def _discard(self, column: Any) -> None:
        """Let go of a column that another one has replaced in the table."""
        left = [c for c in self._columns if c is not column]
        self._columns = ColumnCollection()
        for each in left:
            self._columns.add(each)

    @property
    def columns_autoinc_first(self) -> list[Any]:
        """The columns, the one that numbers itself first: some databases want it so in the key."""
        autoinc = self._autoincrement_column
        if autoinc is None:
            return list(self._columns)
        return [autoinc, *[c for c in self._columns if c is not autoinc]]

    @property
    def _autoincrement_column(self) -> Any:
        """The column that the database numbers by itself, or None."""
        return autoincrement_column(self)

    def _copy(self, target_table: Any = None, **kw: Any) -> Any:
        return self._copied(type(self)(*self._keys(), _implicit_generated=self._implicit_generated, **self._common()))


def _quoted(columns: Sequence[Any]) -> str:
    return ", ".join(f"'{c.name}'" for c in columns)
