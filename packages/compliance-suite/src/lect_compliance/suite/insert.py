"""INSERT: values, many rows, defaults, from a SELECT, generated keys, insert-or-update."""

from __future__ import annotations

import pytest

from lect import Column, Engine, Integer, MetaData, String, Table, func, insert, literal, select
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import CTE_IN_DML, KNOWN_KEYS, MULTI_VALUES

__all__ = ["TestInsert"]


class TestInsert(Group):
    """Rows in."""

    group = "insert"

    def _rows(self, connection: Connection, table: Table) -> list[tuple[object, ...]]:
        return [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]

    def test_values(self, connection: Connection, person: Table) -> None:
        """One row."""
        connection.execute(insert(person).values(id=5, name="Eve", age=7))
        assert self._rows(connection, person) == [(5, "Eve", 7)]

    def test_parameters(self, connection: Connection, person: Table) -> None:
        """One row, values given at execution; a column left out is NULL."""
        connection.execute(insert(person), {"id": 5, "name": "Eve"})
        assert self._rows(connection, person) == [(5, "Eve", None)]

    def test_many_parameter_sets(self, connection: Connection, person: Table) -> None:
        """Many rows in one call."""
        connection.execute(insert(person), [{"id": i, "name": f"n{i}"} for i in range(1, 301)])
        assert connection.scalar(select(func.count()).select_from(person)) == 300
        assert connection.scalar(select(person.c.name).where(person.c.id == 299)) == "n299"

    def test_empty_parameter_list(self, connection: Connection, person: Table) -> None:
        """A column the row does not name keeps its place in a list of rows that all name the same ones."""
        connection.execute(insert(person), [{"id": 1, "name": "a", "age": None}, {"id": 2, "name": "b", "age": 3}])
        assert self._rows(connection, person) == [(1, "a", None), (2, "b", 3)]

    @needs(MULTI_VALUES)
    def test_multi_values(self, connection: Connection, person: Table) -> None:
        """Several rows in one VALUES."""
        connection.execute(insert(person).values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]))
        assert self._rows(connection, person) == [(1, "a", None), (2, "b", None)]

    def test_expression_as_value(self, connection: Connection, person: Table) -> None:
        """A value may be SQL."""
        connection.execute(insert(person).values(id=literal(2) + literal(3), name=func.lower("EVE")))
        assert self._rows(connection, person) == [(5, "eve", None)]

    def test_from_select(self, connection: Connection, people: Table) -> None:
        """INSERT … SELECT."""
        source = select(people.c.id + 10, people.c.name, people.c.age).where(people.c.age > 26)
        connection.execute(insert(people).from_select(["id", "name", "age"], source))
        assert [row[0] for row in self._rows(connection, people)] == [1, 2, 3, 4, 11, 13]

    @needs(CTE_IN_DML)
    def test_from_select_with_cte(self, connection: Connection, people: Table) -> None:
        """INSERT … SELECT that reads a CTE."""
        old = select(people.c.id, people.c.name).where(people.c.age > 26).cte("old")
        connection.execute(insert(people).from_select(["id", "name"], select(old.c.id + 20, old.c.name)))
        assert [row[0] for row in self._rows(connection, people)] == [1, 2, 3, 4, 21, 23]

    @needs(KNOWN_KEYS)
    def test_generated_key(self, connection: Connection, person: Table) -> None:
        """The key that the server made is known."""
        first = connection.execute(insert(person).values(name="a")).inserted_primary_key
        second = connection.execute(insert(person).values(name="b")).inserted_primary_key
        assert first is not None and second is not None
        assert connection.scalar(select(person.c.name).where(person.c.id == first[0])) == "a"
        assert connection.scalar(select(person.c.name).where(person.c.id == second.id)) == "b"

    def test_given_key(self, connection: Connection, person: Table) -> None:
        """A key that was given is the key."""
        assert connection.execute(insert(person).values(id=77, name="x")).inserted_primary_key == (77,)

    def test_client_default(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """Defaults of columns that Python makes: a value, a function, SQL."""
        table = Table(
            "lect_defaults",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("value", Integer, default=5),
            Column("called", String(10), default=lambda: "called"),
            Column("sql", Integer, default=select(func.abs(-9)).scalar_subquery()),
        )
        metadata.create_all(engine)
        connection.execute(insert(table).values(id=1))
        assert self._rows(connection, table) == [(1, 5, "called", 9)]

    def test_server_default(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """Defaults that the server makes."""
        table = Table(
            "lect_defaults",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("n", Integer, server_default="42"),
            Column("s", String(20), server_default="it's"),
        )
        metadata.create_all(engine)
        connection.execute(insert(table).values(id=1))
        assert self._rows(connection, table) == [(1, 42, "it's")]

    def test_row_of_defaults(self, connection: Connection, person: Table, engine: Engine, metadata: MetaData) -> None:
        """A row of nothing but defaults."""
        table = Table(
            "lect_only_defaults",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("n", Integer, server_default="3"),
        )
        metadata.create_all(engine)
        connection.execute(insert(table))
        assert connection.scalar(select(table.c.n)) == 3

    def test_rowcount(self, connection: Connection, person: Table) -> None:
        """One row was inserted."""
        assert connection.execute(insert(person).values(id=1, name="x")).rowcount == 1

    def test_unknown_column(self, connection: Connection, person: Table) -> None:
        """A column that the table does not have is refused before anything is sent."""
        from lect.exc import CompileError

        with pytest.raises(CompileError, match="agee"):
            connection.execute(insert(person).values(name="x", agee=3))

    def test_reserved_word_as_column(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """Columns named like SQL words, and names with blanks, capitals and percent signs."""
        names = ["select", "order", "two words", "MixedCase", "per%cent", "co:lon", "bra(ck)ets"]
        table = Table(
            "lect_odd names",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            *[Column(n, Integer) for n in names],
        )
        metadata.create_all(engine)
        connection.execute(insert(table), [{"id": 1, **{n: i for i, n in enumerate(names)}}])
        row = connection.execute(select(table)).one()
        assert [row._mapping[n] for n in names] == list(range(len(names)))
