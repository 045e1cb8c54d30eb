"""Whether a value came back as it was, and how it is written into a statement."""

from __future__ import annotations

import uuid
from typing import Any

__all__ = ["literal", "same"]


def same(value: Any, found: Any) -> bool:
    """Whether a value came back as it was: of its class, with its sign, aware if it was."""
    if type(value) is not type(found):
        # asyncpg has a UUID of its own, a subclass.
        return isinstance(value, uuid.UUID) and isinstance(found, uuid.UUID) and value == found
    if isinstance(value, (list, tuple)):
        return len(value) == len(found) and all(same(v, f) for v, f in zip(value, found, strict=True))
    if isinstance(value, dict):
        return value.keys() == found.keys() and all(same(v, found[k]) for k, v in value.items())
    if isinstance(value, float):
        return repr(value) == repr(found)
    aware = getattr(value, "tzinfo", None) is not None
    return bool(value == found) and aware == (getattr(found, "tzinfo", None) is not None)


def literal(connection: Any, statement: Any) -> str:
    return str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
