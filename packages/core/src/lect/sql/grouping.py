"""Parentheses."""

from __future__ import annotations

from typing import Any, TypeVar

from lect.operators import OperatorType
from lect.sql.element import MAKE, ColumnElement
from lect.sql.node import child, typed
from lect.types.null import NULLTYPE

__all__ = ["Grouping"]

_T = TypeVar("_T")


class Grouping(ColumnElement[_T]):
    """``(element)``"""

    __visit_name__ = "grouping"
    _fields = (child("element"), typed("type"))

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = getattr(element, "type", NULLTYPE)

    def self_group(self, against: OperatorType | None = None) -> Any:
        return self

    @property
    def _is_implicitly_boolean(self) -> bool:  # type: ignore[override]
        return bool(self.element._is_implicitly_boolean)

    @property
    def _anon_base(self) -> str | None:  # type: ignore[override]
        return getattr(self.element, "_anon_base", None)

    @property
    def key(self) -> str | None:  # type: ignore[override]
        found: str | None = getattr(self.element, "key", None)
        return found

    @property
    def _name_for_select(self) -> str | None:
        found: str | None = getattr(self.element, "_name_for_select", None)
        return found

    @property
    def _proxies(self) -> Any:  # type: ignore[override]
        return (self.element,) if isinstance(self.element, ColumnElement) else ()


MAKE.grouping = Grouping
