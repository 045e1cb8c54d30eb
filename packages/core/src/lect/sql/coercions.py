"""What users give where an expression is wanted, turned into one or refused with a sentence that says why.

An object that is no element is asked for one only when its class says so, by :func:`lect.sql.entity.register` or by a
method ``__clause_element__`` of the class. Values are never asked: a dictionary, a list, an object of data is a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lect.exc import ArgumentError
from lect.operators import OperatorType
from lect.shape import Shape
from lect.sql.bind import BindParameter, plain_bind
from lect.sql.column import ColumnClause
from lect.sql.element import ClauseElement
from lect.sql.entity import registered
from lect.sql.grouping import Grouping
from lect.sql.literal import FALSE, NULL, TRUE
from lect.types.null import NULLTYPE
from lect.types.numeric import INTEGERTYPE
from lect.types.type_engine import resolve_value_type

__all__ = [
    "as_expression",
    "column_or_value",
    "condition",
    "expect",
    "expression",
    "limit",
    "number",
    "operand",
    "resolve",
    "sql_only",
    "value",
]

_PLAIN = frozenset([int, str, float, bool, bytes, type(None), dict, list, tuple, set])


def resolve(given: Any) -> Any:
    """Return the element that `given` is or stands for; None when it is a value."""
    if isinstance(given, ClauseElement):
        return given
    if given.__class__ in _PLAIN:
        return None
    found: Any = registered(given)
    if found is not None:
        return found
    depth = 0
    while not isinstance(given, ClauseElement):
        # The class answers, not the object: data cannot pretend to be SQL.
        method = getattr(type(given), "__clause_element__", None)
        if method is None or depth > 20:
            return None
        given = method(given)
        depth += 1
    return given


def expect(role: Any, element: Any, **kw: Any) -> Any:
    """Return the node that `element` is, or stands for, in the place `role` (a class of :mod:`lect.sql.roles`).

    Raises:
        ArgumentError: nothing of the kind can stand there.
    """
    return role._coerce(element, **kw)


def as_expression(element: Any, given: Any, what: str = "SQL expression element or literal value") -> Any:
    found = element._as_expression()
    if found is None:
        hint = ""
        if getattr(element, "__visit_name__", "") == "values":
            hint = " To create a column expression from a VALUES clause, use the .scalar_values() method."
        elif element._is_from_clause:
            hint = " To compare whole rows use columns of it, or select() and scalar_subquery()."
        raise ArgumentError(f"{what} expected, got {given!r}.{hint}")
    return found


def constant(given: Any) -> Any:
    """Return NULL, TRUE or FALSE for None, True and False; None for anything else."""
    if given is None:
        return NULL
    if given is True:
        return TRUE
    if given is False:
        return FALSE
    return None


def expression(given: Any, what: str = "SQL expression element") -> Any:
    """Return an expression; None, True and False are the constants of SQL, other values are refused."""
    found = resolve(given)
    if found is not None:
        return as_expression(found, given)
    found = constant(given)
    if found is not None:
        return found
    raise ArgumentError(f"{what} expected, got {given!r}.{_hint(given)}")


def _hint(given: Any) -> str:
    if isinstance(given, str):
        return " A string is no expression; write column(...), text(...) or literal(...) around it."
    if isinstance(given, (int, float)):
        return " To use the value, write literal(...) around it."
    return ""


def sql_only(given: Any, what: str) -> Any:
    """Return an expression; every value is refused."""
    found = resolve(given)
    if found is None:
        raise ArgumentError(f"{what} expected, got {given!r}.{_hint(given)}")
    return as_expression(found, given)


def condition(given: Any) -> Any:
    """Return a condition for WHERE, HAVING, ON, CASE and the like."""
    found = resolve(given)
    if found is not None:
        return as_expression(found, given)
    found = constant(given)
    if found is not None:
        return found
    if isinstance(given, str):
        raise ArgumentError(
            f"Textual SQL expression {given[:60]!r} should be explicitly declared as text({given[:60]!r})"
        )
    raise ArgumentError(f"SQL expression for WHERE/HAVING role expected, got {given!r}.")


def column_or_value(given: Any, name: str | None = None, type_: Any = None) -> Any:
    """Return an expression, or a bound value for anything that is no element; None is NULL."""
    found = resolve(given)
    if found is not None:
        return as_expression(found, given)
    if given is None:
        return NULL
    return value(given, name, type_)


def value(given: Any, name: str | None = None, type_: Any = None) -> BindParameter[Any]:
    """Return a bound value."""
    return BindParameter(name, given, type_=type_, unique=True)


def operand(given: Any, expr: Any, op: OperatorType, type_: Any = None) -> Any:
    """Return the other side of an operator whose one side is `expr`."""
    found = resolve(given)
    if found is None:
        return expr._bind_param(op, given, type_=type_)
    element = as_expression(found, given)
    if element.type.__class__ is None.__class__:
        raise TypeError(
            f"Object None associated with '.type' attribute is not a TypeEngine class or object: {element!r}"
        )
    if element._is_bind_parameter and element.type is NULLTYPE and expr.type is not NULLTYPE:
        # A place for a value without a type takes the type of what it is compared with.
        sample = element.value
        typed = expr.type.coerce_compared_value(op, sample) if sample is not None else expr.type
        if expr.type.sensitive:
            typed = typed.as_sensitive()
        return element._with_type(typed)
    if element._is_bind_parameter and expr.type.sensitive and not element.type.sensitive:
        return element._with_type(element.type.as_sensitive())
    if element.__class__ is Grouping and element.element._is_bind_parameter and element.type is NULLTYPE:
        return Grouping(operand(element.element, expr, op))
    return element


def number(given: Any) -> Any:
    """Return a number as SQL text, for ``select(1)``."""
    from_type = resolve_value_type(given)
    processor = from_type.literal_processor(None)
    text = str(given) if processor is None else processor(given)
    return ColumnClause(text, type_=from_type, is_literal=True)


_limit_shape: list[Shape] = []


def limit(given: int) -> BindParameter[int]:
    """Return the bound value of a LIMIT or OFFSET."""
    bound = plain_bind("param", given, INTEGERTYPE)
    bound._is_limit = True
    # All of them have one structure.
    if _limit_shape:
        bound._shape = _limit_shape[0]
    else:
        _limit_shape.append(bound._structure())
    return bound


def all_expressions(given: Iterable[Any]) -> tuple[Any, ...]:
    """Return the expressions of several arguments."""
    return tuple([expression(g) for g in given])
