"""The public names for MariaDB: those of :mod:`lect_mysql`, and types that only MariaDB has."""

from __future__ import annotations

from lect.types.sql_types import BINARY, BLOB, BOOLEAN, DATE, VARBINARY
from lect.types.uuid_type import UUID
from lect_mysql.dialect import MariaDBDialect
from lect_mysql.dml import Insert, insert
from lect_mysql.dml_limit import limit
from lect_mysql.match import match
from lect_mysql.types import (
    BIGINT,
    BIT,
    CHAR,
    DATETIME,
    DECIMAL,
    DOUBLE,
    ENUM,
    FLOAT,
    INET4,
    INET6,
    INTEGER,
    JSON,
    LONGBLOB,
    LONGTEXT,
    MEDIUMBLOB,
    MEDIUMINT,
    MEDIUMTEXT,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SET,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    TINYBLOB,
    TINYINT,
    TINYTEXT,
    VARCHAR,
    YEAR,
)

__all__ = [
    "BIGINT",
    "BINARY",
    "BIT",
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "ENUM",
    "FLOAT",
    "INET4",
    "INET6",
    "INTEGER",
    "JSON",
    "LONGBLOB",
    "LONGTEXT",
    "MEDIUMBLOB",
    "MEDIUMINT",
    "MEDIUMTEXT",
    "NCHAR",
    "NUMERIC",
    "NVARCHAR",
    "REAL",
    "SET",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TINYBLOB",
    "TINYINT",
    "TINYTEXT",
    "UUID",
    "VARBINARY",
    "VARCHAR",
    "YEAR",
    "Insert",
    "MariaDBDialect",
    "dialect",
    "insert",
    "limit",
    "match",
]

#: The dialect, to compile statements without an engine.
dialect = MariaDBDialect
