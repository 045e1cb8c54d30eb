"""What an operator is: a function used as a key, with its precedence, its negation and the types it is meant for.

An operator of Python (``operator.eq``, ``operator.add`` ...) stands for itself; operators only SQL has are functions
here (:func:`like_op`, :func:`in_op` ...), which, called, apply themselves. A custom operator is a :class:`custom_op`.
"""

from __future__ import annotations

import enum
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
from operator import pow as pow_
from typing import Any, Final, TypeAlias

from lect.exc import ArgumentError, InvalidRequestError

__all__ = [
    "ColumnOperators",
    "MIRRORED",
    "NEGATIONS",
    "OPERATOR_CLASSES",
    "OperatorClass",
    "OperatorType",
    "Operators",
    "PRECEDENCE",
    "add",
    "all_op",
    "and_",
    "any_op",
    "as_",
    "asbool",
    "asc_op",
    "between_op",
    "bitwise_and_op",
    "bitwise_lshift_op",
    "bitwise_not_op",
    "bitwise_or_op",
    "bitwise_rshift_op",
    "bitwise_xor_op",
    "collate",
    "comma_op",
    "commutative_op",
    "comparison_op",
    "concat_op",
    "contains",
    "contains_op",
    "custom_op",
    "desc_op",
    "distinct_op",
    "endswith_op",
    "eq",
    "exists",
    "filter_op",
    "floordiv",
    "from_",
    "function_as_comparison_op",
    "ge",
    "getitem",
    "gt",
    "icontains_op",
    "iendswith_op",
    "ilike_op",
    "in_op",
    "inv",
    "is_",
    "is_associative",
    "is_boolean",
    "is_commutative",
    "is_comparison",
    "is_distinct_from",
    "is_false",
    "is_natural_self_precedent",
    "is_not",
    "is_not_distinct_from",
    "is_order_by_modifier",
    "is_ordering_modifier",
    "is_precedent",
    "is_true",
    "isfalse",
    "isnot",
    "isnot_distinct_from",
    "istartswith_op",
    "istrue",
    "json_getitem_op",
    "json_path_getitem_op",
    "le",
    "like_op",
    "lshift",
    "lt",
    "match_op",
    "matmul",
    "mirror",
    "mod",
    "mul",
    "ne",
    "neg",
    "not_between_op",
    "not_contains_op",
    "not_endswith_op",
    "not_icontains_op",
    "not_iendswith_op",
    "not_ilike_op",
    "not_in_op",
    "not_istartswith_op",
    "not_like_op",
    "not_match_op",
    "not_regexp_match_op",
    "not_startswith_op",
    "notbetween_op",
    "notcontains_op",
    "notendswith_op",
    "notilike_op",
    "notin_op",
    "notlike_op",
    "notmatch_op",
    "notstartswith_op",
    "null_op",
    "nulls_first_op",
    "nulls_last_op",
    "nullsfirst_op",
    "nullslast_op",
    "operator_class_of",
    "or_",
    "pow_",
    "precedence_of",
    "regexp_match_op",
    "regexp_replace_op",
    "rshift",
    "startswith_op",
    "sub",
    "truediv",
]

OperatorType: TypeAlias = Callable[..., Any]


class OperatorClass(enum.Flag):
    """Groups of operators; a type says which groups make sense for its values."""

    UNSPECIFIED = enum.auto()
    BASE = enum.auto()
    BOOLEAN_ALGEBRA = enum.auto()
    EQUALITY = enum.auto()
    ORDERING = enum.auto()
    INDEXABLE = enum.auto()
    CONTAINS = enum.auto()
    CONCATENABLE = enum.auto()
    STRING_MATCH = enum.auto()
    MATH = enum.auto()
    BITWISE = enum.auto()
    DATE_ARITHEMETIC = enum.auto()
    JSON_GETITEM = enum.auto()

    COMPARISON = EQUALITY | ORDERING
    STRING = BASE | EQUALITY | ORDERING | INDEXABLE | CONTAINS | CONCATENABLE | STRING_MATCH
    INTEGER = BASE | EQUALITY | ORDERING | MATH | BITWISE
    NUMERIC = INTEGER
    BOOLEAN = BASE | BOOLEAN_ALGEBRA | EQUALITY | ORDERING
    BINARY = BASE | EQUALITY | ORDERING | INDEXABLE | CONTAINS | CONCATENABLE
    DATETIME = BASE | EQUALITY | ORDERING | DATE_ARITHEMETIC
    JSON = BASE | EQUALITY | INDEXABLE | JSON_GETITEM
    ARRAY = BINARY
    TUPLE = BINARY
    ANY = (
        BASE
        | BOOLEAN_ALGEBRA
        | EQUALITY
        | ORDERING
        | INDEXABLE
        | CONTAINS
        | CONCATENABLE
        | STRING_MATCH
        | MATH
        | BITWISE
        | DATE_ARITHEMETIC
        | JSON_GETITEM
    )


class Operators:
    """Boolean operators and custom ones. Whoever answers :meth:`operate` has all of them."""

    __slots__ = ()

    def __and__(self, other: Any) -> Any:
        """``a & b``: AND."""
        return self.operate(and_, other)

    def __or__(self, other: Any) -> Any:
        """``a | b``: OR."""
        return self.operate(or_, other)

    def __invert__(self) -> Any:
        """``~a``: NOT."""
        return self.operate(inv)

    def op(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        python_impl: Callable[..., Any] | None = None,
        operator_class: OperatorClass = OperatorClass.BASE,
        visit_name: str | None = None,
    ) -> Callable[[Any], Any]:
        """Return a function that applies the operator `opstring`, written as it stands: ``x.op("&&")(y)``.

        `precedence` decides about parentheses (0: lowest but the comma), `is_comparison` makes the result Boolean,
        `return_type` names another type for the result. `opstring` is SQL: it must never come from a user.
        """
        operator = custom_op(
            opstring,
            precedence=precedence,
            is_comparison=is_comparison,
            return_type=return_type,
            python_impl=python_impl,
            operator_class=operator_class,
            visit_name=visit_name,
        )

        def against(other: Any) -> Any:
            return operator(self, other)

        return against

    def bool_op(
        self, opstring: str, precedence: int = 0, python_impl: Callable[..., Any] | None = None
    ) -> Callable[[Any], Any]:
        """Return a function that applies a custom operator whose result is true or false."""
        return self.op(opstring, precedence=precedence, is_comparison=True, python_impl=python_impl)

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        """Apply `op` with this object on the left."""
        raise NotImplementedError(str(op))

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        """Apply `op` with this object on the right."""
        raise NotImplementedError(str(op))


class custom_op:
    """An operator that SQL or one database has and Lect has no name for.

    Two custom operators that say the same are equal.
    """

    __slots__ = (
        "_key",
        "eager_grouping",
        "is_comparison",
        "natural_self_precedent",
        "operator_class",
        "opstring",
        "precedence",
        "python_impl",
        "return_type",
        "visit_name",
    )
    __name__ = "custom_op"

    def __init__(
        self,
        opstring: str,
        *,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        natural_self_precedent: bool = False,
        eager_grouping: bool = False,
        python_impl: Callable[..., Any] | None = None,
        operator_class: OperatorClass = OperatorClass.BASE,
        visit_name: str | None = None,
    ) -> None:
        if not isinstance(opstring, str):
            raise ArgumentError(f"an operator is given as a string, not {opstring!r}")
        self.opstring = opstring
        self.precedence = precedence
        self.is_comparison = is_comparison
        self.natural_self_precedent = natural_self_precedent
        self.eager_grouping = eager_grouping
        self.return_type = return_type() if isinstance(return_type, type) else return_type
        self.python_impl = python_impl
        self.operator_class = operator_class
        self.visit_name = visit_name
        shape = None
        if self.return_type is not None:
            shape = self.return_type._shape or self.return_type._structure()
        self._key: tuple[Any, ...] = (
            type(self),
            opstring,
            precedence,
            is_comparison,
            natural_self_precedent,
            eager_grouping,
            shape,
            visit_name,
            operator_class,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, custom_op) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"custom_op({self.opstring!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {
            "opstring": self.opstring,
            "precedence": self.precedence,
            "is_comparison": self.is_comparison,
            "natural_self_precedent": self.natural_self_precedent,
            "eager_grouping": self.eager_grouping,
            "return_type": self.return_type,
            "python_impl": self.python_impl,
            "operator_class": self.operator_class,
            "visit_name": self.visit_name,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        self.__init__(state.pop("opstring"), **state)  # type: ignore[misc]

    def __call__(self, left: Any, right: Any = None, *other: Any, **kwargs: Any) -> Any:
        if hasattr(left, "__lect_operate__"):
            return left.operate(self, right, *other, **kwargs)
        if self.python_impl is not None:
            return self.python_impl(left, right, *other, **kwargs)
        raise InvalidRequestError(
            f"Custom operator {self.opstring!r} can't be used with plain Python objects unless it includes the "
            "'python_impl' parameter."
        )


class ColumnOperators(Operators):
    """All operators of a column expression. Each method hands its operator to :meth:`Operators.operate`."""

    __slots__ = ()

    #: Marks objects that take operators; operators ask it of an object's class, never of data.
    __lect_operate__ = True
    #: An expression is no date, though some drivers ask.
    timetuple: Any = None

    def __lt__(self, other: Any) -> Any:
        """``a < b``"""
        return self.operate(lt, other)

    def __le__(self, other: Any) -> Any:
        """``a <= b``"""
        return self.operate(le, other)

    def __eq__(self, other: Any) -> Any:
        """``a = b``; IS NULL when `other` is None."""
        return self.operate(eq, other)

    __hash__ = Operators.__hash__

    def __ne__(self, other: Any) -> Any:
        """``a != b``; IS NOT NULL when `other` is None."""
        return self.operate(ne, other)

    def __gt__(self, other: Any) -> Any:
        """``a > b``"""
        return self.operate(gt, other)

    def __ge__(self, other: Any) -> Any:
        """``a >= b``"""
        return self.operate(ge, other)

    def __neg__(self) -> Any:
        """``-a``"""
        return self.operate(neg)

    def __contains__(self, other: Any) -> Any:
        """``x in a``: Python makes a bool of it, so that only some types can give it a meaning."""
        return self.operate(contains, other)

    def __getitem__(self, index: Any) -> Any:
        """``a[index]``, for arrays and JSON."""
        return self.operate(getitem, index)

    def __lshift__(self, other: Any) -> Any:
        """``a << b``, for types that define it."""
        return self.operate(lshift, other)

    def __rshift__(self, other: Any) -> Any:
        """``a >> b``, for types that define it."""
        return self.operate(rshift, other)

    def __rlshift__(self, other: Any) -> Any:
        """``b << a``, for types that define it."""
        return self.reverse_operate(lshift, other)

    def __rrshift__(self, other: Any) -> Any:
        """``b >> a``, for types that define it."""
        return self.reverse_operate(rshift, other)

    def __matmul__(self, other: Any) -> Any:
        """``a @ b``, for types that define it."""
        return self.operate(matmul, other)

    def __rmatmul__(self, other: Any) -> Any:
        """``b @ a``, for types that define it."""
        return self.reverse_operate(matmul, other)

    def concat(self, other: Any) -> Any:
        """``a || b``"""
        return self.operate(concat_op, other)

    def _rconcat(self, other: Any) -> Any:
        return self.reverse_operate(concat_op, other)

    def is_distinct_from(self, other: Any) -> Any:
        """``a IS DISTINCT FROM b``: like ``!=``, with NULL as a value."""
        return self.operate(is_distinct_from, other)

    def is_not_distinct_from(self, other: Any) -> Any:
        """``a IS NOT DISTINCT FROM b``: like ``=``, with NULL as a value."""
        return self.operate(is_not_distinct_from, other)

    isnot_distinct_from = is_not_distinct_from

    def like(self, other: Any, escape: str | None = None) -> Any:
        """``a LIKE other [ESCAPE escape]``"""
        return self.operate(like_op, other, escape=escape)

    def ilike(self, other: Any, escape: str | None = None) -> Any:
        """Case-insensitive LIKE: ``lower(a) LIKE lower(other)``, or ILIKE where the database has it."""
        return self.operate(ilike_op, other, escape=escape)

    def not_like(self, other: Any, escape: str | None = None) -> Any:
        """``a NOT LIKE other``"""
        return self.operate(not_like_op, other, escape=escape)

    notlike = not_like

    def not_ilike(self, other: Any, escape: str | None = None) -> Any:
        """Negated :meth:`ilike`."""
        return self.operate(not_ilike_op, other, escape=escape)

    notilike = not_ilike

    def bitwise_xor(self, other: Any) -> Any:
        """Bits that differ: ``a ^ b``, spelt as the database spells it."""
        return self.operate(bitwise_xor_op, other)

    def bitwise_or(self, other: Any) -> Any:
        """``a | b``"""
        return self.operate(bitwise_or_op, other)

    def bitwise_and(self, other: Any) -> Any:
        """``a & b``"""
        return self.operate(bitwise_and_op, other)

    def bitwise_not(self) -> Any:
        """``~a``"""
        return self.operate(bitwise_not_op)

    def bitwise_lshift(self, other: Any) -> Any:
        """``a << b``"""
        return self.operate(bitwise_lshift_op, other)

    def bitwise_rshift(self, other: Any) -> Any:
        """``a >> b``"""
        return self.operate(bitwise_rshift_op, other)

    def in_(self, other: Any) -> Any:
        """``a IN (...)``: `other` is a collection of values or expressions, a select, or an expanding bind."""
        return self.operate(in_op, other)

    def not_in(self, other: Any) -> Any:
        """``a NOT IN (...)``"""
        return self.operate(not_in_op, other)

    notin_ = not_in

    def is_(self, other: Any) -> Any:
        """``a IS b``, for None, booleans and what a database takes after IS."""
        return self.operate(is_, other)

    def is_not(self, other: Any) -> Any:
        """``a IS NOT b``"""
        return self.operate(is_not, other)

    isnot = is_not

    def startswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """``a LIKE other || '%'``; with `autoescape` the wildcards in `other` stand for themselves."""
        return self.operate(startswith_op, other, escape=escape, autoescape=autoescape)

    def istartswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """:meth:`startswith` without regard to case."""
        return self.operate(istartswith_op, other, escape=escape, autoescape=autoescape)

    def endswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """``a LIKE '%' || other``; with `autoescape` the wildcards in `other` stand for themselves."""
        return self.operate(endswith_op, other, escape=escape, autoescape=autoescape)

    def iendswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """:meth:`endswith` without regard to case."""
        return self.operate(iendswith_op, other, escape=escape, autoescape=autoescape)

    def contains(self, other: Any, **kw: Any) -> Any:
        """``a LIKE '%' || other || '%'``; `escape` and `autoescape` as for :meth:`startswith`."""
        return self.operate(contains_op, other, **kw)

    def icontains(self, other: Any, **kw: Any) -> Any:
        """:meth:`contains` without regard to case."""
        return self.operate(icontains_op, other, **kw)

    def match(self, other: Any, **kwargs: Any) -> Any:
        """Full-text match, as the database has it."""
        return self.operate(match_op, other, **kwargs)

    def regexp_match(self, pattern: Any, flags: str | None = None) -> Any:
        """True where the regular expression `pattern` (in the database's own syntax) matches."""
        return self.operate(regexp_match_op, pattern, flags=flags)

    def regexp_replace(self, pattern: Any, replacement: Any, flags: str | None = None) -> Any:
        """The text with matches of `pattern` replaced."""
        return self.operate(regexp_replace_op, pattern, replacement=replacement, flags=flags)

    def desc(self) -> Any:
        """``a DESC``, in an ORDER BY."""
        return self.operate(desc_op)

    def asc(self) -> Any:
        """``a ASC``, in an ORDER BY."""
        return self.operate(asc_op)

    def nulls_first(self) -> Any:
        """``a NULLS FIRST``, in an ORDER BY."""
        return self.operate(nulls_first_op)

    nullsfirst = nulls_first

    def nulls_last(self) -> Any:
        """``a NULLS LAST``, in an ORDER BY."""
        return self.operate(nulls_last_op)

    nullslast = nulls_last

    def collate(self, collation: str, collation_schema: str | None = None) -> Any:
        """``a COLLATE collation``"""
        return self.operate(collate, collation, collation_schema=collation_schema)

    def __radd__(self, other: Any) -> Any:
        """``b + a``"""
        return self.reverse_operate(add, other)

    def __rsub__(self, other: Any) -> Any:
        """``b - a``"""
        return self.reverse_operate(sub, other)

    def __rmul__(self, other: Any) -> Any:
        """``b * a``"""
        return self.reverse_operate(mul, other)

    def __rmod__(self, other: Any) -> Any:
        """``b % a``"""
        return self.reverse_operate(mod, other)

    def __rtruediv__(self, other: Any) -> Any:
        """``b / a``"""
        return self.reverse_operate(truediv, other)

    def __rfloordiv__(self, other: Any) -> Any:
        """``b // a``"""
        return self.reverse_operate(floordiv, other)

    def __rpow__(self, other: Any) -> Any:
        """``pow(b, a)``"""
        return self.reverse_operate(pow_, other)

    def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> Any:
        """``a BETWEEN cleft AND cright``"""
        return self.operate(between_op, cleft, cright, symmetric=symmetric)

    def distinct(self) -> Any:
        """``DISTINCT a``, inside an aggregate."""
        return self.operate(distinct_op)

    def any_(self) -> Any:
        """``ANY (a)``, the right side of a comparison."""
        return self.operate(any_op)

    def all_(self) -> Any:
        """``ALL (a)``, the right side of a comparison."""
        return self.operate(all_op)

    def __add__(self, other: Any) -> Any:
        """``a + b``; ``a || b`` for strings."""
        return self.operate(add, other)

    def __sub__(self, other: Any) -> Any:
        """``a - b``"""
        return self.operate(sub, other)

    def __mul__(self, other: Any) -> Any:
        """``a * b``"""
        return self.operate(mul, other)

    def __mod__(self, other: Any) -> Any:
        """``a % b``"""
        return self.operate(mod, other)

    def __truediv__(self, other: Any) -> Any:
        """``a / b``, never cut to an integer."""
        return self.operate(truediv, other)

    def __floordiv__(self, other: Any) -> Any:
        """``a / b`` rounded down."""
        return self.operate(floordiv, other)

    def __pow__(self, other: Any) -> Any:
        """``pow(a, b)``"""
        return self.operate(pow_, other)


# -- operators that Python does not have ------------------------------------------------------------------------------


def _method(name: str, method: str, doc: str) -> OperatorType:
    """Make an operator function that calls `method` of its left operand."""

    def operator(a: Any, *other: Any, **kw: Any) -> Any:
        return getattr(a, method)(*other, **kw)

    operator.__name__ = operator.__qualname__ = name
    operator.__doc__ = doc
    return operator


def _negated(name: str, method: str) -> OperatorType:
    """Make the operator function that is the negation of what `method` applies."""

    def operator(a: Any, *other: Any, **kw: Any) -> Any:
        return ~getattr(a, method)(*other, **kw)

    operator.__name__ = operator.__qualname__ = name
    operator.__doc__ = f"The negation of {method}()."
    return operator


def from_(a: Any, b: Any) -> Any:
    """FROM inside EXTRACT; it groups, and is never applied."""
    raise NotImplementedError("from_ is not applied to operands")


def function_as_comparison_op(a: Any, b: Any) -> Any:
    """A function that is seen as a comparison of two of its arguments; never applied."""
    raise NotImplementedError("function_as_comparison_op is not applied to operands")


def comma_op(a: Any, b: Any) -> Any:
    """The comma of a list; never applied."""
    raise NotImplementedError("comma_op is not applied to operands")


def filter_op(a: Any, b: Any) -> Any:
    """FILTER (WHERE ...) after an aggregate; never applied."""
    raise NotImplementedError("filter_op is not applied to operands")


def as_(a: Any, b: Any) -> Any:
    """AS between an expression and its label; never applied."""
    raise NotImplementedError("as_ is not applied to operands")


def exists() -> Any:
    """EXISTS before a subquery; never applied."""
    raise NotImplementedError("exists is not applied to operands")


def null_op(a: Any, b: Any) -> Any:
    """Two expressions side by side, nothing between; never applied."""
    raise NotImplementedError("null_op is not applied to operands")


def json_getitem_op(a: Any, b: Any) -> Any:
    """Index access into JSON; made from ``getitem``, never applied."""
    raise NotImplementedError("json_getitem_op is not applied to operands")


def json_path_getitem_op(a: Any, b: Any) -> Any:
    """Path access into JSON; made from ``getitem``, never applied."""
    raise NotImplementedError("json_path_getitem_op is not applied to operands")


def contains(a: Any, b: Any) -> Any:
    """``b in a``, for types that define it."""
    return b in a


def is_true(a: Any) -> Any:
    """Test for truth, where a database has no boolean values; never applied."""
    raise NotImplementedError("is_true is not applied to operands")


def is_false(a: Any) -> Any:
    """Test for falsehood, where a database has no boolean values; never applied."""
    raise NotImplementedError("is_false is not applied to operands")


def asbool(a: Any) -> Any:
    """A value that stands where a condition is wanted; never applied."""
    raise NotImplementedError("asbool is not applied to operands")


istrue = is_true
isfalse = is_false

is_distinct_from = _method("is_distinct_from", "is_distinct_from", "IS DISTINCT FROM")
is_not_distinct_from = _method("is_not_distinct_from", "is_not_distinct_from", "IS NOT DISTINCT FROM")
isnot_distinct_from = is_not_distinct_from
is_ = _method("is_", "is_", "IS")
is_not = _method("is_not", "is_not", "IS NOT")
isnot = is_not
collate = _method("collate", "collate", "COLLATE")
like_op = _method("like_op", "like", "LIKE")
not_like_op = notlike_op = _method("not_like_op", "not_like", "NOT LIKE")
ilike_op = _method("ilike_op", "ilike", "LIKE without regard to case")
not_ilike_op = notilike_op = _method("not_ilike_op", "not_ilike", "NOT LIKE without regard to case")
between_op = _method("between_op", "between", "BETWEEN")
not_between_op = notbetween_op = _negated("not_between_op", "between")
in_op = _method("in_op", "in_", "IN")
not_in_op = notin_op = _method("not_in_op", "not_in", "NOT IN")
distinct_op = _method("distinct_op", "distinct", "DISTINCT")
any_op = _method("any_op", "any_", "ANY")
all_op = _method("all_op", "all_", "ALL")
startswith_op = _method("startswith_op", "startswith", "LIKE 'x%'")
not_startswith_op = notstartswith_op = _negated("not_startswith_op", "startswith")
istartswith_op = _method("istartswith_op", "istartswith", "LIKE 'x%' without regard to case")
not_istartswith_op = _negated("not_istartswith_op", "istartswith")
endswith_op = _method("endswith_op", "endswith", "LIKE '%x'")
not_endswith_op = notendswith_op = _negated("not_endswith_op", "endswith")
iendswith_op = _method("iendswith_op", "iendswith", "LIKE '%x' without regard to case")
not_iendswith_op = _negated("not_iendswith_op", "iendswith")
contains_op = _method("contains_op", "contains", "LIKE '%x%'")
not_contains_op = notcontains_op = _negated("not_contains_op", "contains")
icontains_op = _method("icontains_op", "icontains", "LIKE '%x%' without regard to case")
not_icontains_op = _negated("not_icontains_op", "icontains")
match_op = _method("match_op", "match", "MATCH")
not_match_op = notmatch_op = _negated("not_match_op", "match")
regexp_match_op = _method("regexp_match_op", "regexp_match", "match of a regular expression")
not_regexp_match_op = _negated("not_regexp_match_op", "regexp_match")
regexp_replace_op = _method("regexp_replace_op", "regexp_replace", "replacement by regular expression")
desc_op = _method("desc_op", "desc", "DESC")
asc_op = _method("asc_op", "asc", "ASC")
nulls_first_op = nullsfirst_op = _method("nulls_first_op", "nulls_first", "NULLS FIRST")
nulls_last_op = nullslast_op = _method("nulls_last_op", "nulls_last", "NULLS LAST")
bitwise_xor_op = _method("bitwise_xor_op", "bitwise_xor", "exclusive or of bits")
bitwise_or_op = _method("bitwise_or_op", "bitwise_or", "or of bits")
bitwise_and_op = _method("bitwise_and_op", "bitwise_and", "and of bits")
bitwise_not_op = _method("bitwise_not_op", "bitwise_not", "bits turned over")
bitwise_lshift_op = _method("bitwise_lshift_op", "bitwise_lshift", "bits shifted left")
bitwise_rshift_op = _method("bitwise_rshift_op", "bitwise_rshift", "bits shifted right")


def concat_op(a: Any, b: Any) -> Any:
    """``||``; also where only the right side is an expression."""
    if hasattr(a, "concat"):
        return a.concat(b)
    return b._rconcat(a)


# -- facts about operators --------------------------------------------------------------------------------------------

NEGATIONS: Final[dict[OperatorType, OperatorType]] = {}
for _a, _b in (
    (eq, ne),
    (lt, ge),
    (le, gt),
    (like_op, not_like_op),
    (ilike_op, not_ilike_op),
    (in_op, not_in_op),
    (is_, is_not),
    (is_distinct_from, is_not_distinct_from),
    (between_op, not_between_op),
    (startswith_op, not_startswith_op),
    (istartswith_op, not_istartswith_op),
    (endswith_op, not_endswith_op),
    (iendswith_op, not_iendswith_op),
    (contains_op, not_contains_op),
    (icontains_op, not_icontains_op),
    (match_op, not_match_op),
    (regexp_match_op, not_regexp_match_op),
    (is_true, is_false),
):
    NEGATIONS[_a] = _b
    NEGATIONS[_b] = _a
# ``not (a < b)`` is written as ``a >= b`` and the other way round.
NEGATIONS[ge] = lt
NEGATIONS[gt] = le

#: How the sides of a comparison may be swapped.
MIRRORED: Final[dict[OperatorType, OperatorType]] = {
    eq: eq,
    ne: ne,
    lt: gt,
    gt: lt,
    le: ge,
    ge: le,
}

_COMPARISON: Final[frozenset[OperatorType]] = frozenset(
    {
        eq,
        ne,
        lt,
        le,
        gt,
        ge,
        between_op,
        like_op,
        is_,
        is_not,
        is_distinct_from,
        is_not_distinct_from,
        not_between_op,
        not_like_op,
    }
)
_COMMUTATIVE: Final[frozenset[OperatorType]] = frozenset({eq, ne, add, mul})
_ASSOCIATIVE: Final[frozenset[OperatorType]] = frozenset({and_, or_, concat_op, add, mul})
_ORDERING: Final[frozenset[OperatorType]] = frozenset({asc_op, desc_op, nulls_first_op, nulls_last_op})
_BOOLEAN: Final[frozenset[OperatorType]] = frozenset({and_, or_, inv, is_true, is_false})
#: ``(a op b) op c`` is written without parentheses.
_NATURAL: Final[frozenset[OperatorType]] = frozenset(
    {and_, or_, concat_op, add, mul, getitem, json_getitem_op, json_path_getitem_op}
)

#: How tightly operators bind, highest first. An operand whose operator binds no tighter than the one outside of it is
#: put in parentheses.
_LEVELS: Final[tuple[tuple[int, tuple[OperatorType, ...]], ...]] = (
    (
        15,
        (
            from_,
            function_as_comparison_op,
            any_op,
            all_op,
            getitem,
            json_getitem_op,
            json_path_getitem_op,
            pow_,
        ),
    ),
    (8, (mul, truediv, floordiv, mod, neg, bitwise_not_op)),
    (
        7,
        (
            add,
            sub,
            matmul,
            bitwise_xor_op,
            bitwise_or_op,
            bitwise_and_op,
            bitwise_lshift_op,
            bitwise_rshift_op,
            null_op,
        ),
    ),
    (6, (filter_op,)),
    (
        5,
        (
            concat_op,
            match_op,
            not_match_op,
            regexp_match_op,
            not_regexp_match_op,
            regexp_replace_op,
            like_op,
            not_like_op,
            ilike_op,
            not_ilike_op,
            in_op,
            not_in_op,
            is_,
            is_not,
            eq,
            ne,
            gt,
            lt,
            ge,
            le,
            is_distinct_from,
            is_not_distinct_from,
            between_op,
            not_between_op,
            distinct_op,
            inv,
            is_true,
            is_false,
        ),
    ),
    (4, (collate,)),
    (3, (and_, desc_op, asc_op)),
    (2, (or_,)),
    (0, (exists,)),
    (-1, (comma_op, as_)),
    (-10, (asbool,)),
)
PRECEDENCE: Final[dict[OperatorType, int]] = {op: level for level, ops in _LEVELS for op in ops}
_LOWEST: Final = -100
_HIGHEST: Final = 100


def precedence_of(operator: OperatorType) -> int:
    """How tightly `operator` binds."""
    level = PRECEDENCE.get(operator)
    if level is not None:
        return level
    found: int = getattr(operator, "precedence", 0)
    return found


def is_precedent(operator: OperatorType, against: OperatorType | None) -> bool:
    """True when an expression of `operator` needs parentheses inside one of `against`.

    Inside something without a rank (None among it) everything does; an operator without a rank does inside anything.
    """
    if operator is against and is_natural_self_precedent(operator):
        return False
    inner = PRECEDENCE.get(operator)
    if inner is None:
        inner = getattr(operator, "precedence", _LOWEST)
    outer = PRECEDENCE.get(against) if against is not None else None
    if outer is None:
        outer = getattr(against, "precedence", _HIGHEST)
    return inner <= outer


def is_natural_self_precedent(op: OperatorType) -> bool:
    """True when a chain of `op` needs no parentheses."""
    return op in _NATURAL or (isinstance(op, custom_op) and op.natural_self_precedent)


def is_associative(op: OperatorType) -> bool:
    """True when ``(a op b) op c`` equals ``a op (b op c)``."""
    return op in _ASSOCIATIVE


def is_commutative(op: OperatorType) -> bool:
    """True when ``a op b`` equals ``b op a``."""
    return op in _COMMUTATIVE


commutative_op = is_commutative


def is_comparison(op: OperatorType) -> bool:
    """True when the operator compares."""
    return op in _COMPARISON or (isinstance(op, custom_op) and op.is_comparison)


comparison_op = is_comparison


def is_boolean(op: OperatorType) -> bool:
    """True when the result is true or false."""
    return is_comparison(op) or op in _BOOLEAN


def is_ordering_modifier(op: OperatorType) -> bool:
    """True for DESC, ASC, NULLS FIRST, NULLS LAST."""
    return op in _ORDERING


is_order_by_modifier = is_ordering_modifier


def mirror(op: OperatorType) -> OperatorType:
    """The operator to use when the sides of a comparison are swapped."""
    return MIRRORED.get(op, op)


_GROUPS: Final[tuple[tuple[OperatorClass, tuple[OperatorType, ...]], ...]] = (
    (OperatorClass.BASE, (is_, is_not, is_distinct_from, is_not_distinct_from, null_op, filter_op, as_, from_)),
    (OperatorClass.BOOLEAN_ALGEBRA, (and_, or_, is_true, is_false)),
    (OperatorClass.BOOLEAN_ALGEBRA | OperatorClass.BITWISE, (inv,)),
    (OperatorClass.EQUALITY, (eq, ne, in_op, not_in_op, any_op, all_op, distinct_op)),
    (
        OperatorClass.ORDERING,
        (lt, le, gt, ge, between_op, not_between_op, asc_op, desc_op, nulls_first_op, nulls_last_op),
    ),
    (OperatorClass.INDEXABLE, (getitem,)),
    (OperatorClass.JSON_GETITEM, (json_getitem_op, json_path_getitem_op)),
    (OperatorClass.CONTAINS, (contains, contains_op, not_contains_op, icontains_op, not_icontains_op)),
    (OperatorClass.CONCATENABLE | OperatorClass.BITWISE, (concat_op,)),
    (
        OperatorClass.CONCATENABLE | OperatorClass.MATH | OperatorClass.BITWISE | OperatorClass.DATE_ARITHEMETIC,
        (add,),
    ),
    (OperatorClass.MATH | OperatorClass.DATE_ARITHEMETIC, (sub,)),
    (OperatorClass.MATH, (mul, truediv, floordiv, mod, neg, pow_, matmul)),
    (
        OperatorClass.BITWISE,
        (
            lshift,
            rshift,
            bitwise_and_op,
            bitwise_or_op,
            bitwise_xor_op,
            bitwise_not_op,
            bitwise_lshift_op,
            bitwise_rshift_op,
        ),
    ),
    (
        OperatorClass.STRING_MATCH,
        (
            collate,
            like_op,
            not_like_op,
            ilike_op,
            not_ilike_op,
            startswith_op,
            not_startswith_op,
            istartswith_op,
            not_istartswith_op,
            endswith_op,
            not_endswith_op,
            iendswith_op,
            not_iendswith_op,
            match_op,
            not_match_op,
            regexp_match_op,
            not_regexp_match_op,
            regexp_replace_op,
        ),
    ),
)
OPERATOR_CLASSES: Final[dict[OperatorType, OperatorClass]] = {op: group for group, ops in _GROUPS for op in ops}


def operator_class_of(op: OperatorType) -> OperatorClass:
    """The groups of operators that `op` belongs to."""
    found = OPERATOR_CLASSES.get(op)
    if found is None:
        found = getattr(op, "operator_class", OperatorClass.BASE)
    return found
