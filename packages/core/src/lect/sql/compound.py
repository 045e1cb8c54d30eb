"""UNION, EXCEPT and INTERSECT of SELECTs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lect.exc import ArgumentError
from lect.sql.arguments import resolve
from lect.sql.from_clause import MAKE_FROM
from lect.sql.naming import NamedColumn
from lect.sql.node import child, children, scalar
from lect.sql.select_base import GenerativeSelect, SelectGrouping

__all__ = ["CompoundSelect", "except_", "except_all", "intersect", "intersect_all", "union", "union_all"]


class CompoundSelect(GenerativeSelect):
    """Several SELECTs combined by one keyword; its columns are those of the first."""

    __visit_name__ = "compound_select"
    _fields = (
        scalar("keyword"),
        children("selects"),
        children("_group_by"),
        children("_order_by"),
        child("_limit"),
        child("_offset"),
        child("_fetch"),
        scalar("_fetch_ties"),
        scalar("_fetch_percent"),
        child("_for_update"),
        scalar("_label_style"),
        children("_added_ctes"),
        children("_with_options"),
    )

    def __init__(self, keyword: str, selects: Sequence[Any]) -> None:
        self.keyword = keyword
        if not selects:
            raise ArgumentError(f"{keyword} needs at least one SELECT")
        found = []
        for each in selects:
            node = resolve(each)
            if not getattr(node, "_is_select_base", False):
                raise ArgumentError(f"{keyword} combines SELECT constructs, got {each!r}")
            found.append(part_of(node))
        self.selects = tuple(found)
        for each in found:
            plugin = getattr(each, "_plugin", None)
            if plugin is not None:
                self._plugin = plugin
                break

    def _column_expressions(self) -> Sequence[Any]:
        return self.selects[0]._all_selected_columns  # type: ignore[no-any-return]

    def _named_columns(self, nested: bool) -> list[NamedColumn]:
        return self.selects[0]._named_columns(nested)  # type: ignore[no-any-return]

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self or any(s.is_derived_from(fromclause) for s in self.selects)

    def _proxies_in(self, subquery: Any) -> list[tuple[str, Any]]:
        proxies = super()._proxies_in(subquery)
        # A column of the whole stands for the columns at its place in every member.
        rest = [s._all_selected_columns for s in self.selects[1:]]
        for position, (_, proxy) in enumerate(proxies):
            others = [columns[position] for columns in rest if position < len(columns)]
            proxy._proxies = (*proxy._proxies, *others)
        return proxies

    def set_label_style(self, style: Any) -> Any:
        if self._label_style is style:
            return self
        copy = super().set_label_style(style)
        first = copy.selects[0].set_label_style(style)
        copy.selects = (first, *copy.selects[1:])
        return copy


def part_of(node: Any) -> Any:
    """Return a SELECT as a member of a combination: in parentheses when it has an order, a limit or members itself."""
    if isinstance(node, SelectGrouping):
        return node
    if isinstance(node, GenerativeSelect):
        if isinstance(node, CompoundSelect) or node._needs_parentheses:  # type: ignore[attr-defined]
            return SelectGrouping(node)
        return node
    return node


def _compound(keyword: str, selects: Sequence[Any]) -> CompoundSelect:
    return CompoundSelect(keyword, selects)


def union(*selects: Any) -> CompoundSelect:
    """Return ``a UNION b …``: rows of all, each once."""
    return CompoundSelect("UNION", selects)


def union_all(*selects: Any) -> CompoundSelect:
    """Return ``a UNION ALL b …``: rows of all."""
    return CompoundSelect("UNION ALL", selects)


def except_(*selects: Any) -> CompoundSelect:
    """Return ``a EXCEPT b …``: rows of the first that are in none of the others, each once."""
    return CompoundSelect("EXCEPT", selects)


def except_all(*selects: Any) -> CompoundSelect:
    """Return ``a EXCEPT ALL b …``."""
    return CompoundSelect("EXCEPT ALL", selects)


def intersect(*selects: Any) -> CompoundSelect:
    """Return ``a INTERSECT b …``: rows that are in all, each once."""
    return CompoundSelect("INTERSECT", selects)


def intersect_all(*selects: Any) -> CompoundSelect:
    """Return ``a INTERSECT ALL b …``."""
    return CompoundSelect("INTERSECT ALL", selects)


MAKE_FROM.compound = _compound
