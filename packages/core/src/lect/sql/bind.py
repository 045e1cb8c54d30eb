"""Bound values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from lect.absent import NO_ARG
from lect.exc import ArgumentError
from lect.operators import OperatorType, in_op
from lect.shape import Shape, intern
from lect.sql.anonymous import anonymous_name
from lect.sql.element import MAKE, ColumnElement
from lect.sql.node import Node
from lect.types.null import NULLTYPE
from lect.types.type_engine import TypeEngine, resolve_value_type, to_instance

__all__ = ["BindParameter", "bindparam", "outparam", "plain_bind"]

_T = TypeVar("_T")


class _ItsOwnLeaf:
    """`_leaves` of a parameter, made when asked for: kept with it, it would be a circle that only the collector frees,
    with the user's value inside."""

    __slots__ = ()

    def __get__(self, bind: Any, owner: Any) -> tuple[Any, ...]:
        return () if bind is None else (bind,)


class BindParameter(ColumnElement[_T]):
    """A value that travels beside the statement, or the place for one.

    Attributes:
        key: its name. When `unique`, the base of the name that it gets when the statement is written (``x_1``).
        value: the value, None when there is none.
        required: there is no value; it must be given at execution.
        callable: a function that gives the value at execution.
        expanding: the value is a list, written as ``(:x_1, :x_2, ...)`` at execution.
        literal_execute: the value is written into the text at execution.
        isoutparam: the database writes it, in procedures.
    """

    __visit_name__ = "bindparam"
    _is_bind_parameter = True
    _leaves = _ItsOwnLeaf()

    key: str
    value: Any = None
    callable: Callable[[], Any] | None = None
    unique: bool = False
    required: bool = False
    expanding: bool = False
    expand_op: OperatorType | None = None
    literal_execute: bool = False
    isoutparam: bool = False
    #: The type follows from the value: another value may bring another type.
    _type_of_value: bool = False
    #: The value of a LIMIT, OFFSET or FETCH.
    _is_limit: bool = False
    #: The parameter this one is a copy of, for a rule's use: it has the value of that one.
    _stands_for: BindParameter[Any] | None = None

    def __init__(
        self,
        key: str | None,
        value: Any = NO_ARG,
        type_: Any = None,
        unique: bool = False,
        required: Any = NO_ARG,
        quote: bool | None = None,
        callable_: Callable[[], Any] | None = None,
        expanding: bool = False,
        isoutparam: bool = False,
        literal_execute: bool = False,
        _compared_to_operator: OperatorType | None = None,
        _compared_to_type: TypeEngine[Any] | None = None,
    ) -> None:
        if required is NO_ARG:
            required = value is NO_ARG and callable_ is None
        if value is NO_ARG:
            value = None
        if key is None:
            self.key = "param"
            unique = True
        else:
            self.key = _name_of(key, quote)
        self.value = value
        self.unique = unique
        if callable_ is not None:
            self.callable = callable_
        if required:
            self.required = True
        if isoutparam:
            self.isoutparam = True
        if expanding:
            self.expanding = True
            if _compared_to_operator is not None:
                self.expand_op = _compared_to_operator
        if literal_execute:
            self.literal_execute = True
        if type_ is None:
            sample = _sample(value) if expanding else value
            if _compared_to_type is not None:
                self.type = _compared_to_type.coerce_compared_value(_compared_to_operator, sample)
                if _compared_to_type.sensitive:
                    self.type = self.type.as_sensitive()
            else:
                self.type = resolve_value_type(sample)
                self._type_of_value = True
        else:
            given = to_instance(type_)
            if given._is_tuple_type and (value is not None or expanding):
                sample = _sample(value) if expanding else value
                given = given._resolve_values_to_types(sample) if sample is not None else given
            self.type = given

    # -- structure -----------------------------------------------------------------------------------------------------

    def _structure(self) -> Shape:
        type_ = self.type
        key = self.key
        quoted = getattr(key, "quote", None)
        flags = (
            (1 if self.unique else 0)
            | (2 if self.expanding else 0)
            | (4 if self.literal_execute else 0)
            | (8 if self.isoutparam else 0)
            | (16 if self.required else 0)
            | (32 if quoted else 0)
        )
        name = key.base if isinstance(key, anonymous_name) else str(key)
        shape = self._shape = intern((BindParameter, type_._shape or type_._structure(), name, flags, self.expand_op))
        return shape

    def _inner_leaves(self) -> None:
        """A bound parameter has nothing inside (see :mod:`lect.sql.node`)."""
        return

    def get_children(self) -> Iterator[Node]:
        return iter(())

    def _same_as(self, other: Any, same: Any) -> bool:
        return (
            self.type._compare_type_affinity(other.type)
            and ((self.unique and other.unique) or self.key == other.key)
            and type(self.value) is type(other.value)
            and self.type.compare_values(self.value, other.value)
            and self.callable is other.callable
        )

    # -- values --------------------------------------------------------------------------------------------------------

    @property
    def effective_value(self) -> Any:
        """The value, by way of `callable` when there is one."""
        return self.callable() if self.callable is not None else self.value

    def _with_value(self, value: Any, maintain_key: bool = False, required: Any = NO_ARG) -> BindParameter[_T]:
        """Return a copy with a value; with a name of its own when `maintain_key` is true."""
        copy: BindParameter[_T] = object.__new__(self.__class__)
        copy.__dict__ = state = self.__dict__.copy()
        # What _clone() leaves out, too.
        for memo in ("_shape", "_leaves", "_proxy_set"):
            if memo in state:
                del state[memo]
        copy.value = value
        copy.callable = None
        copy.required = False if required is NO_ARG else required
        if maintain_key:
            copy.unique = True
        if copy.type is NULLTYPE:
            copy.type = resolve_value_type(_sample(value) if self.expanding else value)
        return copy

    def _with_type(self, type_: Any) -> BindParameter[Any]:
        copy = self._clone()
        copy.type = to_instance(type_)
        return copy

    def _as_expanding(self, op: OperatorType | None, left_type: Any = None) -> BindParameter[Any]:
        """Return a copy that takes a list, for the right side of IN."""
        copy = self._clone()
        copy.expanding = True
        copy.expand_op = op
        if left_type is not None and (copy.type is NULLTYPE or self._type_of_value):
            copy.type = left_type
        return copy

    def _as_in_list(self) -> Any:
        return self if self.expanding else self._as_expanding(in_op)

    def render_literal_execute(self) -> BindParameter[_T]:
        """Return a copy whose value is written into the text at execution."""
        copy = self._clone()
        copy.literal_execute = True
        copy._stands_for = self
        return copy

    def _bind_param(self, operator: OperatorType | None, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        return BindParameter(
            None,
            obj,
            type_=type_,
            unique=True,
            expanding=expanding,
            _compared_to_operator=operator,
            _compared_to_type=self.type,
        )

    @property
    def _proxy_key(self) -> str | None:
        return None if self.unique else self.key

    def __repr__(self) -> str:
        name = self.key.base if isinstance(self.key, anonymous_name) else self.key
        value = "***" if self.type.sensitive else repr(self.value)
        return f"BindParameter({name!r}, {value}, type_={self.type!r})"


def _name_of(key: Any, quote: bool | None) -> str:
    if not isinstance(key, str):
        named = getattr(key, "key", None)  # a column: bindparam(t.c.x)
        if not isinstance(named, str):
            raise ArgumentError(f"the name of a bound parameter must be a string or None, not {key!r}")
        key = named
    found: str = key
    return found


def _sample(values: Any) -> Any:
    """Return the first value of a list that is not None, for its type."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        return None
    for value in values:
        if value is not None:
            return value
    return None


def plain_bind(key: str, value: Any, type_: TypeEngine[Any]) -> BindParameter[Any]:
    """Return a bound value whose type is known: the short way for operators."""
    bind: BindParameter[Any] = BindParameter.__new__(BindParameter)
    bind.key = key
    bind.value = value
    bind.type = type_
    bind.unique = True
    return bind


def bindparam(
    key: str | None,
    value: Any = NO_ARG,
    type_: Any = None,
    unique: bool = False,
    required: Any = NO_ARG,
    quote: bool | None = None,
    callable_: Callable[[], Any] | None = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[Any]:
    """Return a bound parameter by name; see :class:`BindParameter` for the arguments."""
    return BindParameter(
        key,
        value,
        type_,
        unique,
        required,
        quote,
        callable_,
        expanding,
        isoutparam,
        literal_execute,
    )


def outparam(key: str, type_: Any = None) -> BindParameter[Any]:
    """Return a parameter that a procedure writes."""
    return BindParameter(key, None, type_=type_, unique=False, isoutparam=True)


MAKE.bind = BindParameter
