"""An expression taken for, or turned into, another type."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from lect.operators import OperatorType
from lect.sql.bind import BindParameter
from lect.sql.coercions import column_or_value
from lect.sql.element import MAKE, ColumnElement
from lect.sql.node import Field, child, typed
from lect.sql.type_clause import TypeClause
from lect.types.type_engine import to_instance

__all__ = ["Cast", "TryCast", "TypeCoerce", "cast", "try_cast", "type_coerce"]

_T = TypeVar("_T")


class Wrapped(ColumnElement[_T]):
    """What stands for one other column expression and goes by its name."""

    @property
    def wrapped_column_expression(self) -> Any:
        """The expression inside."""
        return self.clause

    @property
    def _name_for_select(self) -> str | None:
        found: str | None = getattr(self.wrapped_column_expression, "_name_for_select", None)
        return found

    @property
    def _proxy_key(self) -> str | None:
        found: str | None = getattr(self.wrapped_column_expression, "_proxy_key", None)
        return found


class Cast(Wrapped[_T]):
    """``CAST(clause AS type)``"""

    __visit_name__ = "cast"
    _fields: ClassVar[tuple[Field, ...]] = (child("clause"), child("typeclause"))

    def __init__(self, expression: Any, type_: Any) -> None:
        self.type = to_instance(type_)
        self.typeclause = TypeClause(self.type)
        self.clause = column_or_value(expression, type_=self.type)

    def _children_changed(self) -> None:
        self.type = self.typeclause.type


class TryCast(Cast[_T]):
    """``TRY_CAST(clause AS type)``: NULL where the value cannot be turned into the type."""

    __visit_name__ = "try_cast"
    _fields: ClassVar[tuple[Field, ...]] = Cast._fields


class TypeCoerce(Wrapped[_T]):
    """An expression that Python takes for another type; nothing is written."""

    __visit_name__ = "type_coerce"
    _fields: ClassVar[tuple[Field, ...]] = (child("clause"), typed("type"))

    def __init__(self, expression: Any, type_: Any) -> None:
        self.type = to_instance(type_)
        clause = column_or_value(expression, type_=self.type)
        if isinstance(clause, BindParameter) and clause.type is not self.type:
            clause = clause._with_type(self.type)
        self.clause = clause

    @property
    def typed_expression(self) -> Any:
        """The expression; a bound value has this type."""
        return self.clause

    @property
    def _is_implicitly_boolean(self) -> bool:  # type: ignore[override]
        return bool(self.clause._is_implicitly_boolean)

    def self_group(self, against: OperatorType | None = None) -> Any:
        grouped = self.clause.self_group(against=against)
        if grouped is self.clause:
            return self
        copy = self._clone()
        copy.clause = grouped
        return copy


def cast(expression: Any, type_: Any) -> Cast[Any]:
    """Return ``CAST(expression AS type_)``."""
    return Cast(expression, type_)


def try_cast(expression: Any, type_: Any) -> TryCast[Any]:
    """Return ``TRY_CAST(expression AS type_)``, which gives NULL instead of an error."""
    return TryCast(expression, type_)


def type_coerce(expression: Any, type_: Any) -> TypeCoerce[Any]:
    """Return `expression` with another type on the side of Python; the database sees no difference."""
    return TypeCoerce(expression, type_)


MAKE.cast = Cast
