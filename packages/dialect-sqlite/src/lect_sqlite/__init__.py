"""SQLite for Lect."""

from __future__ import annotations

from lect.types.sql_types import (
    BLOB,
    BOOLEAN,
    CHAR,
    DECIMAL,
    FLOAT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    TEXT,
    TIMESTAMP,
    VARCHAR,
)
from lect_sqlite.dialect import SQLiteDialect
from lect_sqlite.dml import Insert, insert
from lect_sqlite.types import DATE, DATETIME, JSON, TIME

__all__ = [
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "FLOAT",
    "INTEGER",
    "JSON",
    "NUMERIC",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "VARCHAR",
    "Insert",
    "SQLiteDialect",
    "dialect",
    "insert",
]

__version__ = "0.1.0"

#: The dialect, to compile statements without an engine: ``statement.compile(dialect=lect_sqlite.dialect())``.
dialect = SQLiteDialect
