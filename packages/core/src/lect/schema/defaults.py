"""Where a column's value comes from when a statement gives none: Python, a SQL expression, the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from lect.exc import ArgumentError
from lect.schema.base import SchemaItem
from lect.sql.element import ClauseElement

__all__ = [
    "CallableColumnDefault",
    "ColumnDefault",
    "ColumnElementColumnDefault",
    "DefaultClause",
    "DefaultGenerator",
    "FetchedValue",
    "ScalarElementColumnDefault",
    "SentinelDefault",
    "default_for",
    "server_default_for",
]


class _ColumnAttribute(SchemaItem):
    """A default of either side: the attribute of the column it fills depends on which side and which statement."""

    for_update: bool = False
    column: Any = None
    _slots: ClassVar[tuple[str, str]] = ("default", "onupdate")

    is_sequence: ClassVar[bool] = False
    is_identity: ClassVar[bool] = False
    is_server_default: ClassVar[bool] = False
    is_clause_element: ClassVar[bool] = False
    is_callable: ClassVar[bool] = False
    is_scalar: ClassVar[bool] = False
    is_sentinel: ClassVar[bool] = False
    has_arg: ClassVar[bool] = False

    def _set_parent(self, parent: Any, **how: Any) -> None:
        self.column = parent
        setattr(parent, self._slots[1] if self.for_update else self._slots[0], self)


class DefaultGenerator(_ColumnAttribute):
    """A default that Lect sees to: a Python value, a Python function, a SQL expression or a sequence."""

    __visit_name__ = "default_generator"

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'for_update=True' if self.for_update else ''})"


class ColumnDefault(DefaultGenerator):
    """A default given as a value, as a function of no argument or of the execution context, or as a SQL expression.

    Making a ColumnDefault makes one of its three kinds; `arg` is what was given.
    """

    __visit_name__ = "column_default"
    arg: Any
    has_arg = True

    def __new__(cls, arg: Any = None, for_update: bool = False) -> ColumnDefault:
        if cls is not ColumnDefault:
            return super().__new__(cls)
        if isinstance(arg, FetchedValue):
            raise ArgumentError("ColumnDefault may not be a server-side default type.")
        if isinstance(arg, ClauseElement) or hasattr(type(arg), "__clause_element__"):
            return super().__new__(ColumnElementColumnDefault)
        if callable(arg):
            return super().__new__(CallableColumnDefault)
        return super().__new__(ScalarElementColumnDefault)

    def __init__(self, arg: Any, for_update: bool = False) -> None:
        super().__init__(for_update)
        self.arg = arg

    def compare(self, other: Any) -> bool:
        """Whether `other` is a default of the same kind, for the same statement, with the same argument."""
        return (
            isinstance(other, ColumnDefault)
            and type(other) is type(self)
            and other.for_update == self.for_update
            and self.compare_argument(other.arg)
        )

    def compare_argument(self, argument: Any) -> bool:
        """Whether `argument` is what this default was made with."""
        if isinstance(self.arg, ClauseElement):
            return isinstance(argument, ClauseElement) and bool(self.arg.compare(argument))
        if self.is_callable:
            return argument is self.arg or argument is getattr(self.arg, "__wrapped__", None)
        return not isinstance(argument, ClauseElement) and bool(self.arg == argument)

    def _copy(self) -> ColumnDefault:
        return type(self)(self.arg, self.for_update)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.arg!r})"


class ScalarElementColumnDefault(ColumnDefault):
    """A plain Python value, bound like a value of the statement."""

    is_scalar = True


class ColumnElementColumnDefault(ColumnDefault):
    """A SQL expression, written into the statement."""

    is_clause_element = True

    def __init__(self, arg: Any, for_update: bool = False) -> None:
        if not isinstance(arg, ClauseElement):
            arg = arg.__clause_element__()
        super().__init__(arg, for_update)

    @property
    def _arg_is_typed(self) -> bool:
        """Whether the expression's type is known, so that a value fetched before the statement can be converted."""
        type_ = getattr(self.arg, "type", None)
        return type_ is not None and type(type_).__name__ != "NullType"


def _positional_arguments(function: Callable[..., Any]) -> int | None:
    """Return how many positional arguments `function` needs at least; None when Python cannot tell (a C function)."""
    import inspect

    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters) and not positional:
        return 1
    return len([p for p in positional if p.default is p.empty])


class CallableColumnDefault(ColumnDefault):
    """A Python function, called for every row; it may take the execution context."""

    is_callable = True

    def __init__(self, arg: Callable[..., Any], for_update: bool = False) -> None:
        super().__init__(self._accepting_context(arg), for_update)

    def _copy(self) -> ColumnDefault:
        copy = CallableColumnDefault.__new__(CallableColumnDefault)
        DefaultGenerator.__init__(copy, self.for_update)
        copy.arg = self.arg
        return copy

    @staticmethod
    def _accepting_context(function: Callable[..., Any]) -> Callable[[Any], Any]:
        required = (
            0 if isinstance(function, type) and function.__module__ == "builtins" else _positional_arguments(function)
        )
        if required == 1:
            return function
        if required is None or required == 0:
            return _ignoring_context(function)
        raise ArgumentError(
            f"ColumnDefault Python function takes zero or one positional arguments; {function!r} takes {required}"
        )


def _ignoring_context(function: Callable[..., Any]) -> Callable[[Any], Any]:
    def call(context: Any) -> Any:
        return function()

    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        if hasattr(function, name):
            setattr(call, name, getattr(function, name))
    if not hasattr(function, "__name__"):  # a partial, an object with __call__
        call.__name__ = type(function).__name__
    call.__wrapped__ = function  # type: ignore[attr-defined]
    return call


class FetchedValue(_ColumnAttribute):
    """The server fills the column by means the schema does not show (a trigger, an existing default)."""

    __visit_name__ = "fetched_value"
    _slots = ("server_default", "server_onupdate")
    is_server_default = True
    reflected: bool = False
    has_argument: bool = False

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def _as_for_update(self, for_update: bool) -> FetchedValue:
        """Return this value for the other kind of statement (a copy when it is not that already)."""
        return self if self.for_update == for_update else self._clone_for(for_update)

    def _copy(self) -> FetchedValue:
        return self._clone_for(self.for_update)

    def _clone_for(self, for_update: bool) -> FetchedValue:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.pop("column", None)
        copy.for_update = for_update
        return copy

    def __repr__(self) -> str:
        return f"{type(self).__name__}()" if type(self) is FetchedValue else super().__repr__()


class DefaultClause(FetchedValue):
    """A DEFAULT in the column's DDL: a string (a literal), or a SQL expression."""

    has_argument = True

    def __init__(self, arg: Any, for_update: bool = False, _reflected: bool = False) -> None:
        if not isinstance(arg, (str, ClauseElement)):
            element = getattr(arg, "__clause_element__", None)
            if element is None:
                raise ArgumentError(
                    f"Argument 'arg' is expected to be one of type '{str}' or a SQL expression, got '{type(arg)}'"
                )
            arg = element()
        super().__init__(for_update)
        self.arg = arg
        self.reflected = _reflected

    def __repr__(self) -> str:
        return f"DefaultClause({self.arg!r}, for_update={self.for_update!r})"


class SentinelDefault(DefaultGenerator):
    """The number of the row in a many-row INSERT; fills a column made by ``insert_sentinel()``."""

    is_sentinel = True

    def _copy(self) -> SentinelDefault:
        return SentinelDefault(self.for_update)


def default_for(value: Any, *, for_update: bool = False) -> Any:
    """Return what `default=value` or `onupdate=value` of a column means: itself if it is a default already."""
    if isinstance(value, (ColumnDefault, DefaultGenerator)):
        return value
    return ColumnDefault(value, for_update)


def server_default_for(value: Any, *, for_update: bool = False) -> Any:
    """Return what `server_default=value` or `server_onupdate=value` of a column means."""
    if isinstance(value, FetchedValue):
        return value._as_for_update(for_update)
    return DefaultClause(value, for_update)
