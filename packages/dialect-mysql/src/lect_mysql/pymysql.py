"""The connector for PyMySQL: https://pymysql.readthedocs.io/."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lect import exc
from lect.dialects.contract import (
    ConnectArguments,
    Connector,
    ConnectRequest,
    Conversion,
    ConversionRequest,
    CursorRequest,
    Failure,
)
from lect_mysql.kept_rows import making_way, streaming_cursor_class
from lect_mysql.many_sets import cursor_class
from lect_mysql.values import conversion_of

__all__ = ["CLIENT_FOUND_ROWS", "PARAMETERS", "PyMySQLConnector", "connect_keywords", "connector", "encoded"]

CLIENT_FOUND_ROWS: Final = 2  # dev.mysql.com/doc/c-api/8.4/en/mysql-real-connect.html


def _boolean(text: str) -> bool:
    if text.lower() in ("true", "1", "yes", "on"):
        return True
    if text.lower() in ("false", "0", "no", "off"):
        return False
    raise ValueError("it is neither true nor false")


#: Parameters of ``pymysql.connect`` that may stand in a URL, and how their text is read.
PARAMETERS: Final[dict[str, Callable[[str], Any]]] = {
    "charset": str,
    "collation": str,
    "sql_mode": str,
    "init_command": str,
    "unix_socket": str,
    "connect_timeout": int,
    "read_timeout": int,
    "write_timeout": int,
    "max_allowed_packet": int,
    "client_flag": int,
    "local_infile": _boolean,
    "bind_address": str,
    "program_name": str,
    "read_default_file": str,
    "read_default_group": str,
    "server_public_key": str,
    "ssl_ca": str,
    "ssl_cert": str,
    "ssl_key": str,
    "ssl_key_password": str,
    "ssl_disabled": _boolean,
    "ssl_verify_cert": _boolean,
    "ssl_verify_identity": _boolean,
}


class PyMySQLConnector(Connector):
    """Opens connections to MySQL and MariaDB with ``pymysql``. The URL's query parameters are its keyword arguments."""

    name = "pymysql"
    spi_version = 1
    paramstyle = "pyformat"
    driver_distribution = "pymysql"
    _opener: Any = None
    _streaming: Any = None
    _cursors: Any = None

    def import_driver(self) -> Any:
        """Import ``pymysql``."""
        import pymysql
        import pymysql.cursors

        return pymysql

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Return the keyword arguments of ``connect``. Row counts are those of matched rows (CLIENT.FOUND_ROWS)."""
        kwargs = connect_keywords(request, PARAMETERS)
        kwargs["client_flag"] = kwargs.get("client_flag", 0) | CLIENT_FOUND_ROWS
        return ConnectArguments(kwargs=kwargs)

    def connect(self, arguments: ConnectArguments) -> Any:
        """Open a connection that takes single values as parameters, and nothing else.

        PyMySQL would write lists, tuples and sets into a statement as SQL, in parentheses and with commas, and of any
        other object its ``str()``.
        """
        opener = self._opener
        if opener is None:
            opener = self._opener = strict_connection(self.driver.connect)
            self._cursors = cursor_class(self.driver.cursors.Cursor)
        return opener(*arguments.args, **{"cursorclass": self._cursors, **arguments.kwargs})

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Switch autocommit."""
        if connection.get_autocommit() is not on:
            connection.autocommit(on)

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a cursor that leaves the rows in the socket until they are read, or the connection is needed."""
        cursor_class = self._streaming
        if cursor_class is None:
            cursor_class = self._streaming = streaming_cursor_class(self.driver.cursors.SSCursor)
        return request.connection.cursor(cursor_class)

    def ping(self, connection: Any) -> None:
        """COM_PING."""
        connection.ping(reconnect=False)

    def cancel(self, connection: Any) -> None:
        """KILL QUERY over a connection of its own."""
        other = self.connect(ConnectArguments(kwargs=self._cancel_arguments(connection)))
        try:
            with other.cursor() as cursor:
                cursor.execute(f"KILL QUERY {int(connection.thread_id())}")
        finally:
            other.close()

    @staticmethod
    def _cancel_arguments(connection: Any) -> dict[str, Any]:
        return {
            "host": connection.host,
            "port": connection.port,
            "unix_socket": connection.unix_socket,
            "user": connection.user,
            "password": connection.password,
            # Encrypted as the first connection is: PyMySQL also sets `ssl` when it would only have preferred it.
            "ssl": connection.ctx if getattr(connection, "_ssl_required", False) else None,
            "ssl_disabled": not getattr(connection, "ssl", False),
            "connect_timeout": connection.connect_timeout,
        }

    # -- two-phase (XA) -----------------------------------------------------------------------------------------------

    def create_xid(self) -> Any:
        """Return a new transaction identifier: hexadecimal digits, safe inside quotes."""
        import uuid

        return f"lect_{uuid.uuid4().hex}"

    def begin_two_phase(self, connection: Any, xid: Any) -> None:
        """XA BEGIN."""
        _run(connection, f"XA BEGIN {_xid(xid)}")

    def prepare_two_phase(self, connection: Any, xid: Any) -> None:
        """XA END, XA PREPARE."""
        _run(connection, f"XA END {_xid(xid)}")
        _run(connection, f"XA PREPARE {_xid(xid)}")

    def commit_two_phase(self, connection: Any, xid: Any, prepared: bool, recovered: bool) -> None:
        """XA COMMIT; in one phase when nothing was prepared."""
        if recovered:
            self._finish_recovered(connection, f"XA COMMIT {_xid(xid)}")
        elif not prepared:
            _run(connection, f"XA END {_xid(xid)}")
            _run(connection, f"XA COMMIT {_xid(xid)} ONE PHASE")
        else:
            _run(connection, f"XA COMMIT {_xid(xid)}")

    def rollback_two_phase(self, connection: Any, xid: Any, prepared: bool, recovered: bool) -> None:
        """XA ROLLBACK."""
        if recovered:
            self._finish_recovered(connection, f"XA ROLLBACK {_xid(xid)}")
            return
        if not prepared:
            _run(connection, f"XA END {_xid(xid)}")
        _run(connection, f"XA ROLLBACK {_xid(xid)}")

    def _finish_recovered(self, connection: Any, statement: str) -> None:
        """Run `statement` in autocommit mode: out of it, MariaDB takes any connection for one inside of a transaction.

        A connection that is inside of one is left as it is, and the server refuses.
        """
        switch = not connection.get_autocommit() and not self.in_transaction(connection)
        if switch:
            self.set_autocommit(connection, True)
        try:
            _run(connection, statement)
        finally:
            if switch:
                self.set_autocommit(connection, False)

    def in_transaction(self, connection: Any) -> bool:
        """Whether a transaction is open, as the server's last answer had it (SERVER_STATUS_IN_TRANS)."""
        return bool(connection.server_status & 1)

    def recover_two_phase(self, connection: Any) -> Sequence[Any]:
        """XA RECOVER; the transaction that it begins by itself would keep this connection from finishing any."""
        found = [_text(row[3])[: row[1]] for row in _run(connection, "XA RECOVER")]
        connection.rollback()
        return found

    # -- converting, failing ------------------------------------------------------------------------------------------

    def conversion(self, request: ConversionRequest) -> Conversion | None:
        """Say what PyMySQL already converts."""
        return conversion_of(request)

    def failure(self, exception: BaseException) -> Failure:
        """Read the error number; 0 and texts in its place are PyMySQL's own errors about its closed socket."""
        failure = super().failure(exception)
        number, message = number_and_message(exception)
        return failure.replace(
            native_code=number,
            message=message,
            disconnected=number == 0 and failure.pep249 == "InterfaceError",
        )


def strict_connection(connect: Any) -> Any:
    """Return a subclass of the driver's connection class that takes as parameters only what it has an encoder for.

    `connect` is the class, which is also the driver's ``connect()``; anything else is returned as it is.
    """
    if not isinstance(connect, type):
        return connect
    write: Any = connect.escape  # type: ignore[attr-defined]

    def escape(self: Any, obj: Any, mapping: Any = None) -> Any:
        if isinstance(obj, memoryview):
            obj = bytes(obj)
        if isinstance(obj, (str, bytes, bytearray)):
            return write(self, obj, mapping)
        return encoded(obj, self.encoders)

    def fileno(self: Any) -> int:
        """Return the number of the socket, so that a server that does not answer can be left."""
        return int(self._sock.fileno())

    body = {"escape": escape, "fileno": fileno, **making_way(connect), "__doc__": strict_connection.__doc__}
    make_context: Any = getattr(connect, "_create_ssl_ctx", None)
    if make_context is not None:
        body["_create_ssl_ctx"] = _sharing_context(make_context)
    return type("StrictConnection", (connect,), body)


def _sharing_context(make: Any) -> Any:
    """Return the driver's method that makes a TLS context, with one context for all connections that verify nothing.

    PyMySQL makes one per connection, and reads all certificates of the system for it, which takes longer than the
    rest of connecting. Contexts that do verify are made each time, since their files may have been renewed.
    """
    shared: list[Any] = []

    def _create_ssl_ctx(self: Any, sslp: Any) -> Any:
        if sslp:
            return make(self, sslp)
        if not shared:
            shared.append(make(self, sslp))
        return shared[0]

    return _create_ssl_ctx


def encoded(value: Any, encoders: Mapping[type, Callable[..., Any]]) -> Any:
    """Return `value` as SQL by the encoder that the driver has for its class; TypeError when it has none."""
    if not isinstance(value, (list, tuple, set, frozenset, dict)):
        for base in type(value).__mro__[:-1]:
            encoder = encoders.get(base)
            if encoder is not None:
                return encoder(value, encoders)
    raise TypeError(f"a {type(value).__name__} cannot be a parameter of a statement")


def connect_keywords(request: ConnectRequest, parameters: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """Return host, port, user, password, database and the URL's parameters as keyword arguments.

    ``ssl_*`` parameters PyMySQL does not take by name (``ssl_cipher``, ``ssl_capath``) go into its dictionary ``ssl``.
    """
    kwargs: dict[str, Any] = {"charset": "utf8mb4"}
    for key, value in (
        ("host", request.host),
        ("port", request.port),
        ("user", request.username),
        ("password", request.password),
        ("database", request.database),
    ):
        if value is not None:
            kwargs[key] = value
    for key, given in request.query.items():
        text = given if isinstance(given, str) else given[-1]
        read = parameters.get(key)
        if read is None:
            if key in ("ssl_cipher", "ssl_capath"):
                kwargs.setdefault("ssl", {})[key[4:]] = text
                continue
            raise exc.ArgumentError(f"Invalid URL: unknown parameter {key!r}{exc.nearest(key, parameters)}")
        try:
            kwargs[key] = read(text)
        except ValueError as error:
            raise exc.ArgumentError(f"Invalid URL: {key}={text!r} cannot be read: {error}") from None
    kwargs.update(request.connect_args)
    return kwargs


def number_and_message(exception: BaseException) -> tuple[int | None, str]:
    """Return ``(server's number, text)`` of an exception whose arguments are those of PyMySQL's."""
    args = exception.args
    if args and isinstance(args[0], int):
        return args[0], str(args[1]) if len(args) > 1 else ""
    return None, str(exception)


def _run(connection: Any, statement: str) -> list[Any]:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        cursor.close()


def _xid(xid: Any) -> str:
    text = str(xid)
    if not text.replace("_", "").replace("-", "").isalnum() or not text.isascii():
        raise exc.ArgumentError(f"{text!r} is no transaction identifier: letters, digits, '_' and '-' are")
    return f"'{text}'"


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


connector = PyMySQLConnector
