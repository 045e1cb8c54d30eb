"""The pairing with the shared ODBC connector: what only PostgreSQL's ODBC driver needs to be told.

psqlODBC: odbc.postgresql.org/docs/config-opt.html.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lect import types as t
from lect.dialects.contract import Conversion, ConversionRequest, Pairing
from lect_postgresql.values import conversion_of
from lect_pyodbc import Profile

__all__ = ["pairing"]

#: ``;\nError while executing the query`` behind the server's message, and ``ERROR: `` before it.
_AROUND: Final = re.compile(r"^(?:ERROR|FATAL|PANIC): +|;\s*Error while executing the query$")


def _uuid(value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    from uuid import UUID

    return UUID(value)


def _text(value: Any) -> Any:
    return None if value is None else str(value)


def conversion(request: ConversionRequest) -> Conversion | None:
    """UUIDs pass as text; the rest as with libpq's drivers."""
    type_ = request.type_
    if isinstance(type_, t.Uuid) and type_.native_uuid:
        return Conversion(bind=_text, result=_uuid if type_.as_uuid else _text)
    return conversion_of(request)


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
            ("UseServerSidePrepare", "1"),
            ("LFConversion", "0"),  # newlines stay as they are
        ),
        conversion=conversion,
        clean_message=clean_message,
    ),
)
