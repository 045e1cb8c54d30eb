"""The pairing with the shared ODBC connector: what only MySQL's and MariaDB's ODBC drivers need to be told.

MariaDB Connector/ODBC: mariadb.com/kb/en/about-mariadb-connector-odbc/; MySQL Connector/ODBC:
dev.mysql.com/doc/connector-odbc/en/.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lect import types as t
from lect.dialects.capabilities import Capabilities, GeneratedKey
from lect.dialects.contract import Conversion, ConversionRequest, FailureKind, Pairing
from lect_mysql.types import SET
from lect_mysql.values import conversion_of, naive, result_of, time_of
from lect_pyodbc import Profile
from lect_pyodbc.values import sized_decimal

__all__ = ["pairing"]

_SQL_CHAR: Final = 1
_SQL_WCHAR: Final = -8
_SQL_TYPE_TIME: Final = 92

_DURATION: Final = re.compile(rb"(-?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?\0?")

#: ``[ma-3.1.15][10.11.6-MariaDB]`` in front of the server's message.
_PREFIX: Final = re.compile(r"^(?:\[[^\]]*\])+ ?")


def restrict(capabilities: Capabilities) -> Capabilities:
    """Cursors of pyodbc have no lastrowid: a query asks for the key."""
    return capabilities.replace(generated_key=GeneratedKey.QUERY)


def duration(raw: bytes) -> Any:
    """Turn what the driver has for a TIME into a duration, as PyMySQL gives it: text, or ODBC's TIME_STRUCT."""
    from datetime import timedelta

    match = _DURATION.fullmatch(raw)
    if match is None:
        parts = [int.from_bytes(raw[i : i + 2], "little") for i in (0, 2, 4)]
        return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
    sign, hours, minutes, seconds, fraction = match.groups()
    value = timedelta(
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds),
        microseconds=int((fraction or b"0").ljust(6, b"0")),
    )
    return -value if sign else value


#: Numbers beyond have no ODBC type that pyodbc binds.
_LARGEST: Final = 2**63 - 1


def _isoformat(value: Any) -> Any:
    """Turn a time, or a point in time, into text: bound as themselves they lose their fractions of a second."""
    if hasattr(value, "hour"):
        value = naive(value)
        return value.isoformat(" ") if hasattr(value, "year") else value.isoformat()
    if hasattr(value, "microseconds"):  # a duration
        microseconds = abs(value) // type(value)(microseconds=1)
        seconds, microseconds = divmod(microseconds, 1_000_000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{'-' if value.days < 0 else ''}{hours:02}:{minutes:02}:{seconds:02}.{microseconds:06}"
    return value


def _float(value: Any) -> Any:
    return None if value is None else float(value)


def _listed(request: ConversionRequest) -> Conversion:
    """Refuse what an ENUM or SET has not listed.

    The server's error for it has SQLSTATE 01000, which MariaDB's driver (3.1.15) takes for a warning: the statement
    would seem to have succeeded, without its row.
    """
    type_ = request.type_
    is_set = isinstance(type_, SET)
    allowed = frozenset(type_.values if is_set else type_.enums)
    process = type_.bind_processor(request.dialect)

    def bind(value: Any) -> Any:
        bound = process(value)
        if isinstance(bound, str):
            for each in (bound.split(",") if bound else ()) if is_set else (bound,):
                if each not in allowed:
                    raise LookupError(f"{each!r} is none of the values of {type_!r}")
        return bound

    return Conversion(bind=bind, result=type_.result_processor(request.dialect, request.native_code))


def _large(value: Any) -> Any:
    return str(value) if isinstance(value, int) and value > _LARGEST else value


def conversion(request: ConversionRequest) -> Conversion | None:
    """The drivers bind text, numbers and days; what they have no ODBC type for passes as text."""
    type_ = request.type_
    # Type codes are Python's classes; what has no column is text.
    result = result_of(type_) if request.native_code is str else None
    if isinstance(type_, t.DateTime):
        return Conversion(bind=_isoformat, result=result)
    if isinstance(type_, t.Date):
        return Conversion(result=result)
    if isinstance(type_, t.Time):
        return Conversion(bind=_isoformat, result=result or time_of)
    if isinstance(type_, t.Numeric):
        if not type_.asdecimal:
            return Conversion(bind=sized_decimal, result=_float)
        known = request.native_code is None or hasattr(request.native_code, "as_tuple")
        return Conversion(bind=sized_decimal, result=None if known else result_of(type_))
    if isinstance(type_, t.Integer):
        return Conversion(bind=_large) if getattr(type_, "unsigned", False) else None
    if isinstance(type_, (t.Enum, SET)):
        return _listed(request)
    return conversion_of(request)


def clean_message(message: str) -> str:
    """Take the names of the driver and the server off the front."""
    return _PREFIX.sub("", message)


def _profile() -> Profile:
    return Profile(
        odbc_drivers=(
            "MariaDB Unicode",
            "MariaDB ODBC 3.2 Driver",
            "MariaDB ODBC 3.1 Driver",
            "MariaDB",
            "MySQL ODBC 9.0 Unicode Driver",
            "MySQL ODBC 8.4 Unicode Driver",
            "MySQL ODBC 8.0 Unicode Driver",
        ),
        server_keyword="Server",
        port_keyword="Port",
        database_keyword="Database",
        defaults=(
            ("charset", "utf8mb4"),
            ("OPTION", "2"),  # FLAG_FOUND_ROWS: row counts are those of matched rows
        ),
        # Text passes as UTF-8: of UTF-16, MariaDB's driver 3.1.15 cuts characters off the end.
        encoding="utf-8",
        # Of UTF-8, unixODBC makes UCS-2 for this driver, in which there are no such characters.
        narrow_statements=True,
        # ODBC's TIME ends at 24 hours and has no fractions of a second.
        output_converters=((_SQL_TYPE_TIME, duration),),
        decodings=((_SQL_CHAR, "utf-8"), (_SQL_WCHAR, "utf-8")),
        conversion=conversion,
        disconnect_codes=frozenset({1927, 2006, 2013, 2014, 2027, 2045, 2055, 4031}),
        kinds={"HYT00": FailureKind.LOCK_TIMEOUT},
        clean_message=clean_message,
        restrict=restrict,
    )


pairing = Pairing(connector="pyodbc", spi_version=1, profile=_profile())
