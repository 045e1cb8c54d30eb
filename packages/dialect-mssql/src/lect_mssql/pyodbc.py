"""The pairing of SQL Server with pyodbc, for Microsoft's ODBC Driver 18 and 17; FreeTDS with ``?driver=FreeTDS``."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from lect.dialects.contract import Conversion, ConversionRequest, Pairing
from lect.types import large_binary, temporal
from lect_mssql.errors import DISCONNECT_CODES
from lect_mssql.types import offset_text
from lect_pyodbc import Profile

__all__ = ["pairing"]

#: SQL_SS_TIMESTAMPOFFSET: https://learn.microsoft.com/sql/relational-databases/native-client-odbc-date-time
_TIMESTAMPOFFSET: Final = -155


def read_datetimeoffset(value: bytes) -> datetime:
    """Read a SQL_SS_TIMESTAMPOFFSET_STRUCT: six 16-bit numbers, nanoseconds, hours and minutes of offset."""
    year, month, day, hour, minute, second, nanoseconds, hours, minutes = struct.unpack("<6hI2h", value)
    offset = timezone(timedelta(hours=hours, minutes=minutes))
    return datetime(year, month, day, hour, minute, second, nanoseconds // 1000, offset)


def input_size(pyodbc: Any, type_: Any, is_none: bool) -> tuple[int, int, int] | None:
    """NULL for a binary column is sent as binary: the server converts no VARCHAR to VARBINARY, not even NULL."""
    if isinstance(type_, large_binary.LargeBinary) and is_none:
        return (pyodbc.SQL_VARBINARY, 0, 0)
    return None


def conversion(request: ConversionRequest) -> Conversion | None:
    """A point in time with an offset is sent as text: pyodbc (5.2) drops the offset of a datetime."""
    type_ = request.type_
    if isinstance(type_, temporal.DateTime) and type_.timezone:
        return Conversion(bind=lambda value: None if value is None else offset_text(value))
    return None


pairing = Pairing(
    connector="pyodbc",
    spi_version=1,
    profile=Profile(
        odbc_drivers=("ODBC Driver 18 for SQL Server", "ODBC Driver 17 for SQL Server"),
        server_keyword="Server",
        port_keyword=None,  # Server=host,1433
        database_keyword="Database",
        without_user=(("Trusted_Connection", "Yes"),),
        authentication_keywords=frozenset({"authentication", "trusted_connection", "uid", "accesstoken"}),
        output_converters=((_TIMESTAMPOFFSET, read_datetimeoffset),),
        conversion=conversion,
        input_size=input_size,
        # HY000/HY010 mean anything; these mean that the socket is gone.
        disconnect_sqlstates=frozenset({"08S02"}),
        disconnect_codes=DISCONNECT_CODES,
    ),
)
