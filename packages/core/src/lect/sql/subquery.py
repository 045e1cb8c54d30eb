"""SELECT and other row-giving statements as FROM elements: subqueries, lateral ones, samples, and values used as "
"tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from lect.exc import ArgumentError
from lect.sql.alias import AliasedReturnsRows, TableValuedAlias
from lect.sql.from_clause import MAKE_FROM
from lect.sql.node import child, scalar

__all__ = ["Lateral", "Subquery", "lateral", "subquery"]


class Subquery(AliasedReturnsRows):
    """``(SELECT …) AS name``."""

    __visit_name__ = "subquery"
    _fields = (child("element"), scalar("name"))
    _is_subquery: ClassVar[bool] = True

    def _name_given(self, name: str | None) -> str:
        return super()._name_given(name)

    def _collect_columns(self) -> Iterable[tuple[str, Any]]:
        element = self.element
        if element._is_from_clause:
            return [c._make_proxy(self) for c in element.c]
        return element._proxies_in(self)  # type: ignore[no-any-return]

    def as_scalar(self) -> Any:
        """Return the SELECT inside as one value."""
        return self.element.scalar_subquery()


class Lateral(Subquery):
    """``LATERAL (SELECT …) AS name``: the SELECT may use columns of FROM elements before it."""

    __visit_name__ = "lateral"
    _fields = (child("element"), scalar("name"))
    _is_lateral: ClassVar[bool] = True

    def _alias_again(self, name: str | None = None, flat: bool = False) -> Lateral:
        return Lateral(self.element, name)


def subquery(selectable: Any, name: str | None = None) -> Subquery:
    """Return a SELECT as a FROM element."""
    if not getattr(selectable, "_is_select_base", False):
        raise ArgumentError(f"subquery() needs a SELECT, got {selectable!r}")
    return Subquery(selectable, name)


def lateral(selectable: Any, name: str | None = None) -> Any:
    """Return a SELECT, or a function that gives rows, as a FROM element with LATERAL."""
    if isinstance(selectable, TableValuedAlias):
        return selectable.lateral(name)
    if getattr(selectable, "__visit_name__", "") == "function":
        return selectable.alias(name).lateral(name)
    if not getattr(selectable, "_is_returns_rows", False):
        raise ArgumentError(f"lateral() needs a SELECT or a function that gives rows, got {selectable!r}")
    return Lateral(selectable, name)


MAKE_FROM.subquery = Subquery
MAKE_FROM.lateral = lateral
