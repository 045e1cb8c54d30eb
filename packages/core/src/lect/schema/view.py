"""Tables made of a SELECT: CREATE VIEW and CREATE TABLE AS."""

from __future__ import annotations

from typing import Any, ClassVar

from lect.exc import ArgumentError
from lect.schema.column import Column
from lect.schema.ddl import DropTable, TableCreateDDL, TableDropDDL
from lect.schema.metadata import MetaData
from lect.schema.table import Table
from lect.sql.dialect_options import DialectKWArgs
from lect.sql.names import quoted_name

__all__ = ["CreateTableAs", "CreateView", "DropView"]


class _TableOfSelect(DialectKWArgs, TableCreateDDL):
    """A table whose columns are those of a SELECT; `table` is the Table to select from."""

    def __init__(
        self,
        selectable: Any,
        name: str,
        *,
        metadata: Any,
        schema: str | None,
        temporary: bool,
        if_not_exists: bool,
        dialect_kwargs: dict[str, Any],
    ) -> None:
        if not getattr(selectable, "_is_returns_rows", False):
            raise ArgumentError(f"{type(self).__name__} needs a SELECT, got {selectable!r}")
        self.selectable = selectable
        self.schema = quoted_name.construct(schema, None)
        self.temporary = temporary
        self._set_dialect_kwargs(dialect_kwargs)
        self.metadata = metadata if metadata is not None else MetaData()
        table = Table(
            name,
            self.metadata,
            *[Column(column.name, column.type) for column in _columns_of(selectable)],
            schema=schema,
            _creator_ddl=self,
        )
        super().__init__(table, if_not_exists)
        table.set_dropper_ddl(self._dropper(table))

    def _dropper(self, table: Any) -> TableDropDDL:
        return DropTable(table)

    def to_metadata(self, metadata: Any, table: Any) -> Any:
        """Return the element that creates `table`, a copy in `metadata`."""
        copy = super().to_metadata(metadata, table)
        copy.metadata = metadata
        copy.schema = table.schema
        return copy

    @property
    def table(self) -> Table:
        """The Table that stands for what is created."""
        found: Table = self.element
        return found


def _columns_of(selectable: Any) -> list[Any]:
    return [column for column in selectable.selected_columns if getattr(column, "name", None)]


class CreateTableAs(_TableOfSelect):
    """CREATE TABLE ... AS SELECT.

    Args:
        selectable: the SELECT.
        table_name, schema: of the table.
        metadata: the MetaData that the table belongs to, and that creates it in ``create_all()``.
        temporary: CREATE TEMPORARY TABLE.
        if_not_exists: do nothing if there is a table of that name.
    """

    __visit_name__ = "create_table_as"

    def __init__(
        self,
        selectable: Any,
        table_name: str,
        *,
        metadata: Any = None,
        schema: str | None = None,
        temporary: bool = False,
        if_not_exists: bool = False,
        **dialect_kwargs: Any,
    ) -> None:
        super().__init__(
            selectable,
            table_name,
            metadata=metadata,
            schema=schema,
            temporary=temporary,
            if_not_exists=if_not_exists,
            dialect_kwargs=dialect_kwargs,
        )
        self.table_name = table_name


class CreateView(_TableOfSelect):
    """CREATE VIEW.

    Args:
        selectable: the SELECT.
        view_name, schema: of the view.
        metadata: the MetaData that the view belongs to, and that creates it in ``create_all()``, after the tables.
        temporary: a view that ends with the session.
        or_replace: replace a view of that name.
        materialized: a view that keeps its rows.
    """

    __visit_name__ = "create_view"
    is_view: ClassVar[bool] = True

    def __init__(
        self,
        selectable: Any,
        view_name: str,
        *,
        metadata: Any = None,
        schema: str | None = None,
        temporary: bool = False,
        or_replace: bool = False,
        materialized: bool = False,
        **dialect_kwargs: Any,
    ) -> None:
        self.or_replace = or_replace
        self.materialized = materialized
        self.view_name = view_name
        super().__init__(
            selectable,
            view_name,
            metadata=metadata,
            schema=schema,
            temporary=temporary,
            if_not_exists=False,
            dialect_kwargs=dialect_kwargs,
        )

    @property
    def table_name(self) -> str:
        """Name of the view."""
        return self.view_name

    def _dropper(self, table: Any) -> TableDropDDL:
        return DropView(table, materialized=self.materialized)


class DropView(TableDropDDL):
    """DROP VIEW of the Table that stands for it."""

    __visit_name__ = "drop_view"

    def __init__(self, element: Any, *, if_exists: bool = False, materialized: bool = False) -> None:
        super().__init__(element, if_exists)
        self.materialized = materialized
