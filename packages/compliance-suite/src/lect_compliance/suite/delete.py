"""DELETE: some rows, all rows, by other tables."""

from __future__ import annotations

from lect import Column, Engine, Integer, MetaData, Table, bindparam, delete, select
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import DELETE_USING

__all__ = ["TestDelete"]


class TestDelete(Group):
    """Rows gone."""

    group = "delete"

    def _ids(self, connection: Connection, people: Table) -> list[int]:
        return list(connection.scalars(select(people.c.id).order_by(people.c.id)))

    def test_where(self, connection: Connection, people: Table) -> None:
        """Only the rows that match."""
        assert connection.execute(delete(people).where(people.c.age > 26)).rowcount == 2
        assert self._ids(connection, people) == [2, 4]

    def test_all_rows(self, connection: Connection, people: Table) -> None:
        """Without a condition: all rows."""
        connection.execute(delete(people))
        assert self._ids(connection, people) == []

    def test_nothing_matches(self, connection: Connection, people: Table) -> None:
        """No row matches: the row count is zero."""
        assert connection.execute(delete(people).where(people.c.id == 99)).rowcount == 0

    def test_many_parameter_sets(self, connection: Connection, people: Table) -> None:
        """One DELETE for many keys."""
        connection.execute(delete(people).where(people.c.id == bindparam("which")), [{"which": 1}, {"which": 4}])
        assert self._ids(connection, people) == [2, 3]

    def test_in_subquery(self, connection: Connection, engine: Engine, metadata: MetaData, people: Table) -> None:
        """A condition that reads another table."""
        leaver = Table("lect_leaver", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
        metadata.create_all(engine)
        connection.execute(leaver.insert(), [{"id": 2}, {"id": 3}])
        connection.execute(delete(people).where(people.c.id.in_(select(leaver.c.id))))
        assert self._ids(connection, people) == [1, 4]

    @needs(DELETE_USING)
    def test_other_table(self, connection: Connection, engine: Engine, metadata: MetaData, people: Table) -> None:
        """DELETE that reads another table."""
        leaver = Table("lect_leaver", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
        metadata.create_all(engine)
        connection.execute(leaver.insert(), [{"id": 2}, {"id": 3}])
        connection.execute(delete(people).where(people.c.id == leaver.c.id))
        assert self._ids(connection, people) == [1, 4]
