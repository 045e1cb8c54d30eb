"""The value that an INSERT or UPDATE gives a column, for use in the value of another column."""

from __future__ import annotations

from typing import Any, TypeVar

from lect.exc import ArgumentError
from lect.sql.coercions import expression
from lect.sql.element import ColumnElement
from lect.sql.node import child

__all__ = ["FromDMLColumn", "from_dml_column"]

_T = TypeVar("_T")


class FromDMLColumn(ColumnElement[_T]):
    """What the statement around writes into a column; in an UPDATE that does not set it, the column itself."""

    __visit_name__ = "from_dml_column"
    _fields = (child("column"),)

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


def from_dml_column(column: Any) -> FromDMLColumn[Any]:
    """Return the value that the INSERT or UPDATE around gives `column`.

    ``table.update().values(a=5, b=from_dml_column(table.c.a) + 1)`` sets b to 6, whichever way the value of a comes
    about: given, or by a default.
    """
    found = expression(column, "Column")
    if getattr(found, "table", None) is None and found.__visit_name__ != "column":
        raise ArgumentError(f"from_dml_column() takes a column, got {column!r}")
    return FromDMLColumn(found)
