"""Columns of a table declared as a class: attributes with annotations, Columns, or both."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Final, Generic, TypeVar

from lect.exc import ArgumentError
from lect.schema.column import Column
from lect.types.boolean import Boolean
from lect.types.interval import Interval
from lect.types.large_binary import LargeBinary
from lect.types.numeric import Double, Integer, Numeric
from lect.types.string import String
from lect.types.temporal import Date, DateTime, Time
from lect.types.uuid_type import Uuid

__all__ = ["Named", "TypedColumns", "columns_declared", "spread"]

_T = TypeVar("_T")

#: By module and name, so that modules are not imported for the sake of types that nobody uses.
_TYPES: Final[dict[str, type[Any]]] = {
    "builtins.bool": Boolean,
    "builtins.bytes": LargeBinary,
    "builtins.float": Double,
    "builtins.int": Integer,
    "builtins.str": String,
    "datetime.date": Date,
    "datetime.datetime": DateTime,
    "datetime.time": Time,
    "datetime.timedelta": Interval,
    "decimal.Decimal": Numeric,
    "uuid.UUID": Uuid,
}


class Named(Generic[_T]):
    """The annotation of a column in :class:`TypedColumns`: ``name: Named[str]``, ``age: Named[int | None]``."""


class TypedColumns:
    """Base of classes that declare the columns of a :class:`~lect.schema.table.Table`, which takes them as an argument.

    An attribute is a Column, or annotated with ``Named[...]`` (or ``Column[...]``), or both: the annotation says type
    and nullability where the Column does not. The name is the attribute's. Columns of base classes come first; in one
    class, those without an annotation do. The table gets copies::

        class person_columns(TypedColumns):
            id = Column(Integer, primary_key=True)
            name: Named[str]                          # String, NOT NULL
            age: Named[int | None] = Column("years")  # Integer, named years

        person = Table("person", metadata, person_columns)
    """


def spread(items: Iterable[Any]) -> list[Any]:
    """Return the arguments of a Table with the columns of classes in the place of the classes."""
    found: list[Any] = []
    for item in items:
        if isinstance(item, type) and issubclass(item, TypedColumns):
            found.extend(columns_declared(item))
        else:
            found.append(item)
    return found


def columns_declared(cls: type[TypedColumns]) -> Iterator[Column[Any]]:
    """Yield new columns for the attributes of a class.

    Raises:
        ArgumentError: an attribute is neither a Column nor annotated as one, or no SQL type is known for its
            annotation.
    """
    found: dict[str, tuple[Any, Any]] = {}
    for base in reversed(cls.__mro__):
        if base is TypedColumns or not issubclass(base, TypedColumns):
            continue
        annotated = {name: hint for name, hint in _hints(base).items() if not name.startswith("__")}
        own = {name: value for name, value in vars(base).items() if not name.startswith("__")}
        for name in [*[n for n in own if n not in annotated], *annotated]:
            found.pop(name, None)
            found[name] = own.get(name), annotated.get(name)
    for name, (value, hint) in found.items():
        yield _column(f"{cls.__name__}.{name}", name, value, hint)


def _hints(cls: type) -> dict[str, Any]:
    if "__annotations__" not in vars(cls):
        return {}
    try:
        hints = typing.get_type_hints(cls)
    except NameError as failure:
        raise ArgumentError(f"an annotation of {cls.__name__} cannot be found: {failure}") from failure
    return {name: hints[name] for name in vars(cls)["__annotations__"]}


def _column(where: str, name: str, value: Any, hint: Any) -> Column[Any]:
    if value is not None and not isinstance(value, Column):
        raise ArgumentError(f"{where} must be a Column or an annotation, not {value!r}")
    column: Column[Any] = Column(name) if value is None else value._copy()
    if not column.name:
        column.name = column.key = name
    elif column.key == column.name:
        column.key = name
    if hint is None:
        return column
    if typing.get_origin(hint) not in (Named, Column):
        raise ArgumentError(f"{where} is annotated {hint!r}; a column is annotated Named[...]")
    (python_type,) = typing.get_args(hint)
    optional = False
    if typing.get_origin(python_type) in (typing.Union, types.UnionType):
        members = [m for m in typing.get_args(python_type) if m is not type(None)]
        optional = len(members) < len(typing.get_args(python_type))
        python_type = members[0] if len(members) == 1 else python_type
    if column.type._isnull:
        named = f"{getattr(python_type, '__module__', '')}.{getattr(python_type, '__qualname__', '')}"
        sql_type = _TYPES.get(named)
        if sql_type is None:
            raise ArgumentError(f"{where}: no SQL type is known for {python_type!r}; give a Column with one")
        column.type = sql_type()
    if column._user_defined_nullable is Column._nullable_unsaid and not column.primary_key:
        column.nullable = optional
    return column
