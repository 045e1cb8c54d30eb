"""Transactions: what is committed stays, what is rolled back was never there."""

from __future__ import annotations

import pytest

from lect import Engine, Table, func, insert, select
from lect_compliance.case import Group, needs
from lect_compliance.needs import READERS_PASS, SAVEPOINTS, TRANSACTIONAL_DDL, TRANSACTIONS, TWO_CONNECTIONS

__all__ = ["TestTransactions"]


class _Stop(Exception):
    """Raised by cases on purpose."""


def _names(engine: Engine, person: Table) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(person.c.name).order_by(person.c.name)))


@needs(TRANSACTIONS)
class TestTransactions(Group):
    """begin, commit, rollback, savepoints."""

    group = "transactions"

    def test_commit_keeps(self, engine: Engine, person: Table) -> None:
        """A committed row is there on the next connection."""
        with engine.connect() as connection:
            connection.execute(insert(person).values(name="Ann"))
            connection.commit()
        assert _names(engine, person) == ["Ann"]

    def test_rollback_undoes(self, engine: Engine, person: Table) -> None:
        """A row that was rolled back is not there."""
        with engine.connect() as connection:
            connection.execute(insert(person).values(name="Ann"))
            connection.rollback()
            assert connection.scalar(select(func.count()).select_from(person)) == 0
        assert _names(engine, person) == []

    def test_close_without_commit_undoes(self, engine: Engine, person: Table) -> None:
        """A connection closed without commit leaves nothing behind."""
        with engine.connect() as connection:
            connection.execute(insert(person).values(name="Ann"))
        assert _names(engine, person) == []

    def test_begin_block_commits(self, engine: Engine, person: Table) -> None:
        """engine.begin() commits at the end of its block."""
        with engine.begin() as connection:
            connection.execute(insert(person).values(name="Ann"))
        assert _names(engine, person) == ["Ann"]

    def test_begin_block_rolls_back_on_error(self, engine: Engine, person: Table) -> None:
        """engine.begin() rolls back when its block raises."""
        with pytest.raises(_Stop), engine.begin() as connection:
            connection.execute(insert(person).values(name="Ann"))
            raise _Stop
        assert _names(engine, person) == []

    @needs(TWO_CONNECTIONS, READERS_PASS)
    def test_uncommitted_rows_are_invisible(self, engine: Engine, person: Table) -> None:
        """Another connection does not see what is not committed."""
        with engine.connect() as one:
            one.execute(insert(person).values(name="Ann"))
            assert _names(engine, person) == []
            one.rollback()

    @needs(SAVEPOINTS)
    def test_savepoint_rollback_undoes_its_part(self, engine: Engine, person: Table) -> None:
        """Rolling back to a savepoint undoes what came after it, and nothing else."""
        with engine.begin() as connection:
            connection.execute(insert(person).values(name="Ann"))
            nested = connection.begin_nested()
            connection.execute(insert(person).values(name="Bob"))
            nested.rollback()
            connection.execute(insert(person).values(name="Cleo"))
        assert _names(engine, person) == ["Ann", "Cleo"]

    @needs(SAVEPOINTS)
    def test_savepoint_release_keeps(self, engine: Engine, person: Table) -> None:
        """A savepoint that is given up leaves its changes in the transaction."""
        with engine.begin() as connection:
            with connection.begin_nested():
                connection.execute(insert(person).values(name="Ann"))
            connection.execute(insert(person).values(name="Bob"))
        assert _names(engine, person) == ["Ann", "Bob"]

    @needs(SAVEPOINTS)
    def test_nested_savepoints(self, engine: Engine, person: Table) -> None:
        """Savepoints nest."""
        with engine.begin() as connection:
            outer = connection.begin_nested()
            connection.execute(insert(person).values(name="Ann"))
            inner = connection.begin_nested()
            connection.execute(insert(person).values(name="Bob"))
            inner.rollback()
            outer.commit()
        assert _names(engine, person) == ["Ann"]

    @needs(SAVEPOINTS)
    def test_savepoint_saves_from_an_error(self, engine: Engine, people: Table) -> None:
        """After an error inside a savepoint the transaction goes on."""
        from lect.exc import IntegrityError

        with engine.begin() as connection:
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(insert(people).values(id=1, name="Twice"))
            connection.execute(insert(people).values(id=9, name="Zoe"))
        assert _names(engine, people) == ["Ann", "Bob", "Cleo", "Dora", "Zoe"]

    def test_autocommit(self, engine: Engine, person: Table) -> None:
        """At level AUTOCOMMIT every statement is its own transaction."""
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(insert(person).values(name="Ann"))
            connection.rollback()
        assert _names(engine, person) == ["Ann"]

    @needs(TRANSACTIONAL_DDL)
    def test_create_table_rolls_back(self, engine: Engine) -> None:
        """CREATE TABLE is undone by ROLLBACK."""
        from lect import Column, Integer, MetaData, inspect

        table = Table("lect_undone", MetaData(), Column("id", Integer, primary_key=True))
        with engine.connect() as connection:
            table.create(connection)
            connection.rollback()
        assert not inspect(engine).has_table("lect_undone")
