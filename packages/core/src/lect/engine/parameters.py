"""What users give as parameters, brought into one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from lect.exc import ArgumentError

__all__ = ["driver_parameters", "parameter_sets"]


def parameter_sets(parameters: Any) -> tuple[list[Mapping[str, Any]], bool]:
    """Return ``(parameter sets, a list was given)``; no parameters are no sets.

    Raises:
        ArgumentError: neither a mapping nor a list of mappings.
    """
    if parameters is None:
        return [], False
    if isinstance(parameters, Mapping):
        return ([_named(parameters)] if parameters else []), False
    if isinstance(parameters, (list, tuple)) or (
        isinstance(parameters, Sequence) and not isinstance(parameters, (str, bytes, bytearray))
    ):
        if set(map(type, parameters)) == {dict}:
            keys = set(chain.from_iterable(parameters))
            if all(key.__class__ is str for key in keys):
                return list(parameters), True
            names = {key: _name(key) for key in keys}
            return [{names[key]: value for key, value in each.items()} for each in parameters], True
        for each in parameters:
            if not isinstance(each, Mapping):
                raise ArgumentError(
                    f"List argument must consist only of dictionaries, one for each execution; got {_kind(each)}"
                )
        return [_named(each) for each in parameters], True
    raise ArgumentError(f"mapping or list expected for parameters, not {type(parameters).__name__}")


def _kind(value: Any) -> str:
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _named(parameters: Mapping[Any, Any]) -> Mapping[str, Any]:
    """Return a mapping with string keys; columns may stand for their keys."""
    for key in parameters:
        if key.__class__ is not str:
            return {_name(k): v for k, v in parameters.items()}
    return parameters


def _name(key: Any) -> str:
    if isinstance(key, str):
        return str(key)
    name = getattr(key, "key", None)
    if isinstance(name, str):
        return name
    raise ArgumentError(f"parameter names must be strings or columns, not {key!r}")


def driver_parameters(parameters: Any) -> tuple[list[Any], bool]:
    """Return ``(parameter sets for the driver, many)`` of ``exec_driver_sql``.

    Raises:
        ArgumentError: neither a tuple, a mapping nor a list of these.
    """
    if parameters is None:
        return [], False
    if isinstance(parameters, list):
        if parameters and not isinstance(parameters[0], (tuple, Mapping)):
            raise ArgumentError(
                f"List argument must consist only of tuples or dictionaries; got {_kind(parameters[0])}"
            )
        return parameters, True
    if isinstance(parameters, (tuple, Mapping)):
        return [parameters], False
    if isinstance(parameters, Sequence) and not isinstance(parameters, (str, bytes, bytearray)):
        return [parameters], False
    raise ArgumentError(f"mapping or sequence expected for parameters, not {type(parameters).__name__}")
