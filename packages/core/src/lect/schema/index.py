"""Indexes, of columns and of expressions."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError, InvalidRequestError
from lect.schema.base import SchemaItem
from lect.schema.conditional import HasConditionalDDL
from lect.schema.constraints import ColumnCollectionMixin
from lect.schema.expressions import columns_in, described, expression_for_table
from lect.sql.collection import ColumnCollection
from lect.sql.dialect_options import DialectKWArgs
from lect.sql.names import quoted_name

__all__ = ["Index"]


class Index(DialectKWArgs, ColumnCollectionMixin, HasConditionalDDL, SchemaItem):
    """An index of a table.

    Args:
        name: its name; None leaves it to the naming convention.
        expressions: Columns, keys of columns, or SQL expressions over columns, which may be ``desc()``.
        unique: whether equal rows are refused.
        quote: force or forbid quoting of the name.

    What only some databases know (a method, a WHERE, covering columns, operator classes) is given as
    ``<dialect>_<option>=...``. The index gets into its table with the columns it mentions, or when given to the Table.
    """

    __visit_name__ = "index"
    table: Any = None

    def __init__(
        self,
        name: str | None,
        *expressions: Any,
        unique: bool = False,
        quote: bool | None = None,
        info: dict[Any, Any] | None = None,
        _table: Any = None,
        _column_flag: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.name = quoted_name.construct(name, quote) if quote is not None else name
        self.unique = unique
        if info is not None:
            self.info = info
        self._column_flag = _column_flag
        self._set_dialect_kwargs(dialect_kw)
        self.expressions: list[Any] = []
        self._take_columns(expressions, autoattach=_table is None)
        if not any(isinstance(e, str) for e in self._pending):
            self.expressions = list(self._pending)
        if _table is not None:
            self._attach(_table)

    def _columns_to_wait_for(self) -> list[Any]:
        found: list[Any] = []
        for expression in self._pending:
            if not isinstance(expression, str):
                found.extend(columns_in(expression))
        return found

    def _set_parent(self, parent: Any, **how: Any) -> None:
        if parent.__visit_name__ != "table":
            raise ArgumentError(f"An Index belongs to a Table, not to {parent!r}")
        if self.table is not None and parent is not self.table:
            raise ArgumentError(
                f"Index '{self.name}' is against table '{self.table.description}', and cannot be associated with table "
                f"'{parent.description}'."
            )
        self.__dict__["_attached"] = True
        expressions = self._resolve_columns(parent)
        for expression in expressions:
            for column in columns_in(expression):
                if getattr(column, "table", None) not in (None, parent):
                    raise ArgumentError(f"Column(s) '{described(column)}' are not part of table '{parent.fullname}'.")
        self.table = parent
        parent.indexes.add(self)
        self.expressions = expressions
        self._columns = ColumnCollection()
        for expression in expressions:
            for column in columns_in(expression):
                if column.key is None:
                    raise ArgumentError(f"Can't add unnamed column to column collection: index '{self.name}'")
                if getattr(column, "table", None) is parent and not any(column is c for c in self._columns):
                    self._columns.add(column)
        parent.metadata._name_constraint(self, parent)

    def _copy(self, target_table: Any = None, **kw: Any) -> Index:
        """Return a copy over the columns of `target_table`, in it."""
        expressions = [expression_for_table(e, self.table, target_table) for e in self.expressions]
        options = {
            key: expression_for_table(value, self.table, target_table)
            for key, value in self._all_dialect_kwargs().items()
        }
        copy = Index(self.name, *expressions, unique=self.unique, _table=target_table, **options)
        copy._ddl_if = self._ddl_if
        self._copy_info_to(copy)
        return copy

    def create(self, bind: Any, checkfirst: Any = False) -> None:
        """Create the index."""
        self._needs_table()
        bind._run_ddl("create", self, checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: Any = False) -> None:
        """Drop the index."""
        self._needs_table()
        bind._run_ddl("drop", self, checkfirst=checkfirst)

    def _needs_table(self) -> None:
        if self.table is None:
            raise InvalidRequestError(f"Index '{self.name}' is not associated with any table.")

    def __repr__(self) -> str:
        parts = [repr(None if self.name is None else str(self.name))]
        parts += [repr(e) for e in (self.expressions or self._pending)]
        if self.unique:
            parts.append("unique=True")
        return f"Index({', '.join(parts)})"
