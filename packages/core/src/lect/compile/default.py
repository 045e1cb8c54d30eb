"""Which dialect ``str(statement)`` speaks: the serverless default dialect, once the room of dialects is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect.exc import InvalidRequestError

__all__ = ["default_dialect", "set_default_dialect"]

_make: Callable[[], Any] | None = None
_made: Any = None


def set_default_dialect(make: Callable[[], Any]) -> None:
    """Set the function that makes the dialect of ``str(statement)``; called by :mod:`lect.dialects.default`."""
    global _make, _made
    _make, _made = make, None


def default_dialect(statement: Any = None) -> Any:
    """Return the dialect in which a statement shows itself: its own if it names one, else the default dialect.

    Raises:
        InvalidRequestError: neither is there (the room of dialects was not imported).
    """
    global _made
    own = getattr(statement, "stringify_dialect", "default")
    if own != "default" and _by_name is not None:
        return _by_name(own)
    if _made is None:
        if _make is None:
            raise InvalidRequestError(
                "no dialect was given and lect.dialects.default is not imported; import lect first"
            )
        _made = _make()
    return _made


_by_name: Callable[[str], Any] | None = None


def set_dialect_finder(find: Callable[[str], Any]) -> None:
    """Set the function that loads a dialect by name, for constructs of one dialect that are shown with ``str()``."""
    global _by_name
    _by_name = find
