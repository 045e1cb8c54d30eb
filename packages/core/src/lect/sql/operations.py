"""What an operator makes of its operands: the table of functions behind ``a == b``, ``a.in_(b)`` and all others."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from operator import (
    add,
    and_,
    eq,
    floordiv,
    ge,
    getitem,
    gt,
    inv,
    le,
    lshift,
    lt,
    matmul,
    mod,
    mul,
    ne,
    neg,
    or_,
    rshift,
    sub,
    truediv,
)
from typing import Any, Final

from lect import operators as ops
from lect.exc import ArgumentError, LectDeprecationWarning, LectWarning
from lect.operators import NEGATIONS, OperatorClass, OperatorType, custom_op, operator_class_of
from lect.sql import boolean, fast_comparison
from lect.sql.binary import BinaryExpression, combine
from lect.sql.bind import BindParameter
from lect.sql.coercions import as_expression, column_or_value, constant, operand, resolve
from lect.sql.collation import CollationClause
from lect.sql.element import MAKE
from lect.sql.grouping import Grouping
from lect.sql.lists import ClauseList, ExpressionClauseList
from lect.sql.literal import NULL, Constant, False_, Null, True_
from lect.sql.slice import Slice
from lect.sql.unary import AsBoolean, CollectionAggregate, UnaryExpression
from lect.types.boolean import BOOLEANTYPE, MATCHTYPE
from lect.types.null import NULLTYPE
from lect.types.string import STRINGTYPE, String
from lect.types.type_engine import Comparator, TypeEngine

__all__ = ["OPERATIONS", "apply", "apply_reversed", "operation"]

Operation = Callable[..., Any]

#: Operator -> function ``(expr, op, *other, reverse=..., **modifiers)``.
OPERATIONS: Final[dict[OperatorType, Operation]] = {}

_IS_TYPES: Final = (type(None), bool)


def operation(*operators: OperatorType) -> Callable[[Operation], Operation]:
    """Register the decorated function as what `operators` do."""

    def register(function: Operation) -> Operation:
        for op in operators:
            OPERATIONS[op] = function
        return function

    return register


#: (operator classes of a type, operator) of which it is known that they fit.
_FITTING: set[tuple[int, OperatorType]] = set()


def apply(expr: Any, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
    """Return ``expr op other``."""
    found = OPERATIONS.get(op)
    type_ = getattr(expr, "type", NULLTYPE)
    classes = type_.operator_classes
    fitting = (classes._value_, op)
    if found is None or fitting not in _FITTING:
        if classes & operator_class_of(op) or OperatorClass.UNSPECIFIED in classes:
            if found is not None:
                _FITTING.add(fitting)
        else:
            _warn_about(op, type_)
    if found is None:
        if isinstance(op, custom_op):
            return _custom(expr, op, *other, **kwargs)
        raise NotImplementedError(f"Operator {op.__name__!r} is not supported on this expression")
    return found(expr, op, *other, **kwargs)


def apply_reversed(expr: Any, op: OperatorType, other: Any, **kwargs: Any) -> Any:
    """Return ``other op expr``."""
    return apply(expr, op, other, reverse=True, **kwargs)


def _warn_about(op: OperatorType, type_: TypeEngine[Any]) -> None:
    if op in OPERATIONS and OPERATIONS[op] is not _unsupported:
        warnings.warn(
            f"Type object {type(type_)} does not include operator {op.__name__!r} in its operator classes.  Using "
            "built-in operators (not including custom or overridden operators) outside of a type's stated operator "
            "classes is deprecated and will raise InvalidRequestError in a future release",
            LectDeprecationWarning,
            stacklevel=5,
        )


fast_comparison.install()

MAKE.apply = apply
MAKE.apply_reversed = apply_reversed


def _comparator(element: Any) -> Any:
    comparator = getattr(element, "comparator", None)
    return comparator if comparator is not None else Comparator(element)


# -- arithmetic --------------------------------------------------------------------------------------------------------


@operation(
    add,
    sub,
    mul,
    truediv,
    floordiv,
    mod,
    ops.concat_op,
    ops.bitwise_and_op,
    ops.bitwise_or_op,
    ops.bitwise_xor_op,
    ops.bitwise_lshift_op,
    ops.bitwise_rshift_op,
    ops.null_op,
)
def _binary(
    expr: Any,
    op: OperatorType,
    other: Any,
    reverse: bool = False,
    result_type: TypeEngine[Any] | None = None,
    _python_is_types: Any = None,
    **modifiers: Any,
) -> Any:
    """An operator between two values."""
    element = operand(other, expr, op)
    left, right = (element, expr) if reverse else (expr, element)
    if result_type is None:
        op, result_type = _comparator(left)._adapt_expression(op, _comparator(right))
    return combine(left, right, op, result_type, modifiers=modifiers)


def _custom(
    expr: Any, op: custom_op, other: Any, reverse: bool = False, _python_is_types: Any = None, **modifiers: Any
) -> Any:
    """A custom operator: compares when it says so, has the type it names, else the type of the left side."""
    element = operand(other, expr, op)
    left, right = (element, expr) if reverse else (expr, element)
    type_: TypeEngine[Any]
    if op.return_type is not None:
        type_ = op.return_type
    elif op.is_comparison:
        type_ = BOOLEANTYPE
    else:
        new_op, type_ = _comparator(left)._adapt_expression(op, _comparator(right))
        assert new_op is op
    made: BinaryExpression[Any] = BinaryExpression(left, right, op, type_=type_, modifiers=modifiers)
    if op.is_comparison:
        made._is_implicitly_boolean = True
    return made


@operation(getitem)
def _getitem(expr: Any, op: OperatorType, index: Any, **kw: Any) -> Any:
    """Element access, for types that say what an element is."""
    setup = getattr(_comparator(expr), "_setup_getitem", None)
    if setup is None:
        return _unsupported(expr, op)
    op, index, type_ = setup(index)
    if isinstance(index, slice):
        index = _slice(expr, index)
    return _binary(expr, op, index, result_type=type_)


def _slice(expr: Any, index: slice) -> Slice:
    def bound(value: Any) -> Any:
        if value is None:
            return NULL
        found = resolve(value)
        return found if found is not None else expr._bind_param(getitem, value, type_=None)

    return Slice(bound(index.start), bound(index.stop), None if index.step is None else bound(index.step))


@operation(lshift, rshift, matmul, ops.contains)
def _unsupported(expr: Any, op: OperatorType, *other: Any, **kw: Any) -> Any:
    raise NotImplementedError(f"Operator {op.__name__!r} is not supported on this expression")


@operation(neg, ops.bitwise_not_op)
def _prefix(expr: Any, op: OperatorType, **kw: Any) -> Any:
    return UnaryExpression(expr, operator=op, type_=expr.type)


@operation(ops.distinct_op)
def _distinct(expr: Any, op: OperatorType, **kw: Any) -> Any:
    return UnaryExpression(expr, operator=op, type_=expr.type)


@operation(ops.desc_op, ops.asc_op, ops.nulls_first_op, ops.nulls_last_op)
def _ordering(expr: Any, op: OperatorType, **kw: Any) -> Any:
    return UnaryExpression(expr, modifier=op)


@operation(ops.any_op, ops.all_op)
def _collection(expr: Any, op: OperatorType, **kw: Any) -> Any:
    type_ = expr.type.item_type if expr.type._is_array else expr.type
    return CollectionAggregate(expr, operator=op, type_=type_)


@operation(inv)
def _inv(expr: Any, op: OperatorType, **kw: Any) -> Any:
    return expr._negate()


@operation(and_, or_)
def _conjunction(expr: Any, op: OperatorType, other: Any, reverse: bool = False, **kw: Any) -> Any:
    return boolean.join(op, (other, expr) if reverse else (expr, other))


# -- comparison --------------------------------------------------------------------------------------------------------


@operation(eq, ne, lt, le, gt, ge, ops.is_, ops.is_not, ops.is_distinct_from, ops.is_not_distinct_from)
def _compare(
    expr: Any,
    op: OperatorType,
    other: Any,
    reverse: bool = False,
    _python_is_types: Any = _IS_TYPES,
    **modifiers: Any,
) -> Any:
    """A comparison. None and truth values are constants of SQL, and None is compared with IS."""
    negate = NEGATIONS[op]
    if isinstance(other, Constant) or (other.__class__ in (bool, type(None)) and isinstance(other, _python_is_types)):
        return _compare_constant(expr, op, negate, other, reverse, modifiers)
    if op is ops.is_ or op is ops.is_not:
        found = constant(other)
        if found is not None:
            return BinaryExpression(expr, found, op, BOOLEANTYPE, negate, modifiers)
    element = operand(other, expr, op)
    left, right = (element, expr) if reverse else (expr, element)
    if left._is_collection_aggregate or right._is_collection_aggregate:
        # NOT (a = ANY (b)) is not a != ANY (b).
        return BinaryExpression(left, right, op, BOOLEANTYPE, None, modifiers)
    return BinaryExpression(left, right, op, BOOLEANTYPE, negate, modifiers)


def _compare_constant(
    expr: Any, op: OperatorType, negate: OperatorType, other: Any, reverse: bool, modifiers: dict[str, Any]
) -> Any:
    const = other if isinstance(other, Constant) else constant(other)
    null = isinstance(const, Null)
    if reverse and isinstance(expr, CollectionAggregate):
        return BinaryExpression(const, expr, op, BOOLEANTYPE, None, modifiers)
    if (op is eq or op is ne) and not null and isinstance(const, (True_, False_)):
        return BinaryExpression(expr, const, op, BOOLEANTYPE, negate, modifiers)
    if op is ops.is_distinct_from or op is ops.is_not_distinct_from:
        return BinaryExpression(expr, const, op, BOOLEANTYPE, negate, modifiers)
    if op is eq or op is ops.is_:
        return BinaryExpression(expr, const, ops.is_, BOOLEANTYPE, ops.is_not, modifiers)
    if op is ne or op is ops.is_not:
        return BinaryExpression(expr, const, ops.is_not, BOOLEANTYPE, ops.is_, modifiers)
    raise ArgumentError(
        "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators can be used "
        "with None/True/False"
    )


@operation(ops.like_op, ops.not_like_op, ops.ilike_op, ops.not_ilike_op)
def _like(
    expr: Any,
    op: OperatorType,
    other: Any,
    escape: str | None = None,
    reverse: bool = False,
    _python_is_types: Any = None,
) -> Any:
    element = operand(other, expr, op)
    left, right = (element, expr) if reverse else (expr, element)
    return BinaryExpression(left, right, op, BOOLEANTYPE, NEGATIONS[op], _escaping(escape))


def _escaping(escape: str | None) -> dict[str, Any] | None:
    if escape is None:
        return None
    if not isinstance(escape, str) or len(escape) > 1:
        raise ArgumentError(f"escape must be one character, not {escape!r}")
    return {"escape": escape}


@operation(
    ops.startswith_op,
    ops.istartswith_op,
    ops.endswith_op,
    ops.iendswith_op,
    ops.contains_op,
    ops.icontains_op,
)
def _part_of_string(
    expr: Any,
    op: OperatorType,
    other: Any,
    escape: str | None = None,
    autoescape: bool = False,
    reverse: bool = False,
    _python_is_types: Any = None,
    **unknown: Any,
) -> Any:
    if unknown:
        raise TypeError(f"{op.__name__}() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    if autoescape:
        if autoescape is not True:
            warnings.warn("The autoescape parameter is now a simple boolean True/False", LectWarning, stacklevel=2)
        if escape is None:
            escape = "/"
        if not isinstance(other, str):
            raise TypeError("String value expected when autoescape=True")
        if escape not in ("%", "_"):
            other = other.replace(escape, escape + escape)
        other = other.replace("%", escape + "%").replace("_", escape + "_")
    element = operand(other, expr, op)
    left, right = (element, expr) if reverse else (expr, element)
    modifiers = _escaping(escape)
    if autoescape:  # a database with more wildcards than those two escapes them too
        modifiers = {**(modifiers or {}), "autoescape": True}
    return BinaryExpression(left, right, op, BOOLEANTYPE, NEGATIONS[op], modifiers)


@operation(ops.match_op)
def _match(
    expr: Any, op: OperatorType, other: Any, reverse: bool = False, _python_is_types: Any = None, **kw: Any
) -> Any:
    element = operand(other, expr, op)
    negate = ops.not_match_op if op is ops.match_op else ops.match_op
    return BinaryExpression(expr, element, op, MATCHTYPE, negate, kw)


@operation(ops.regexp_match_op)
def _regexp_match(expr: Any, op: OperatorType, pattern: Any, flags: str | None = None, **kw: Any) -> Any:
    return BinaryExpression(
        expr,
        operand(pattern, expr, op),
        op,
        BOOLEANTYPE,
        NEGATIONS[op],
        {"flags": flags} if flags is not None else None,
    )


@operation(ops.regexp_replace_op)
def _regexp_replace(
    expr: Any, op: OperatorType, pattern: Any, replacement: Any, flags: str | None = None, **kw: Any
) -> Any:
    right = ClauseList(operand(pattern, expr, op), operand(replacement, expr, op), operator=ops.comma_op, group=False)
    type_ = expr.type if isinstance(expr.type, String) else STRINGTYPE
    return BinaryExpression(expr, right, op, type_, None, {"flags": flags} if flags is not None else None)


@operation(ops.between_op)
def _between(
    expr: Any, op: OperatorType, low: Any, high: Any, symmetric: bool = False, _python_is_types: Any = None, **kw: Any
) -> Any:
    bounds: Any = ExpressionClauseList._of(and_, [_bound(low, expr), _bound(high, expr)], NULLTYPE)
    bounds.group = False
    return BinaryExpression(expr, bounds, op, BOOLEANTYPE, NEGATIONS[op], {"symmetric": True} if symmetric else None)


def _bound(given: Any, expr: Any) -> Any:
    element = operand(given, expr, and_)
    grouped = element.self_group(against=and_)
    # A bound is a value, not a condition, even when it is true or false.
    return element if isinstance(grouped, AsBoolean) else grouped


# -- IN ----------------------------------------------------------------------------------------------------------------


@operation(ops.in_op, ops.not_in_op)
def _in(expr: Any, op: OperatorType, other: Any, reverse: bool = False, _python_is_types: Any = None, **kw: Any) -> Any:
    """IN with a list of values (one expanding bind), a list with expressions, or a select."""
    return BinaryExpression(expr, _in_list(expr, op, other), op, BOOLEANTYPE, NEGATIONS[op])


def _in_list(expr: Any, op: OperatorType, other: Any) -> Any:
    found = resolve(other)
    if found is not None:
        if found._is_bind_parameter:
            bind: BindParameter[Any] = found
            typed = bind.type is not NULLTYPE and not bind._type_of_value
            if bind.expanding and bind.expand_op is op and typed:
                return bind
            return bind._as_expanding(op, expr.type)
        listed = found._as_in_list()
        if listed is None:
            raise ArgumentError(
                f"IN expression list, SELECT construct, or bound parameter object expected, got {other!r}."
            )
        return listed
    if isinstance(other, (str, bytes)) or not hasattr(other, "__iter__"):
        raise ArgumentError(f"IN expression list, SELECT construct, or bound parameter object expected, got {other!r}.")
    if isinstance(other, dict):
        raise ArgumentError(
            f"IN expression list, SELECT construct, or bound parameter object expected, got a dict: {other!r}; give "
            "list(d) or list(d.values())"
        )
    values = list(other)
    for value in values:
        if value.__class__ not in _VALUES and resolve(value) is not None:
            return _mixed(expr, op, values)
    return expr._bind_param(op, values, expanding=True)


_VALUES: Final = frozenset([int, str, float, bool, bytes, type(None)])


def _mixed(expr: Any, op: OperatorType, values: list[Any]) -> Any:
    members = []
    for value in values:
        found = resolve(value)
        if found is None:
            found = expr._bind_param(op, value)
        else:
            if not found._is_column_element and not found._is_text_clause and not found._is_returns_rows:
                raise ArgumentError(
                    f"IN expression list, SELECT construct, or bound parameter object expected, got {value!r}."
                )
            found = as_expression(found, value)
        members.append(found)
    return Grouping(ClauseList(*members, operator=ops.comma_op))


# -- COLLATE -----------------------------------------------------------------------------------------------------------


@operation(ops.collate)
def _collate(
    expr: Any,
    op: OperatorType,
    collation: str,
    collation_schema: str | None = None,
    _python_is_types: Any = None,
    **kw: Any,
) -> Any:
    return collate(expr, collation, collation_schema)


def collate(expression: Any, collation: str, collation_schema: str | None = None) -> BinaryExpression[Any]:
    """Return ``expression COLLATE collation``."""
    element = column_or_value(expression)
    type_ = element.type
    if isinstance(type_, String):
        type_ = type_.adapt(type(type_), collation=collation, collation_schema=collation_schema)
    return BinaryExpression(element, CollationClause(collation, collation_schema), ops.collate, type_=type_)
