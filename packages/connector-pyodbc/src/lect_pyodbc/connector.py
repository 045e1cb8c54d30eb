"""One connector for everything that has an ODBC driver; what differs between databases comes in a profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lect import exc
from lect.dialects.capabilities import Capabilities
from lect.dialects.contract import (
    BulkRequest,
    CancelRequest,
    ConnectArguments,
    Connector,
    ConnectRequest,
    Conversion,
    ConversionRequest,
    CursorRequest,
    Failure,
    InputSizesRequest,
    PoolChoice,
    SessionRequest,
)
from lect.types.large_binary import Binary
from lect_pyodbc.connection_string import connection_string
from lect_pyodbc.failures import read_failure
from lect_pyodbc.profile import Profile
from lect_pyodbc.streaming import StreamingCursor
from lect_pyodbc.values import plain_bytes

__all__ = ["PyODBCConnector"]

#: Rows that a streaming cursor fetches at a time when nobody says.
_ROWS = 1000

#: Query parameters that are arguments of ``pyodbc.connect`` and not keywords of the connection string.
_BOOLEAN_ARGUMENTS = ("ansi", "unicode_results", "readonly")

#: ODBC counts the parameters of a statement in 16 bits with a sign (SQLBindParameter).
MAX_PARAMETERS: Final = 32767
#: Members of one list, so that a statement may have others beside them.
MAX_LIST: Final = 30000


class PyODBCConnector(Connector):
    """Talks to any ODBC data source by pyodbc.

    Args:
        profile: what the database's pairing says; None: the generic profile.
        fast_executemany: send parameter sets in arrays; None: as the profile says.
        use_setinputsizes: tell the driver parameter types where the profile knows them.
    """

    name = "pyodbc"
    spi_version = 1
    paramstyle = "qmark"
    options = frozenset({"fast_executemany", "use_setinputsizes"})
    driver_distribution = "pyodbc"

    def __init__(
        self,
        *,
        profile: Profile | None = None,
        module: Any = None,
        fast_executemany: bool | None = None,
        use_setinputsizes: bool = True,
    ) -> None:
        super().__init__(profile=profile or Profile(), module=module)
        self.profile: Profile
        self.fast_executemany = self.profile.fast_executemany if fast_executemany is None else fast_executemany
        self.use_setinputsizes = use_setinputsizes and self.profile.input_size is not None

    def import_driver(self) -> Any:
        """Import ``pyodbc``."""
        import pyodbc

        return pyodbc

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """pyodbc's errors, and the OverflowError it lets out for integers beyond 64 bits."""
        return (self.driver.Error, OverflowError)

    # -- opening ------------------------------------------------------------------------------------------------------

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Return the connection string, and keyword arguments of ``pyodbc.connect``."""
        query = dict(request.query)
        kwargs: dict[str, Any] = {}
        for key in list(query):
            text = query[key] if isinstance(query[key], str) else query[key][-1]
            if key.lower() in _BOOLEAN_ARGUMENTS:
                del query[key]
                kwargs[key.lower()] = _boolean(key, str(text))
            elif key.lower() == "autocommit":
                del query[key]
                if _boolean(key, str(text)):
                    raise exc.ArgumentError(
                        "autocommit=true in the URL would leave transactions without effect; "
                        "use create_engine(..., isolation_level='AUTOCOMMIT')"
                    )
        kwargs.update(request.connect_args)
        text = connection_string(request.replace(query=query), self.profile, lambda: list(self.driver.drivers()))
        return ConnectArguments(args=(text,), kwargs=kwargs)

    def pool_choice(self, request: ConnectRequest) -> PoolChoice:
        """As the profile says; a queue."""
        return PoolChoice.QUEUE if self.profile.pool_choice is None else self.profile.pool_choice(request)

    def prepare_connection(self, request: SessionRequest) -> None:
        """Set encodings and output converters."""
        connection, profile = request.connection, self.profile
        if profile.encoding is not None:
            connection.setencoding(encoding=profile.encoding)
        for code, encoding in profile.decodings:
            connection.setdecoding(code, encoding=encoding)
        for code, function in profile.output_converters:
            connection.add_output_converter(code, _keeping_null(function))

    def server_facts(self, connection: Any) -> Mapping[str, Any]:
        """Return product and version as the ODBC driver reports them."""
        pyodbc = self.driver
        version = str(connection.getinfo(pyodbc.SQL_DBMS_VER))
        parts = []
        for part in version.replace("-", ".").split("."):
            if not part.isdigit():
                break
            parts.append(int(part))
        return {
            "product": connection.getinfo(pyodbc.SQL_DBMS_NAME),
            "version": tuple(parts),
            "odbc_driver": connection.getinfo(pyodbc.SQL_DRIVER_NAME),
        }

    def restrict(self, capabilities: Capabilities) -> Capabilities:
        """Take away what the profile says the driver cannot pass on, and more parameters than ODBC counts."""
        found = capabilities if self.profile.restrict is None else self.profile.restrict(capabilities)
        return found.replace(
            max_parameters=min(found.max_parameters or MAX_PARAMETERS, MAX_PARAMETERS),
            max_list_parameters=min(found.max_list_parameters or MAX_LIST, MAX_LIST),
        )

    # -- running ------------------------------------------------------------------------------------------------------

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Switch autocommit."""
        connection.autocommit = on

    def ping(self, connection: Any) -> None:
        """Run the cheapest statement, and leave no transaction open."""
        cursor = connection.cursor()
        try:
            cursor.execute(self.profile.ping).fetchone()
        finally:
            cursor.close()
        if not connection.autocommit:
            connection.rollback()

    def cancel_statement(self, request: CancelRequest) -> None:
        """SQLCancel."""
        request.cursor.cancel()

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a cursor that leaves rows on the server; None when the profile knows no way."""
        stream_rows = self.profile.stream_rows
        if stream_rows is None:
            return None
        return StreamingCursor(request.connection.cursor(), stream_rows, request.stream_rows or _ROWS)

    #: ``executemany`` of the driver leaves -1, or what the last parameter set did
    counts_many = False

    def execute_in_bulk(self, request: BulkRequest) -> int:
        """Run ``executemany``, with parameter arrays when they are wanted."""
        cursor = request.cursor
        cursor.fast_executemany = self.fast_executemany
        cursor.executemany(request.statement, request.parameters)
        count: int = cursor.rowcount
        return count

    def set_input_sizes(self, request: InputSizesRequest) -> None:
        """Tell the driver the types the profile knows."""
        input_size = self.profile.input_size
        if not self.use_setinputsizes or input_size is None:
            return
        pyodbc = self.driver
        sizes = [input_size(pyodbc, type_, is_none) for _, type_, is_none in request.types]
        if any(size is not None for size in sizes):
            request.cursor.setinputsizes(sizes)

    def conversion(self, request: ConversionRequest) -> Conversion | None:
        """As the profile says; bytes of any class are bound as bytes."""
        found = None if self.profile.conversion is None else self.profile.conversion(request)
        type_ = request.type_
        if isinstance(type_, Binary) and (found is None or found.bind is None):
            result = type_.result_processor(request.dialect, request.native_code) if found is None else found.result
            return Conversion(bind=plain_bytes, result=result)
        return found

    # -- failing ------------------------------------------------------------------------------------------------------

    def failure(self, exception: BaseException) -> Failure:
        """Read SQLSTATE and native number."""
        if isinstance(exception, OverflowError):
            return Failure(pep249="DataError", message=str(exception))
        return read_failure(exception, super().failure(exception).pep249, self.profile)


def _boolean(key: str, text: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    try:
        return known[text.lower()]
    except KeyError:
        raise exc.ArgumentError(f"{key}={text!r} in the URL is neither true nor false") from None


def _keeping_null(function: Any) -> Any:
    def convert(value: bytes | None) -> Any:
        return None if value is None else function(value)

    return convert
