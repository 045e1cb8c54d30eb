"""The name of a collation."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError
from lect.sql.element import ColumnElement
from lect.sql.node import scalar
from lect.types.null import NULLTYPE

__all__ = ["CollationClause"]


class CollationClause(ColumnElement[str]):
    """A collation's name, after COLLATE."""

    __visit_name__ = "collation"
    _fields = (scalar("collation"), scalar("collation_schema"))
    type: Any = NULLTYPE

    def __init__(self, collation: str, collation_schema: str | None = None) -> None:
        if not isinstance(collation, str):
            raise ArgumentError(f"a collation is given as a string, not {collation!r}")
        self.collation = collation
        self.collation_schema = collation_schema

    def self_group(self, against: Any = None) -> Any:
        return self
