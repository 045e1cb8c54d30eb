"""The pairing of SQLite with pyodbc, for the SQLite ODBC driver (http://www.ch-werner.de/sqliteodbc/)."""

from __future__ import annotations

import re
from typing import Final

from lect import types as t
from lect.dialects.capabilities import Capabilities, GeneratedKey, Returning
from lect.dialects.contract import ConnectRequest, Conversion, ConversionRequest, Pairing, PoolChoice
from lect_pyodbc import Profile
from lect_pyodbc.values import without_nul

__all__ = ["pairing"]

_CODE: Final = re.compile(r" \(\d+\)$")


def restrict(capabilities: Capabilities) -> Capabilities:
    """RETURNING gives no rows: the driver looks for rows only behind SELECT and its like (driver 0.99991, 0.9998)."""
    return capabilities.replace(
        insert_returning=Returning.NONE,
        update_returning=Returning.NONE,
        delete_returning=Returning.NONE,
        generated_key=GeneratedKey.QUERY,  # pyodbc cursors have no lastrowid
    )


def pool_choice(request: ConnectRequest) -> PoolChoice:
    """A database in memory lives and dies with its connection."""
    return PoolChoice.PER_THREAD if request.database in (None, "", ":memory:") else PoolChoice.QUEUE


def _text(value: bytes) -> str:
    return value.decode("utf-8")


def conversion(request: ConversionRequest) -> Conversion | None:
    """The driver passes C strings."""
    if isinstance(request.type_, t.String) and not isinstance(request.type_, t.Enum):
        return Conversion(bind=without_nul)
    return None


pairing = Pairing(
    connector="pyodbc",
    spi_version=1,
    profile=Profile(
        odbc_drivers=("SQLite3", "SQLite3 ODBC Driver"),
        server_keyword=None,
        database_keyword="Database",
        defaults=(
            ("Database", ":memory:"),
            ("BigInt", "1"),  # else an expression's integer is read with 32 bits, and a larger one as 0
            ("Timeout", "5000"),  # milliseconds to wait for a lock; the standard library's module waits as long
        ),
        # Text passes as UTF-8: of UTF-16, the driver loses characters beyond U+FFFF in statements.
        encoding="utf-8",
        conversion=conversion,
        # The driver would cut fractions of a second off times: the stored text passes as it is instead.
        output_converters=((91, _text), (92, _text), (93, _text)),  # SQL_TYPE_DATE, SQL_TYPE_TIME, SQL_TYPE_TIMESTAMP
        # "UNIQUE constraint failed: t.a (19)": the driver writes SQLite's code behind the message.
        clean_message=lambda message: _CODE.sub("", message),
        restrict=restrict,
        pool_choice=pool_choice,
    ),
)
