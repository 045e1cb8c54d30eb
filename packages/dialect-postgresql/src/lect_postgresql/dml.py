"""INSERT with PostgreSQL's ON CONFLICT: postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT."""

from __future__ import annotations

from typing import Any, ClassVar

from lect.sql._insert import Insert as CoreInsert

__all__ = ["Insert", "insert"]


class Insert(CoreInsert):
    """An INSERT for PostgreSQL: ``on_conflict_do_nothing()``, ``on_conflict_do_update()``, `excluded`."""

    stringify_dialect: ClassVar[str] = "postgresql"
    inherit_cache = True


def insert(table: Any) -> Insert:
    """Return ``INSERT INTO table`` with PostgreSQL's ON CONFLICT."""
    return Insert(table)
