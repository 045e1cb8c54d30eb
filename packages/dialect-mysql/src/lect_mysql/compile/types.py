"""Names of types: dev.mysql.com/doc/refman/8.4/en/data-types.html."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.types import type_rule, with_length
from lect.exc import CompileError
from lect.types import sql_types as sql
from lect.types.boolean import Boolean
from lect.types.enumerated import Enum
from lect.types.json_type import JSON
from lect.types.large_binary import LargeBinary
from lect.types.numeric import Double, Float, Integer
from lect.types.string import STRINGTYPE, String, Text
from lect.types.temporal import DateTime, Time
from lect_mysql import types as my
from lect_mysql.compile.options import word
from lect_mysql.compile.table import RULES

__all__ = ["fraction", "with_charset"]


def with_charset(text: str, type_: Any, writer: Any, *, collate: bool = True) -> str:
    """Return a type's text with its character set and collation."""
    charset = getattr(type_, "charset", None)
    if charset:
        text += f" CHARACTER SET {word(charset, 'charset')}"
    elif getattr(type_, "ascii", False):
        text += " ASCII"
    elif getattr(type_, "unicode", False):
        text += " UNICODE"
    if not collate:
        return text
    if type_.collation:
        return f"{text} COLLATE {writer.quote(type_.collation)}"
    return f"{text} BINARY" if getattr(type_, "binary", False) else text


def _national(name: str, type_: Any) -> str:
    return f"NATIONAL {name}" if getattr(type_, "national", False) else name


def _signs(text: str, type_: Any) -> str:
    if getattr(type_, "unsigned", False):
        text += " UNSIGNED"
    return f"{text} ZEROFILL" if getattr(type_, "zerofill", False) else text


def fraction(name: str, type_: Any) -> str:
    """Return the name of a temporal type with the digits it keeps after the second."""
    digits = getattr(type_, "fsp", None)
    return name if digits is None else f"{name}({int(digits)})"


# -- numbers ----------------------------------------------------------------------------------------------------------


@type_rule(RULES, Boolean)
def boolean(type_: Any, writer: Any) -> str:
    """``BOOL``, a TINYINT(1)."""
    return "BOOL"


@type_rule(RULES, my.TINYINT, my.SMALLINT, my.MEDIUMINT, my.INTEGER, my.BIGINT)
def integer(type_: Integer, writer: Any) -> str:
    """``INTEGER(11) UNSIGNED ZEROFILL``"""
    return _signs(with_length(type_.__visit_name__, type_.display_width), type_)  # type: ignore[attr-defined]


@type_rule(RULES, my.NUMERIC, my.DECIMAL)
def exact(type_: Any, writer: Any) -> str:
    """``DECIMAL(10, 2) UNSIGNED``"""
    return _signs(_digits(type_.__visit_name__, type_.precision, type_.scale), type_)


@type_rule(RULES, Float, sql.FLOAT, my.FLOAT)
def float_(type_: Any, writer: Any) -> str:
    """``FLOAT(5, 2) UNSIGNED``; ``FLOAT(53)`` has 64 bits."""
    return _signs(_digits("FLOAT", type_.precision, getattr(type_, "scale", None)), type_)


@type_rule(RULES, Double, sql.DOUBLE)
def generic_double(type_: Any, writer: Any) -> str:
    """``DOUBLE``: its precision is always the same."""
    return "DOUBLE"


@type_rule(RULES, my.DOUBLE, my.REAL)
def double(type_: Any, writer: Any) -> str:
    """``DOUBLE(53, 4) UNSIGNED``"""
    return _signs(_digits(type_.__visit_name__, type_.precision, type_.scale), type_)


def _digits(name: str, precision: Any, scale: Any) -> str:
    if precision is None:
        return name
    return f"{name}({int(precision)})" if scale is None else f"{name}({int(precision)}, {int(scale)})"


@type_rule(RULES, my.BIT)
def bit(type_: Any, writer: Any) -> str:
    """``BIT(8)``"""
    return with_length("BIT", type_.length)


# -- strings ----------------------------------------------------------------------------------------------------------


@type_rule(RULES, String, sql.VARCHAR)
def varchar(type_: Any, writer: Any) -> str:
    """``VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin``; the length cannot be left out."""
    if type_.length is None:
        raise CompileError(f"VARCHAR requires a length on dialect {writer.dialect.name}")
    return with_charset(_national(with_length("VARCHAR", type_.length), type_), type_, writer)


@type_rule(RULES, sql.NVARCHAR)
def nvarchar(type_: Any, writer: Any) -> str:
    """``NATIONAL VARCHAR(20)``"""
    if type_.length is None:
        raise CompileError(f"NVARCHAR requires a length on dialect {writer.dialect.name}")
    return with_charset(f"NATIONAL {with_length('VARCHAR', type_.length)}", type_, writer)


@type_rule(RULES, sql.CHAR)
def char(type_: Any, writer: Any) -> str:
    """``CHAR(20)``"""
    return with_charset(_national(with_length("CHAR", type_.length), type_), type_, writer)


@type_rule(RULES, sql.NCHAR)
def nchar(type_: Any, writer: Any) -> str:
    """``NATIONAL CHAR(20)``"""
    return with_charset(f"NATIONAL {with_length('CHAR', type_.length)}", type_, writer)


@type_rule(RULES, Text, sql.TEXT)
def text(type_: Any, writer: Any) -> str:
    """``TEXT(1000)``"""
    return with_charset(_national(with_length("TEXT", type_.length), type_), type_, writer)


@type_rule(RULES, sql.CLOB)
def clob(type_: Any, writer: Any) -> str:
    """``LONGTEXT``, which is what holds as much."""
    return with_charset("LONGTEXT", type_, writer)


@type_rule(RULES, my.TINYTEXT, my.MEDIUMTEXT, my.LONGTEXT)
def sized_text(type_: Any, writer: Any) -> str:
    """``LONGTEXT``"""
    return with_charset(_national(type_.__visit_name__, type_), type_, writer)


@type_rule(RULES, my.ENUM)
def enum(type_: Any, writer: Any) -> str:
    """``ENUM('a','b')``; VARCHAR when a native type was not wanted."""
    if not type_.native_enum:
        return with_charset(f"VARCHAR({int(type_.length)})", type_, writer)
    return with_charset(_labels("ENUM", type_.enums, writer), type_, writer)


@type_rule(RULES, Enum)
def generic_enum(type_: Any, writer: Any) -> str:
    """The same, for an enumeration that was not adapted."""
    return enum(type_, writer)


@type_rule(RULES, my.SET)
def set_(type_: Any, writer: Any) -> str:
    """``SET('a','b')``"""
    return with_charset(_labels("SET", type_.values, writer), type_, writer)


def _labels(name: str, labels: Any, writer: Any) -> str:
    return f"{name}({','.join([writer.literal(label, STRINGTYPE) for label in labels])})"


# -- bytes ------------------------------------------------------------------------------------------------------------


@type_rule(RULES, LargeBinary, sql.BLOB)
def blob(type_: Any, writer: Any) -> str:
    """``BLOB(1000)``"""
    return with_length("BLOB", type_.length)


@type_rule(RULES, my.TINYBLOB, my.MEDIUMBLOB, my.LONGBLOB)
def sized_blob(type_: Any, writer: Any) -> str:
    """``LONGBLOB``"""
    return type_.__visit_name__  # type: ignore[no-any-return]


@type_rule(RULES, sql.VARBINARY)
def varbinary(type_: Any, writer: Any) -> str:
    """``VARBINARY(20)``; the length cannot be left out."""
    if type_.length is None:
        raise CompileError(f"VARBINARY requires a length on dialect {writer.dialect.name}")
    return with_length("VARBINARY", type_.length)


# -- times ------------------------------------------------------------------------------------------------------------


@type_rule(RULES, DateTime, sql.DATETIME, my.DATETIME)
def datetime(type_: Any, writer: Any) -> str:
    """``DATETIME(6)``"""
    return fraction("DATETIME", type_)


@type_rule(RULES, sql.TIMESTAMP, my.TIMESTAMP)
def timestamp(type_: Any, writer: Any) -> str:
    """``TIMESTAMP(6)``"""
    return fraction("TIMESTAMP", type_)


@type_rule(RULES, Time, sql.TIME, my.TIME)
def time(type_: Any, writer: Any) -> str:
    """``TIME(6)``"""
    return fraction("TIME", type_)


@type_rule(RULES, my.YEAR)
def year(type_: Any, writer: Any) -> str:
    """``YEAR(4)``"""
    return with_length("YEAR", type_.display_width)


# -- others -----------------------------------------------------------------------------------------------------------


@type_rule(RULES, JSON, my.JSON)
def json(type_: Any, writer: Any) -> str:
    """``JSON``; on MariaDB another name of LONGTEXT with a check."""
    return "JSON"


@type_rule(RULES, my.INET4, my.INET6)
def by_name(type_: Any, writer: Any) -> str:
    """The name of the class."""
    return type_.__visit_name__  # type: ignore[no-any-return]
