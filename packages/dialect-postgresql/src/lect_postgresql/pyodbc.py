"""The pairing with the shared ODBC connector: what only PostgreSQL's ODBC driver needs to be told.

psqlODBC: odbc.postgresql.org/docs/config-opt.html.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from lect import types as t
from lect.dialects.contract import Conversion, ConversionRequest, Pairing
from lect.types.numeric import Float, Numeric
from lect_postgresql.text_forms import array_text, interval_text, parse_array, parse_datetime, parse_interval
from lect_postgresql.types import INTERVAL
from lect_postgresql.values import conversion_of
from lect_pyodbc import Profile
from lect_pyodbc.values import sized_decimal, without_nul

__all__ = ["pairing"]

#: Attributes of connections that only psqlODBC has (SQL_ATTR_PGOPT_USE_DECLAREFETCH, SQL_ATTR_PGOPT_FETCH).
_USE_DECLARE_FETCH: Final = 65539
_FETCH: Final = 65541

#: ``;\nError while executing the query`` behind the server's message, and ``ERROR: `` before it.
_AROUND: Final = re.compile(r"^(?:ERROR|FATAL|PANIC): +|;\s*Error while executing the query$")


def _uuid(value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    from uuid import UUID

    return UUID(value)


def _text(value: Any) -> Any:
    return None if value is None else str(value)


def _lower_text(value: Any) -> Any:
    return None if value is None else str(value).lower()


def _aware(value: Any) -> Any:
    """A point in time as text in UTC: the driver drops the zone, and takes a year before the first for one after it.

    A date that has no time of day has no zone either.
    """
    if getattr(value, "tzinfo", None) is None:
        return value
    return value.astimezone(dt.UTC).isoformat(" ")


def _time(value: Any) -> Any:
    """A time of day as text: ODBC's TIME has no fractions of a second."""
    return value.isoformat() if isinstance(value, dt.time) else value


def _read_time(value: Any) -> Any:
    return dt.time.fromisoformat(value) if isinstance(value, str) else value


def _in_utc(value: Any) -> Any:
    return value if value is None or value.tzinfo is not None else value.replace(tzinfo=dt.UTC)


def _interval(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else interval_text(value)


def _duration(value: Any) -> Any:
    return parse_interval(value) if isinstance(value, str) else value


def _float(value: Any) -> Any:
    return None if value is None else float(value)


def _boolean(text: str) -> bool:
    return text == "t"


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))


#: Class of an element -> what reads its text inside of an array; looked up along the MRO.
_ELEMENTS: Final[dict[type, Callable[[str], Any]]] = {
    t.Boolean: _boolean,
    t.Integer: int,
    Float: float,
    Numeric: Decimal,
    t.Date: dt.date.fromisoformat,
    t.Time: dt.time.fromisoformat,
    t.DateTime: parse_datetime,
    t.Interval: parse_interval,
    INTERVAL: parse_interval,
    t.LargeBinary: _bytes,
}


def _array(type_: Any, dialect: Any) -> Conversion:
    """Arrays pass as text; their elements are converted here on the way out, and by their type."""
    item = type_.item_type
    impl = item.dialect_impl(dialect)
    bind_item = item._cached_bind_processor(dialect)
    read = next((_ELEMENTS[cls] for cls in type(impl).__mro__ if cls in _ELEMENTS), None)
    if isinstance(impl, Numeric) and not impl.asdecimal:
        read = float
    finish = None if read is not None else item._cached_result_processor(dialect, None)
    make = tuple if type_.as_tuple else list

    def bind(value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return array_text(type_._walk(value, bind_item, list, type_.dimensions))

    def result(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return type_._walk(parse_array(value, read), finish, make, type_.dimensions)

    return Conversion(bind=bind, result=result)


def conversion(request: ConversionRequest) -> Conversion | None:
    """UUIDs, arrays and intervals pass as text; the rest as with libpq's drivers."""
    type_ = request.type_
    if isinstance(type_, t.Uuid) and type_.native_uuid:
        return Conversion(bind=_text, result=_uuid if type_.as_uuid else _lower_text)
    if isinstance(type_, t.ARRAY):
        return _array(type_, request.dialect)
    if isinstance(type_, INTERVAL):
        return Conversion(bind=_interval, result=_duration)
    if isinstance(type_, t.DateTime) and type_.timezone:
        return Conversion(bind=_aware, result=_in_utc)
    if isinstance(type_, t.Time):
        return Conversion(bind=_time, result=_read_time if type_.timezone else None)
    if isinstance(type_, t.String) and not isinstance(type_, t.Enum):
        return Conversion(bind=without_nul)
    if isinstance(type_, Numeric):
        return Conversion(bind=sized_decimal, result=None if type_.asdecimal else _float)
    if isinstance(type_, Float):
        return None if type_.asdecimal else Conversion()
    return conversion_of(request)


def stream_rows(connection: Any, rows: int | None) -> None:
    """Let the driver declare a cursor for each query, as its option UseDeclareFetch does for a whole connection."""
    connection.set_attr(_USE_DECLARE_FETCH, int(rows is not None))
    if rows is not None:
        connection.set_attr(_FETCH, rows)


def clean_message(message: str) -> str:
    """Take what the driver writes around the server's message off."""
    return _AROUND.sub("", message)


pairing = Pairing(
    connector="pyodbc",
    spi_version=1,
    profile=Profile(
        odbc_drivers=("PostgreSQL Unicode", "PostgreSQL Unicode(x64)", "PostgreSQL"),
        server_keyword="Server",
        port_keyword="Port",
        database_keyword="Database",
        defaults=(
            ("BoolsAsChar", "0"),  # booleans are bits, not the strings '0' and '1'
            ("ByteaAsLongVarBinary", "1"),  # bytea is binary, not text
            ("MaxLongVarcharSize", "1073741823"),  # text is not cut at 8190 characters
            ("MaxVarcharSize", "1073741823"),
            # Values become part of the text, so that the same one in SELECT and GROUP BY is the same expression.
            ("UseServerSidePrepare", "0"),
            ("Protocol", "7.4-0"),  # an error rolls nothing back: savepoints are the engine's
            # Points in time arrive without their zone; in UTC they can be told.
            ("ConnSettings", "SET TIME ZONE 'UTC'"),
            ("LFConversion", "0"),  # newlines stay as they are
        ),
        conversion=conversion,
        clean_message=clean_message,
        stream_rows=stream_rows,
    ),
)
