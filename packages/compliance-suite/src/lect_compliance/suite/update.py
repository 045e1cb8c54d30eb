"""UPDATE: values, expressions, correlated subqueries, other tables."""

from __future__ import annotations

import pytest

from lect import Column, Engine, Integer, MetaData, Table, bindparam, func, select, update
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import UPDATE_FROM

__all__ = ["TestUpdate"]


class TestUpdate(Group):
    """Rows changed."""

    group = "update"

    def _ages(self, connection: Connection, people: Table) -> list[object]:
        return list(connection.scalars(select(people.c.age).order_by(people.c.id)))

    def test_where(self, connection: Connection, people: Table) -> None:
        """Only the rows that match."""
        result = connection.execute(update(people).where(people.c.id == 1).values(age=31))
        assert result.rowcount == 1
        assert self._ages(connection, people) == [31, 25, 41, None]

    def test_all_rows(self, connection: Connection, people: Table) -> None:
        """Without a condition: all rows."""
        assert connection.execute(update(people).values(age=1)).rowcount == 4
        assert self._ages(connection, people) == [1, 1, 1, 1]

    def test_expression(self, connection: Connection, people: Table) -> None:
        """A value computed from the row."""
        connection.execute(update(people).values(age=people.c.age + people.c.id))
        assert self._ages(connection, people) == [31, 27, 44, None]

    def test_to_null(self, connection: Connection, people: Table) -> None:
        """None is NULL."""
        connection.execute(update(people).where(people.c.id < 3).values(age=None))
        assert self._ages(connection, people) == [None, None, 41, None]

    def test_rowcount_of_unchanged_rows(self, connection: Connection, people: Table) -> None:
        """The row count is the number of rows that matched, though nothing about them changed."""
        assert connection.execute(update(people).where(people.c.id == 1).values(age=30)).rowcount == 1

    def test_many_parameter_sets(self, connection: Connection, people: Table) -> None:
        """One UPDATE for many rows, each with its values."""
        statement = update(people).where(people.c.id == bindparam("which")).values(age=bindparam("new"))
        connection.execute(statement, [{"which": 1, "new": 11}, {"which": 2, "new": 12}])
        assert self._ages(connection, people) == [11, 12, 41, None]

    def test_correlated_subquery(
        self, connection: Connection, engine: Engine, metadata: MetaData, people: Table
    ) -> None:
        """A value looked up in another table."""
        bonus = Table(
            "lect_bonus",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("person_id", Integer),
            Column("years", Integer),
        )
        metadata.create_all(engine)
        connection.execute(
            bonus.insert(), [{"id": 1, "person_id": 1, "years": 5}, {"id": 2, "person_id": 3, "years": 7}]
        )
        years = select(bonus.c.years).where(bonus.c.person_id == people.c.id).scalar_subquery()
        connection.execute(update(people).values(age=func.coalesce(years, 0)))
        assert self._ages(connection, people) == [5, 0, 7, 0]

    @needs(UPDATE_FROM)
    def test_other_table(self, connection: Connection, engine: Engine, metadata: MetaData, people: Table) -> None:
        """UPDATE that reads another table."""
        bonus = Table(
            "lect_bonus",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("person_id", Integer),
            Column("years", Integer),
        )
        metadata.create_all(engine)
        connection.execute(
            bonus.insert(), [{"id": 1, "person_id": 1, "years": 5}, {"id": 2, "person_id": 3, "years": 7}]
        )
        connection.execute(
            update(people).where(people.c.id == bonus.c.person_id).values(age=people.c.age + bonus.c.years)
        )
        assert self._ages(connection, people) == [35, 25, 48, None]

    def test_onupdate(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """A column's onupdate is set by an UPDATE that does not name it."""
        table = Table(
            "lect_touched",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("n", Integer),
            Column("touched", Integer, default=0, onupdate=1),
        )
        metadata.create_all(engine)
        connection.execute(table.insert(), {"id": 1, "n": 1})
        connection.execute(update(table).values(n=2))
        assert tuple(connection.execute(select(table)).one()) == (1, 2, 1)

    def test_unknown_column(self, connection: Connection, people: Table) -> None:
        """A column that the table does not have is refused before anything is sent."""
        from lect.exc import CompileError

        with pytest.raises(CompileError, match="agee"):
            connection.execute(update(people).values(agee=1))
