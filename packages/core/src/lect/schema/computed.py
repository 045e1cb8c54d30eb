"""``GENERATED ALWAYS AS (expression)``: a column whose value the server computes from others."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError
from lect.schema.defaults import FetchedValue
from lect.schema.expressions import ddl_expression, expression_for_table, shown

__all__ = ["Computed"]


class Computed(FetchedValue):
    """The expression of a generated column.

    Args:
        sqltext: the expression, SQL text or an expression over the table's columns.
        persisted: True to store it, False to compute it at each read, None for what the database does by itself.
    """

    __visit_name__ = "computed_column"

    def __init__(self, sqltext: Any, persisted: bool | None = None) -> None:
        super().__init__()
        self.sqltext = ddl_expression(sqltext, "Computed")
        self.persisted = persisted
        self.column = None
        self.has_argument = True

    def _set_parent(self, parent: Any, **how: Any) -> None:
        for other in (parent.server_default, parent.server_onupdate):
            if other is not None and other is not self:
                raise ArgumentError(
                    "A generated column cannot specify a server_default or a server_onupdate argument; "
                    f"column {str(parent.name)!r} does, or has an Identity"
                )
        self.column = parent
        parent.computed = self
        parent.server_onupdate = self
        parent.server_default = self

    def _as_for_update(self, for_update: bool) -> FetchedValue:
        return self

    def _copy(self, target_table: Any = None) -> Computed:
        source = self.column.table if self.column is not None else None
        copy = Computed(expression_for_table(self.sqltext, source, target_table), persisted=self.persisted)
        self._copy_info_to(copy)
        return copy

    def copy(self, *, target_table: Any = None, **kw: Any) -> Computed:
        """Return a copy whose expression speaks of `target_table`'s columns."""
        return self._copy(target_table)

    def __repr__(self) -> str:
        return f"Computed({shown(self.sqltext)!r})"
