"""Reads SQL Server's catalogue (``sys.*``): a fixed number of queries, whatever the number of tables."""

from __future__ import annotations

from lect_mssql.reflection.reflector import MSReflector

__all__ = ["MSReflector"]
