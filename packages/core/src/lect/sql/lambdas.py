"""Statements written as functions without arguments.

Elsewhere that saves building a statement a second time. Here building is cheap, and a statement is found again by its
structure: the functions are called, and that is all. Programs that use them go on working.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lect.exc import ArgumentError
from lect.sql.executable import Statement

__all__ = ["lambda_stmt"]

_X = TypeVar("_X", bound=Statement)


def lambda_stmt(
    lmb: Callable[[], _X],
    enable_tracking: bool = True,
    track_closure_variables: bool = True,
    track_on: Any = None,
    global_track_bound_values: bool = True,
    track_bound_values: bool = True,
    lambda_cache: Any = None,
) -> _X:
    """Return the statement that `lmb` makes; ``statement += lambda s: s.where(...)`` goes on from it.

    The other arguments say elsewhere what of the function's surroundings is looked at; here nothing is guessed from
    code, so that they change nothing.
    """
    statement = lmb()
    if not isinstance(statement, Statement):
        raise ArgumentError(f"the function given to lambda_stmt() must return a statement, not {statement!r}")
    return statement
