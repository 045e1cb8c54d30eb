"""Reads SQLite's catalogue: ``sqlite_master`` and the pragmas as table-valued functions, a fixed number of queries."""

from __future__ import annotations

from lect_sqlite.reflection.reflector import SQLiteReflector

__all__ = ["SQLiteReflector"]
