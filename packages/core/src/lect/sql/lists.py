"""Several expressions: lists with commas, chains of one operator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from lect.operators import OperatorType, comma_op, is_precedent
from lect.sql.element import ClauseElement, ColumnElement
from lect.sql.grouping import Grouping
from lect.sql.node import children, scalar, typed
from lect.types.null import NULLTYPE
from lect.types.type_engine import TypeEngine, to_instance

__all__ = ["ClauseList", "ExpressionClauseList", "OrderByList"]

_T = TypeVar("_T")


class ClauseList(ClauseElement):
    """Elements with an operator, usually a comma, between them.

    Attributes:
        clauses: the elements.
        operator: what stands between them.
        group: the list gets parentheses where its operator needs them.
    """

    __visit_name__ = "clauselist"
    _fields = (children("clauses"), scalar("operator"))

    operator: OperatorType = comma_op
    group: bool = True
    type: TypeEngine[Any] = NULLTYPE

    def __init__(
        self,
        *clauses: Any,
        operator: OperatorType = comma_op,
        group: bool = True,
        group_contents: bool = True,
    ) -> None:
        self.operator = operator
        self.group = group
        if group_contents:
            self.clauses = tuple([c.self_group(against=operator) for c in clauses])
        else:
            self.clauses = tuple(clauses)

    clauses: tuple[Any, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    @property
    def _from_objects(self) -> list[Any]:
        return [f for c in self.clauses for f in c._from_objects]

    def self_group(self, against: OperatorType | None = None) -> Any:
        if self.group and is_precedent(self.operator, against):
            return Grouping(self)
        return self

    def _as_expression(self) -> Any:
        return self

    def _as_in_list(self) -> Any:
        return Grouping(self)


class OrderByList(ClauseList):
    """Several expressions that were all given an ordering: ``desc(a, b)``."""

    inherit_cache = True

    def _modified(self, name: str) -> OrderByList:
        return OrderByList(*[getattr(c, name)() for c in self.clauses], group_contents=False)

    def desc(self) -> OrderByList:
        """Every expression DESC."""
        return self._modified("desc")

    def asc(self) -> OrderByList:
        """Every expression ASC."""
        return self._modified("asc")

    def nulls_first(self) -> OrderByList:
        """Every expression NULLS FIRST."""
        return self._modified("nulls_first")

    def nulls_last(self) -> OrderByList:
        """Every expression NULLS LAST."""
        return self._modified("nulls_last")

    nullsfirst = nulls_first
    nullslast = nulls_last


class ExpressionClauseList(ColumnElement[_T]):
    """A chain of one operator: ``a + b + c``, ``a AND b AND c``."""

    __visit_name__ = "expression_clauselist"
    _fields = (children("clauses"), scalar("operator"), typed("type"))

    group: bool = True

    def __init__(self, operator: OperatorType, *clauses: Any, type_: Any = None, group: bool = True) -> None:
        self.operator = operator
        self.clauses = tuple([c.self_group(against=operator) for c in clauses])
        self.type = to_instance(type_)
        self.group = group

    clauses: tuple[Any, ...]
    operator: OperatorType

    @classmethod
    def _of(cls, operator: OperatorType, clauses: Iterable[Any], type_: TypeEngine[Any]) -> Any:
        """Return a chain of operands that need no more parentheses."""
        made = cls.__new__(cls)
        made.operator = operator
        made.clauses = tuple(clauses)
        made.type = type_
        return made

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def self_group(self, against: OperatorType | None = None) -> Any:
        if self.group and is_precedent(self.operator, against):
            return Grouping(self)
        return self

    def _negate(self) -> Any:
        grouped = self.self_group()
        return grouped._negate() if grouped is not self else super()._negate()
