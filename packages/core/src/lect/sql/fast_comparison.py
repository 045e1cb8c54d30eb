"""The short way for what programs write most: a column compared with plain values, and a column to order by.

``column == 5`` goes, in general, through the type's comparator and the table of operations. When the type's comparator
leaves such operators alone and the values are of plain classes, the same expression is made here in a few steps, and
its structure is found by one look.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from lect.operators import (
    NEGATIONS,
    OPERATOR_CLASSES,
    OperatorType,
    and_,
    asc_op,
    between_op,
    contains_op,
    desc_op,
    endswith_op,
    ilike_op,
    in_op,
    like_op,
    not_in_op,
    not_like_op,
    startswith_op,
)
from lect.shape import Shape
from lect.sql.anonymous import anonymous_name
from lect.sql.binary import BinaryExpression, is_condition
from lect.sql.bind import BindParameter
from lect.sql.column import ColumnClause
from lect.sql.lists import ExpressionClauseList
from lect.sql.unary import UnaryExpression
from lect.types.boolean import BOOLEANTYPE
from lect.types.null import NULLTYPE
from lect.types.type_engine import TypeEngine

__all__ = ["install", "plain_column"]

#: Modules of classes whose values are plain: nothing but values, in whatever place of an expression.
_PLAIN_MODULES: Final = frozenset(["datetime", "decimal", "uuid"])
_PLAIN: Final = frozenset([int, str, float, bytes])

_LISTS: Final = frozenset([list, tuple])

#: Methods that take nothing but a value, as long as no option is given.
_WITH_OPTIONS: Final[tuple[tuple[OperatorType, tuple[str, ...]], ...]] = (
    (like_op, ("like",)),
    (not_like_op, ("not_like", "notlike")),
    (ilike_op, ("ilike",)),
    (startswith_op, ("startswith",)),
    (endswith_op, ("endswith",)),
    (contains_op, ("contains",)),
)

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


def _keep(key: tuple[Any, ...], made: Any) -> None:
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
    is_no_condition = not is_condition(op)

    def method(self: Any, other: Any) -> Any:
        type_ = self.type
        kind = _kinds.get((type_.__class__, other.__class__, op))
        if kind is None:
            kind = _kind(type_, op, other)
        if kind == _VALUE:
            key = self.key
            if key is None or key.__class__ is anonymous_name:
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
            if is_no_condition:
                state["_is_implicitly_boolean"] = False
            if shape is not None:
                state["_shape"] = shape
                state["_leaves"] = (*self._leaves, bind)
            elif key.__class__ is str or getattr(key, "quote", None) is None:
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
            if is_no_condition:
                state["_is_implicitly_boolean"] = False
            if shape is not None:
                state["_shape"] = shape
                state["_leaves"] = self._leaves + other._leaves
            else:
                _keep(look, made)
            return made
        return slow(self, other)

    return method


def _fast_with_options(op: OperatorType, slow: Callable[..., Any]) -> Callable[..., Any]:
    """LIKE and its kin: a comparison as any other as long as nothing is said about escaping."""
    plain = _fast(op, slow)

    def method(self: Any, other: Any, *args: Any, **options: Any) -> Any:
        return slow(self, other, *args, **options) if args or options else plain(self, other)

    return method


def _fast_in(op: OperatorType, slow: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    negate = NEGATIONS[op]
    new = object.__new__
    is_no_condition = not is_condition(op)

    def method(self: Any, other: Any) -> Any:
        # Values of one class, so that what is true of one is true of all.
        if other.__class__ not in _LISTS or len(set(map(type, other))) != 1:
            return slow(self, other)
        type_, key = self.type, self.key
        kind = _kinds.get((type_.__class__, other[0].__class__, op))
        if kind is None:
            kind = _kind(type_, op, other[0])
        if kind != _VALUE or key is None or key.__class__ is anonymous_name:
            return slow(self, other)
        bind = new(BindParameter)
        bind.__dict__ = {
            "key": key,
            "value": list(other),
            "type": type_,
            "unique": True,
            "expanding": True,
            "expand_op": op,
        }
        made = new(BinaryExpression)
        made.__dict__ = {"left": self, "right": bind, "operator": op, "type": BOOLEANTYPE, "negate": negate}
        if is_no_condition:
            made._is_implicitly_boolean = False
        _give_structure(made, (self._shape or self._structure(), op, key, type_._shape or type_._structure()), (bind,))
        return made

    return method


def _fast_between(slow: Callable[..., Any]) -> Callable[..., Any]:
    op = between_op
    negate = NEGATIONS[op]
    new = object.__new__

    def method(self: Any, cleft: Any, cright: Any, symmetric: bool = False) -> Any:
        type_, key = self.type, self.key
        cls = cleft.__class__
        if symmetric or cls is not cright.__class__:
            return slow(self, cleft, cright, symmetric)
        kind = _kinds.get((type_.__class__, cls, op))
        if kind is None:
            kind = _kind(type_, op, cleft)
        if kind != _VALUE or key is None or key.__class__ is anonymous_name:
            return slow(self, cleft, cright, symmetric)
        low, high = new(BindParameter), new(BindParameter)
        low.__dict__ = {"key": key, "value": cleft, "type": type_, "unique": True}
        high.__dict__ = {"key": key, "value": cright, "type": type_, "unique": True}
        bounds: Any = new(ExpressionClauseList)
        bounds.__dict__ = {"operator": and_, "clauses": (low, high), "type": NULLTYPE, "group": False}
        made = new(BinaryExpression)
        made.__dict__ = {"left": self, "right": bounds, "operator": op, "type": BOOLEANTYPE, "negate": negate}
        look = (self._shape or self._structure(), op, key, type_._shape or type_._structure())
        _give_structure(made, look, (low, high))
        return made

    return method


def _give_structure(made: Any, look: tuple[Any, ...], binds: tuple[Any, ...]) -> None:
    """Give a comparison of a column with `binds` the structure of the one made before it."""
    shape = _shapes.get(look)
    if shape is not None:
        made._shape = shape
        made._leaves = made.left._leaves + binds
    elif getattr(look[2], "quote", None) is None:
        _keep(look, made)


def _fast_order(op: OperatorType, slow: Callable[[Any], Any]) -> Callable[[Any], Any]:
    new = object.__new__

    def method(self: Any) -> Any:
        type_ = self.type
        kind = _kinds.get((type_.__class__, type(None), op))
        if kind is None:
            plain = type_._plain_comparison and not type_._is_type_decorator
            kind = _VALUE if plain and OPERATOR_CLASSES[op] & type_.operator_classes else _OTHER
            if len(_kinds) < _MAX:
                _kinds[type_.__class__, type(None), op] = kind
        if kind != _VALUE:
            return slow(self)
        made = new(UnaryExpression)
        made.__dict__ = {"element": self, "operator": None, "modifier": op, "type": NULLTYPE}
        look = (self._shape or self._structure(), op)
        shape = _shapes.get(look)
        if shape is not None:
            made._shape = shape
            made._leaves = self._leaves
        else:
            _keep(look, made)
        return made

    return method


def install() -> None:
    """Give :class:`ColumnClause` the short ways."""

    def give(name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        slow = getattr(ColumnClause, name)
        method = make(slow)
        method.__name__, method.__qualname__, method.__doc__ = name, slow.__qualname__, slow.__doc__
        setattr(ColumnClause, name, method)

    for op in (eq, ne, lt, le, gt, ge):
        give(f"__{op.__name__}__", partial(_fast, op))
    for op, names in _WITH_OPTIONS:
        for name in names:
            give(name, partial(_fast_with_options, op))
    for op, names in ((in_op, ("in_",)), (not_in_op, ("not_in", "notin_"))):
        for name in names:
            give(name, partial(_fast_in, op))
    give("between", _fast_between)
    give("desc", partial(_fast_order, desc_op))
    give("asc", partial(_fast_order, asc_op))
    setattr(ColumnClause, "__hash__", object.__hash__)


def plain_column(cls: type) -> None:
    """Declare that objects of exactly this class are columns and nothing else."""
    _COLUMNS.add(cls)
