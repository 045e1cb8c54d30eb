"""The key under which a MetaData keeps a table."""

from __future__ import annotations

__all__ = ["table_key"]


def table_key(name: str, schema: str | None) -> str:
    """Return ``schema.name``, or `name` when there is no schema."""
    return name if schema is None else f"{schema}.{name}"
