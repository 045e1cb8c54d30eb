"""A type that Lect does not know, named by its text in DDL."""

from __future__ import annotations

from typing import Any, TypeVar

from lect.operators import OperatorClass, OperatorType
from lect.types.decorator import ExternalType
from lect.types.type_engine import TypeEngine, abstract_base

__all__ = ["UserDefinedType"]

_T = TypeVar("_T")


@abstract_base
class UserDefinedType(ExternalType, TypeEngine[_T]):
    """Base of a type of one's own: ``get_col_spec()`` returns its name in DDL; processors are overridden as needed."""

    __visit_name__ = "user_defined"
    operator_classes = OperatorClass.ANY

    def get_col_spec(self, **kw: Any) -> str:
        """Return the type's text in DDL."""
        raise NotImplementedError(f"{type(self).__name__} needs a method get_col_spec() that returns its text in DDL")

    @property
    def python_type(self) -> type[Any]:
        return object

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """Return this type: a value opposite such a column is thought to be one of its own."""
        return self
