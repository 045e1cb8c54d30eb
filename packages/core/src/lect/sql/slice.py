"""``[start:stop:step]``, the index of a part of an array."""

from __future__ import annotations

from typing import Any

from lect.sql.element import ColumnElement
from lect.sql.node import child
from lect.types.null import NULLTYPE

__all__ = ["Slice"]


class Slice(ColumnElement[Any]):
    """Bounds of a part of an array; what is left out is NULL."""

    __visit_name__ = "slice"
    _fields = (child("start"), child("stop"), child("step"))
    type = NULLTYPE

    def __init__(self, start: Any, stop: Any, step: Any) -> None:
        self.start = start
        self.stop = stop
        self.step = step

    def self_group(self, against: Any = None) -> Any:
        return self
