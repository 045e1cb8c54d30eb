"""What the package's entry points name."""

from __future__ import annotations

from lect_mssql.dialect import MSDialect

__all__ = ["dialect"]

dialect = MSDialect
