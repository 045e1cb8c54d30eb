"""The short way for what programs write most: a column compared with a plain value.

``column == 5`` goes, in general, through the type's comparator and the table of operations. When the type's comparator
leaves comparisons alone and the value is of a plain class, the same expression is made here in a few steps.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from lect.operators import NEGATIONS, OPERATOR_CLASSES, OperatorType
from lect.shape import Shape
from lect.sql.anonymous import anonymous_name
from lect.sql.binary import BinaryExpression
from lect.sql.bind import BindParameter
from lect.sql.column import ColumnClause
from lect.types.boolean import BOOLEANTYPE
from lect.types.type_engine import TypeEngine

__all__ = ["install", "plain_column"]

#: Modules of classes whose values are plain: nothing but values, in whatever place of an expression.
_PLAIN_MODULES: Final = frozenset(["datetime", "decimal", "uuid"])
_PLAIN: Final = frozenset([int, str, float, bytes])

#: What stands opposite a column, as far as the short way knows it.
_OTHER, _VALUE, _COLUMN = 0, 1, 2

#: (class of the column's type, class of the other side, operator) -> `_VALUE` when it is a value that has the column's
#: type, `_COLUMN` when it is a column; absent: not known yet.
_kinds: dict[tuple[type, type, OperatorType], int] = {}
#: Structure of an expression by the structures of its sides (for a value: name and type), to be found by one look.
_shapes: dict[tuple[Any, ...], Shape] = {}
_MAX: Final = 10_000


def _kind(type_: TypeEngine[Any], op: OperatorType, other: Any) -> int:
    """Say what stands opposite a column of this type; nothing else than a plain comparison may come of it."""
    cls = other.__class__
    column = cls in _COLUMNS
    kind = _OTHER
    if (column or cls in _PLAIN or cls.__module__ in _PLAIN_MODULES) and (
        type_._plain_comparison
        and not type_._is_type_decorator
        and bool(OPERATOR_CLASSES[op] & type_.operator_classes)
        and type_.__class__.coerce_compared_value is TypeEngine.coerce_compared_value
    ):
        if column:
            kind = _COLUMN
        elif type_.coerce_compared_value(op, other) is type_:
            kind = _VALUE
    if len(_kinds) < _MAX:
        _kinds[type_.__class__, cls, op] = kind
    return kind


def _keep(key: tuple[Any, ...], made: BinaryExpression[Any]) -> None:
    """Keep the structure of a new expression for the next one like it."""
    shape = made._structure()
    if shape.cacheable:
        if len(_shapes) >= _MAX:
            _shapes.clear()
        _shapes[key] = shape


#: The classes of columns that are nothing else; copies with annotations and mapped attributes go the long way.
_COLUMNS: Final[set[type]] = {ColumnClause}


def _fast(op: OperatorType, slow: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    negate = NEGATIONS[op]
    new = object.__new__

    def method(self: Any, other: Any) -> Any:
        type_ = self.type
        kind = _kinds.get((type_.__class__, other.__class__, op))
        if kind is None:
            kind = _kind(type_, op, other)
        if kind == _VALUE:
            key = self.key
            if key.__class__ is anonymous_name:
                return slow(self, other)
            bind = new(BindParameter)
            bind.__dict__ = {"key": key, "value": other, "type": type_, "unique": True}
            made = new(BinaryExpression)
            look: tuple[Any, ...] = (self._shape or self._structure(), op, key, type_._shape or type_._structure())
            shape = _shapes.get(look)
            state = made.__dict__ = {
                "left": self,
                "right": bind,
                "operator": op,
                "type": BOOLEANTYPE,
                "negate": negate,
            }
            if shape is not None:
                state["_shape"] = shape
                state["_leaves"] = (*self._leaves, bind)
            elif key.__class__ is str:
                _keep(look, made)
            return made
        if kind == _COLUMN:
            made = new(BinaryExpression)
            look = (self._shape or self._structure(), op, other._shape or other._structure())
            shape = _shapes.get(look)
            state = made.__dict__ = {
                "left": self,
                "right": other,
                "operator": op,
                "type": BOOLEANTYPE,
                "negate": negate,
            }
            if shape is not None:
                state["_shape"] = shape
                state["_leaves"] = self._leaves + other._leaves
            else:
                _keep(look, made)
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


def plain_column(cls: type) -> None:
    """Declare that objects of exactly this class are columns and nothing else."""
    _COLUMNS.add(cls)
