"""What a connection asks of its session beside running statements: an isolation level, switches like ``read_only``.

Set outside of a transaction, and taken back when the driver's connection is returned to the pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lect.exc import InvalidRequestError

__all__ = ["NO_SWITCHES", "SessionState"]

NO_SWITCHES: Mapping[str, bool] = {}


class SessionState:
    """The state; a part of :class:`lect.engine.connection.Connection`."""

    _driver: Any
    _lent: Any
    _transaction: Any
    _handle_error: Any
    dialect: Any
    _isolation: str | None = None
    #: Switches of the session that were turned.
    _switched: Mapping[str, bool] = NO_SWITCHES

    if TYPE_CHECKING:

        def _usable(self) -> Any: ...

        def _autocommitting(self) -> bool: ...

    def _change_isolation(self, level: Any) -> None:
        if self._transaction is not None:
            raise InvalidRequestError(
                "This connection has already initialized a Transaction() object via begin() or autobegin; "
                "isolation_level may not be altered unless rollback() or commit() is called first."
            )
        lent = self._usable()
        driver = self._driver
        dialect = driver.dialect
        level = dialect.check_isolation_level(level)
        entry = lent._entry
        connection = lent.dbapi_connection
        try:
            if entry is not None and self._isolation is None:
                before = driver.isolation_level or dialect.get_isolation_level(connection)
                connection.rollback()
                entry.undo_later(lambda c: dialect.set_isolation_level(c, before))
            dialect.set_isolation_level(connection, level, present=self._isolation)
        except BaseException as error:
            self._handle_error(error, None, None, None, None)
            raise
        lent.used = True
        self._isolation = level

    def _turn_switches(self, options: Mapping[str, Any]) -> None:
        """Put the session into the state that options ask for; taken back when the connection is returned."""
        dialect = self._driver.dialect
        switches = dialect.session_switches
        for name in options:
            if name not in switches and name != "read_only":
                continue
            on = bool(options[name])
            if on == bool(self._switched.get(name)):
                continue
            if self._transaction is not None:
                raise InvalidRequestError(
                    f"A transaction is in progress; {name} may not be altered unless rollback() or commit() is called "
                    "first."
                )
            lent = self._usable()
            entry = lent._entry
            try:
                dialect.set_session_switch(lent.dbapi_connection, name, on)
            except BaseException as error:
                self._handle_error(error, None, None, None, None)
                raise
            if entry is not None and name not in self._switched:
                entry.undo_later(partial(dialect.set_session_switch, name=name, on=False))
            lent.used = True
            self._switched = {**self._switched, name: on}

    def get_isolation_level(self) -> str:
        """Ask the server for the isolation level in force."""
        if self._autocommitting():
            return "AUTOCOMMIT"
        lent = self._usable()
        try:
            level: str = self.dialect.get_isolation_level(lent.dbapi_connection)
        except BaseException as error:
            self._handle_error(error, None, None, None, None)
            raise
        if self._transaction is None:
            lent.touched = lent.used = True
        return level

    @property
    def default_isolation_level(self) -> str:
        """The level of a connection nobody has changed."""
        level: str = self._driver.isolation_level or self.dialect.capabilities.default_isolation
        return level
