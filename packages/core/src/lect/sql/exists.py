"""SELECTs used as values: scalar subqueries and EXISTS."""

from __future__ import annotations

from operator import inv
from typing import Any, TypeVar

from lect.exc import InvalidRequestError
from lect.operators import as_, asbool, comma_op
from lect.sql.arguments import column_argument, resolve
from lect.sql.column import literal_column
from lect.sql.element import MAKE, ColumnElement
from lect.sql.from_clause import MAKE_FROM
from lect.sql.node import child
from lect.types.boolean import BOOLEANTYPE

__all__ = ["Exists", "ScalarSelect", "exists"]

_T = TypeVar("_T")

#: Surroundings in which EXISTS stands alone and needs no parentheses.
_ALONE = frozenset([None, asbool, as_, comma_op])


class ScalarSelect(ColumnElement[_T]):
    """A SELECT of one column and at most one row, as a value."""

    __visit_name__ = "scalar_select"
    _wears_attribute_key = False
    _fields = (child("element"),)
    _is_scalar_select = True

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = element._scalar_type()

    def _own_froms(self) -> tuple[Any, ...]:
        return ()

    def _as_in_list(self) -> Any:
        return self

    def self_group(self, against: Any = None) -> Any:
        return self

    @property
    def columns(self) -> Any:
        """A scalar subquery is a value and has no columns."""
        raise InvalidRequestError(
            "Scalar Select expression has no columns; use this object directly within a column-level expression."
        )

    c = columns

    def where(self, crit: Any) -> ScalarSelect[_T]:
        """Return this subquery with a further condition."""
        return ScalarSelect(self.element.where(crit))

    def correlate(self, *fromclauses: Any) -> ScalarSelect[_T]:
        """Return this subquery correlated to these elements of the statement around."""
        return ScalarSelect(self.element.correlate(*fromclauses))

    def correlate_except(self, *fromclauses: Any) -> ScalarSelect[_T]:
        """Return this subquery correlated to all but these elements of the statement around."""
        return ScalarSelect(self.element.correlate_except(*fromclauses))


class Exists(ColumnElement[bool]):
    """``EXISTS (SELECT …)``."""

    __visit_name__ = "exists"
    _fields = (child("element"),)
    _is_implicitly_boolean = True

    def __init__(self, argument: Any = None) -> None:
        if argument is None:
            select = MAKE_FROM.select(literal_column("*"))
        else:
            node = resolve(argument)
            if isinstance(node, ScalarSelect):
                select = node.element
            elif getattr(node, "_is_select_base", False):
                select = node
            else:
                select = MAKE_FROM.select(column_argument(argument))
        self.element = select
        self.type = BOOLEANTYPE

    def _own_froms(self) -> tuple[Any, ...]:
        return ()

    def _with(self, element: Any) -> Exists:
        copy = self._clone()
        copy.element = element
        return copy

    def self_group(self, against: Any = None) -> Any:
        return self if against in _ALONE else MAKE.grouping(self)

    def _negate(self) -> Any:
        return MAKE.negation(self.self_group(against=inv))

    def select(self) -> Any:
        """Return ``SELECT EXISTS (…)``."""
        return MAKE_FROM.select(self)

    def select_from(self, *froms: Any) -> Exists:
        """Return this with these elements in FROM of the SELECT inside."""
        return self._with(self.element.select_from(*froms))

    def where(self, *clauses: Any) -> Exists:
        """Return this with further conditions in the SELECT inside."""
        return self._with(self.element.where(*clauses))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Exists:
        """Return this with a hint about one element of FROM of the SELECT inside."""
        return self._with(self.element.with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Exists:
        """Return this with a hint about the SELECT inside."""
        return self._with(self.element.with_statement_hint(text, dialect_name))

    def correlate(self, *fromclauses: Any) -> Exists:
        """Return this correlated to these elements of the statement around."""
        return self._with(self.element.correlate(*fromclauses))

    def correlate_except(self, *fromclauses: Any) -> Exists:
        """Return this correlated to all but these elements of the statement around."""
        return self._with(self.element.correlate_except(*fromclauses))


def exists(__argument: Any = None, /) -> Exists:
    """Return ``EXISTS (…)`` of a SELECT, or of ``SELECT argument``; without one, of ``SELECT *``, to be completed
    by `where`."""
    return Exists(__argument)


MAKE_FROM.scalar_subquery = ScalarSelect
MAKE_FROM.exists = Exists
