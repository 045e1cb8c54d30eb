"""Connecting: an engine gives connections, and what it says of the server is true."""

from __future__ import annotations

from lect import Engine, create_engine, literal, select, text
from lect.dialects.capabilities import Capabilities
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import TWO_CONNECTIONS

__all__ = ["TestConnect"]


class TestConnect(Group):
    """Opening, closing, asking."""

    group = "connect"

    def test_connects_and_answers(self, connection: Connection) -> None:
        """A SELECT without a table gives its value."""
        assert connection.execute(select(literal(1))).scalar_one() == 1

    def test_settles_version(self, engine: Engine, capabilities: Capabilities) -> None:
        """After the first connection the dialect knows product and version of the server."""
        assert capabilities.product
        assert capabilities.version
        assert all(isinstance(part, int) for part in capabilities.version)

    def test_connection_closes(self, engine: Engine) -> None:
        """A closed connection says so."""
        connection = engine.connect()
        connection.close()
        assert connection.closed

    def test_connection_is_reusable_after_error(self, connection: Connection) -> None:
        """A statement that fails does not spoil the connection."""
        from lect.exc import DBAPIError

        try:
            connection.execute(text("SELECT no_such_function_of_lect(1)"))
        except DBAPIError:
            connection.rollback()
        else:
            raise AssertionError("a function that does not exist was called")
        assert connection.execute(select(literal(2))).scalar_one() == 2

    def test_dispose_and_connect_again(self, engine: Engine) -> None:
        """An engine whose pool was disposed opens new connections."""
        other = create_engine(engine.url)
        with other.connect() as connection:
            assert connection.scalar(select(literal(1))) == 1
        other.dispose()
        with other.connect() as connection:
            assert connection.scalar(select(literal(1))) == 1
        other.dispose()

    @needs(TWO_CONNECTIONS)
    def test_two_connections_at_once(self, engine: Engine) -> None:
        """Two connections are open at the same time."""
        with engine.connect() as one, engine.connect() as other:
            assert one.scalar(select(literal(1))) == 1
            assert other.scalar(select(literal(2))) == 2

    def test_isolation_level_is_readable(self, connection: Connection, capabilities: Capabilities) -> None:
        """The isolation level of a connection is one of those claimed."""
        assert connection.get_isolation_level() in (*capabilities.isolation_levels, "AUTOCOMMIT")

    def test_every_isolation_level_can_be_set(self, engine: Engine, capabilities: Capabilities) -> None:
        """Each level claimed can be asked for and is what the server says afterwards."""
        for level in capabilities.isolation_levels:
            with engine.connect().execution_options(isolation_level=level) as connection:
                assert connection.get_isolation_level() == level, level
