"""FROM elements under another name: aliases of tables, of joins and of functions that give rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError
from lect.shape import Shape, intern
from lect.sql.anonymous import anonymous_name, new_name
from lect.sql.arguments import from_argument
from lect.sql.collection import ColumnCollection
from lect.sql.from_clause import MAKE_FROM, NamedFromClause, TableValuedColumn
from lect.sql.names import quoted_name
from lect.sql.node import Node, child, scalar

__all__ = ["Alias", "AliasedReturnsRows", "TableValuedAlias", "alias"]

_A = TypeVar("_A", bound="AliasedReturnsRows")


class AliasedReturnsRows(NamedFromClause):
    """Base of everything that stands in FROM under a name of its own: ``element AS name``.

    Two of them are two elements even when they are equal: in a statement's structure they are told apart by their
    place.
    """

    _fields = (child("element"), scalar("name"))
    #: Facts beside element and name that enter the structure, as attribute names.
    _extra_facts: ClassVar[tuple[str, ...]] = ()
    _supports_derived_columns: ClassVar[bool] = False

    def __init__(self, element: Any, name: str | None = None) -> None:
        self.element = element
        self.name = self._name_given(name)

    def _name_given(self, name: str | None) -> str:
        if name is None:
            inner = getattr(self.element, "name", None) if self.element.named_with_column else None
            return new_name(inner if isinstance(inner, str) else None)
        if not isinstance(name, str):
            raise ArgumentError(f"the name of {type(self).__name__.lower()} must be a string, not {name!r}")
        return name if isinstance(name, quoted_name) else quoted_name(name)

    def _alias_again(self, name: str | None = None, flat: bool = False) -> Any:
        return self.element.alias(name, flat=flat)

    @property
    def original(self) -> Any:
        """The element that was named; kept for programs that know it by this name."""
        return self.element

    def _init_columns(self) -> None:
        # Not de-duplicated: a SELECT with two columns of one name has both, the key finding the first.
        columns: Any = ColumnCollection(list(self._collect_columns()))
        self.__dict__["_columns"] = columns
        self._init_keys(columns)

    def _collect_columns(self) -> Iterable[tuple[str, Any]]:
        for column in self.element.c:
            yield column._make_proxy(self)

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self or self.element.is_derived_from(fromclause)

    def _structure(self) -> Shape:
        element = self.element
        name = self.name
        named = None if isinstance(name, anonymous_name) else (str(name), getattr(name, "quote", None))
        base = name.base if isinstance(name, anonymous_name) else None
        facts = tuple([getattr(self, fact) for fact in self._extra_facts])
        shape = self._shape = intern((type(self), element._shape or element._structure(), named, base, facts))
        self._leaves = (self,)
        return shape

    def _inner_leaves(self) -> tuple[Node, ...]:
        element = self.element
        if element._shape is None:
            element._structure()
        return element._leaves  # type: ignore[no-any-return]

    def get_children(self) -> Any:
        yield self.element

    def _map_children(self: _A, change: Any) -> _A:
        new = change(self.element)
        if new is self.element:
            return self
        copy = self._clone()
        copy.element = new
        if isinstance(copy.name, anonymous_name):
            copy.name = new_name(copy.name)
        return copy


class Alias(AliasedReturnsRows):
    """A table or another FROM element under another name."""

    __visit_name__ = "alias"
    inherit_cache = True
    _fields = AliasedReturnsRows._fields

    @property
    def schema(self) -> Any:
        return None

    @property
    def description(self) -> str:
        if isinstance(self.name, anonymous_name):
            return f"Anonymous alias of {self.element.description}"
        return str(self.name)


class TableValuedAlias(AliasedReturnsRows):
    """A function that gives rows, in FROM, with or without a list of its columns."""

    __visit_name__ = "table_valued_alias"
    _fields = (child("element"), scalar("name"))
    _supports_derived_columns: ClassVar[bool] = True
    _extra_facts = (
        "_render_derived",
        "_render_derived_w_types",
        "_tableval_structure",
        "joins_implicitly",
        "_is_lateral",
    )
    _render_derived = False
    _render_derived_w_types = False
    joins_implicitly = False
    _is_lateral = False

    def __init__(
        self,
        element: Any,
        name: str | None = None,
        table_value_type: Any = None,
        joins_implicitly: bool = False,
    ) -> None:
        self.element = element
        self.joins_implicitly = bool(joins_implicitly)
        self._table_type = element.type if table_value_type is None else table_value_type
        self.name = self._name_given(name)

    def _name_given(self, name: str | None) -> str:
        if name is None:
            return new_name()
        return super()._name_given(name)

    @property
    def _tableval_structure(self) -> Any:
        type_ = self._table_type
        return type_._shape or type_._structure()

    def _collect_columns(self) -> Iterable[tuple[str, Any]]:
        elements = getattr(self._table_type, "_elements", None)
        if elements is None:
            column = TableValuedColumn(self, self.element.type)
            yield str(self.name), column
            return
        for column in elements:
            yield column._make_proxy(self)

    @property
    def column(self) -> Any:
        """The function's one value as a column, written as the alias's name."""
        return TableValuedColumn(self, self._table_type)

    def alias(self, name: str | None = None, flat: bool = False) -> TableValuedAlias:
        """Return the same function under another name."""
        copy = self._clone()
        copy.name = copy._name_given(name)
        return copy

    def _alias_again(self, name: str | None = None, flat: bool = False) -> TableValuedAlias:
        return self.alias(name)

    def lateral(self, name: str | None = None) -> TableValuedAlias:
        """Return this element with LATERAL before it."""
        copy = self.alias(name)
        copy._is_lateral = True  # type: ignore[misc]
        return copy

    def render_derived(self, name: str | None = None, with_types: bool = False) -> TableValuedAlias:
        """Return this element with its columns listed after the name: ``AS name(a, b)``, types too if asked for."""
        copy = self._clone()
        copy.name = copy._name_given(name)
        copy._render_derived = True
        copy._render_derived_w_types = bool(with_types)
        return copy

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self

    @property
    def _from_objects(self) -> list[Any]:
        return [self]

    def _init_keys(self, columns: Any) -> None:
        super()._init_keys(columns)


def alias(selectable: Any, name: str | None = None, flat: bool = False) -> Any:
    """Return a FROM element (or, for a SELECT, a subquery) under `name`; without one, a name is made up."""
    return from_argument(selectable).alias(name, flat=flat)


def _make_alias(element: Any, name: str | None = None, flat: bool = False) -> Alias:
    return Alias(element, name)


MAKE_FROM.alias = _make_alias
