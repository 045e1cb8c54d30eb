"""Types that are spelt as in SQL: what is written is the name of the class."""

from __future__ import annotations

from typing import Any

from lect.types.boolean import Boolean
from lect.types.large_binary import Binary, LargeBinary
from lect.types.numeric import BigInteger, Double, Float, Integer, Numeric, SmallInteger
from lect.types.string import String, Text, Unicode
from lect.types.temporal import Date, DateTime, Time

__all__ = [
    "BIGINT",
    "BINARY",
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "CLOB",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "DOUBLE_PRECISION",
    "FLOAT",
    "INT",
    "INTEGER",
    "NCHAR",
    "NUMERIC",
    "NVARCHAR",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "VARBINARY",
    "VARCHAR",
]


class REAL(Float):
    """The SQL type REAL."""

    __visit_name__ = "REAL"


class FLOAT(Float):
    """The SQL type FLOAT."""

    __visit_name__ = "FLOAT"


class DOUBLE(Double):
    """The SQL type DOUBLE."""

    __visit_name__ = "DOUBLE"


class DOUBLE_PRECISION(Double):
    """The SQL type DOUBLE PRECISION."""

    __visit_name__ = "DOUBLE_PRECISION"


class NUMERIC(Numeric):
    """The SQL type NUMERIC."""

    __visit_name__ = "NUMERIC"


class DECIMAL(Numeric):
    """The SQL type DECIMAL."""

    __visit_name__ = "DECIMAL"


class INTEGER(Integer):
    """The SQL type INTEGER."""

    __visit_name__ = "INTEGER"


INT = INTEGER


class SMALLINT(SmallInteger):
    """The SQL type SMALLINT."""

    __visit_name__ = "SMALLINT"


class BIGINT(BigInteger):
    """The SQL type BIGINT."""

    __visit_name__ = "BIGINT"


class TIMESTAMP(DateTime):
    """The SQL type TIMESTAMP, with an offset where `timezone` is true."""

    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone: bool = False) -> None:
        super().__init__(timezone=timezone)

    def get_dbapi_type(self, dbapi: Any) -> Any:
        return getattr(dbapi, "TIMESTAMP", None)


class DATETIME(DateTime):
    """The SQL type DATETIME."""

    __visit_name__ = "DATETIME"


class DATE(Date):
    """The SQL type DATE."""

    __visit_name__ = "DATE"


class TIME(Time):
    """The SQL type TIME."""

    __visit_name__ = "TIME"


class TEXT(Text):
    """The SQL type TEXT."""

    __visit_name__ = "TEXT"


class CLOB(Text):
    """The SQL type CLOB."""

    __visit_name__ = "CLOB"


class VARCHAR(String):
    """The SQL type VARCHAR."""

    __visit_name__ = "VARCHAR"


class NVARCHAR(Unicode):
    """The SQL type NVARCHAR."""

    __visit_name__ = "NVARCHAR"


class CHAR(String):
    """The SQL type CHAR."""

    __visit_name__ = "CHAR"


class NCHAR(Unicode):
    """The SQL type NCHAR."""

    __visit_name__ = "NCHAR"


class BLOB(LargeBinary):
    """The SQL type BLOB."""

    __visit_name__ = "BLOB"


class BINARY(Binary):
    """The SQL type BINARY."""

    __visit_name__ = "BINARY"


class VARBINARY(Binary):
    """The SQL type VARBINARY."""

    __visit_name__ = "VARBINARY"


class BOOLEAN(Boolean):
    """The SQL type BOOLEAN."""

    __visit_name__ = "BOOLEAN"
