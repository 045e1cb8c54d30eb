"""A column by its name: ``column("x")``, ``literal_column("x + 1")``, the columns of tables and subqueries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError
from lect.operators import OperatorType
from lect.shape import Shape, intern
from lect.sql.anonymous import anonymous_name, new_name
from lect.sql.element import MAKE, ColumnElement
from lect.sql.names import quoted_name
from lect.sql.node import Node
from lect.types.type_engine import to_instance

__all__ = ["ColumnClause", "column", "literal_column"]

_T = TypeVar("_T")


class ColumnClause(ColumnElement[_T]):
    """A column.

    Attributes:
        name: as the database knows it.
        key: as the program knows it; the name, unless something else was said.
        table: the FROM element it belongs to, or None.
        is_literal: the name is SQL, written as it is.
    """

    __visit_name__ = "column"
    _is_nothing_but_column: ClassVar[bool] = True

    table: Any = None
    is_literal: bool = False
    onupdate: Any = None
    default: Any = None
    server_default: Any = None
    server_onupdate: Any = None

    def __init__(self, text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> None:
        if not isinstance(text, str):
            raise ArgumentError(f"column() needs a name, not {text!r}")
        self.key = self.name = text
        self.table = _selectable
        if type_ is not None:
            self.type = to_instance(type_)
        self.is_literal = is_literal

    name: str

    def _structure(self) -> Shape:
        name = self.name
        type_ = self.type
        table = self.table
        if isinstance(name, anonymous_name):
            # Made up: what tells it apart is where it stands in its table.
            fact: object = (name.base, self._position())
        else:
            fact = (str(name), getattr(name, "quote", None))
        inner: Shape | None = None
        if table is not None:
            inner = table._shape or table._structure()
            self._leaves = table._leaves
        shape = self._shape = intern((self.__class__, fact, self.is_literal, type_._shape or type_._structure(), inner))
        return shape

    def _position(self) -> int | None:
        if self.table is not None:
            for i, c in enumerate(self.table.c):
                if c is self:
                    return i
        return None

    def _same_as(self, other: Any, same: Any) -> bool:
        return (
            self.name == other.name
            and self.is_literal == other.is_literal
            and self.type._compare_type_affinity(other.type)
            and (
                self.table is other.table
                or (self.table is not None and other.table is not None and bool(same(self.table, other.table)))
            )
        )

    def get_children(self) -> Iterator[Node]:
        return iter(())

    def _with_annotations(self, values: Mapping[str, Any]) -> Any:
        annotated = super()._with_annotations(values)
        # Same text and same place: the structure is the column's own.
        annotated._shape = self._shape or self._structure()
        annotated._leaves = self._leaves
        return annotated

    @property
    def description(self) -> str:
        return self.name.base if isinstance(self.name, anonymous_name) else str(self.name)

    @property
    def entity_namespace(self) -> Any:
        if self.table is not None:
            return self.table.entity_namespace
        return super().entity_namespace

    @property
    def _anon_base(self) -> str | None:  # type: ignore[override]
        return self.name

    @property
    def _name_for_select(self) -> str | None:
        return self.name

    @property
    def _from_objects(self) -> list[Any]:
        return [self.table] if self.table is not None else []

    def _bind_param(self, operator: OperatorType | None, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        key = self.key
        return MAKE.bind(
            None if isinstance(key, anonymous_name) else key,
            obj,
            type_=type_,
            unique=True,
            expanding=expanding,
            _compared_to_operator=operator,
            _compared_to_type=self.type,
        )

    def __repr__(self) -> str:
        table = self.table
        owner = f"{table.description}." if table is not None and getattr(table, "description", None) else ""
        return f"<{type(self).__module__}.{type(self).__name__} at {id(self):#x}; {owner}{self.description}>"


def column(text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> ColumnClause[Any]:
    """Return a column by its name, without a table: ``column("x")``."""
    return ColumnClause(text, type_, is_literal, _selectable)


def literal_column(text: str, type_: Any = None) -> ColumnClause[Any]:
    """Return SQL, written as it stands, as a column expression. It must never come from a user."""
    return ColumnClause(text, type_=type_, is_literal=True)


def _make_proxy(
    element: ColumnElement[Any], selectable: Any, name: str | None = None, key: str | None = None, **kw: Any
) -> tuple[str, ColumnElement[Any]]:
    """Return ``(key, column)`` for a column that stands for `element` in `selectable`."""
    if name is None:
        name = element._name_for_select
        if name is None:
            name = new_name(element._anon_base)
        if key is None:
            key = element._proxy_key or name
    elif key is None:
        key = name
    literal = bool(getattr(element, "is_literal", False)) and name == element._name_for_select
    proxy: ColumnClause[Any] = ColumnClause(
        name if isinstance(name, quoted_name) or type(name) is str else str(name),
        type_=element.type,
        _selectable=selectable,
        is_literal=False if selectable is not None else literal,
    )
    proxy.key = key
    proxy._proxies = (element,)
    proxy.primary_key = bool(kw.get("primary_key", element.primary_key))
    proxy.foreign_keys = kw.get("foreign_keys", frozenset())
    return key, proxy


MAKE.proxy = _make_proxy
