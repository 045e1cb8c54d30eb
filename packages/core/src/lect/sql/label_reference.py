"""Labels meant by ORDER BY and GROUP BY: an expression that may be written as the label it has in the columns, or "
"a name."""

from __future__ import annotations

from typing import Any

from lect.sql.element import ColumnElement
from lect.sql.node import child, scalar

__all__ = ["LabelReference", "TextualLabelReference"]


class LabelReference(ColumnElement[Any]):
    """An expression in ORDER BY or GROUP BY, written as a label's name when the statement's columns have that label."""

    __visit_name__ = "label_reference"
    _fields = (child("element"),)

    def __init__(self, element: ColumnElement[Any]) -> None:
        self.element = element
        self.type = element.type


class TextualLabelReference(ColumnElement[Any]):
    """A string given to ``order_by()`` or ``group_by()``: the name of a column or label of the statement, or an error.

    It is never written as raw text.
    """

    __visit_name__ = "textual_label_reference"
    _fields = (scalar("name"),)

    def __init__(self, name: str) -> None:
        self.name = name
