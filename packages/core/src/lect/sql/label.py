"""An expression under a name."""

from __future__ import annotations

from typing import Any, TypeVar

from lect.exc import ArgumentError
from lect.operators import OperatorType, as_
from lect.shape import Shape, intern
from lect.sql.anonymous import anonymous_name, new_name
from lect.sql.coercions import column_or_value
from lect.sql.element import MAKE, ColumnElement
from lect.sql.node import Node, child, scalar, typed
from lect.types.type_engine import to_instance

__all__ = ["Label", "label"]

_T = TypeVar("_T")


class Label(ColumnElement[_T]):
    """``element AS name``

    Written with its name where a SELECT lists its columns; elsewhere it is its element, or, in ORDER BY and GROUP BY
    of a SELECT that has it among its columns, its name.
    """

    __visit_name__ = "label"
    _fields = (child("_element"), scalar("name"), typed("type"))

    _element: Any

    def __init__(self, name: str | None, element: Any, type_: Any = None) -> None:
        inner = element
        while inner.__class__ is Label:
            inner = inner._element
        if name is None:
            base = getattr(element, "name", None) if not isinstance(element, Label) else None
            name = new_name(element._anon_base or (base if isinstance(base, str) else None))
        elif not isinstance(name, str):
            raise ArgumentError(f"a label is a string, not {name!r}")
        self.name = name
        self.key = name
        self._element = inner
        self._proxies = (element,) if isinstance(element, ColumnElement) else ()
        self.type = to_instance(type_) if type_ is not None else getattr(element, "type", ColumnElement.type)

    def _structure(self) -> Shape:
        element = self._element
        inner = element._shape or element._structure()
        type_ = self.type
        name = self.name
        if isinstance(name, anonymous_name):
            # Which label it is matters only beside the other labels of the statement.
            shape = self._shape = intern((Label, inner, None, name.base, type_._shape or type_._structure()))
            self._leaves = (self,)
        else:
            quoted = getattr(name, "quote", None)
            shape = self._shape = intern((Label, inner, str(name), quoted, type_._shape or type_._structure()))
            self._leaves = element._leaves
        return shape

    def _inner_leaves(self) -> tuple[Node, ...]:
        """The leaves of a label without a given name, which is a leaf itself (see :mod:`lect.sql.node`)."""
        element = self._element
        if element._shape is None:
            element._structure()
        leaves: tuple[Node, ...] = element._leaves
        return leaves

    @property
    def element(self) -> Any:
        """The expression, in parentheses where AS needs them."""
        return self._element.self_group(against=as_)

    @property
    def _is_implicitly_boolean(self) -> bool:  # type: ignore[override]
        return bool(self._element._is_implicitly_boolean)

    def self_group(self, against: OperatorType | None = None) -> Any:
        grouped = self._element.self_group(against=against)
        if grouped is self._element:
            return self
        return self._of(grouped)

    def _of(self, element: Any) -> Any:
        copy = self._clone()
        copy._element = element
        copy.__dict__.setdefault("_origin", self)
        return copy

    def __bool__(self) -> bool:
        return bool(self._element)

    def _negate(self) -> Any:
        return self._of(self._element._negate())

    @property
    def primary_key(self) -> bool:  # type: ignore[override]
        return bool(getattr(self._element, "primary_key", False))

    @property
    def foreign_keys(self) -> Any:
        return getattr(self._element, "foreign_keys", frozenset())

    @property
    def _anon_base(self) -> str | None:  # type: ignore[override]
        return self.name

    @property
    def _name_for_select(self) -> str | None:
        return self.name

    @property
    def _order_by_label_element(self) -> Any:
        return self

    @property
    def description(self) -> str:
        return self.name.base if isinstance(self.name, anonymous_name) else str(self.name)


def label(name: str | None, element: Any, type_: Any = None) -> Label[Any]:
    """Return ``element`` under a name; `type_` says another type for it."""
    return Label(name, column_or_value(element), type_)


MAKE.label = Label
