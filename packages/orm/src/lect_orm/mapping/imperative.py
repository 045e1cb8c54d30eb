"""The classical ``mapper(User, users, properties={...})``."""

from __future__ import annotations

from typing import Any

from lect_orm.mapping.registry import registry

__all__ = ["mapper"]

#: the registry of classes mapped by the function
_CLASSICAL = registry()


def mapper(class_: Any, local_table: Any = None, properties: Any = None, **kw: Any) -> Any:
    """Map a class to a table; the same as ``registry.map_imperatively``, in one registry for all such classes."""
    return _CLASSICAL.map_imperatively(class_, local_table, properties=properties, **kw)
