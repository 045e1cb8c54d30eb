"""RETURNING, by whatever word the database has for it."""

from __future__ import annotations

from lect import Table, bindparam, delete, insert, select, update
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import DELETE_RETURNING, INSERT_MANY_RETURNING, INSERT_RETURNING, UPDATE_RETURNING

__all__ = ["TestReturning"]


class TestReturning(Group):
    """Rows back from statements that change them."""

    group = "returning"

    @needs(INSERT_RETURNING)
    def test_insert(self, connection: Connection, person: Table) -> None:
        """INSERT gives back what was asked for."""
        row = connection.execute(insert(person).values(name="a", age=3).returning(person.c.id, person.c.age)).one()
        assert row.age == 3
        assert connection.scalar(select(person.c.name).where(person.c.id == row.id)) == "a"

    @needs(INSERT_RETURNING)
    def test_insert_expression(self, connection: Connection, person: Table) -> None:
        """An expression over the new row."""
        statement = insert(person).values(id=4, name="a", age=3).returning((person.c.age * 2).label("double"))
        assert connection.execute(statement).scalar_one() == 6

    @needs(INSERT_MANY_RETURNING)
    def test_insert_many(self, connection: Connection, person: Table) -> None:
        """Every parameter set has its row, whatever their order."""
        sets = [{"name": f"n{i}", "age": i} for i in range(50)]
        rows = connection.execute(insert(person).returning(person.c.id, person.c.name), sets).all()
        assert sorted(row.name for row in rows) == sorted(str(s["name"]) for s in sets)
        assert len({row.id for row in rows}) == 50

    @needs(INSERT_MANY_RETURNING)
    def test_insert_many_in_order(self, connection: Connection, person: Table) -> None:
        """sort_by_parameter_order: the n-th row belongs to the n-th parameter set."""
        sets = [{"name": f"n{i}", "age": 100 - i} for i in range(50)]
        statement = insert(person).returning(person.c.id, person.c.name, sort_by_parameter_order=True)
        assert [row.name for row in connection.execute(statement, sets)] == [s["name"] for s in sets]

    @needs(UPDATE_RETURNING)
    def test_update(self, connection: Connection, people: Table) -> None:
        """UPDATE gives back the new values."""
        statement = (
            update(people).where(people.c.age > 26).values(age=people.c.age + 1).returning(people.c.id, people.c.age)
        )
        assert sorted(tuple(row) for row in connection.execute(statement)) == [(1, 31), (3, 42)]

    @needs(DELETE_RETURNING)
    def test_delete(self, connection: Connection, people: Table) -> None:
        """DELETE gives back what was there."""
        statement = delete(people).where(people.c.id == 2).returning(people.c.name)
        assert connection.execute(statement).scalar_one() == "Bob"
        assert connection.scalar(select(people.c.id).where(people.c.id == 2)) is None

    @needs(UPDATE_RETURNING)
    def test_update_of_nothing(self, connection: Connection, people: Table) -> None:
        """An UPDATE that finds no row gives a result without rows; the next one gives its row."""
        statement = update(people).where(people.c.id == 99).values(age=1).returning(people.c.id, people.c.name)
        result = connection.execute(statement)
        assert (list(result.keys()), result.all()) == (["id", "name"], [])
        many = update(people).where(people.c.id == bindparam("which")).values(age=1).returning(people.c.name)
        assert connection.execute(many, [{"which": 99}, {"which": 98}]).all() == []
        assert connection.execute(many, [{"which": 99}, {"which": 2}]).scalars().all() == ["Bob"]

    @needs(DELETE_RETURNING)
    def test_delete_of_nothing(self, connection: Connection, people: Table) -> None:
        """So does a DELETE."""
        statement = delete(people).where(people.c.name == "Nobody").returning(people.c.id, people.c.name)
        result = connection.execute(statement)
        assert (list(result.keys()), result.mappings().all()) == (["id", "name"], [])
