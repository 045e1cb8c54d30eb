"""Default rules for types: their names in DDL and CAST.

A rule is registered with :func:`type_rule`, so that a type with a variant for the dialect, or one that the dialect
has a class of its own for, is written as that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lect.compile.default import default_dialect
from lect.compile.table import ANSI, RuleTable
from lect.compile.writer import Writer
from lect.exc import CompileError
from lect.types import sql_types as sql
from lect.types import type_engine
from lect.types.array import ARRAY
from lect.types.boolean import Boolean
from lect.types.decorator import TypeDecorator
from lect.types.enumerated import Enum
from lect.types.json_type import JSON
from lect.types.large_binary import LargeBinary
from lect.types.null import NullType
from lect.types.numeric import BigInteger, Double, Float, Integer, Numeric, SmallInteger
from lect.types.string import String, Text
from lect.types.temporal import Date, DateTime, Time
from lect.types.type_engine import TypeEngine
from lect.types.user_defined import UserDefinedType
from lect.types.uuid_type import UUID, Uuid

__all__ = ["type_rule", "with_collation", "with_length"]

_R = TypeVar("_R", bound=Callable[[Any, Any], str])


def type_rule(table: RuleTable, *classes: type) -> Callable[[_R], _R]:
    """Register the decorated function as the rule for types of `classes` in `table`."""

    def register(function: _R) -> _R:
        def rule(type_: Any, writer: Any) -> str:
            own = type_._unwrapped_dialect_impl(writer.dialect)
            if own is not type_ and (own.__class__ is not type_.__class__ or type_._variant_mapping):
                return writer.render(own)  # type: ignore[no-any-return]
            return function(type_, writer)

        rule.__name__ = getattr(function, "__name__", "rule")
        rule.__doc__ = function.__doc__
        table.rule(*classes)(rule)
        return function

    return register


def with_length(name: str, length: int | None) -> str:
    """Return ``name(length)``, or the name."""
    return name if length is None else f"{name}({int(length)})"


def with_collation(text: str, type_: Any, writer: Any) -> str:
    """Return a type's text with its collation."""
    if not type_.collation:
        return text
    schema = getattr(type_, "collation_schema", None)
    prefix = f"{writer.quote(schema)}." if schema else ""
    return f"{text} COLLATE {prefix}{writer.quote(type_.collation)}"


def _fixed(text: str, *classes: type) -> None:
    def rule(type_: Any, writer: Any) -> str:
        return text

    type_rule(ANSI, *classes)(rule)


_fixed("INTEGER", Integer)
_fixed("SMALLINT", SmallInteger)
_fixed("BIGINT", BigInteger)
_fixed("FLOAT", Float)
_fixed("DOUBLE", Double)
_fixed("REAL", sql.REAL)
_fixed("DOUBLE PRECISION", sql.DOUBLE_PRECISION)
_fixed("BOOLEAN", Boolean)
_fixed("DATE", Date)
_fixed("DATETIME", DateTime)
_fixed("TIME", Time)
_fixed("TIMESTAMP", sql.TIMESTAMP)
_fixed("UUID", UUID)


@type_rule(ANSI, Numeric)
def numeric(type_: Numeric, writer: Any) -> str:
    """``NUMERIC(precision, scale)``"""
    return _sized(type_, "DECIMAL" if isinstance(type_, sql.DECIMAL) else "NUMERIC")


def _sized(type_: Any, name: str) -> str:
    if type_.precision is None:
        return name
    if type_.scale is None:
        return f"{name}({int(type_.precision)})"
    return f"{name}({int(type_.precision)}, {int(type_.scale)})"


@type_rule(ANSI, String)
def string(type_: String, writer: Any) -> str:
    """``VARCHAR(length)``"""
    return with_collation(with_length("VARCHAR", type_.length), type_, writer)


@type_rule(ANSI, Text)
def text(type_: Text, writer: Any) -> str:
    """``TEXT``"""
    return with_collation(with_length("TEXT", type_.length), type_, writer)


@type_rule(ANSI, sql.CHAR, sql.NCHAR, sql.NVARCHAR, sql.CLOB)
def sized_string(type_: String, writer: Any) -> str:
    """``CHAR(length)`` and others by the name of their class."""
    name = type_.__visit_name__
    return with_collation(with_length(name, type_.length), type_, writer)


@type_rule(ANSI, LargeBinary)
def large_binary(type_: Any, writer: Any) -> str:
    """``BLOB``"""
    return "BLOB"


@type_rule(ANSI, sql.BINARY, sql.VARBINARY)
def sized_binary(type_: Any, writer: Any) -> str:
    """``BINARY(length)``, ``VARBINARY(length)``"""
    return with_length(type_.__visit_name__, type_.length)


@type_rule(ANSI, Enum)
def enum(type_: Enum, writer: Any) -> str:
    """``VARCHAR`` as long as the longest value."""
    return with_collation(with_length("VARCHAR", type_.length), type_, writer)


@type_rule(ANSI, Uuid)
def uuid(type_: Any, writer: Any) -> str:
    """``CHAR(32)``; ``UUID`` where there is such a type."""
    if type_.native_uuid and writer.capabilities.native_uuid:
        return "UUID"
    return "CHAR(32)"


@type_rule(ANSI, NullType)
def null_type(type_: NullType, writer: Any) -> str:
    """Refused: nobody said which type."""
    raise CompileError(f"Can't generate DDL for {type_!r}; did you forget to specify a type on this Column?")


@type_rule(ANSI, JSON)
def json(type_: JSON, writer: Any) -> str:
    """Refused unless the dialect has it."""
    writer.refuse("the type JSON", instead="use Text and json.dumps(), or a TypeDecorator that does so")
    return ""


@type_rule(ANSI, ARRAY)
def array(type_: ARRAY, writer: Any) -> str:
    """Refused unless the dialect has it."""
    writer.refuse("the type ARRAY")
    return ""


@ANSI.rule(TypeDecorator)
def decorator(type_: TypeDecorator[Any], writer: Any) -> str:
    """The decorated type, or what the dialect has in place of both."""
    own = type_.dialect_impl(writer.dialect)
    if not own._is_type_decorator:
        return writer.render(own)  # type: ignore[no-any-return]
    return writer.render(type_.type_engine(writer.dialect))  # type: ignore[no-any-return]


@type_rule(ANSI, UserDefinedType)
def user_defined(type_: UserDefinedType[Any], writer: Any) -> str:
    """What its ``get_col_spec()`` says."""
    return type_.get_col_spec()


@type_rule(ANSI, TypeEngine)
def unknown(type_: TypeEngine[Any], writer: Any) -> str:
    """Refused: it is no type with a name."""
    writer.missing(type_)
    return ""


def _compile_type(type_: TypeEngine[Any], dialect: Any) -> str:
    """Write a type by itself: what ``str(type)`` and ``type.compile(dialect)`` call."""
    return Writer(default_dialect() if dialect is None else dialect).render(type_)


type_engine.compile_hook = _compile_type
