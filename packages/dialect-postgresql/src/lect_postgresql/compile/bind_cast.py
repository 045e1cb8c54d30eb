"""Parameters: ``placeholder::TYPE`` where the driver does not tell the server the type.

postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-TYPE-CASTS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lect import types as t
from lect.compile.bind_cast import BindCast
from lect.types.enumerated import Enum
from lect.types.numeric import Double, Float, Integer, Numeric
from lect_postgresql import ranges
from lect_postgresql import types as pg
from lect_postgresql.casts import Casts
from lect_postgresql.compile.table import RULES

__all__ = ["cast_name"]


@RULES.rule(BindCast)
def bind_cast(node: BindCast, writer: Any) -> str:
    """``%(x)s::INTEGER``"""
    name = cast_name(node.type, writer, writer.dialect.casts)
    return node.text if name is None else f"{node.text}::{name}"


def cast_name(type_: Any, writer: Any, casts: Casts) -> str | None:
    """Return the name of the type that a parameter of `type_` is cast to; None: it is left as it is.

    Lengths and digits are left out: a cast to ``VARCHAR(3)`` or ``NUMERIC(5, 2)`` would change the value silently.
    """
    impl = type_._unwrapped_dialect_impl(writer.dialect)
    if impl.render_bind_cast:
        return writer.render(impl)  # type: ignore[no-any-return]
    for cls in type(impl).__mro__:
        rule = _RULES.get(cls)
        if rule is not None:
            least, name = rule
            if casts < least:
                return None
            return name if name is None or isinstance(name, str) else name(impl, writer)
    return None


def _integer(type_: Any, writer: Any) -> str:
    if isinstance(type_, t.BigInteger):
        return "BIGINT"
    return "SMALLINT" if isinstance(type_, t.SmallInteger) else "INTEGER"


def _with_zone(name: str) -> Callable[[Any, Any], str]:
    return lambda type_, writer: f"{name} WITH{'' if type_.timezone else 'OUT'} TIME ZONE"


def _enum(type_: Any, writer: Any) -> str:
    return writer.render(type_) if type_.native_enum else "VARCHAR"


def _uuid(type_: Any, writer: Any) -> str | None:
    if type_.native_uuid:
        return "UUID"
    return "VARCHAR" if writer.dialect.casts is Casts.ALL else None


def _array(type_: Any, writer: Any) -> str:
    item_type = type_.item_type
    if isinstance(item_type, t.Text):
        item = "TEXT"
    else:
        item = cast_name(item_type, writer, Casts.ALL) or writer.render(item_type)
    return f"{item}{'[]' * (type_.dimensions or 1)}"


def _own_name(type_: Any, writer: Any) -> str:
    return writer.render(type_)  # type: ignore[no-any-return]


#: Class of a type -> (with which drivers, what is written); looked up along the MRO. None: never a cast, because the
#: type is not the server's own (of an extension), or takes any string.
_RULES: Final[dict[type, tuple[Casts, Any]]] = {
    Integer: (Casts.GUESSED, _integer),
    Float: (Casts.ALL, "FLOAT"),
    Double: (Casts.ALL, "FLOAT"),
    Numeric: (Casts.ALL, "NUMERIC"),
    t.Boolean: (Casts.ALL, "BOOLEAN"),
    t.String: (Casts.GUESSED, "VARCHAR"),
    Enum: (Casts.ALL, _enum),
    t.Date: (Casts.GUESSED, "DATE"),
    t.Time: (Casts.GUESSED, _with_zone("TIME")),
    t.DateTime: (Casts.GUESSED, _with_zone("TIMESTAMP")),
    t.Interval: (Casts.ALL, "INTERVAL"),
    pg.INTERVAL: (Casts.ALL, "INTERVAL"),
    t.LargeBinary: (Casts.ALL, "BYTEA"),
    t.Uuid: (Casts.FEW, _uuid),
    t.JSON: (Casts.FEW, _own_name),
    t.JSON.JSONStrIndexType: (Casts.GUESSED, "TEXT"),
    t.JSON.JSONIntIndexType: (Casts.GUESSED, "INTEGER"),
    t.JSON.JSONPathType: (Casts.ALL, "TEXT[]"),
    pg.JSONPATH: (Casts.ALL, "JSONPATH"),
    t.ARRAY: (Casts.FEW, _array),
    ranges.AbstractRange: (Casts.FEW, _own_name),
    pg.BIT: (Casts.GUESSED, "BIT VARYING"),
    pg.OID: (Casts.ALL, "OID"),
    pg.REGCLASS: (Casts.ALL, "REGCLASS"),
    pg.REGCONFIG: (Casts.GUESSED, "REGCONFIG"),
    pg.TSVECTOR: (Casts.ALL, "TSVECTOR"),
    pg.TSQUERY: (Casts.ALL, "TSQUERY"),
    pg.INET: (Casts.ALL, "INET"),
    pg.CIDR: (Casts.ALL, "CIDR"),
    pg.MACADDR: (Casts.ALL, "MACADDR"),
    pg.MACADDR8: (Casts.ALL, "MACADDR8"),
    pg.MONEY: (Casts.ALL, "MONEY"),
    pg.CITEXT: (Casts.ALL, None),
}
