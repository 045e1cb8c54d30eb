"""Functions that ``func`` knows: their names, how they are written, and the types of their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError
from lect.operators import comma_op, pow_
from lect.sql._cast import Cast
from lect.sql.bind import BindParameter
from lect.sql.coercions import column_or_value, resolve
from lect.sql.column import ColumnClause
from lect.sql.element import ColumnElement
from lect.sql.extract import Extract
from lect.sql.function import GenericFunction, register_function
from lect.sql.grouping import Grouping
from lect.sql.lists import ClauseList
from lect.sql.node import Field, scalar
from lect.sql.operations import operation
from lect.types.array import ARRAY
from lect.types.null import NULLTYPE
from lect.types.numeric import INTEGERTYPE, Integer, Numeric
from lect.types.string import STRINGTYPE, String
from lect.types.temporal import Date, DateTime, Time
from lect.types.type_engine import TypeEngine

__all__ = ["AnsiFunction", "OrderedSetAgg", "ReturnTypeFromArgs", "next_value"]

_T = TypeVar("_T")


class next_value(GenericFunction[int]):
    """The next value of a sequence."""

    name = "next_value"
    _fields: ClassVar[tuple[Field, ...]] = (scalar("_sequence_facts"),)

    def __init__(self, seq: Any, **kw: Any) -> None:
        if not getattr(seq, "_is_sequence", getattr(type(seq), "__visit_name__", "") == "sequence"):
            raise ArgumentError(f"next_value() takes a Sequence, not {seq!r}")
        self.sequence = seq
        self.type = getattr(seq, "data_type", None) or INTEGERTYPE
        self.clause_expr = Grouping(ClauseList(operator=comma_op))
        self.packagenames = ()

    @property
    def _sequence_facts(self) -> Any:
        return (self.sequence.name, self.sequence.schema)

    def _same_as(self, other: Any, same: Any) -> bool:
        return bool(self.sequence.name == other.sequence.name)

    @property
    def _from_objects(self) -> list[Any]:
        return []


class AnsiFunction(GenericFunction[_T]):
    """A function written without parentheses when it has no arguments: CURRENT_TIMESTAMP."""

    _register = False
    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ReturnTypeFromArgs(GenericFunction[_T]):
    """A function whose result is of its arguments' type."""

    _register = False
    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parsed = [column_or_value(a, self.name) for a in args]
        kwargs.setdefault("type_", _type_of(parsed))
        kwargs["_parsed_args"] = parsed
        super().__init__(*args, **kwargs)


def _type_of(arguments: Sequence[Any]) -> TypeEngine[Any]:
    for argument in arguments:
        if not argument.type._isnull:
            found: TypeEngine[Any] = argument.type
            return found
    return NULLTYPE


class coalesce(ReturnTypeFromArgs[Any]):
    """The first argument that is not NULL."""

    inherit_cache = True


class max(ReturnTypeFromArgs[Any]):
    """The largest value."""

    inherit_cache = True


class min(ReturnTypeFromArgs[Any]):
    """The smallest value."""

    inherit_cache = True


class sum(ReturnTypeFromArgs[Any]):
    """The sum of values."""

    inherit_cache = True


class pow(ReturnTypeFromArgs[Any]):
    """A number to the power of another; also ``a ** b``."""

    inherit_cache = True


class now(GenericFunction[Any]):
    """The present time, as the database has it."""

    type = DateTime()
    inherit_cache = True


class concat(GenericFunction[str]):
    """Strings, one after the other."""

    type = String()
    inherit_cache = True


class char_length(GenericFunction[int]):
    """The number of characters."""

    type = Integer()
    inherit_cache = True

    def __init__(self, arg: Any, **kw: Any) -> None:
        super().__init__(arg, **kw)


class random(GenericFunction[float]):
    """A random number."""

    _has_args = True
    inherit_cache = True


class count(GenericFunction[int]):
    """The number of rows, or of values that are not NULL."""

    type = Integer()
    inherit_cache = True

    def __init__(self, expression: Any = None, **kwargs: Any) -> None:
        if expression is None:
            expression = ColumnClause("*", is_literal=True)
        super().__init__(expression, **kwargs)


class current_date(AnsiFunction[Any]):
    """CURRENT_DATE"""

    type = Date()
    inherit_cache = True


class current_time(AnsiFunction[Any]):
    """CURRENT_TIME"""

    type = Time()
    inherit_cache = True


class current_timestamp(AnsiFunction[Any]):
    """CURRENT_TIMESTAMP"""

    type = DateTime()
    inherit_cache = True


class current_user(AnsiFunction[str]):
    """CURRENT_USER"""

    type = String()
    inherit_cache = True


class localtime(AnsiFunction[Any]):
    """LOCALTIME"""

    type = DateTime()
    inherit_cache = True


class localtimestamp(AnsiFunction[Any]):
    """LOCALTIMESTAMP"""

    type = DateTime()
    inherit_cache = True


class session_user(AnsiFunction[str]):
    """SESSION_USER"""

    type = String()
    inherit_cache = True


class sysdate(AnsiFunction[Any]):
    """SYSDATE"""

    type = DateTime()
    inherit_cache = True


class user(AnsiFunction[str]):
    """USER"""

    type = String()
    inherit_cache = True


class array_agg(ReturnTypeFromArgs[Any]):
    """Values as an array."""

    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parsed = [column_or_value(a, self.name) for a in args]
        default: type[ARRAY] = kwargs.pop("_default_array_type", ARRAY)
        if "type_" not in kwargs:
            item = _type_of(parsed)
            kwargs["type_"] = item if item._is_array else default(item, dimensions=1)
        kwargs["_parsed_args"] = parsed
        GenericFunction.__init__(self, *args, **kwargs)


class OrderedSetAgg(GenericFunction[_T]):
    """An aggregate over ordered values, whose result is of their type."""

    _register = False
    inherit_cache = True
    #: With several values to order by (or an array of fractions) the result is an array.
    array_for_multi_clause = False

    def within_group_type(self, within_group: Any) -> TypeEngine[Any]:
        ordered = list(within_group.order_by.clauses) if within_group.order_by is not None else []
        if not ordered:
            return self.type
        found: TypeEngine[Any] = _ordered_type(ordered[0])
        clauses = self.clause_expr.element.clauses
        if self.array_for_multi_clause and (len(clauses) > 1 or (clauses and clauses[0].type._is_array)):
            return ARRAY(found)
        return found


def _ordered_type(element: Any) -> Any:
    """The type of what is ordered by, under DESC and the like."""
    while element.type._isnull and isinstance(getattr(element, "element", None), ColumnElement):
        element = element.element
    return element.type


class mode(OrderedSetAgg[Any]):
    """The most frequent value."""

    inherit_cache = True


class percentile_cont(OrderedSetAgg[Any]):
    """The value at a fraction, interpolated."""

    array_for_multi_clause = True
    inherit_cache = True


class percentile_disc(OrderedSetAgg[Any]):
    """The value at a fraction."""

    array_for_multi_clause = True
    inherit_cache = True


class rank(GenericFunction[int]):
    """The rank of a row, with gaps."""

    type = Integer()
    inherit_cache = True


class dense_rank(GenericFunction[int]):
    """The rank of a row, without gaps."""

    type = Integer()
    inherit_cache = True


class percent_rank(GenericFunction[Any]):
    """The rank of a row as a fraction."""

    type = Numeric()
    inherit_cache = True


class cume_dist(GenericFunction[Any]):
    """The fraction of rows that come not later."""

    type = Numeric()
    inherit_cache = True


class cube(GenericFunction[Any]):
    """CUBE, in GROUP BY."""

    _has_args = True
    inherit_cache = True


class rollup(GenericFunction[Any]):
    """ROLLUP, in GROUP BY."""

    _has_args = True
    inherit_cache = True


class grouping_sets(GenericFunction[Any]):
    """GROUPING SETS, in GROUP BY."""

    _has_args = True
    inherit_cache = True


class aggregate_strings(GenericFunction[str]):
    """Strings joined by a separator, as each database calls it."""

    type = String()
    _has_args = True
    inherit_cache = True

    def __init__(self, clause: Any, separator: Any, **kw: Any) -> None:
        if resolve(separator) is None:
            if not isinstance(separator, str):
                raise ArgumentError(f"the separator of aggregate_strings() is a string, not {separator!r}")
            # Databases want to see the separator in the text.
            separator = BindParameter(self.name, separator, type_=STRINGTYPE, unique=True, literal_execute=True)
        super().__init__(clause, separator, **kw)


register_function("cast", Cast)
register_function("extract", Extract)


@operation(pow_)
def _power(expr: Any, op: Any, other: Any, reverse: bool = False, **kw: Any) -> Any:
    return pow(other, expr) if reverse else pow(expr, other)
