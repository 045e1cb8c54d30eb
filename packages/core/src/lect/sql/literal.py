"""Constants of SQL, and values given as such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError
from lect.shape import Shape, intern
from lect.sql.bind import BindParameter
from lect.sql.element import ColumnElement
from lect.types.boolean import BOOLEANTYPE
from lect.types.null import NULLTYPE

__all__ = ["FALSE", "NULL", "TRUE", "False_", "Null", "True_", "false", "literal", "null", "true"]

_T = TypeVar("_T")


class Constant(ColumnElement[_T]):
    """A constant of SQL; there is one object of each."""

    _fields = ()

    def _structure(self) -> Shape:
        self._leaves = ()
        shape = self._shape = intern((type(self),))
        return shape

    def _same_as(self, other: Any, same: Any) -> bool:
        return type(self) is type(other)

    def _clone(self) -> Any:
        return self

    def _with_annotations(self, values: Mapping[str, Any]) -> Any:
        # The one object of its kind belongs to no single place: what is known of one is said of a copy.
        copy = super()._clone()
        copy._annotations = dict(values)
        copy.__dict__.setdefault("_origin", self)
        return copy

    def __reduce__(self) -> Any:
        return type(self)._instance, ()

    @classmethod
    def _instance(cls) -> Any:
        return _INSTANCES[cls]


class Null(Constant[None]):
    """NULL"""

    inherit_cache = True
    __visit_name__ = "null"
    type = NULLTYPE
    _is_sql_null: ClassVar[bool] = True


class True_(Constant[bool]):
    """TRUE, or ``1 = 1`` where the database has no such constant."""

    inherit_cache = True
    __visit_name__ = "true"
    type = BOOLEANTYPE

    def _negate(self) -> Any:
        return FALSE


class False_(Constant[bool]):
    """FALSE, or ``0 = 1`` where the database has no such constant."""

    inherit_cache = True
    __visit_name__ = "false"
    type = BOOLEANTYPE

    def _negate(self) -> Any:
        return TRUE


NULL = Null()
TRUE = True_()
FALSE = False_()
_INSTANCES: dict[type, Any] = {Null: NULL, True_: TRUE, False_: FALSE}


def null() -> Null:
    """Return NULL."""
    return NULL


def true() -> True_:
    """Return TRUE."""
    return TRUE


def false() -> False_:
    """Return FALSE."""
    return FALSE


def literal(value: Any, type_: Any = None, literal_execute: bool = False) -> BindParameter[Any]:
    """Return a value of Python as a bound value in SQL; `type_` says its type where the value does not."""
    if getattr(type(value), "is_clause_element", False):
        raise ArgumentError(f"literal() takes a value of Python, not {value!r}")
    return BindParameter(None, value, type_=type_, unique=True, literal_execute=literal_execute)
