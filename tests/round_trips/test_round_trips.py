"""What goes into a column comes out of it: generated values of every type, on every database, over every driver.

As a bound value of INSERT and of IN, as a literal in the text of both, as a parameter alone. The long form runs with
`nox -s soak`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from comparing import literal, same
from every_database import DATABASES, Database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from type_cases import CASES, Case

import lect

SHORT = settings(
    max_examples=4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
NUMBERS = itertools.count(1)
LONG = settings(SHORT, max_examples=400, derandomize=False)


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Database]:
    opened = Database(request.param, database_url)
    yield opened
    opened.close()


class Trip:
    """One table of one column, and the ways through it."""

    def __init__(self, database: Database, case: Case) -> None:
        self.database = database
        self.case = case
        self.type_ = case.type_
        self.table = lect.Table(
            f"lect_round_trip_{next(NUMBERS)}",
            lect.MetaData(),
            lect.Column("id", lect.Integer, primary_key=True, autoincrement=False),
            lect.Column("v", case.type_),
        )

    def __enter__(self) -> Trip:
        self.database.run(lambda c: self.table.metadata.create_all(c))
        return self

    def __exit__(self, *exc: object) -> None:
        self.database.run(lambda c: self.table.metadata.drop_all(c))

    def check(self, values: list[Any]) -> None:
        """Send values through every way and compare."""
        self.database.run(lambda c: self.bound(c, values))
        if self.case.written(self.database.name, self.database.family):
            self.database.run(lambda c: self.literals(c, values))

    def bound(self, connection: Any, values: list[Any]) -> None:
        name, family = self.database.name, self.database.family
        connection.execute(lect.delete(self.table))
        connection.execute(lect.insert(self.table), [{"id": i, "v": v} for i, v in enumerate([*values, None])])
        self._compare(connection, [*values, None], "bound")
        if self.case.compared(name, family):
            statement = lect.select(self.table.c.id).where(self.table.c.v.in_(values))
            assert set(connection.scalars(statement)) == set(range(len(values))), "bound in an IN list"
            first = lect.select(self.table.c.id).where(self.table.c.v == values[0])
            assert 0 in connection.scalars(first).all(), "bound in a comparison"
        if self.case.alone(name, family):
            found = connection.execute(lect.select(lect.literal(values[0], self.type_))).scalar_one()
            assert same(values[0], found), f"{values[0]!r} alone came back as {found!r}"

    def literals(self, connection: Any, values: list[Any]) -> None:
        connection.execute(lect.delete(self.table))
        for i, value in enumerate([*values, None]):
            connection.exec_driver_sql(literal(connection, lect.insert(self.table).values(id=i, v=value)))
        self._compare(connection, [*values, None], "literal")
        if self.case.compared(self.database.name, self.database.family):
            text = literal(connection, lect.select(self.table.c.id).where(self.table.c.v.in_(values)))
            found = {row[0] for row in connection.exec_driver_sql(text)}
            assert found == set(range(len(values))), "literal in an IN list"

    def _compare(self, connection: Any, values: list[Any], how: str) -> None:
        found = list(connection.scalars(lect.select(self.table.c.v).order_by(self.table.c.id)))
        for value, each in zip(values, found, strict=True):
            assert same(value, each), f"{how} {value!r} came back as {each!r}"


def round_trips(database: Database, name: str, how: settings) -> None:
    case = CASES[name]
    values = case.values(database.name, database.family)
    if values is None:
        return  # a type of another database
    with Trip(database, case) as trip:

        @how
        @given(st.lists(values, min_size=1, max_size=5))
        def check(some: list[Any]) -> None:
            trip.check(some)

        check()


@pytest.mark.parametrize("name", CASES)
def test_values_come_back(database: Database, name: str) -> None:
    round_trips(database, name, SHORT)


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_very_many_values_come_back(database: Database, name: str) -> None:
    round_trips(database, name, LONG)
