"""Microsoft SQL Server for Lect."""

from __future__ import annotations

from lect.sql._cast import try_cast
from lect.types.sql_types import (
    BIGINT,
    BINARY,
    CHAR,
    DATE,
    DECIMAL,
    FLOAT,
    INTEGER,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    SMALLINT,
    TEXT,
    VARCHAR,
)
from lect_mssql.dialect import MSDialect
from lect_mssql.types import (
    BIT,
    DATETIME,
    DATETIME2,
    DATETIMEOFFSET,
    DOUBLE_PRECISION,
    IMAGE,
    JSON,
    MONEY,
    NTEXT,
    REAL,
    ROWVERSION,
    SMALLDATETIME,
    SMALLMONEY,
    SQL_VARIANT,
    TIME,
    TIMESTAMP,
    TINYINT,
    UNIQUEIDENTIFIER,
    VARBINARY,
    XML,
)

__all__ = [
    "BIGINT",
    "BINARY",
    "BIT",
    "CHAR",
    "DATE",
    "DATETIME",
    "DATETIME2",
    "DATETIMEOFFSET",
    "DECIMAL",
    "DOUBLE_PRECISION",
    "FLOAT",
    "IMAGE",
    "INTEGER",
    "JSON",
    "MONEY",
    "NCHAR",
    "NTEXT",
    "NUMERIC",
    "NVARCHAR",
    "REAL",
    "ROWVERSION",
    "SMALLDATETIME",
    "SMALLINT",
    "SMALLMONEY",
    "SQL_VARIANT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TINYINT",
    "UNIQUEIDENTIFIER",
    "VARBINARY",
    "VARCHAR",
    "XML",
    "MSDialect",
    "dialect",
    "try_cast",
]

__version__ = "0.1.0"

#: The dialect, to compile statements without an engine: ``statement.compile(dialect=lect_mssql.dialect())``.
dialect = MSDialect
