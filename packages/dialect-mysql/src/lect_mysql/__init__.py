"""MySQL for Lect, and what it shares with MariaDB (:mod:`lect_mysql.mariadb`)."""

from __future__ import annotations

from lect.types.sql_types import BINARY, BLOB, BOOLEAN, DATE, VARBINARY
from lect_mysql.dialect import MariaDBDialect, MySQLDialect
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
    "VARBINARY",
    "VARCHAR",
    "YEAR",
    "Insert",
    "MariaDBDialect",
    "MySQLDialect",
    "dialect",
    "insert",
    "limit",
    "match",
]

__version__ = "0.1.0"

#: The dialect, to compile statements without an engine: ``statement.compile(dialect=lect_mysql.dialect())``.
dialect = MySQLDialect
