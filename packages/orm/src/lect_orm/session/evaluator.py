"""SQL criteria evaluated in Python against objects in memory, with SQL's three values: True, False and None for
unknown.
"""

from __future__ import annotations

import operator as py
from collections.abc import Callable
from typing import Any, Final

from lect import operators
from lect.exc import LectError
from lect.sql.binary import BinaryExpression
from lect.sql.bind import BindParameter
from lect.sql.column import ColumnClause
from lect.sql.grouping import Grouping
from lect.sql.lists import ExpressionClauseList
from lect.sql.literal import False_, Null, True_
from lect.sql.tuple import Tuple
from lect.sql.unary import AsBoolean, UnaryExpression

__all__ = ["EXPIRED", "Evaluator", "UnevaluatableError"]

Function = Callable[[Any], Any]


class UnevaluatableError(LectError):
    """A criterion cannot be evaluated in Python."""


class _Expired:
    """The answer when a value that is needed is not loaded."""

    def __repr__(self) -> str:
        return "<EXPIRED>"


EXPIRED: Final = _Expired()


def _startswith(a: Any, b: Any) -> bool:
    return bool(a.startswith(b))


def _endswith(a: Any, b: Any) -> bool:
    return bool(a.endswith(b))


def _contains(a: Any, b: Any) -> bool:
    return b in a


_BINARY: Final[dict[Any, Callable[[Any, Any], Any]]] = {
    py.eq: py.eq,
    py.ne: py.ne,
    py.lt: py.lt,
    py.le: py.le,
    py.gt: py.gt,
    py.ge: py.ge,
    py.add: py.add,
    py.sub: py.sub,
    py.mul: py.mul,
    py.mod: py.mod,
    py.truediv: py.truediv,
    operators.concat_op: py.add,
    operators.startswith_op: _startswith,
    operators.not_startswith_op: lambda a, b: not a.startswith(b),
    operators.endswith_op: _endswith,
    operators.not_endswith_op: lambda a, b: not a.endswith(b),
    operators.contains_op: _contains,
    operators.not_contains_op: lambda a, b: b not in a,
}


class Evaluator:
    """Makes functions that evaluate criteria against objects of one class.

    Args:
        mapper: of the objects.
        params: values of named parameters, when the statement is executed with any.
    """

    def __init__(self, mapper: Any, params: dict[str, Any] | None = None) -> None:
        self.mapper = mapper
        self.params = params or {}

    def process(self, *clauses: Any) -> Function:
        """Return a function of an object that answers whether all criteria hold: True, False, None or EXPIRED.

        Raises:
            UnevaluatableError: something in the criteria has no meaning in Python.
        """
        return _and([self.compile(clause) for clause in clauses])

    def compile(self, clause: Any) -> Function:
        """Return a function of an object that gives the value of an expression."""
        if isinstance(clause, Grouping):
            return self.compile(clause.element)
        if isinstance(clause, BindParameter):
            return self._bind(clause)
        if isinstance(clause, ColumnClause):
            return self._column(clause)
        if isinstance(clause, Null):
            return lambda obj: None
        if isinstance(clause, True_):
            return lambda obj: True
        if isinstance(clause, False_):
            return lambda obj: False
        if isinstance(clause, ExpressionClauseList):
            return self._list(clause)
        if isinstance(clause, BinaryExpression):
            return self._binary(clause)
        if isinstance(clause, (AsBoolean, UnaryExpression)):
            return self._unary(clause)
        if isinstance(clause, Tuple):
            return self._tuple(clause)
        raise UnevaluatableError(f"Cannot evaluate {type(clause).__name__}")

    def _bind(self, clause: Any) -> Function:
        value = self.params.get(clause.key, clause.effective_value)
        return lambda obj: value

    def _column(self, clause: Any) -> Function:
        mapper = self.mapper
        key = mapper.column_to_key.get(clause)
        if key is None:
            plain = clause._deannotate() if hasattr(clause, "_deannotate") else clause
            key = mapper.column_to_key.get(plain)
        if key is None:
            raise UnevaluatableError(f"Cannot evaluate column: {clause}; {mapper} does not map it")

        def get(obj: Any) -> Any:
            return obj.__dict__.get(key, EXPIRED)

        return get

    def _list(self, clause: Any) -> Function:
        functions = [self.compile(one) for one in clause.clauses]
        if clause.operator is py.and_:
            return _and(functions)
        if clause.operator is py.or_:
            return _or(functions)
        function = _BINARY.get(clause.operator)
        if function is None:
            raise UnevaluatableError(f"Cannot evaluate clauselist with operator {clause.operator}")

        def chain(obj: Any) -> Any:
            values = [one(obj) for one in functions]
            if EXPIRED in values:
                return EXPIRED
            if None in values:
                return None
            result = values[0]
            for value in values[1:]:
                result = function(result, value)
            return result

        return chain

    def _binary(self, clause: Any) -> Function:
        left, right, operator = self.compile(clause.left), self.compile(clause.right), clause.operator
        if operator is operators.is_ or operator is operators.is_not:
            same = operator is operators.is_

            def is_same(obj: Any) -> Any:
                a, b = left(obj), right(obj)
                if a is EXPIRED or b is EXPIRED:
                    return EXPIRED
                return (a == b) is same

            return is_same
        if operator is operators.in_op or operator is operators.not_in_op:
            return _in(left, right, operator is operators.not_in_op)
        if operator in (operators.startswith_op, operators.endswith_op, operators.contains_op) and clause.modifiers:
            raise UnevaluatableError("Cannot evaluate a pattern with an escape character")
        function = _BINARY.get(operator)
        if function is None:
            name = getattr(operator, "__name__", operator)
            raise UnevaluatableError(f"Cannot evaluate {type(clause).__name__} with operator {name}")

        def evaluate(obj: Any) -> Any:
            a, b = left(obj), right(obj)
            if a is EXPIRED or b is EXPIRED:
                return EXPIRED
            if a is None or b is None:
                return None
            return function(a, b)

        return evaluate

    def _unary(self, clause: Any) -> Function:
        function = self.compile(clause.element)
        operator = clause.operator
        if operator in (py.inv, operators.is_false):

            def negated(obj: Any) -> Any:
                value = function(obj)
                return value if value is EXPIRED or value is None else not value

            return negated
        if operator is operators.is_true:
            return function
        if operator is py.neg:

            def minus(obj: Any) -> Any:
                value = function(obj)
                return value if value is EXPIRED or value is None else -value

            return minus
        raise UnevaluatableError(f"Cannot evaluate {type(clause).__name__} with operator {operator}")

    def _tuple(self, clause: Any) -> Function:
        functions = [self.compile(one) for one in clause.clauses]

        def values(obj: Any) -> Any:
            found = tuple([function(obj) for function in functions])
            return EXPIRED if EXPIRED in found else found

        return values


def _and(functions: list[Function]) -> Function:
    def every(obj: Any) -> Any:
        answer: Any = True
        for function in functions:
            value = function(obj)
            if value is EXPIRED:
                return EXPIRED
            if value is None:
                answer = None
            elif not value:
                return False
        return answer

    return every


def _or(functions: list[Function]) -> Function:
    def some(obj: Any) -> Any:
        answer: Any = False
        for function in functions:
            value = function(obj)
            if value is EXPIRED:
                return EXPIRED
            if value:
                return True
            if value is None:
                answer = None
        return answer

    return some


def _in(left: Function, right: Function, negated: bool) -> Function:
    def is_in(obj: Any) -> Any:
        value, members = left(obj), right(obj)
        if value is EXPIRED or members is EXPIRED:
            return EXPIRED
        if value is None:
            return None
        if value in members:
            return not negated
        return None if None in members else negated

    return is_in
