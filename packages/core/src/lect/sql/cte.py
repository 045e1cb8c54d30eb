"""Common table expressions: WITH name AS (…)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from lect.exc import ArgumentError
from lect.shape import Shape, intern
from lect.sql.alias import AliasedReturnsRows
from lect.sql.anonymous import anonymous_name, new_name
from lect.sql.executable import Words, _cte_maker, _words
from lect.sql.from_clause import MAKE_FROM
from lect.sql.node import Node, child, scalar

__all__ = ["CTE", "cte"]


class CTE(AliasedReturnsRows):
    """A statement in the WITH clause, used in FROM by its name."""

    __visit_name__ = "cte"
    _fields = (child("element"), scalar("name"))
    _is_cte: ClassVar[bool] = True
    _extra_facts = ("recursive", "nesting")

    recursive: bool = False
    nesting: bool = False
    #: The CTE this one is an alias of: ``FROM name AS alias``.
    _alias_of: CTE | None = None
    #: The CTE this one completes (``cte.union(...)``): parts of it refer to that one by the common name.
    _restates: CTE | None = None
    _prefixes: tuple[Words, ...] = ()
    _suffixes: tuple[Words, ...] = ()

    def __init__(self, element: Any, name: str | None = None, recursive: bool = False, nesting: bool = False) -> None:
        self.element = element
        self.recursive = bool(recursive)
        self.nesting = bool(nesting)
        if name is None:
            self.name = new_name(element.name if element._is_values and element._named else None)
        else:
            self.name = self._name_given(name)

    def _collect_columns(self) -> Iterable[tuple[str, Any]]:
        if self._alias_of is not None:
            return [c._make_proxy(self) for c in self._alias_of.c]
        return self.element._proxies_in(self)  # type: ignore[no-any-return]

    @property
    def exported_columns(self) -> Any:
        return self.c

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self or self.element.is_derived_from(fromclause)

    def alias(self, name: str | None = None, flat: bool = False) -> CTE:
        """Return this CTE under another name in FROM."""
        copy = CTE(self.element, None, self.recursive, self.nesting)
        copy.name = new_name() if name is None else copy._name_given(name)
        copy._alias_of = self if self._alias_of is None else self._alias_of
        copy._prefixes, copy._suffixes = self._prefixes, self._suffixes
        return copy

    def _alias_again(self, name: str | None = None, flat: bool = False) -> CTE:
        return self.alias(name)

    def _combined(self, keyword: str, other: tuple[Any, ...]) -> CTE:
        if not getattr(self.element, "_is_select_base", False):
            raise ArgumentError(f"CTE element {self.element!r} does not support {keyword}()")
        copy = CTE(MAKE_FROM.compound(keyword, (self.element, *other)), None, self.recursive, self.nesting)
        copy.name = self.name
        copy._restates = self
        copy._prefixes, copy._suffixes = self._prefixes, self._suffixes
        return copy

    def union(self, *other: Any) -> CTE:
        """Return this CTE with ``UNION other`` added; for recursive ones, `other` selects from this one."""
        return self._combined("UNION", other)

    def union_all(self, *other: Any) -> CTE:
        """Return this CTE with ``UNION ALL other`` added; for recursive ones, `other` selects from this one."""
        return self._combined("UNION ALL", other)

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> CTE:
        """Return this CTE with words of SQL between AS and its parentheses."""
        copy = self._clone()
        copy._prefixes = self._prefixes + _words(prefixes, dialect, "prefix_with")
        return copy

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> CTE:
        """Return this CTE with words of SQL after its parentheses."""
        copy = self._clone()
        copy._suffixes = self._suffixes + _words(suffixes, dialect, "suffix_with")
        return copy

    def _chain(self) -> set[CTE]:
        """This CTE and those it restates."""
        found: set[CTE] = set()
        each: CTE | None = self
        while each is not None:
            found.add(each)
            each = each._restates
        return found

    def _structure(self) -> Shape:
        inner = super()._structure()
        words = tuple([w._shape or w._structure() for w in (*self._prefixes, *self._suffixes)])
        alias_of, restates = self._alias_of, self._restates
        shape = self._shape = intern(
            (
                inner,
                words,
                len(self._prefixes),
                None if alias_of is None else (alias_of._shape or alias_of._structure()),
                None if restates is None else (restates._shape or restates._structure()),
            )
        )
        return shape

    def _inner_leaves(self) -> tuple[Node, ...]:
        found: tuple[Node, ...] = super()._inner_leaves()
        if self._alias_of is not None:
            found = (self._alias_of, *found)
        if self._restates is not None:
            found = (self._restates, *found)
        for words in (*self._prefixes, *self._suffixes):
            found += words._leaves
        return found

    def get_children(self) -> Any:
        yield self.element
        if self._alias_of is not None:
            yield self._alias_of

    def _map_children(self, change: Any) -> Any:
        element = change(self.element)
        alias_of = None if self._alias_of is None else change(self._alias_of)
        restates = None if self._restates is None else change(self._restates)
        if element is self.element and alias_of is self._alias_of and restates is self._restates:
            return self
        copy = self._clone()
        copy.element, copy._alias_of, copy._restates = element, alias_of, restates
        if isinstance(copy.name, anonymous_name) and restates is None:
            copy.name = new_name(copy.name)
        elif restates is not None:
            copy.name = restates.name
        return copy


def cte(element: Any, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
    """Return a statement as a common table expression (see ``statement.cte()``)."""
    return CTE(element, name, recursive, nesting)


MAKE_FROM.cte = cte
_cte_maker[:] = [cte]
