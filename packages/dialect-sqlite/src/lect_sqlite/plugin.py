"""What the package's entry points name."""

from __future__ import annotations

from lect_sqlite.dialect import SQLiteDialect

__all__ = ["dialect"]

dialect = SQLiteDialect
