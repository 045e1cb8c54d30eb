"""SELECT: conditions, ordering, grouping, limits, set operations, subqueries, CTEs, functions."""

from __future__ import annotations

from typing import Any

import pytest

from lect import (
    Engine,
    Integer,
    MetaData,
    Table,
    and_,
    bindparam,
    case,
    cast,
    except_,
    exists,
    func,
    intersect,
    literal,
    not_,
    null,
    or_,
    select,
    text,
    tuple_,
    union,
    union_all,
    window,
)
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import (
    AGGREGATE_FILTER,
    CTES,
    INTERSECT,
    RECURSIVE_CTES,
    ROW_LIMIT,
    ROW_LOCKING,
    TUPLE_IN,
    WINDOWS,
)

__all__ = ["TestSelect"]


class TestSelect(Group):
    """Queries over one table."""

    group = "select"

    def _ids(self, connection: Connection, people: Table, *criteria: Any) -> list[int]:
        return list(connection.scalars(select(people.c.id).where(*criteria).order_by(people.c.id)))

    def test_all_columns(self, connection: Connection, people: Table) -> None:
        """Rows have the table's columns by position, by name and by column object."""
        row = connection.execute(select(people).where(people.c.id == 1)).one()
        assert tuple(row) == (1, "Ann", 30)
        assert (row.id, row.name, row.age) == (1, "Ann", 30)
        assert row._mapping[people.c.name] == "Ann"

    def test_comparison(self, connection: Connection, people: Table) -> None:
        """The six comparisons."""
        age = people.c.age
        assert self._ids(connection, people, age == 30) == [1]
        assert self._ids(connection, people, age != 30) == [2, 3]
        assert self._ids(connection, people, age < 30) == [2]
        assert self._ids(connection, people, age <= 30) == [1, 2]
        assert self._ids(connection, people, age > 30) == [3]
        assert self._ids(connection, people, age >= 30) == [1, 3]

    def test_null(self, connection: Connection, people: Table) -> None:
        """IS NULL and IS NOT NULL."""
        assert self._ids(connection, people, people.c.age.is_(None)) == [4]
        assert self._ids(connection, people, people.c.age == null()) == [4]
        assert self._ids(connection, people, people.c.age.is_not(None)) == [1, 2, 3]

    def test_and_or_not(self, connection: Connection, people: Table) -> None:
        """Conditions are joined with the precedence that was meant."""
        one, two = people.c.id == 1, people.c.id == 2
        assert self._ids(connection, people, or_(one, two)) == [1, 2]
        assert self._ids(connection, people, and_(or_(one, two), people.c.age < 30)) == [2]
        assert self._ids(connection, people, not_(or_(one, two))) == [3, 4]

    def test_in_list(self, connection: Connection, people: Table) -> None:
        """IN with a list of values."""
        assert self._ids(connection, people, people.c.id.in_([1, 3, 99])) == [1, 3]
        assert self._ids(connection, people, people.c.id.not_in([1, 3])) == [2, 4]

    def test_in_empty_list(self, connection: Connection, people: Table) -> None:
        """IN an empty list is false, NOT IN is true."""
        assert self._ids(connection, people, people.c.id.in_([])) == []
        assert self._ids(connection, people, people.c.id.not_in([])) == [1, 2, 3, 4]

    def test_in_many_values(self, connection: Connection, people: Table) -> None:
        """IN with a thousand values."""
        assert self._ids(connection, people, people.c.id.in_(range(2, 1002))) == [2, 3, 4]

    def test_in_subquery(self, connection: Connection, people: Table) -> None:
        """IN with a SELECT."""
        older = select(people.c.id).where(people.c.age > 25)
        assert self._ids(connection, people, people.c.id.in_(older)) == [1, 3]

    @needs(TUPLE_IN)
    def test_tuple_in(self, connection: Connection, people: Table) -> None:
        """A tuple of columns in a list of tuples."""
        pair = tuple_(people.c.id, people.c.name)
        assert self._ids(connection, people, pair.in_([(1, "Ann"), (2, "Ann")])) == [1]

    def test_between(self, connection: Connection, people: Table) -> None:
        """BETWEEN includes both ends."""
        assert self._ids(connection, people, people.c.age.between(25, 30)) == [1, 2]

    def test_like(self, connection: Connection, people: Table) -> None:
        """LIKE, and the operators made from it."""
        name = people.c.name
        assert self._ids(connection, people, name.like("%o%")) == [2, 3, 4]
        assert self._ids(connection, people, name.startswith("An")) == [1]
        assert self._ids(connection, people, name.endswith("eo")) == [3]
        assert self._ids(connection, people, name.contains("or")) == [4]
        assert self._ids(connection, people, name.ilike("ANN")) == [1]

    def test_like_escape(self, connection: Connection, people: Table) -> None:
        """autoescape makes % and _ plain characters."""
        assert self._ids(connection, people, people.c.name.contains("%", autoescape=True)) == []
        assert self._ids(connection, people, people.c.name.startswith("_nn", autoescape=True)) == []

    def test_arithmetic(self, connection: Connection, people: Table) -> None:
        """Operators on numbers, with precedence kept."""
        row = connection.execute(
            select((people.c.id + 2) * 3, people.c.id - 1, people.c.age % 7).where(people.c.id == 1)
        ).one()
        assert tuple(row) == (9, 0, 2)

    def test_division(self, connection: Connection) -> None:
        """/ is true division, // rounds down."""
        row = connection.execute(select(literal(7) / literal(2), literal(7) // literal(2))).one()
        assert float(row[0]) == 3.5
        assert int(row[1]) == 3

    def test_concatenation(self, connection: Connection, people: Table) -> None:
        """+ on strings joins them."""
        assert connection.scalar(select(people.c.name + "!").where(people.c.id == 1)) == "Ann!"

    def test_label(self, connection: Connection, people: Table) -> None:
        """A labelled expression is found by its label."""
        row = connection.execute(select((people.c.age + 1).label("next")).where(people.c.id == 2)).one()
        assert row.next == 26

    def test_label_with_odd_name(self, connection: Connection) -> None:
        """A label may be a reserved word, or hold blanks, quotes, percent signs, colons and letters of any alphabet."""
        for name in ("select", "two words", 'quo"te', "per%cent", "co:lon", "grüße", "back`tick", "brack]et", "(a)"):
            row = connection.execute(select(literal(1).label(name))).one()
            assert row._mapping[name] == 1, name

    def test_distinct(self, connection: Connection, people: Table) -> None:
        """DISTINCT."""
        known = case((people.c.age.is_(None), "no"), else_="yes").label("known")
        assert sorted(connection.scalars(select(known).distinct())) == ["no", "yes"]

    def test_order_by(self, connection: Connection, people: Table) -> None:
        """ORDER BY several columns, in both directions."""
        rows = connection.scalars(select(people.c.name).where(people.c.age.is_not(None)).order_by(people.c.age.desc()))
        assert rows.all() == ["Cleo", "Ann", "Bob"]

    def test_order_by_label(self, connection: Connection, people: Table) -> None:
        """ORDER BY the name of a label."""
        negative = (-people.c.id).label("negative")
        assert connection.scalars(select(negative).order_by("negative")).all() == [-4, -3, -2, -1]

    def test_nulls_first_and_last(self, connection: Connection, people: Table) -> None:
        """NULLS FIRST and NULLS LAST, in the database's own words or in others."""
        first = select(people.c.id).order_by(people.c.age.asc().nulls_first())
        last = select(people.c.id).order_by(people.c.age.desc().nulls_last())
        assert connection.scalars(first).all() == [4, 2, 1, 3]
        assert connection.scalars(last).all() == [3, 1, 2, 4]

    @needs(ROW_LIMIT)
    def test_limit(self, connection: Connection, people: Table) -> None:
        """The first rows."""
        assert connection.scalars(select(people.c.id).order_by(people.c.id).limit(2)).all() == [1, 2]

    @needs(ROW_LIMIT)
    def test_limit_offset(self, connection: Connection, people: Table) -> None:
        """Rows from the middle."""
        assert connection.scalars(select(people.c.id).order_by(people.c.id).limit(2).offset(1)).all() == [2, 3]

    @needs(ROW_LIMIT)
    def test_offset(self, connection: Connection, people: Table) -> None:
        """All rows but the first."""
        assert connection.scalars(select(people.c.id).order_by(people.c.id).offset(3)).all() == [4]

    @needs(ROW_LIMIT)
    def test_limit_in_subquery(self, connection: Connection, people: Table) -> None:
        """A limited subquery in FROM."""
        inner = select(people.c.id).order_by(people.c.id.desc()).limit(2).subquery()
        assert sorted(connection.scalars(select(inner.c.id))) == [3, 4]

    def test_group_by(self, connection: Connection, people: Table) -> None:
        """GROUP BY with an aggregate."""
        old = case((people.c.age >= 30, "old"), else_="young").label("kind")
        rows = connection.execute(
            select(old, func.count()).where(people.c.age.is_not(None)).group_by(old).order_by(old)
        )
        assert [tuple(row) for row in rows] == [("old", 2), ("young", 1)]

    def test_having(self, connection: Connection, people: Table) -> None:
        """HAVING."""
        statement = select(people.c.name).group_by(people.c.name).having(func.max(people.c.age) > 30)
        assert connection.scalars(statement).all() == ["Cleo"]

    def test_aggregates(self, connection: Connection, people: Table) -> None:
        """count, sum, min, max; NULLs do not count."""
        age = people.c.age
        row = connection.execute(
            select(func.count(), func.count(age), func.sum(age), func.min(age), func.max(age)).select_from(people)
        ).one()
        assert [int(value) for value in row] == [4, 3, 96, 25, 41]

    @needs(AGGREGATE_FILTER)
    def test_aggregate_filter(self, connection: Connection, people: Table) -> None:
        """FILTER (WHERE …)."""
        assert connection.scalar(select(func.count(people.c.id).filter(people.c.age > 26))) == 2

    @needs(WINDOWS)
    def test_window_function(self, connection: Connection, people: Table) -> None:
        """row_number() OVER (ORDER BY …)."""
        number = func.row_number().over(order_by=people.c.id.desc()).label("n")
        rows = connection.execute(select(people.c.id, number).order_by(people.c.id))
        assert [tuple(row) for row in rows] == [(1, 4), (2, 3), (3, 2), (4, 1)]

    @needs(WINDOWS)
    def test_window_frame(self, connection: Connection, people: Table) -> None:
        """A running total over ROWS."""
        total = func.sum(people.c.id).over(order_by=people.c.id, rows=(None, 0))
        assert [int(v) for v in connection.scalars(select(total).order_by(people.c.id))] == [1, 3, 6, 10]

    @needs(WINDOWS)
    def test_named_window(self, connection: Connection, people: Table) -> None:
        """A window that two functions share, and another that is based on it."""
        everybody = window("everybody")
        by_id = window("by_id", base=everybody, order_by=people.c.id)
        before = func.count().over(window=by_id, rows=(None, -1))
        statement = select(people.c.id, before, func.count().over(window=everybody)).order_by(people.c.id)
        assert [tuple(row) for row in connection.execute(statement)] == [(1, 0, 4), (2, 1, 4), (3, 2, 4), (4, 3, 4)]

    def test_case(self, connection: Connection, people: Table) -> None:
        """CASE, searched and with a value."""
        searched = case((people.c.age < 30, "young"), (people.c.age >= 30, "old"), else_="unknown")
        assert connection.scalars(select(searched).order_by(people.c.id)).all() == ["old", "young", "old", "unknown"]
        simple = case({1: "one", 2: "two"}, value=people.c.id, else_="many")
        assert connection.scalars(select(simple).order_by(people.c.id)).all() == ["one", "two", "many", "many"]

    def test_cast(self, connection: Connection) -> None:
        """CAST to an integer."""
        assert connection.scalar(select(cast(literal("12"), Integer) + 1)) == 13

    def test_coalesce(self, connection: Connection, people: Table) -> None:
        """coalesce()."""
        assert connection.scalars(select(func.coalesce(people.c.age, -1)).order_by(people.c.id)).all() == [
            30,
            25,
            41,
            -1,
        ]

    def test_string_functions(self, connection: Connection, people: Table) -> None:
        """lower, upper, length."""
        row = connection.execute(
            select(func.lower(people.c.name), func.upper(people.c.name), func.char_length(people.c.name)).where(
                people.c.id == 3
            )
        ).one()
        assert tuple(row) == ("cleo", "CLEO", 4)

    def test_now(self, connection: Connection) -> None:
        """now() is a point in time."""
        from datetime import datetime

        assert isinstance(connection.scalar(select(func.now())), datetime)

    def test_extract(self, connection: Connection, engine: Engine, metadata: MetaData) -> None:
        """extract() takes a date apart."""
        from datetime import date

        from lect import Column, Date, extract

        table = Table("lect_day", metadata, Column("id", Integer, primary_key=True), Column("day", Date))
        metadata.create_all(engine)
        connection.execute(table.insert(), {"id": 1, "day": date(2024, 2, 29)})
        day = table.c.day
        row = connection.execute(select(extract("year", day), extract("month", day), extract("day", day))).one()
        assert [int(v) for v in row] == [2024, 2, 29]

    def test_scalar_subquery(self, connection: Connection, people: Table) -> None:
        """A subquery as a value, correlated by itself."""
        other = people.alias()
        younger = select(func.count()).where(other.c.age < people.c.age).scalar_subquery()
        assert connection.scalars(select(younger).select_from(people).order_by(people.c.id)).all() == [1, 0, 2, 0]

    def test_exists(self, connection: Connection, people: Table) -> None:
        """EXISTS and NOT EXISTS."""
        other = people.alias()
        older = exists().where(other.c.age > people.c.age)
        assert self._ids(connection, people, older) == [1, 2]
        assert self._ids(connection, people, ~older) == [3, 4]

    def test_subquery(self, connection: Connection, people: Table) -> None:
        """A subquery in FROM."""
        inner = select(people.c.id, (people.c.age * 2).label("double")).where(people.c.age > 26).subquery()
        assert connection.scalars(select(inner.c.double).order_by(inner.c.id)).all() == [60, 82]

    @needs(CTES)
    def test_cte(self, connection: Connection, people: Table) -> None:
        """WITH."""
        old = select(people.c.id).where(people.c.age > 26).cte("old")
        assert self._ids(connection, people, people.c.id.in_(select(old.c.id))) == [1, 3]

    @needs(CTES)
    def test_cte_used_twice(self, connection: Connection, people: Table) -> None:
        """A CTE that is read twice is written once."""
        old = select(people.c.id, people.c.age).where(people.c.age > 20).cte("old")
        one, other = old.alias(), old.alias()
        pairs = select(one.c.id, other.c.id).where(one.c.age < other.c.age).order_by(one.c.id, other.c.id)
        assert [tuple(row) for row in connection.execute(pairs)] == [(1, 3), (2, 1), (2, 3)]

    @needs(RECURSIVE_CTES)
    def test_recursive_cte(self, connection: Connection) -> None:
        """WITH RECURSIVE counts to five."""
        numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
        numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 5))
        assert sorted(connection.scalars(select(numbers.c.n))) == [1, 2, 3, 4, 5]

    def test_union(self, connection: Connection, people: Table) -> None:
        """UNION removes duplicates, UNION ALL keeps them."""
        one = select(people.c.id).where(people.c.id < 3)
        other = select(people.c.id).where(people.c.id > 1)
        assert sorted(connection.scalars(union(one, other))) == [1, 2, 3, 4]
        assert sorted(connection.scalars(union_all(one, other))) == [1, 2, 2, 3, 4]

    def test_union_ordered(self, connection: Connection, people: Table) -> None:
        """A UNION with ORDER BY."""
        one = select(people.c.id).where(people.c.id < 2)
        other = select(people.c.id).where(people.c.id > 3)
        statement = union(one, other)
        assert connection.scalars(statement.order_by(statement.selected_columns.id.desc())).all() == [4, 1]

    @needs(INTERSECT)
    def test_intersect_except(self, connection: Connection, people: Table) -> None:
        """INTERSECT and EXCEPT."""
        one = select(people.c.id).where(people.c.id < 3)
        other = select(people.c.id).where(people.c.id > 1)
        assert connection.scalars(intersect(one, other)).all() == [2]
        assert connection.scalars(except_(one, other)).all() == [1]

    def test_text(self, connection: Connection, people: Table) -> None:
        """Text with named parameters."""
        statement = text("SELECT name FROM lect_person WHERE id = :id AND name <> '\\:id'")
        assert connection.execute(statement, {"id": 2}).scalar_one() == "Bob"

    def test_bindparam(self, connection: Connection, people: Table) -> None:
        """A named parameter gets its value at execution."""
        statement = select(people.c.name).where(people.c.id == bindparam("which"))
        assert connection.scalar(statement, {"which": 1}) == "Ann"
        assert connection.scalar(statement, {"which": 2}) == "Bob"

    def test_missing_bindparam(self, connection: Connection, people: Table) -> None:
        """A parameter without a value is an error that names it."""
        from lect.exc import InvalidRequestError, StatementError

        with pytest.raises((StatementError, InvalidRequestError), match="which"):
            connection.execute(select(people.c.name).where(people.c.id == bindparam("which")))

    def test_same_statement_other_values(self, connection: Connection, people: Table) -> None:
        """The plan of a statement is right for other values, lists of other lengths included."""
        for wanted in ([1], [2, 3], [], [4, 1, 2]):
            assert self._ids(connection, people, people.c.id.in_(wanted)) == sorted(wanted)

    @needs(ROW_LOCKING)
    def test_for_update(self, connection: Connection, people: Table) -> None:
        """SELECT … FOR UPDATE gives the rows."""
        assert connection.scalar(select(people.c.name).where(people.c.id == 1).with_for_update()) == "Ann"

    def test_result_methods(self, connection: Connection, people: Table) -> None:
        """one, first, partitions, mappings."""
        statement = select(people.c.id, people.c.name).order_by(people.c.id)
        assert connection.execute(statement).first() == (1, "Ann")
        assert [len(part) for part in connection.execute(statement).partitions(3)] == [3, 1]
        assert connection.execute(statement).mappings().all()[1] == {"id": 2, "name": "Bob"}
