"""What an engine asks of connector and dialect together: open, settle, begin, isolate, save points, ping, close.

One object per engine, also the manners of its pool. Each ability of the connector is looked for once, here.
"""

from __future__ import annotations

import threading
from typing import Any

from lect.dialects.calls import run_at_once
from lect.dialects.contract import (
    Abilities,
    CancelRequest,
    ConnectArguments,
    ConnectRequest,
    CursorRequest,
    PoolChoice,
    SessionRequest,
    SettingRequest,
    SettleRequest,
    SupportsTwoPhase,
)
from lect.engine.credentials import Passwords
from lect.engine.events import DialectHooks, hooks_of, share_hooks
from lect.engine.guard import open_within
from lect.exc import ArgumentError, ConnectDeadlineExceeded, InvalidRequestError
from lect.limits import remaining
from lect.pool.manners import Manners

__all__ = ["Driver"]


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
        able: Abilities = dialect.abilities
        self._able = able
        self.bulk = able.bulk
        self.counted_bulk = able.counted_bulk
        self.counts_many = able.counts_many
        self.cancels = able.cancel
        self.can_cancel = able.cancel is not None or able.cancel_statement is not None
        self.lock_waits = able.lock_wait
        self.sizes = able.sizes
        self.begins = able.begin is not None
        self.resets_sessions = able.reset is not None
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
            if self._able.prepare is not None:
                self._able.prepare.prepare_connection(SessionRequest(connection=connection, connect=self.request))
            if not self.settled:
                self._settle(connection)
            statements = self.dialect.session_sql()
            if statements:
                run_at_once(connection, *statements)
                connection.commit()
            if self.isolation_level is not None:
                self.dialect.set_isolation_level(connection, self.isolation_level)
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
        return self.dialect.connect(*arguments.args, **arguments.kwargs)

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

            facts = self._able.server.server_facts(connection) if self._able.server is not None else {}
            settled = self.dialect.settled(SettleRequest(query=query, connection=connection, driver_facts=facts))
            settled.do_rollback(connection)
            if settled is not self.dialect:
                share_hooks(self.dialect, settled)
            self.dialect = settled
            self.settled = True
            if self.on_settled is not None:
                self.on_settled(settled)

    # -- transactions -------------------------------------------------------------------------------------------------

    def savepoint(self, connection: Any, name: str) -> None:
        """Set a savepoint."""
        if self._able.savepoints is not None:
            self._able.savepoints.savepoint(connection, name)
        else:
            self._need_savepoints()
            run_at_once(connection, self.dialect.savepoint_sql(name))

    def rollback_to_savepoint(self, connection: Any, name: str) -> None:
        """Undo everything since a savepoint."""
        if self._able.savepoints is not None:
            self._able.savepoints.rollback_to_savepoint(connection, name)
        else:
            run_at_once(connection, self.dialect.rollback_to_savepoint_sql(name))

    def release_savepoint(self, connection: Any, name: str) -> None:
        """Give a savepoint up, where that is a statement."""
        if self._able.savepoints is not None:
            self._able.savepoints.release_savepoint(connection, name)
        elif self.dialect.capabilities.release_savepoint:
            run_at_once(connection, self.dialect.release_savepoint_sql(name))

    def _need_savepoints(self) -> None:
        if not self.dialect.capabilities.savepoints:
            raise InvalidRequestError(f"{self.dialect.name} has no savepoints, so begin_nested() cannot be used")

    @property
    def two_phase(self) -> SupportsTwoPhase:
        """The connector's two-phase calls.

        Raises:
            InvalidRequestError: connector or server have none.
        """
        able = self._able.two_phase
        if able is None or not self.dialect.capabilities.two_phase:
            named = f"connector {self.connector.name!r}"
            who = named if able is None else f"{self.dialect.name!r} as this server is set"
            raise InvalidRequestError(f"{who} does not support two-phase transactions")
        return able

    # -- other settings of the session ---------------------------------------------------------------------------------

    def check_setting(self, name: str, value: Any) -> Any:
        """Return the value of a session's setting, a schema path always as a tuple.

        Raises:
            ArgumentError: the value cannot be meant, or there is no such setting here.
        """
        if name not in self.dialect.session_settings:
            known = ", ".join(sorted(self.dialect.session_settings)) or "none"
            raise ArgumentError(f"{self.dialect.name!r} has no setting {name!r} of a session; it has: {known}")
        if name == "schema_path":
            value = (value,) if isinstance(value, str) else tuple(value)
            good = bool(value) and all(isinstance(each, str) and each for each in value)
        else:
            good = isinstance(value, str) and bool(value)
        if not good:
            raise ArgumentError(f"execution option {name!r} cannot be {value!r}")
        return value

    def read_setting(self, connection: Any, name: str) -> Any:
        """Ask the server for a session's setting."""
        cursor = connection.cursor()
        try:
            cursor.execute(self.dialect.setting_query(name))
            row = cursor.fetchone()
        finally:
            cursor.close()
        return None if row is None else row[0]

    def change_setting(self, connection: Any, name: str, value: Any, as_read: bool = False) -> None:
        """Change a session's setting, outside of a transaction."""
        cursor = connection.cursor()
        try:
            for statement in self.dialect.setting_sql(SettingRequest(name=name, value=value, as_read=as_read)):
                cursor.execute(statement)
        finally:
            cursor.close()
        connection.commit()

    # -- cursors ------------------------------------------------------------------------------------------------------

    def streaming_cursor(self, connection: Any, statement: str, rows: int | None) -> Any:
        """Return a cursor that leaves rows on the server; None when the driver has no such thing."""
        if self._able.stream is None:
            return None
        return self._able.stream.streaming_cursor(
            CursorRequest(connection=connection, statement=statement, stream_rows=rows)
        )

    def cancel(self, connection: Any, cursor: Any) -> None:
        """Ask the server to stop what `cursor` runs on `connection`; called in a thread of its own."""
        able = self._able
        if able.cancel is not None:
            able.cancel.cancel(connection)
        elif able.cancel_statement is not None:
            able.cancel_statement.cancel_statement(CancelRequest(connection=connection, cursor=cursor))

    # -- manners of the pool ------------------------------------------------------------------------------------------

    def rollback(self, connection: Any) -> None:
        """End the transaction of a connection that comes back."""
        self.dialect.do_rollback(connection)

    def commit(self, connection: Any) -> None:
        """End the transaction of a connection that comes back and asks for it."""
        self.dialect.do_commit(connection)

    def ping(self, connection: Any) -> bool:
        """Whether the connection is alive; any error of the driver means no."""
        alive: bool = self.dialect.do_ping(connection)
        return alive

    def close(self, connection: Any) -> None:
        """Close in good order."""
        self.dialect.do_close(connection)

    def terminate(self, connection: Any) -> None:
        """Close without waiting, where the driver can."""
        self.dialect.do_terminate(connection)

    def reset_session(self, connection: Any, terminating: bool) -> None:
        """Undo what a rollback leaves."""
        if self._able.reset is not None:
            self._able.reset.reset_session(
                SessionRequest(connection=connection, connect=self.request, terminating=terminating)
            )
