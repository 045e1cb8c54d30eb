"""Bind processors that pairings share: for values that pyodbc cannot bind, or that ODBC drivers cut off in silence."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["plain_bytes", "sized_decimal", "without_nul"]

_LARGEST: Final = 2**63 - 1


def plain_bytes(value: Any) -> Any:
    """Turn a memoryview into bytes: pyodbc takes it for the rows of a table."""
    return bytes(value) if isinstance(value, memoryview) else value


def without_nul(value: Any) -> Any:
    """Pass a string that has no NUL character, at which a driver that hands on C strings would end it.

    Raises:
        ValueError: it has one.
    """
    if isinstance(value, str) and "\0" in value:
        raise ValueError("the ODBC driver would cut a string off at a NUL character; LargeBinary keeps it")
    return value


def sized_decimal(value: Any) -> Any:
    """Turn an integer beyond 64 bits into a decimal number: there is no ODBC type for it that pyodbc binds."""
    if value.__class__ is int and not -_LARGEST - 1 <= value <= _LARGEST:
        from decimal import Decimal

        return Decimal(value)
    return value
