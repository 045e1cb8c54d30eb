"""What a dialect composed with its connector does on a connection of the driver: begin, end, isolate, ping, judge.

A dialect by itself does no I/O. Behind ``create_engine`` it has a connector, and here the two are asked together:
by the engine and its pool, and by programs that have the driver's own connection in hand
(``engine.dialect.get_isolation_level(connection.connection.dbapi_connection)``). Under an asynchronous driver the
methods must be called where the engine would call them, inside a greenlet of :mod:`lect.bridge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from lect.dialects.requests import ConnectArguments, ConnectRequest, Failure
from lect.exc import ArgumentError, InvalidRequestError, NotSupportedError

if TYPE_CHECKING:
    from lect.dialects.abilities import Abilities
    from lect.dialects.capabilities import Capabilities

__all__ = ["AUTOCOMMIT", "DriverCalls", "run_at_once"]

#: The level of a connection on which every statement is a transaction of its own.
AUTOCOMMIT = "AUTOCOMMIT"


def run_at_once(connection: Any, *statements: str) -> None:
    """Run statements without parameters or rows on a connection of the driver."""
    cursor = connection.cursor()
    try:
        for statement in statements:
            cursor.execute(statement)
    finally:
        cursor.close()


class DriverCalls:
    """The calls; a part of :class:`lect.dialects.contract.Dialect`."""

    name: ClassVar[str]
    connector: Any
    capabilities: Capabilities
    session_switches: ClassVar[Mapping[str, tuple[str, str]]]
    #: What the connector can do; None without one.
    abilities: Abilities | None = None
    #: Isolation level of every connection of this engine; None: the server's.
    isolation_level: str | None = None

    @property
    def is_async(self) -> bool:
        """Whether the connector's driver is asynchronous."""
        return self.connector is not None and bool(self.connector.is_async)

    def _able(self) -> Abilities:
        if self.abilities is None:
            raise InvalidRequestError(
                f"dialect {self.name!r} was made without a connector, so it cannot reach a server"
            )
        return self.abilities

    # -- opening and closing ------------------------------------------------------------------------------------------

    def create_connect_args(self, url: Any) -> tuple[list[Any], dict[str, Any]]:
        """Return the positional and keyword arguments that the driver's ``connect()`` gets for a URL."""
        self._able()
        made: ConnectArguments = self.connector.arguments(ConnectRequest.of_url(url))
        return list(made.args), dict(made.kwargs)

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        """Open a connection of the driver with its own arguments."""
        self._able()
        return self.connector.connect(ConnectArguments(args=cargs, kwargs=cparams))

    def do_close(self, dbapi_connection: Any) -> None:
        """Close a connection in good order; may wait for the server."""
        dbapi_connection.close()

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Close a connection without waiting, where the driver can."""
        cut = getattr(dbapi_connection, "terminate", None)
        if cut is not None:
            cut()
        else:
            self.do_close(dbapi_connection)

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Whether a connection is alive; any error of the driver means no."""
        able = self._able()
        try:
            if able.ping is not None:
                able.ping.ping(dbapi_connection)
            else:
                run_at_once(dbapi_connection, "SELECT 1")
                dbapi_connection.rollback()
        except self.connector.errors:
            return False
        return True

    # -- transactions -------------------------------------------------------------------------------------------------

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin a transaction where the driver does not by itself."""
        begin = self._able().begin
        if begin is not None:
            begin.begin(dbapi_connection)

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit what a connection has in progress."""
        dbapi_connection.commit()

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll back what a connection has in progress."""
        dbapi_connection.rollback()

    # -- isolation ----------------------------------------------------------------------------------------------------

    @property
    def default_isolation_level(self) -> str:
        """The level of a session that nobody has changed, as the server was found."""
        return self.capabilities.default_isolation

    def get_default_isolation_level(self, dbapi_connection: Any) -> str:
        """The same as `default_isolation_level`, which was found out at the first connect."""
        return self.default_isolation_level

    def get_isolation_level_values(self, dbapi_connection: Any = None) -> list[str]:
        """Return the levels that can be asked for, upper case with spaces."""
        levels = list(self.capabilities.isolation_levels)
        if self.abilities is not None and self.abilities.autocommit is not None and AUTOCOMMIT not in levels:
            levels.append(AUTOCOMMIT)
        return levels

    def check_isolation_level(self, level: Any) -> str:
        """Return `level` as the dialect spells it.

        Raises:
            ArgumentError: there is no such level here.
            ValueError: the dialect spells its levels otherwise than upper case with spaces.
        """
        known = self.get_isolation_level_values()
        odd = [name for name in known if name != name.upper() or "_" in name]
        if odd:
            raise ValueError(
                f"Dialect {self.name!r} get_isolation_level_values() method should return names as UPPERCASE using "
                f"spaces, not underscores; got {odd}"
            )
        spelled = str(level).upper().replace("_", " ").replace("-", " ")
        if spelled not in known:
            raise ArgumentError(
                f"Invalid value {level!r} for isolation_level. Valid isolation levels for {self.name!r} are "
                f"{', '.join(sorted(known))}"
            )
        return spelled

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        """Ask the server for the level of a connection."""
        query = self.isolation_query()
        if query is None:
            return self.isolation_level or self.default_isolation_level
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute(query)
            row = cursor.fetchone()
        finally:
            cursor.close()
        if row is None:
            raise NotSupportedError(query, None, InvalidRequestError("the isolation level cannot be read"))
        return self.read_isolation(row[0])

    def set_isolation_level(self, dbapi_connection: Any, level: Any, *, present: str | None = None) -> None:
        """Put a connection, outside a transaction, at `level`.

        Args:
            present: the level it is at, which may save a question to the driver; None when it is not known.
        """
        able = self._able()
        level = self.check_isolation_level(level)
        if level == AUTOCOMMIT:
            assert able.autocommit is not None
            able.autocommit.set_autocommit(dbapi_connection, True)
            return
        if able.autocommit is not None and present in (AUTOCOMMIT, None):
            able.autocommit.set_autocommit(dbapi_connection, False)
        if able.isolation is not None:
            able.isolation.set_isolation(dbapi_connection, level)
            return
        statements = self.isolation_sql(level)
        if statements:
            run_at_once(dbapi_connection, *statements)
            self.do_commit(dbapi_connection)

    def set_session_switch(self, dbapi_connection: Any, name: str, on: bool) -> None:
        """Turn a switch of the session on or off; outside a transaction.

        Raises:
            InvalidRequestError: this database has no such switch.
        """
        found = self.session_switches.get(name)
        if found is None:
            raise InvalidRequestError(f"the dialect {self.name!r} has no sessions that are {name!r}")
        run_at_once(dbapi_connection, found[0] if on else found[1])
        self.do_commit(dbapi_connection)

    def reset_isolation_level(self, dbapi_connection: Any) -> None:
        """Put a connection, outside a transaction, back at the engine's level."""
        self.set_isolation_level(dbapi_connection, self.isolation_level or self.default_isolation_level)

    # -- failing ------------------------------------------------------------------------------------------------------

    def read_failure(self, error: BaseException) -> Failure | None:
        """Return what connector and dialect read from an exception; None when it is not the driver's."""
        connector = self.connector
        if connector is None or not isinstance(error, connector.errors):
            return None
        try:
            failure: Failure = connector.failure(error)
        except Exception:  # a broken reader must not hide the error
            failure = Failure(message=str(error))
        try:
            return self.classify(failure)
        except Exception:
            return failure

    def is_disconnect(self, e: BaseException, connection: Any = None, cursor: Any = None) -> bool:
        """Whether an exception of the driver means that its connection is lost.

        The engine asks it about every error, with the driver's connection and cursor where there are any. Decided by
        the codes that connector and dialect read.
        """
        failure = self.read_failure(e)
        return failure is not None and failure.disconnected

    # -- the catalogue ------------------------------------------------------------------------------------------------

    def _inspector(self, connection: Any, method: str) -> Any:
        if not hasattr(connection, "_inspection_context") or not hasattr(connection, "exec_driver_sql"):
            raise ArgumentError(
                f"The argument passed to Dialect.{method}() should be a Connection, not {type(connection).__name__}; "
                f"inspect(engine).{method}() takes one for the question"
            )
        return connection._inspection_context()

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is a table or view of that name; asks the server each time."""
        with self._inspector(connection, "has_table") as inspector:
            return bool(inspector.has_table(table_name, schema, **kw))

    def has_index(
        self, connection: Any, table_name: str, index_name: str, schema: str | None = None, **kw: Any
    ) -> bool:
        """Whether a table has an index of that name; asks the server each time."""
        with self._inspector(connection, "has_index") as inspector:
            return bool(inspector.has_index(table_name, index_name, schema, **kw))

    def has_sequence(self, connection: Any, sequence_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is a sequence of that name; asks the server each time."""
        with self._inspector(connection, "has_sequence") as inspector:
            return bool(inspector.has_sequence(sequence_name, schema, **kw))

    def has_schema(self, connection: Any, schema_name: str, **kw: Any) -> bool:
        """Whether there is a schema of that name; asks the server each time."""
        with self._inspector(connection, "has_schema") as inspector:
            return bool(inspector.has_schema(schema_name, **kw))

    # -- what the dialect says (lect.dialects.contract) ---------------------------------------------------------------

    if TYPE_CHECKING:

        def isolation_query(self) -> str | None: ...

        def isolation_sql(self, level: str) -> tuple[str, ...]: ...

        def read_isolation(self, value: Any) -> str: ...

        def classify(self, failure: Failure) -> Failure: ...
