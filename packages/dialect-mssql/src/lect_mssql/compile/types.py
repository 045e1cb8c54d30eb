"""Names of types: https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.types import type_rule
from lect.exc import CompileError
from lect.types import sql_types as sql
from lect.types.boolean import Boolean
from lect.types.json_type import JSON
from lect.types.large_binary import LargeBinary
from lect.types.numeric import Double, Float
from lect.types.string import String, Text, Unicode, UnicodeText
from lect.types.temporal import DateTime, Time
from lect.types.uuid_type import Uuid
from lect_mssql import types as own
from lect_mssql.compile.table import RULES


def _fixed(text: str, *classes: type) -> None:
    def rule(type_: Any, writer: Any) -> str:
        return text

    type_rule(RULES, *classes)(rule)


_fixed("BIT", Boolean, own.BIT)
_fixed("TINYINT", own.TINYINT)
_fixed("DOUBLE PRECISION", Double)
_fixed("REAL", sql.REAL)
_fixed("SMALLDATETIME", own.SMALLDATETIME)
_fixed("DATETIME", sql.DATETIME)
_fixed("MONEY", own.MONEY)
_fixed("SMALLMONEY", own.SMALLMONEY)
_fixed("SQL_VARIANT", own.SQL_VARIANT)
_fixed("XML", own.XML)
_fixed("IMAGE", own.IMAGE)
_fixed("TIMESTAMP", own.TIMESTAMP, sql.TIMESTAMP)
_fixed("ROWVERSION", own.ROWVERSION)


def _collated(name: str, type_: Any) -> str:
    """Return a type with its collation, which is a word and takes no quotes."""
    if not type_.collation:
        return name
    if not str(type_.collation).replace("_", "").isalnum():
        raise CompileError(f"{type_.collation!r} is no name of a collation")
    return f"{name} COLLATE {type_.collation}"


def _sized(name: str, length: Any) -> str:
    if length is None or length == "max":
        return f"{name}(max)"
    return f"{name}({int(length)})"


@type_rule(RULES, String)
def string(type_: Any, writer: Any) -> str:
    """``VARCHAR(n)``, ``VARCHAR(max)`` without a length."""
    return _collated(_sized("VARCHAR", type_.length), type_)


@type_rule(RULES, Unicode, sql.NVARCHAR)
def unicode(type_: Any, writer: Any) -> str:
    """``NVARCHAR(n)``."""
    return _collated(_sized("NVARCHAR", type_.length), type_)


@type_rule(RULES, sql.CHAR, sql.NCHAR)
def char(type_: Any, writer: Any) -> str:
    """``CHAR(n)``, ``NCHAR(n)``."""
    name = type_.__visit_name__ if type_.length is None else f"{type_.__visit_name__}({int(type_.length)})"
    return _collated(name, type_)


@type_rule(RULES, Text)
def text(type_: Any, writer: Any) -> str:
    """``VARCHAR(max)``: TEXT is a type of old servers, without most functions."""
    return _collated("VARCHAR(max)", type_)


@type_rule(RULES, sql.TEXT)
def old_text(type_: Any, writer: Any) -> str:
    """``TEXT``, for who asks for it by its name."""
    return _collated("TEXT", type_)


@type_rule(RULES, UnicodeText)
def unicode_text(type_: Any, writer: Any) -> str:
    """``NVARCHAR(max)``."""
    return _collated("NVARCHAR(max)", type_)


@type_rule(RULES, own.NTEXT)
def ntext(type_: Any, writer: Any) -> str:
    """``NTEXT``."""
    return _collated("NTEXT", type_)


@type_rule(RULES, LargeBinary)
def large_binary(type_: Any, writer: Any) -> str:
    """``VARBINARY(max)``: IMAGE is a type of old servers."""
    return "VARBINARY(max)"


@type_rule(RULES, sql.VARBINARY, own.VARBINARY)
def varbinary(type_: Any, writer: Any) -> str:
    """``VARBINARY(n)``."""
    return _sized("VARBINARY", type_.length) + (" FILESTREAM" if getattr(type_, "filestream", False) else "")


@type_rule(RULES, Float)
def float_(type_: Any, writer: Any) -> str:
    """``FLOAT(bits)``."""
    return "FLOAT" if type_.precision is None else f"FLOAT({int(type_.precision)})"


@type_rule(RULES, JSON)
def json(type_: Any, writer: Any) -> str:
    """``NVARCHAR(max)``: what the JSON functions of every version take."""
    return "NVARCHAR(max)"


@type_rule(RULES, Uuid)
def uuid(type_: Any, writer: Any) -> str:
    """``UNIQUEIDENTIFIER``, or CHAR(32) when the native type is not wanted."""
    return "UNIQUEIDENTIFIER" if type_.native_uuid else "CHAR(32)"


@type_rule(RULES, own.UNIQUEIDENTIFIER)
def uniqueidentifier(type_: Any, writer: Any) -> str:
    """``UNIQUEIDENTIFIER``."""
    return "UNIQUEIDENTIFIER"


def _precise(name: str, type_: Any) -> str:
    precision = getattr(type_, "precision", None)
    return name if precision is None else f"{name}({int(precision)})"


@type_rule(RULES, DateTime)
def datetime(type_: Any, writer: Any) -> str:
    """``DATETIMEOFFSET`` with an offset, ``DATETIME`` without."""
    return "DATETIMEOFFSET" if type_.timezone else "DATETIME"


@type_rule(RULES, own.DATETIME2)
def datetime2(type_: Any, writer: Any) -> str:
    """``DATETIME2(digits)``."""
    return _precise("DATETIME2", type_)


@type_rule(RULES, own.DATETIMEOFFSET)
def datetimeoffset(type_: Any, writer: Any) -> str:
    """``DATETIMEOFFSET(digits)``."""
    return _precise("DATETIMEOFFSET", type_)


@type_rule(RULES, Time, own.TIME)
def time(type_: Any, writer: Any) -> str:
    """``TIME(digits)``."""
    return _precise("TIME", type_)
