"""What users give to ``select()``, ``where()``, ``join()`` … turned into nodes, or refused with a sentence that says
why.

Strings never become SQL here, and nothing is taken for SQL because it has a certain attribute: an object that is no
node is
asked for one only when its class says so (:func:`lect.sql.coercions.resolve`), as mapped classes and their attributes
are.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import FunctionType
from typing import Any, NoReturn

from lect.exc import ArgumentError
from lect.operators import asc_op, desc_op, nulls_first_op, nulls_last_op
from lect.sql import coercions
from lect.sql.element import ClauseElement
from lect.sql.label_reference import LabelReference, TextualLabelReference
from lect.sql.text import TextClause

__all__ = [
    "column_argument",
    "condition",
    "flatten_one",
    "from_argument",
    "group_argument",
    "limit_argument",
    "order_argument",
    "resolve",
]

_ORDERINGS = frozenset([asc_op, desc_op, nulls_first_op, nulls_last_op])


def resolve(value: Any) -> Any:
    """Return the node that `value` is or stands for; `value` itself when it is neither."""
    if isinstance(value, ClauseElement):
        return value
    found = coercions.resolve(value)
    return value if found is None else found


def flatten_one(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments, or those of the one list that was given in their place."""
    if len(values) == 1 and isinstance(values[0], (list, tuple, set, frozenset)):
        return tuple(values[0])
    return values


def textual(value: str, what: str = "Textual SQL expression") -> NoReturn:
    """Refuse a string where SQL is wanted."""
    shown = value if len(value) <= 60 else value[:57] + "..."
    raise ArgumentError(f"{what} {shown!r} should be explicitly declared as text({shown!r})")


def column_argument(value: Any) -> Any:
    """Return the node for something given to the columns of a SELECT.

    Raises:
        ArgumentError: it is nothing that can be selected.
    """
    if isinstance(value, ClauseElement):
        if value._is_column_element or value._is_from_clause or value._is_text_clause:
            return value
        if getattr(value, "_is_entity", False):
            return value
        if value._is_returns_rows:
            return value._as_column_of_select()  # type: ignore[attr-defined]
        expression = value._as_expression()
        if expression is not None:
            return expression
        raise ArgumentError(f"Column expression, FROM clause, or other columns clause element expected, got {value!r}.")
    found = coercions.resolve(value)
    if found is not None:
        return column_argument(found)
    if isinstance(value, str):
        if value == "*":
            return TextClause("*")  # every column: there is nothing else that it could mean
        raise ArgumentError(
            f"Textual column expression {value!r} should be explicitly declared with text({value!r}), or use "
            f"column({value!r}) for more specificity"
        )
    if value is None or isinstance(value, bool):
        return coercions.expression(value)
    if isinstance(value, (int, float)) or type(value).__name__ == "Decimal":
        return coercions.number(value)
    hint = ""
    if isinstance(value, (list, tuple)) and value:
        hint = f" Did you mean to say select({', '.join(map(repr, value))})?"
    elif isinstance(value, type):
        hint = f" If {value.__name__} is meant as a mapped class: it is not mapped."
    raise ArgumentError(
        f"Column expression, FROM clause, or other columns clause element expected, got {value!r}.{hint}"
    )


def from_argument(value: Any, what: str = "FROM expression", *, allow_select: bool = True) -> Any:
    """Return the FROM element for something given to a FROM list or a join.

    Raises:
        ArgumentError: it is none.
    """
    if not isinstance(value, ClauseElement):
        found = coercions.resolve(value)
        if found is None:
            if isinstance(value, str) and what.startswith("FROM"):
                textual(value)
            raise ArgumentError(f"{what}, such as a Table or alias() object expected, got {value!r}.")
        value = found
    if value._is_from_clause or getattr(value, "_is_entity", False):
        return value
    if value._is_text_clause:
        return value
    if value._is_returns_rows and allow_select:
        return value._as_from_element()
    table = getattr(value, "_as_from_of", None)
    if table is not None:
        return table
    raise ArgumentError(f"{what}, such as a Table or alias() object expected, got {value!r}.")


def condition(value: Any, what: str = "WHERE criteria") -> Any:
    """Return the condition for something given to WHERE, HAVING or ON.

    Raises:
        ArgumentError: it is a string, or nothing that has a value in SQL.
    """
    if isinstance(value, ClauseElement):
        if value._is_column_element or value._is_text_clause or getattr(value, "_is_entity", False):
            return value
        expression = value._as_expression()
        if expression is not None:
            return expression
    else:
        found = coercions.resolve(value)
        if found is not None:
            return condition(found, what)
    if isinstance(value, str):
        textual(value)
    if value is None or isinstance(value, bool):
        return coercions.expression(value)
    if isinstance(value, FunctionType) and value.__name__ == "<lambda>":
        return condition(value(), what)
    raise ArgumentError(f"SQL expression for {what} expected, got {value!r}." + _condition_hint(value))


def _condition_hint(value: Any) -> str:
    if callable(value):
        return " A function was given; call it, or give the comparison itself."
    return ""


def _ordering(value: Any, what: str) -> Any:
    if isinstance(value, str) and not isinstance(value, ClauseElement):
        return TextualLabelReference(value)
    node = resolve(value)
    if isinstance(node, ClauseElement):
        if node._is_nothing_but_column:
            return node
        if node._is_text_clause or getattr(node, "_is_entity", False):
            return node
        if not node._is_column_element:
            expression = node._as_expression()
            if expression is None:
                raise ArgumentError(f"{what} expression expected, got {value!r}.")
            node = expression
        return LabelReference(node) if mentions_label(node) else node
    if value is None or isinstance(value, bool):
        return coercions.expression(value)
    if isinstance(value, (int, float)):
        raise ArgumentError(f"{what} expression expected, got {value!r}; to order by position use text('{value}')")
    raise ArgumentError(f"{what} expression expected, got {value!r}.")


def mentions_label(node: Any) -> bool:
    """Say whether `node` is a label, alone or under DESC, ASC and NULLS FIRST / LAST, so that its name can be
    written."""
    while True:
        if getattr(node, "__visit_name__", "") == "label":
            return True
        if node.__dict__.get("modifier") in _ORDERINGS or node.__dict__.get("operator") in _ORDERINGS:
            node = node.element
            continue
        return False


def order_argument(value: Any) -> Any:
    """Return the node for something given to ``order_by()``: a string is a name, never text."""
    return _ordering(value, "ORDER BY")


def group_argument(value: Any) -> Any:
    """Return the node for something given to ``group_by()`` or ``distinct()``: a string is a name, never text."""
    return _ordering(value, "GROUP BY / OF / etc.")


def limit_argument(value: Any, what: str) -> Any:
    """Return the node for a limit, offset or fetch count; None for None.

    Raises:
        ArgumentError: it is neither a whole number nor an expression. Strings are refused unless they are digits.
    """
    if value is None:
        return None
    node = resolve(value)
    if isinstance(node, ClauseElement):
        if node._is_column_element or node._is_text_clause:
            return node
        expression = node._as_expression()
        if expression is not None:
            return expression
    elif isinstance(value, int) and not isinstance(value, bool):
        return coercions.limit(int(value))
    elif hasattr(value, "__index__") and not isinstance(value, bool):
        return coercions.limit(value.__index__())
    elif isinstance(value, str) and value.isascii() and value.isdigit():
        return coercions.limit(int(value))
    raise ArgumentError(f"{what} must be a whole number or an SQL expression, not {value!r}")


def column_arguments(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return the nodes for all arguments of a SELECT's columns."""
    return tuple([column_argument(v) for v in values])
