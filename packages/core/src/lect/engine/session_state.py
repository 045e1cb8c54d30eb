"""What a connection asks of its session beside running statements: an isolation level, switches like ``read_only``,
the schema path and the role.

Set outside of a transaction, and taken back when the driver's connection is returned to the pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lect.engine.options import SESSION_SETTINGS
from lect.exc import InvalidRequestError

__all__ = ["NO_SWITCHES", "SessionState"]

NO_SWITCHES: Mapping[str, Any] = {}


class SessionState:
    """The state; a part of :class:`lect.engine.connection.Connection`."""

    _driver: Any
    _lent: Any
    _transaction: Any
    _handle_error: Any
    dialect: Any
    _isolation: str | None = None
    #: Settings of the session that were changed -> what they had been, as the server told it.
    _settings_before: Mapping[str, Any] = NO_SWITCHES
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

    def _change_settings(self, options: Mapping[str, Any]) -> None:
        """Change the settings of the session that options name; taken back when the connection is returned.

        None takes one back at once.
        """
        for name in SESSION_SETTINGS:
            if name not in options:
                continue
            value, before = options[name], self._settings_before
            if value is None and name not in before:
                continue
            if self._transaction is not None:
                raise InvalidRequestError(
                    f"A transaction is in progress; {name} may not be altered unless rollback() or commit() is called "
                    "first."
                )
            lent, driver = self._usable(), self._driver
            if value is not None:
                value = driver.check_setting(name, value)
            connection = lent.dbapi_connection
            try:
                if name not in before:
                    was = driver.read_setting(connection, name)
                    connection.rollback()
                    self._settings_before = {**before, name: was}
                    if lent._entry is not None:
                        lent._entry.undo_later(partial(driver.change_setting, name=name, value=was, as_read=True))
                if value is None:
                    driver.change_setting(connection, name, before[name], as_read=True)
                else:
                    driver.change_setting(connection, name, value)
            except BaseException as error:
                self._handle_error(error, None, None, None, None)
                raise
            lent.used = True

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
