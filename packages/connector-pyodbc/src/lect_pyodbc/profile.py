"""What a dialect's package tells the connector about one database: a frozen object, handed over by a pairing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lect.dialects.capabilities import Capabilities
from lect.dialects.contract import ConnectRequest, Conversion, ConversionRequest, FailureKind, PoolChoice
from lect.dialects.record import Record

__all__ = ["Profile"]


class Profile(Record):
    """Facts about one database behind ODBC. The defaults are what every ODBC data source has in common.

    A pairing is a module of the dialect's package with the name of the driver; see
    :class:`lect.dialects.contract.Pairing` for a whole one. It may import pyodbc nowhere: type codes are ODBC's own
    numbers, and `input_size` gets the module as an argument.
    """

    # -- the connection string ----------------------------------------------------------------------------------------

    odbc_drivers: tuple[str, ...] = ()
    """Names of ODBC drivers for the database, best first. When the URL names no driver, the first that is installed is
    used; none installed: the first, so that the driver manager's error names it."""

    server_keyword: str | None = "Server"
    """Keyword of the host; None: the database has none, and a URL with a host is refused."""

    port_keyword: str | None = "Port"
    """Keyword of the port; None: the port follows the host after a comma (``Server=host,1433``)."""

    database_keyword: str = "Database"
    """Keyword of the database."""

    defaults: tuple[tuple[str, str], ...] = ()
    """Keywords that are set unless the URL sets them, for connections that name a driver (not for a DSN)."""

    without_user: tuple[tuple[str, str], ...] = ()
    """Keywords that are set when the URL names no user and no other way of authentication."""

    authentication_keywords: frozenset[str] = frozenset()
    """Keywords, in lower case, whose presence means that `without_user` is not wanted."""

    # -- a new connection ---------------------------------------------------------------------------------------------

    encoding: str | None = None
    """Encoding of text sent (``setencoding``); None: pyodbc's default, UTF-16."""

    decodings: tuple[tuple[int, str], ...] = ()
    """(ODBC type code, encoding) of text received (``setdecoding``)."""

    output_converters: tuple[tuple[int, Callable[[bytes], Any]], ...] = ()
    """(ODBC type code, function): values of that type arrive as the driver's bytes and become what the function
    returns. NULL is not passed to it."""

    narrow_statements: bool = False
    """The text of a statement loses characters beyond U+FFFF on its way; bound values do not. The dialect's literals
    avoid them."""

    # -- values -------------------------------------------------------------------------------------------------------

    conversion: Callable[[ConversionRequest], Conversion | None] | None = None
    """How values of a type pass through the driver where that differs from the dialect's types; None: nowhere."""

    input_size: Callable[[Any, Any, bool], tuple[int, int, int] | None] | None = None
    """``input_size(pyodbc, type, is_none)`` -> what ``setinputsizes`` is told for one parameter; None: the driver finds
    out by itself. None in place of the function: ``setinputsizes`` is not called at all."""

    fast_executemany: bool = False
    """``executemany`` sends parameter sets in arrays; right when the database's driver supports parameter arrays."""

    # -- rows ---------------------------------------------------------------------------------------------------------

    stream_rows: Callable[[Any, int | None], None] | None = None
    """``stream_rows(connection, rows)``: from now on queries leave their rows on the server and fetch so many at a
    time; None for `rows`: no more. None in place of the function: the driver always fetches whole results."""

    # -- failures -----------------------------------------------------------------------------------------------------

    disconnect_sqlstates: frozenset[str] = frozenset()
    """SQLSTATEs that mean "the connection is gone", beside those of class 08 that always do."""

    disconnect_codes: frozenset[int] = frozenset()
    """Native error numbers that mean "the connection is gone"."""

    kinds: Mapping[str, FailureKind] = {}
    """SQLSTATE -> kind, where the driver's use of a SQLSTATE is narrower than the standard's."""

    clean_message: Callable[[str], str] | None = None
    """Takes away what the driver adds to the server's message, after the prefix and suffix all drivers have."""

    # -- the rest -----------------------------------------------------------------------------------------------------

    restrict: Callable[[Capabilities], Capabilities] | None = None
    """Takes away capabilities that the database has and this driver cannot pass on."""

    pool_choice: Callable[[ConnectRequest], PoolChoice] | None = None
    """Which pool suits an address; None: a queue."""

    ping: str = "SELECT 1"
    """The cheapest statement."""
