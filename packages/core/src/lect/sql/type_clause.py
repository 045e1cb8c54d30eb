"""A type's name inside an expression."""

from __future__ import annotations

from typing import Any

from lect.sql.element import ClauseElement
from lect.sql.node import typed
from lect.types.type_engine import TypeEngine

__all__ = ["TypeClause"]


class TypeClause(ClauseElement):
    """A type, written as in DDL: the second part of CAST."""

    __visit_name__ = "typeclause"
    _fields = (typed("type"),)

    def __init__(self, type_: TypeEngine[Any]) -> None:
        self.type = type_

    @property
    def _from_objects(self) -> list[Any]:
        return []
