"""A part of a date or time."""

from __future__ import annotations

import re
from typing import Any, Final

from lect.exc import ArgumentError
from lect.sql.coercions import column_or_value
from lect.sql.element import ColumnElement
from lect.sql.node import child, scalar
from lect.types.numeric import INTEGERTYPE

__all__ = ["Extract", "extract"]

# The field is written as it stands: a word (or words), nothing else.
_FIELD: Final = r"[A-Za-z][A-Za-z_0-9]*( [A-Za-z_][A-Za-z_0-9]*)?\Z"


class Extract(ColumnElement[int]):
    """``EXTRACT(field FROM expr)``"""

    __visit_name__ = "extract"
    _fields = (scalar("field"), child("expr"))
    type = INTEGERTYPE

    def __init__(self, field: str, expr: Any) -> None:
        if not isinstance(field, str) or not re.match(_FIELD, field):
            raise ArgumentError(f"extract() takes a field such as 'year', 'month' or 'epoch', not {field!r}")
        self.field = field
        self.expr = column_or_value(expr)


def extract(field: str, expr: Any) -> Extract:
    """Return ``EXTRACT(field FROM expr)``: year, month, day, hour ... of a date or time."""
    return Extract(field, expr)
