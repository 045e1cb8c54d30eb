"""The short way for what programs write most: a column compared with a plain value.

``column == 5`` goes, in general, through the type's comparator and the table of operations. When the type's comparator
leaves comparisons alone and the value is of a plain class, the same expression is made here in a few steps.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from lect.operators import NEGATIONS, OPERATOR_CLASSES, OperatorType
from lect.sql.anonymous import anonymous_name
from lect.sql.binary import BinaryExpression
from lect.sql.bind import BindParameter
from lect.sql.column import ColumnClause
from lect.types.boolean import BOOLEANTYPE
from lect.types.type_engine import TypeEngine

__all__ = ["install"]

_PLAIN: Final = frozenset([int, str, float, bytes])

#: (class of the column's type, class of the value, operator) -> the value has the column's type. Absent: not known yet.
_same_type: dict[tuple[type, type, OperatorType], bool] = {}


def _has_column_type(type_: TypeEngine[Any], op: OperatorType, value: Any) -> bool:
    """True when a value of this class always gets the column's own type, and nothing else is to be said."""
    cls = type_.__class__
    plain = (
        type_._plain_comparison
        and not type_._is_type_decorator
        and bool(OPERATOR_CLASSES[op] & type_.operator_classes)
        and cls.coerce_compared_value is TypeEngine.coerce_compared_value
        and type_.coerce_compared_value(op, value) is type_
    )
    if len(_same_type) < 10_000:
        _same_type[cls, value.__class__, op] = plain
    return plain


def _fast(op: OperatorType, slow: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    negate = NEGATIONS[op]
    new = object.__new__

    def method(self: Any, other: Any) -> Any:
        cls = other.__class__
        if cls in _PLAIN:
            type_ = self.type
            same = _same_type.get((type_.__class__, cls, op))
            if same is None:
                same = _has_column_type(type_, op, other)
            key = self.key
            if same and key.__class__ is not anonymous_name:
                bind = new(BindParameter)
                bind.__dict__ = {"key": key, "value": other, "type": type_, "unique": True}
                made = new(BinaryExpression)
                made.__dict__ = {
                    "left": self,
                    "right": bind,
                    "operator": op,
                    "type": BOOLEANTYPE,
                    "negate": negate,
                }
                return made
        return slow(self, other)

    method.__name__ = method.__qualname__ = f"__{op.__name__}__"
    method.__doc__ = slow.__doc__
    return method


def install() -> None:
    """Give :class:`ColumnClause` the short comparisons."""
    for op in (eq, ne, lt, le, gt, ge):
        name = f"__{op.__name__}__"
        setattr(ColumnClause, name, _fast(op, getattr(ColumnClause, name)))
    setattr(ColumnClause, "__hash__", object.__hash__)
