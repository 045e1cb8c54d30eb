"""From Python types to SQL types, for annotated columns."""

from __future__ import annotations

import typing
from typing import Any

from lect.exc import ArgumentError
from lect.types import (
    Boolean,
    Date,
    DateTime,
    Double,
    Enum,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Time,
    Uuid,
)
from lect_orm.exc import MappedAnnotationError

__all__ = ["sql_type_for"]

#: module and name of a Python type -> SQL type: names, so that the modules need not be imported
_DEFAULT: dict[tuple[str, str], Any] = {
    ("builtins", "bool"): Boolean(),
    ("builtins", "bytes"): LargeBinary(),
    ("builtins", "float"): Double(),
    ("builtins", "int"): Integer(),
    ("builtins", "str"): String(),
    ("datetime", "date"): Date(),
    ("datetime", "datetime"): DateTime(),
    ("datetime", "time"): Time(),
    ("datetime", "timedelta"): Interval(),
    ("decimal", "Decimal"): Numeric(),
    ("uuid", "UUID"): Uuid(),
}


def sql_type_for(annotation: Any, type_map: dict[Any, Any], key: str, cls: type) -> Any:
    """Return the SQL type for an annotated column.

    Raises:
        MappedAnnotationError: none is known.
    """
    for kind in annotation.keys:
        found = _lookup(kind, type_map)
        if found is not None:
            return found
        if typing.get_origin(kind) is typing.Annotated:
            given = _given_in(kind)
            if given is not None:
                return given
    kind = annotation.python_type
    found = _literal(kind, type_map) or _enum(kind, type_map)
    if found is not None:
        return found
    found = _by_bases(kind, type_map)
    if found is not None:
        return found
    if isinstance(kind, str):
        raise MappedAnnotationError(
            f'Could not resolve all types within mapped annotation: "Mapped[{kind}]" of {cls.__name__}.{key}.  '
            "Ensure all types are "
            "written correctly and are imported within the module in use."
        )
    name = getattr(kind, "__name__", None) or kind
    raise MappedAnnotationError(
        f"Could not locate a SQL type for Python type '{name}' inside the 'Mapped' annotation for the '{key}' "
        "attribute of class "
        f"{cls.__name__}; give mapped_column() a type, or put the Python type into type_annotation_map of the registry."
    )


def _given_in(kind: Any) -> Any:
    from lect_orm.mapping.mapped_column import MappedColumn

    for extra in typing.get_args(kind)[1:]:
        if isinstance(extra, MappedColumn) and extra.type_given:
            return extra.column.type
    return None


def _made(found: Any) -> Any:
    return found() if isinstance(found, type) else found


def _lookup(kind: Any, type_map: dict[Any, Any]) -> Any:
    try:
        found = type_map.get(kind)
    except TypeError:
        return None
    if found is None:
        for given, value in type_map.items():
            if not isinstance(given, type) and given == kind:
                found = value
                break
    return None if found is None else _made(found)


def _by_bases(kind: Any, type_map: dict[Any, Any]) -> Any:
    if not isinstance(kind, type):
        return None
    for base in kind.__mro__:
        found = _lookup(base, type_map) if base is not kind else None
        if found is not None:
            return found
        default = _DEFAULT.get((base.__module__, base.__qualname__))
        if default is not None and base is kind:
            return default
    if kind.__mro__[1:2]:
        for base in kind.__mro__[1:]:
            default = _DEFAULT.get((base.__module__, base.__qualname__))
            if default is not None and base is not object:
                return None
    return None


def _enum(kind: Any, type_map: dict[Any, Any]) -> Any:
    import enum

    if not (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        return None
    configured = type_map.get(enum.Enum)
    for base in kind.__mro__[1:]:
        if base in type_map and base is not enum.Enum:
            configured = type_map[base]
            break
    if configured is None:
        return Enum(kind)
    configured = _made(configured) if not isinstance(configured, type) else configured
    if isinstance(configured, Enum):
        return _like(configured, kind, None)
    if isinstance(configured, type) and issubclass(configured, Enum):
        return configured(kind)
    return _made(configured)


def _literal(kind: Any, type_map: dict[Any, Any]) -> Any:
    if typing.get_origin(kind) is not typing.Literal:
        return None
    import enum

    values = list(_flat_literal(kind))
    if not all(isinstance(v, str) for v in values):
        raise ArgumentError(
            "Can't create string-based Enum datatype from non-string values: "
            f"{', '.join(repr(v) for v in values if not isinstance(v, str))}. "
            "Please provide an explicit Enum datatype for this Python type"
        )
    configured = type_map.get(typing.Literal, type_map.get(enum.Enum))
    if isinstance(configured, Enum):
        return _like(configured, None, values)
    return Enum(*values, native_enum=False)


def _flat_literal(kind: Any) -> Any:
    for value in typing.get_args(kind):
        if typing.get_origin(value) is typing.Literal:
            yield from _flat_literal(value)
        else:
            yield value


def _like(pattern: Any, cls: Any, values: Any) -> Any:
    """Return an Enum of other values with the settings of `pattern`."""
    settings = {
        name: getattr(pattern, name)
        for name in (
            "native_enum",
            "create_constraint",
            "validate_strings",
            "schema",
            "values_callable",
            "length",
            "omit_aliases",
        )
        if getattr(pattern, name, None) is not None
    }
    if cls is None:
        settings["native_enum"] = False
    length = settings.pop("length", None)
    if length and length != max([len(v) for v in pattern.enums], default=0):
        settings["length"] = length  # it was given: by itself it is that of the longest value
    settings.pop("values_callable", None) if values else None
    return Enum(cls, **settings) if cls is not None else Enum(*values, **settings)
