"""The connector for psycopg2: https://www.psycopg.org/docs/."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

from lect import types as t
from lect.dialects.contract import (
    BulkRequest,
    ConnectArguments,
    Connector,
    ConnectRequest,
    Conversion,
    ConversionRequest,
    CursorRequest,
    Failure,
    SessionRequest,
)
from lect_postgresql.bulk import change_columnwise, insert_columnwise, row_insert
from lect_postgresql.casts import Casts
from lect_postgresql.counted import change_in_pages
from lect_postgresql.two_phase import TwoPhase
from lect_postgresql.values import conversion_of, multihost

__all__ = ["Psycopg2Connector", "connector"]

#: Rows per message of the bulk path.
_PAGE: Final = 500
_NUMBERS: Final = itertools.count(1)


class Psycopg2Connector(TwoPhase, Connector):
    """Opens PostgreSQL connections with ``psycopg2``.

    Query parameters of the URL are passed to libpq as they are (``sslmode``, ``connect_timeout``, ``options`` …:
    postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS).
    """

    name = "psycopg2"
    spi_version = 1
    paramstyle = "pyformat"
    casts = Casts.FEW
    driver_distribution = "psycopg2-binary"

    def import_driver(self) -> Any:
        """Import ``psycopg2`` with its extensions."""
        import psycopg2
        import psycopg2.extensions
        import psycopg2.extras

        return psycopg2

    # -- opening ------------------------------------------------------------------------------------------------------

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Return libpq's keywords; ``host=`` may be given several times in the URL for several servers."""
        kwargs = multihost(request)
        for key, value in (("user", request.username), ("password", request.password), ("dbname", request.database)):
            if value is not None:
                kwargs[key] = value
        kwargs.update(request.connect_args)
        if not kwargs:
            kwargs["dsn"] = ""  # psycopg2 wants to be told that the environment decides
        return ConnectArguments(kwargs=kwargs)

    def prepare_connection(self, request: SessionRequest) -> None:
        """Let the mapping of JSON and UUID values be done by types, not by the driver's global registry."""
        extras = self.driver.extras
        extensions = self.driver.extensions
        connection = request.connection
        # Text of JSON values comes as it is: types decode it with the engine's deserializer.
        extras.register_default_json(connection, loads=_identity)
        extras.register_default_jsonb(connection, loads=_identity)
        extensions.register_type(_uuid_type(extensions), connection)

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Switch autocommit."""
        if connection.autocommit is not on:
            connection.autocommit = on

    def server_facts(self, connection: Any) -> Mapping[str, Any]:
        """The version is part of the handshake."""
        number = connection.server_version
        version = (number // 10000, number % 10000) if number >= 100000 else (number // 10000, number // 100 % 100)
        return {"version": version, "product": "PostgreSQL"}

    # -- running ------------------------------------------------------------------------------------------------------

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a named cursor: the rows stay on the server. WITH HOLD where no transaction would keep them."""
        name = f"lect_{next(_NUMBERS)}"
        cursor = request.connection.cursor(name=name, withhold=request.connection.autocommit)
        if request.stream_rows:
            cursor.itersize = request.stream_rows
        return cursor

    #: one statement for many rows says how many there were
    counts_in_bulk = True

    def execute_in_bulk(self, request: BulkRequest) -> int:
        """Send an INSERT column by column, or in statements of many rows, an UPDATE or DELETE of known rows column by
        column; other statements in pages of one message, or one by one where they are to be counted."""
        cursor, statement, rows = request.cursor, request.statement, request.parameters
        affected = insert_columnwise(cursor, statement, request.types, rows)
        if affected is None:
            affected = change_columnwise(request)
        if affected is None and request.counted:
            affected = change_in_pages(request)
        if affected is not None:
            return affected
        if request.counted:
            cursor.executemany(statement, rows)
            return int(cursor.rowcount)
        insert = row_insert(statement)
        if insert is not None:
            text = f"{insert.head} VALUES %s{insert.tail}"
            self.driver.extras.execute_values(cursor, text, rows, insert.row, _PAGE)
        else:
            self.driver.extras.execute_batch(cursor, statement, rows, page_size=_PAGE)
        # The driver counts the last page only.
        return int(cursor.rowcount) if len(rows) == 1 else -1

    def cancel(self, connection: Any) -> None:
        """Send a cancel request over a connection of its own."""
        connection.cancel()

    def transaction_failed(self, connection: Any) -> bool:
        """Ask libpq (PQtransactionStatus)."""
        return bool(connection.info.transaction_status == self.driver.extensions.TRANSACTION_STATUS_INERROR)

    def ping(self, connection: Any) -> None:
        """Ask for nothing, and leave no transaction open."""
        connection.cursor().execute("")
        if not connection.autocommit:
            connection.rollback()

    # -- converting ---------------------------------------------------------------------------------------------------

    def conversion(self, request: ConversionRequest) -> Conversion | None:
        """Say what psycopg2 already converts."""
        conversion = conversion_of(request)
        if isinstance(request.type_, t.Numeric) and conversion is not None:
            return conversion.replace(bind=_decimal)
        return conversion

    # -- failing ------------------------------------------------------------------------------------------------------

    def failure(self, exception: BaseException) -> Failure:
        """Read SQLSTATE and the error's fields."""
        failure = super().failure(exception)
        state = getattr(exception, "pgcode", None)
        diag = getattr(exception, "diag", None)
        column = getattr(diag, "column_name", None)
        return failure.replace(
            sqlstate=state,
            native_code=state,
            # The server's own sentence: the rest quotes the statement, in which the driver may have written values.
            message=getattr(diag, "message_primary", None) or failure.message,
            disconnected=state is None and self._is_lost(exception, failure.pep249),
            constraint=getattr(diag, "constraint_name", None),
            table=getattr(diag, "table_name", None),
            schema=getattr(diag, "schema_name", None),
            columns=(column,) if column else (),
        )

    def _is_lost(self, exception: BaseException, pep249: str) -> bool:
        """Say whether an error that no server sent means that the connection is gone."""
        message = str(exception)
        if pep249 == "InterfaceError":
            # psycopg2 2.9 has no code for it.
            return message.startswith(
                ("connection already closed", "cursor already closed", "connection pointer is NULL")
            )
        # libpq's own errors carry no SQLSTATE; those about a lost socket are OperationalError or DatabaseError.
        # Texts of libpq 10 to 17, translated only when libpq was built with NLS.
        return pep249 in ("OperationalError", "DatabaseError", "InternalError") and any(
            text in message for text in _LOST
        )


_LOST: Final = (
    "server closed the connection unexpectedly",
    "terminating connection",
    "closed the connection",
    "connection not open",
    "could not receive data from server",
    "could not send data to server",
    "could not connect to server",
    "connection to server was lost",
    "SSL connection has been closed unexpectedly",
    "SSL SYSCALL error",
    "SSL error",
    "Connection refused",
    "Connection timed out",
    "lost synchronization with server",
    "no connection to the server",
    "Broken pipe",
)


def _identity(value: Any) -> Any:
    return value


def _decimal(value: Any) -> Any:
    """Pass a number; infinities as text, of which the driver would make NaN (psycopg2 2.9)."""
    infinite = getattr(value, "is_infinite", None)
    return str(value) if infinite is not None and infinite() else value


def _uuid_type(extensions: Any) -> Any:
    """A typecaster that gives uuid.UUID, for this connection only."""
    from uuid import UUID

    return extensions.new_type((2950,), "LECT_UUID", lambda text, cursor: None if text is None else UUID(text))


connector = Psycopg2Connector
