"""Names of types."""

from __future__ import annotations

import re
from typing import Any, Final

from lect.compile.ansi.types import type_rule, with_collation
from lect.exc import CompileError
from lect.types import sql_types as sql
from lect.types.json_type import JSON
from lect.types.large_binary import LargeBinary
from lect.types.numeric import Double, Float
from lect.types.temporal import DateTime, Time
from lect_postgresql import ranges
from lect_postgresql import types as pg
from lect_postgresql.compile.enum_type import type_name
from lect_postgresql.compile.table import RULES

_FIELDS: Final = re.compile(r"^(YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)( TO (MONTH|HOUR|MINUTE|SECOND))?$", re.IGNORECASE)


@type_rule(
    RULES,
    pg.INET,
    pg.CIDR,
    pg.MACADDR,
    pg.MACADDR8,
    pg.MONEY,
    pg.OID,
    pg.REGCLASS,
    pg.REGCONFIG,
    pg.TSVECTOR,
    pg.TSQUERY,
    pg.HSTORE,
    pg.JSON,
    pg.JSONB,
    pg.JSONPATH,
    ranges.AbstractRange,
)
def by_name(type_: Any, writer: Any) -> str:
    """The name of the class."""
    return type_.__visit_name__  # type: ignore[no-any-return]


@type_rule(RULES, JSON.JSONPathType)
def json_path(type_: Any, writer: Any) -> str:
    """``JSONPATH``"""
    return "JSONPATH"


@type_rule(RULES, pg.CITEXT)
def citext(type_: Any, writer: Any) -> str:
    """``CITEXT COLLATE …``"""
    return with_collation("CITEXT", type_, writer)


@type_rule(RULES, LargeBinary, sql.BINARY, sql.VARBINARY)
def large_binary(type_: Any, writer: Any) -> str:
    """``BYTEA``: postgresql.org/docs/current/datatype-binary.html."""
    return "BYTEA"


@type_rule(RULES, Double)
def double(type_: Any, writer: Any) -> str:
    """``DOUBLE PRECISION``"""
    return "DOUBLE PRECISION"


@type_rule(RULES, Float, sql.FLOAT)
def float_(type_: Any, writer: Any) -> str:
    """``FLOAT(p)``, p in binary digits."""
    return "FLOAT" if not type_.precision else f"FLOAT({int(type_.precision)})"


@type_rule(RULES, sql.REAL)
def real(type_: Any, writer: Any) -> str:
    """``REAL``"""
    return "REAL"


def _zone(type_: Any) -> str:
    return "WITH TIME ZONE" if type_.timezone else "WITHOUT TIME ZONE"


def _digits(type_: Any) -> str:
    precision = getattr(type_, "precision", None)
    return "" if precision is None else f"({int(precision)})"


@type_rule(RULES, DateTime, sql.TIMESTAMP, pg.TIMESTAMP)
def timestamp(type_: Any, writer: Any) -> str:
    """``TIMESTAMP(p) WITH TIME ZONE``"""
    return f"TIMESTAMP{_digits(type_)} {_zone(type_)}"


@type_rule(RULES, Time, pg.TIME)
def time(type_: Any, writer: Any) -> str:
    """``TIME(p) WITHOUT TIME ZONE``"""
    return f"TIME{_digits(type_)} {_zone(type_)}"


@type_rule(RULES, pg.INTERVAL)
def interval(type_: Any, writer: Any) -> str:
    """``INTERVAL fields (p)``"""
    text = "INTERVAL"
    if type_.fields is not None:
        if not _FIELDS.match(type_.fields):
            raise CompileError(f"INTERVAL(fields={type_.fields!r}): expected units like 'DAY TO SECOND'")
        text += f" {type_.fields}"
    return text if type_.precision is None else f"{text} ({int(type_.precision)})"


@type_rule(RULES, pg.BIT)
def bit(type_: Any, writer: Any) -> str:
    """``BIT(n)``, ``BIT VARYING(n)``"""
    if type_.varying:
        return "BIT VARYING" if type_.length is None else f"BIT VARYING({int(type_.length)})"
    return f"BIT({int(type_.length)})"


@type_rule(RULES, pg.ENUM)
def enum(type_: Any, writer: Any) -> str:
    """The type's own name; VARCHAR when a native type was not wanted."""
    if not type_.native_enum:
        return with_collation(f"VARCHAR({int(type_.length)})", type_, writer)
    if type_.name is None:
        raise CompileError("PostgreSQL ENUM type requires a name.")
    return type_name(type_, writer)


@type_rule(RULES, pg.DOMAIN)
def domain(type_: Any, writer: Any) -> str:
    """The domain's name."""
    return type_name(type_, writer)


@type_rule(RULES, pg.ARRAY)
def array(type_: Any, writer: Any) -> str:
    """``INTEGER[]``, one pair of brackets per dimension."""
    item = writer.render(type_.item_type)
    brackets = "[]" * (type_.dimensions or 1)
    head, collate, tail = item.partition(" COLLATE ")
    return f"{head}{brackets}{collate}{tail}"
