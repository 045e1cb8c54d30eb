"""CAST, which knows a few types by names of its own.

https://dev.mysql.com/doc/refman/8.4/en/cast-functions.html#function_cast, https://mariadb.com/kb/en/cast/
"""

from __future__ import annotations

from typing import Any

from lect.sql._cast import Cast, TryCast
from lect.types import sql_types as sql
from lect.types.boolean import Boolean
from lect.types.json_type import JSON
from lect.types.large_binary import Binary
from lect.types.numeric import Double, Float, Integer, Numeric
from lect.types.string import String
from lect.types.temporal import Date, DateTime, Time
from lect.types.uuid_type import Uuid
from lect_mysql import types as my
from lect_mysql.compile.table import MARIADB_RULES, RULES
from lect_mysql.compile.types import fraction, with_charset

__all__ = ["cast_name"]


@RULES.rule(TryCast)
def try_cast(node: TryCast[Any], writer: Any) -> str:
    """Refused."""
    return writer.refuse("TRY_CAST", instead="use cast(), and case() for the values that it cannot convert")  # type: ignore[no-any-return]


@RULES.rule(Cast)
def cast(node: Cast[Any], writer: Any) -> str:
    """``CAST(x AS SIGNED INTEGER)``."""
    type_ = node.typeclause.type._unwrapped_dialect_impl(writer.dialect)
    text = writer.render(node.clause)
    if isinstance(type_, Boolean):
        return f"({writer.render(node.clause.self_group())} <> 0)"  # there is no such cast: this is what it would do
    return f"CAST({text} AS {cast_name(type_, writer)})"


@MARIADB_RULES.rule(Cast)
def cast_mariadb(node: Cast[Any], writer: Any) -> str:
    """JSON is text on MariaDB: ``JSON_COMPACT(x)`` is NULL for what is no JSON."""
    type_ = node.typeclause.type._unwrapped_dialect_impl(writer.dialect)
    if isinstance(type_, JSON):
        return f"JSON_COMPACT({writer.render(node.clause)})"
    return cast(node, writer)


def cast_name(type_: Any, writer: Any) -> str:
    """Return the name that CAST has for a type of this dialect."""
    if isinstance(type_, Integer):
        return "UNSIGNED INTEGER" if getattr(type_, "unsigned", False) else "SIGNED INTEGER"
    if isinstance(type_, Float):
        return _approximate(type_, writer)
    if isinstance(type_, Numeric):
        if type_.precision is None:
            return "DECIMAL"
        scale = f", {int(type_.scale)}" if type_.scale is not None else ""
        return f"DECIMAL({int(type_.precision)}{scale})"
    if isinstance(type_, (my.SET, String)):
        return _characters(type_, writer)
    if isinstance(type_, Binary):
        return "BINARY" if type_.length is None else f"BINARY({int(type_.length)})"
    if isinstance(type_, Uuid):
        return "UUID" if type_.native_uuid and writer.capabilities.native_uuid else "CHAR(32)"
    if isinstance(type_, DateTime):
        return fraction("DATETIME", type_)
    if isinstance(type_, Time):
        return fraction("TIME", type_)
    if isinstance(type_, Date):
        return "DATE"
    if isinstance(type_, JSON):
        return "JSON"
    if isinstance(type_, my.YEAR) and not writer.dialect.is_mariadb:
        return "YEAR"
    return writer.refuse(  # type: ignore[no-any-return]
        f"CAST to {writer.render(type_)}", "the database casts to few types", "cast to an Integer or a String"
    )


def _characters(type_: Any, writer: Any) -> str:
    """``CHAR(n)``; a collation cannot be part of it, a character set can."""
    length = None if isinstance(type_, (my.ENUM, my.SET)) else type_.length
    return with_charset("CHAR" if length is None else f"CHAR({int(length)})", type_, writer, collate=False)


def _approximate(type_: Float, writer: Any) -> str:
    version = writer.capabilities.version
    since = (10, 4, 5) if writer.dialect.is_mariadb else (8, 0, 17)
    if version and version < since:
        writer.refuse("CAST to a float", f"it came with version {'.'.join(map(str, since))}", "add 0.0 instead")
    if isinstance(type_, (Double, sql.REAL)):
        return "DOUBLE"
    return "FLOAT" if type_.precision is None or writer.dialect.is_mariadb else f"FLOAT({int(type_.precision)})"
