"""The connectors for psycopg 3, synchronous and asyncio: https://www.psycopg.org/psycopg3/docs/."""

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
from lect.exc import ArgumentError
from lect_postgresql.bulk import change_columnwise, insert_columnwise
from lect_postgresql.casts import Casts
from lect_postgresql.two_phase import TwoPhase
from lect_postgresql.values import conversion_of, multihost

__all__ = ["PsycopgConnector", "connector", "next_cursor_name"]

_NUMBERS: Final = itertools.count(1)


def next_cursor_name() -> str:
    """Return a name for a cursor of the server that no other cursor of this process has."""
    return f"lect_{next(_NUMBERS)}"


class PsycopgConnector(TwoPhase, Connector):
    """Opens PostgreSQL connections with ``psycopg``.

    Query parameters of the URL are libpq's keywords, and ``prepare_threshold``: the number of executions after which
    the driver prepares a statement on the server (5); ``none`` for a pooler in transaction mode.
    """

    name = "psycopg"
    spi_version = 1
    paramstyle = "pyformat"
    casts = Casts.ALL
    asynchronous = "psycopg_async"
    driver_distribution = "lect-postgresql[psycopg]"

    def import_driver(self) -> Any:
        """Import ``psycopg``."""
        import psycopg
        import psycopg.types.json

        return psycopg

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Return libpq's keywords."""
        kwargs = multihost(request)
        for key, value in (("user", request.username), ("password", request.password), ("dbname", request.database)):
            if value is not None:
                kwargs[key] = value
        if "prepare_threshold" in kwargs:
            kwargs["prepare_threshold"] = _threshold(kwargs["prepare_threshold"])
        kwargs.update(request.connect_args)
        return ConnectArguments(kwargs=kwargs)

    def prepare_connection(self, request: SessionRequest) -> None:
        """Leave JSON as text: types decode it with the engine's deserializer."""
        self.driver.types.json.set_json_loads(_decoded, context=request.connection)

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Switch autocommit."""
        if connection.autocommit is not on:
            connection.autocommit = on

    def server_facts(self, connection: Any) -> Mapping[str, Any]:
        """The version is part of the handshake."""
        number = connection.info.server_version
        return {"version": (number // 10000, number % 10000), "product": "PostgreSQL"}

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a named cursor: the rows stay on the server. WITH HOLD where no transaction would keep them."""
        cursor = request.connection.cursor(name=next_cursor_name(), withhold=request.connection.autocommit)
        if request.stream_rows:
            cursor.itersize = request.stream_rows
        return cursor

    #: the driver adds up what the statements of a pipeline report
    counts_in_bulk = True

    def execute_in_bulk(self, request: BulkRequest) -> int:
        """Send an INSERT, and an UPDATE or DELETE of known rows, column by column; other statements in a pipeline."""
        cursor = request.cursor
        affected = insert_columnwise(cursor, request.statement, request.types, request.parameters)
        if affected is None:
            affected = change_columnwise(request)
        if affected is not None:
            return affected
        cursor.executemany(request.statement, request.parameters)
        return int(cursor.rowcount)

    def cancel(self, connection: Any) -> None:
        """Send a cancel request over a connection of its own."""
        connection.cancel_safe() if hasattr(connection, "cancel_safe") else connection.cancel()

    def transaction_failed(self, connection: Any) -> bool:
        """Ask libpq (PQtransactionStatus)."""
        return bool(connection.info.transaction_status == self.driver.pq.TransactionStatus.INERROR)

    def ping(self, connection: Any) -> None:
        """Ask for nothing, and leave no transaction open."""
        connection.execute("")
        if not connection.autocommit:
            connection.rollback()

    # -- converting, failing ------------------------------------------------------------------------------------------

    def conversion(self, request: ConversionRequest) -> Conversion | None:
        """Say what psycopg already converts."""
        type_ = request.type_
        if isinstance(type_, t.String) and not isinstance(type_, t.Enum):
            # Behind a cast to VARCHAR anything is text: a list would be stored as "{a,b}".
            return Conversion(bind=_scalar)
        return conversion_of(request)

    def failure(self, exception: BaseException) -> Failure:
        """Read SQLSTATE and the error's fields."""
        failure = super().failure(exception)
        state = getattr(exception, "sqlstate", None)
        diag = getattr(exception, "diag", None)
        column = getattr(diag, "column_name", None)
        return failure.replace(
            sqlstate=state,
            native_code=state,
            # The server's own sentence: the rest quotes the statement, in which the driver may have written values.
            message=getattr(diag, "message_primary", None) or failure.message,
            # Errors that no server sent have no SQLSTATE: in OperationalError they are those of the socket.
            disconnected=state is None and failure.pep249 == "OperationalError" and _is_lost(str(exception)),
            constraint=getattr(diag, "constraint_name", None),
            table=getattr(diag, "table_name", None),
            schema=getattr(diag, "schema_name", None),
            columns=(column,) if column else (),
        )


def _threshold(text: str) -> int | None:
    if text.lower() == "none":
        return None
    try:
        return int(text)
    except ValueError:
        raise ArgumentError(f"prepare_threshold is a number of executions, or 'none', not {text!r}") from None


def _scalar(value: Any) -> Any:
    if value.__class__ is str or value is None:
        return value
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        raise TypeError(
            f"a string was expected, not {type(value).__name__}; give column or parameter a type that takes it"
        )
    return value


#: Texts of psycopg 3.1 and 3.2 and of libpq 10 to 17 for a lost socket; neither has a code for it.
_LOST: Final = (
    "connection is closed",
    "consuming input failed",
    "sending query failed",
    "the connection is lost",
    "server closed the connection",
    "connection is lost",
    "terminating connection",
    "SSL error",
    "SSL SYSCALL error",
    "no connection to the server",
    "flushing failed",
)


def _is_lost(message: str) -> bool:
    return any(text in message for text in _LOST)


def _decoded(data: bytes | str) -> str:
    return data if isinstance(data, str) else data.decode()


connector = PsycopgConnector
