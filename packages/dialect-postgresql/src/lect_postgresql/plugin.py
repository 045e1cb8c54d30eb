"""What the package's entry points name."""

from __future__ import annotations

from lect_postgresql.dialect import PostgreSQLDialect

__all__ = ["dialect"]

dialect = PostgreSQLDialect
