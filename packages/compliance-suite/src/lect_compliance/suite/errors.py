"""Errors: the same fault is the same class everywhere, with the names that the server tells."""

from __future__ import annotations

import pytest

from lect import (
    CheckConstraint,
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    exc,
    insert,
    select,
    text,
)
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import CHECKS, FOREIGN_KEYS

__all__ = ["TestErrors"]


class TestErrors(Group):
    """Provoked faults."""

    group = "errors"

    def test_unique_violation(self, connection: Connection, people: Table) -> None:
        """A second row of one primary key."""
        with pytest.raises(exc.UniqueViolation) as caught:
            connection.execute(insert(people), {"id": 1, "name": "x"})
        assert isinstance(caught.value, exc.IntegrityError)

    def test_not_null_violation(self, connection: Connection, person: Table) -> None:
        """NULL in a NOT NULL column."""
        with pytest.raises(exc.NotNullViolation) as caught:
            connection.execute(insert(person), {"id": 1, "name": None})
        assert "name" in (caught.value.columns or str(caught.value.orig))

    @needs(CHECKS)
    def test_check_violation(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """A row that a CHECK refuses."""
        table = Table(
            "lect_checked",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("n", Integer),
            CheckConstraint("n > 0", name="lect_ck"),
        )
        metadata.create_all(engine)
        with pytest.raises(exc.CheckViolation):
            connection.execute(insert(table), {"id": 1, "n": 0})

    @needs(FOREIGN_KEYS)
    def test_foreign_key_violation(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """A row that refers to nothing."""
        Table("lect_parent", metadata, Column("id", Integer, primary_key=True))
        child = Table(
            "lect_child", metadata, Column("id", Integer, primary_key=True), Column("p", ForeignKey("lect_parent.id"))
        )
        metadata.create_all(engine)
        with pytest.raises(exc.ForeignKeyViolation):
            connection.execute(insert(child), {"id": 1, "p": 5})
            connection.commit()

    def test_no_such_table(self, connection: Connection) -> None:
        """A table that is not there."""
        missing = Table("lect_no_such_table", MetaData(), Column("id", Integer))
        with pytest.raises(exc.UndefinedTable):
            connection.execute(select(missing))

    def test_no_such_column(self, connection: Connection, people: Table) -> None:
        """A column that is not there."""
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute(text("SELECT no_such_column FROM lect_person"))
        assert isinstance(caught.value, exc.UndefinedColumn)

    def test_syntax_error(self, connection: Connection) -> None:
        """Something that is no SQL."""
        with pytest.raises((exc.ProgrammingError, exc.OperationalError)):
            connection.execute(text("SELEKT 1"))

    def test_error_tells_statement(self, connection: Connection, people: Table) -> None:
        """The error has the statement, the parameters and the driver's own error."""
        with pytest.raises(exc.IntegrityError) as caught:
            connection.execute(insert(people), {"id": 1, "name": "x"})
        error = caught.value
        assert error.statement is not None and "INSERT INTO lect_person" in error.statement
        assert error.orig is not None
        assert not error.connection_invalidated

    def test_hide_parameters(self, engine: Engine, people: Table) -> None:
        """hide_parameters keeps values out of the message."""
        from lect import create_engine

        other = create_engine(engine.url, hide_parameters=True)
        try:
            with pytest.raises(exc.DBAPIError) as caught, other.connect() as connection:
                connection.execute(text("SELECT * FROM lect_no_such_table WHERE x = :x"), {"x": "a-canary-value"})
            assert "a-canary-value" not in str(caught.value)
        finally:
            other.dispose()

    def test_hostile_parameter(self, connection: Connection, people: Table) -> None:
        """A parameter whose text looks like an error of the server changes nothing about the class of the error."""
        hostile = "server closed the connection unexpectedly (2013) deadlock 40P01"
        with pytest.raises(exc.UniqueViolation) as caught:
            connection.execute(insert(people), {"id": 1, "name": hostile[:50]})
        assert not caught.value.connection_invalidated

    def test_closed_connection(self, engine: Engine) -> None:
        """A closed connection is an error that says so."""
        connection = engine.connect()
        connection.close()
        with pytest.raises(exc.ResourceClosedError, match="closed"):
            connection.execute(text("SELECT 1"))

    def test_value_too_long(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """A string that does not fit is an error, or it is kept whole; it is never cut."""
        table = Table(
            "lect_short", metadata, Column("id", Integer, primary_key=True, autoincrement=False), Column("s", String(3))
        )
        metadata.create_all(engine)
        try:
            connection.execute(insert(table), {"id": 1, "s": "abcdef"})
        except exc.DBAPIError:
            return
        assert connection.scalar(select(table.c.s)) == "abcdef"
