"""Plain SQL text whose columns are known: ``text("…").columns(…)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lect.sql.executable import Executable
from lect.sql.naming import NamedColumn
from lect.sql.node import child, children, scalar
from lect.sql.select_base import SelectBase
from lect.sql.text import TextClause, set_columns_maker

__all__ = ["TextualSelect"]


class TextualSelect(SelectBase, Executable):
    """Text that selects rows, with the columns it gives."""

    __visit_name__ = "textual_select"
    _fields = (child("element"), children("column_args"), scalar("positional"), children("_added_ctes"))

    def __init__(self, text: TextClause, columns: Sequence[Any], positional: bool = False) -> None:
        self.element = text
        self.column_args = tuple(columns)
        self.positional = positional

    def _column_expressions(self) -> Sequence[Any]:
        return self.column_args

    def _named_columns(self, nested: bool) -> list[NamedColumn]:
        return [NamedColumn(c, c.name, None, c.key, plain=True) for c in self.column_args]

    def bindparams(self, *binds: Any, **bind_as_values: Any) -> TextualSelect:
        """Return this with values or types for the named parameters in the text."""
        copy = self._generate()
        copy.element = self.element.bindparams(*binds, **bind_as_values)
        return copy


set_columns_maker(TextualSelect)
