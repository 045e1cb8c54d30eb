"""What an engine asks of connector and dialect together: open, settle, begin, isolate, save points, ping, close.

One object per engine, also the manners of its pool. Each ability of the connector is looked for once, here.
"""

from __future__ import annotations

import threading
from typing import Any

from lect.dialects.contract import (
    BeginsTransactions,
    CancelRequest,
    Cancels,
    CancelsStatements,
    ConnectArguments,
    ConnectRequest,
    CursorRequest,
    ExecutesInBulk,
    KnowsServer,
    Pings,
    PoolChoice,
    PreparesConnections,
    ResetsSessions,
    SessionRequest,
    SetsAutocommit,
    SetsInputSizes,
    SetsIsolation,
    SettleRequest,
    StreamsRows,
    SupportsSavepoints,
    SupportsTwoPhase,
)
from lect.engine.credentials import Passwords
from lect.engine.events import DialectHooks, hooks_of, share_hooks
from lect.engine.guard import open_within
from lect.exc import ArgumentError, ConnectDeadlineExceeded, InvalidRequestError, NotSupportedError
from lect.limits import remaining
from lect.pool.manners import Manners

__all__ = ["Driver"]

AUTOCOMMIT = "AUTOCOMMIT"


def _ability(connector: Any, protocol: type[Any]) -> Any:
    return connector if isinstance(connector, protocol) else None


class Driver(Manners):
    """Connector and dialect as the engine uses them.

    Args:
        dialect: composed with its connector, not settled yet.
        request: where to connect.
        arguments: what the driver's ``connect()`` is called with; None when a creator was given.
        isolation_level: level of every connection, None for the server's.
        creator: opens connections in place of the connector.
        passwords: asked for the password of each connection that is opened; None: it stands in `request`.
    """

    def __init__(
        self,
        dialect: Any,
        request: ConnectRequest,
        arguments: ConnectArguments | None,
        isolation_level: str | None = None,
        creator: Any = None,
        settle: bool = True,
        passwords: Passwords | None = None,
    ) -> None:
        connector = dialect.connector
        self.dialect = dialect
        self.connector = connector
        self.request = request
        self.arguments = arguments
        self.isolation_level = isolation_level
        self.creator = creator
        self._passwords = passwords
        self.settled = not settle
        self.is_async = connector.is_async
        self.hooks: DialectHooks = hooks_of(dialect)
        self._settle_lock = threading.RLock()
        self._begins: BeginsTransactions | None = _ability(connector, BeginsTransactions)
        self._autocommits: SetsAutocommit | None = _ability(connector, SetsAutocommit)
        self._isolates: SetsIsolation | None = _ability(connector, SetsIsolation)
        self._saves: SupportsSavepoints | None = _ability(connector, SupportsSavepoints)
        self._two_phase: SupportsTwoPhase | None = _ability(connector, SupportsTwoPhase)
        self._streams: StreamsRows | None = _ability(connector, StreamsRows)
        self._pings: Pings | None = _ability(connector, Pings)
        self._prepares: PreparesConnections | None = _ability(connector, PreparesConnections)
        self._resets: ResetsSessions | None = _ability(connector, ResetsSessions)
        self._knows: KnowsServer | None = _ability(connector, KnowsServer)
        self.bulk: ExecutesInBulk | None = _ability(connector, ExecutesInBulk)
        self.cancels: Cancels | None = _ability(connector, Cancels)
        self._cancels_statements: CancelsStatements | None = _ability(connector, CancelsStatements)
        self.can_cancel = self.cancels is not None or self._cancels_statements is not None
        self.sizes: SetsInputSizes | None = _ability(connector, SetsInputSizes)
        self.begins = self._begins is not None
        self.resets_sessions = self._resets is not None
        self.on_settled: Any = None  # told of the settled dialect

    # -- opening ------------------------------------------------------------------------------------------------------

    def open(self, entry: Any) -> Any:
        """Open a connection and make it ready for use: the driver's settings, the session's, the isolation level.

        Under a deadline this is given up when it runs out; what opens nevertheless is closed.
        """
        left = remaining()
        if left is None:
            return self._open_ready(entry)
        if self.is_async:
            return self._open_before(entry, left)
        if self.connector.pool_choice(self.request) is not PoolChoice.QUEUE:
            return self._open_ready(entry)  # the connection belongs to its thread
        return open_within(left, lambda: self._open_ready(entry), self.terminate, self._where())

    def _where(self) -> str:
        request = self.request
        port = "" if request.port is None else f":{request.port}"
        return f"{request.host or 'the database'}{port}"

    def _open_before(self, entry: Any, left: float) -> Any:
        import asyncio
        import builtins

        from lect.bridge import await_only, greenlet_spawn

        async def opened() -> Any:
            async with asyncio.timeout(max(left, 0.0)):
                return await greenlet_spawn(self._open_ready, entry)

        try:
            return await_only(opened())
        except builtins.TimeoutError as error:
            raise ConnectDeadlineExceeded(
                None,
                None,
                builtins.TimeoutError(f"no connection to {self._where()} before the deadline ran out"),
            ) from error

    def _open_ready(self, entry: Any) -> Any:
        connection = self._open(entry)
        try:
            if self._prepares is not None:
                self._prepares.prepare_connection(SessionRequest(connection=connection, connect=self.request))
            if not self.settled:
                self._settle(connection)
            statements = self.dialect.session_sql()
            if statements:
                self._run(connection, statements)
            if self.isolation_level is not None:
                self.set_isolation(connection, self.isolation_level, present=None)
        except BaseException:
            self.terminate(connection)
            raise
        return connection

    def _open(self, entry: Any) -> Any:
        if self.creator is not None:
            return self.creator(entry)
        if self._passwords is None:
            assert self.arguments is not None
            return self._call_driver(entry, self.arguments)
        credential = self._passwords.get()
        request = self.request.replace(
            password=credential.password, username=credential.username or self.request.username
        )
        try:
            return self._call_driver(entry, self.connector.arguments(request))
        except BaseException:
            self._passwords.refused(credential)
            raise

    def _call_driver(self, entry: Any, arguments: ConnectArguments) -> Any:
        if self.hooks.dispatch.do_connect:
            cargs, cparams = list(arguments.args), dict(arguments.kwargs)
            for listener in self.hooks.dispatch.do_connect:
                made = listener(self.dialect, entry, cargs, cparams)
                if made is not None:
                    return made
            arguments = ConnectArguments(args=tuple(cargs), kwargs=cparams)
        return self.connector.connect(arguments)

    def _settle(self, connection: Any) -> None:
        with self._settle_lock:
            if self.settled:
                return

            def query(sql: str) -> list[tuple[Any, ...]]:
                cursor = connection.cursor()
                try:
                    cursor.execute(sql)
                    return [tuple(row) for row in cursor.fetchall()] if cursor.description is not None else []
                finally:
                    cursor.close()

            facts = self._knows.server_facts(connection) if self._knows is not None else {}
            settled = self.dialect.settled(SettleRequest(query=query, connection=connection, driver_facts=facts))
            connection.rollback()
            if settled is not self.dialect:
                share_hooks(self.dialect, settled)
            self.dialect = settled
            self.settled = True
            if self.on_settled is not None:
                self.on_settled(settled)

    def _run(self, connection: Any, statements: tuple[str, ...]) -> None:
        cursor = connection.cursor()
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            cursor.close()
        connection.commit()

    # -- transactions -------------------------------------------------------------------------------------------------

    def begin(self, connection: Any) -> None:
        """Begin a transaction where the driver does not by itself."""
        if self._begins is not None:
            self._begins.begin(connection)

    def savepoint(self, connection: Any, name: str) -> None:
        """Set a savepoint."""
        if self._saves is not None:
            self._saves.savepoint(connection, name)
        else:
            self._need_savepoints()
            self._execute(connection, self.dialect.savepoint_sql(name))

    def rollback_to_savepoint(self, connection: Any, name: str) -> None:
        """Undo everything since a savepoint."""
        if self._saves is not None:
            self._saves.rollback_to_savepoint(connection, name)
        else:
            self._execute(connection, self.dialect.rollback_to_savepoint_sql(name))

    def release_savepoint(self, connection: Any, name: str) -> None:
        """Give a savepoint up, where that is a statement."""
        if self._saves is not None:
            self._saves.release_savepoint(connection, name)
        elif self.dialect.capabilities.release_savepoint:
            self._execute(connection, self.dialect.release_savepoint_sql(name))

    def _need_savepoints(self) -> None:
        if not self.dialect.capabilities.savepoints:
            raise InvalidRequestError(f"{self.dialect.name} has no savepoints, so begin_nested() cannot be used")

    def _execute(self, connection: Any, statement: str) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute(statement)
        finally:
            cursor.close()

    @property
    def two_phase(self) -> SupportsTwoPhase:
        """The connector's two-phase calls.

        Raises:
            InvalidRequestError: connector or server have none.
        """
        if self._two_phase is None or not self.dialect.capabilities.two_phase:
            who = f"connector {self.connector.name!r}" if self._two_phase is None else repr(self.dialect.name)
            raise InvalidRequestError(f"{who} does not support two-phase transactions")
        return self._two_phase

    # -- isolation ----------------------------------------------------------------------------------------------------

    def isolation_levels(self) -> tuple[str, ...]:
        """Return the levels that can be asked for."""
        levels: tuple[str, ...] = tuple(self.dialect.capabilities.isolation_levels)
        if self._autocommits is not None and AUTOCOMMIT not in levels:
            levels += (AUTOCOMMIT,)
        return levels

    def check_isolation(self, level: Any) -> str:
        """Return `level` as the dialect spells it.

        Raises:
            ArgumentError: there is no such level here.
        """
        spelled = str(level).upper().replace("_", " ").replace("-", " ")
        known = self.isolation_levels()
        if spelled not in known:
            raise ArgumentError(
                f"Invalid value {level!r} for isolation_level. Valid isolation levels for {self.dialect.name!r} are "
                f"{', '.join(sorted(known))}"
            )
        return spelled

    def set_isolation(self, connection: Any, level: Any, present: str | None) -> None:
        """Put a connection, outside a transaction, at `level`; `present` is the level it is at, None when not known."""
        level = self.check_isolation(level)
        if level == AUTOCOMMIT:
            assert self._autocommits is not None
            self._autocommits.set_autocommit(connection, True)
            return
        if self._autocommits is not None and present in (AUTOCOMMIT, None):
            self._autocommits.set_autocommit(connection, False)
        if self._isolates is not None:
            self._isolates.set_isolation(connection, level)
        else:
            statements = self.dialect.isolation_sql(level)
            if statements:
                self._run(connection, statements)

    def read_isolation(self, connection: Any) -> str:
        """Ask the server for the level of a connection."""
        query = self.dialect.isolation_query()
        if query is None:
            level: str = self.isolation_level or self.dialect.capabilities.default_isolation
            return level
        cursor = connection.cursor()
        try:
            cursor.execute(query)
            row = cursor.fetchone()
        finally:
            cursor.close()
        if row is None:
            raise NotSupportedError(query, None, InvalidRequestError("the isolation level cannot be read"))
        found: str = self.dialect.read_isolation(row[0])
        return found

    # -- cursors ------------------------------------------------------------------------------------------------------

    def streaming_cursor(self, connection: Any, statement: str, rows: int | None) -> Any:
        """Return a cursor that leaves rows on the server; None when the driver has no such thing."""
        if self._streams is None:
            return None
        return self._streams.streaming_cursor(
            CursorRequest(connection=connection, statement=statement, stream_rows=rows)
        )

    def cancel(self, connection: Any, cursor: Any) -> None:
        """Ask the server to stop what `cursor` runs on `connection`; called in a thread of its own."""
        if self.cancels is not None:
            self.cancels.cancel(connection)
        elif self._cancels_statements is not None:
            self._cancels_statements.cancel_statement(CancelRequest(connection=connection, cursor=cursor))

    # -- manners of the pool ------------------------------------------------------------------------------------------

    def ping(self, connection: Any) -> bool:
        """Whether the connection is alive; any error of the driver means no."""
        try:
            if self._pings is not None:
                self._pings.ping(connection)
            else:
                self._execute(connection, "SELECT 1")
                connection.rollback()
        except self.connector.errors:
            return False
        return True

    def terminate(self, connection: Any) -> None:
        """Close without waiting, where the driver can."""
        cut = getattr(connection, "terminate", None)
        if cut is not None:
            cut()
        else:
            connection.close()

    def reset_session(self, connection: Any, terminating: bool) -> None:
        """Undo what a rollback leaves."""
        if self._resets is not None:
            self._resets.reset_session(
                SessionRequest(connection=connection, connect=self.request, terminating=terminating)
            )
