"""EXCLUDE: no two rows whose values all compare as given: postgresql.org/docs/current/sql-createtable.html."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lect.exc import ArgumentError
from lect.schema.constraints import ColumnCollectionConstraint
from lect.schema.expressions import columns_in, ddl_expression, expression_for_table
from lect.sql.column import ColumnClause
from lect.sql.element import ColumnElement

__all__ = ["ExcludeConstraint"]

#: Characters that operators are made of: postgresql.org/docs/current/sql-createoperator.html
_OPERATOR: Final = re.compile(r"^(?:[-+*/<>=~!@#%^&|`?]+|OPERATOR\([\w.\"]+\.[-+*/<>=~!@#%^&|`?]+\))$")


class ExcludeConstraint(ColumnCollectionConstraint):
    """No two rows of a table may compare true by all of these operators.

    Args:
        elements: pairs (column or expression or column key, operator): ``("room", "=")``, ``("during", "&&")``.
        name, deferrable, initially: as for other constraints.
        using: the kind of index, ``gist`` without it.
        where: rows for which it does not hold are not looked at: SQL text or an expression.
        ops: operator classes by column key.
    """

    __visit_name__ = "exclude_constraint"

    def __init__(
        self,
        *elements: tuple[Any, str],
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        using: str = "gist",
        where: Any = None,
        ops: Mapping[str, str] | None = None,
        info: dict[Any, Any] | None = None,
        _autoattach: bool = True,
        **dialect_kw: Any,
    ) -> None:
        if not elements:
            raise ArgumentError("ExcludeConstraint needs at least one pair (column, operator)")
        pairs = []
        columns: list[Any] = []
        for each in elements:
            if not isinstance(each, (tuple, list)) or len(each) != 2:
                raise ArgumentError(f"ExcludeConstraint takes pairs (column, operator), not {each!r}")
            what, operator = each
            if not isinstance(operator, str) or not _OPERATOR.match(operator):
                raise ArgumentError(f"{operator!r} is no operator that an ExcludeConstraint could compare by")
            if isinstance(what, str):
                columns.append(what)
                pairs.append((what, operator))
            else:
                expression = ddl_expression(what, "ExcludeConstraint")
                columns.extend(columns_in(expression))
                pairs.append((expression, operator))
        #: (column key or expression, operator), as given.
        self.elements: tuple[tuple[Any, str], ...] = tuple(pairs)
        self.using = using
        self.where = None if where is None else ddl_expression(where, "ExcludeConstraint")
        self.ops: Mapping[str, str] = dict(ops or {})
        super().__init__(
            *columns,
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            _autoattach=_autoattach,
            **dialect_kw,
        )

    @property
    def _render_exprs(self) -> list[tuple[Any, str | None, str]]:
        """(expression, column key or None, operator) for each element, columns found in the table."""
        found: list[tuple[Any, str | None, str]] = []
        for what, operator in self.elements:
            if isinstance(what, str):
                column = self.table.c[what]
                found.append((column, column.key, operator))
            else:
                found.append((what, getattr(what, "key", None), operator))
        return found

    @property
    def operators(self) -> dict[str, str]:
        """Operator by column key, for elements that are columns."""
        return {key: operator for _, key, operator in self._render_exprs if key is not None}

    def _copy(self, target_table: Any = None, **kw: Any) -> Any:
        source = self.__dict__.get("parent")
        elements = []
        for what, operator in self.elements:
            if isinstance(what, ColumnClause) and source is not None and not what.is_literal:
                elements.append((what.key, operator))
            elif isinstance(what, ColumnElement):
                elements.append((expression_for_table(what, source, target_table), operator))
            else:
                elements.append((what, operator))
        where = None if self.where is None else expression_for_table(self.where, source, target_table)
        copy = type(self)(*elements, using=self.using, where=where, ops=self.ops, _autoattach=False, **self._common())
        return self._copied(copy)
