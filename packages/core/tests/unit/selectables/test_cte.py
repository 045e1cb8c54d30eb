"""Common table expressions."""

from __future__ import annotations

import pytest

from lect import column, insert, select, table
from lect.exc import ArgumentError, CompileError

t = table("t", column("a"), column("b"))
u = table("u", column("a"))


def sql(statement: object) -> str:
    return str(statement).replace("\n", "")


def test_cte_is_written_before_the_statement() -> None:
    found = select(t.c.a).where(t.c.b == 5).cte("found")
    assert str(select(found.c.a)) == (
        "WITH found AS \n(SELECT t.a AS a \nFROM t \nWHERE t.b = :b_1)\n SELECT found.a \nFROM found"
    )


def test_cte_used_twice_is_written_once() -> None:
    found = select(t.c.a).cte("found")
    statement = select(found.c.a).where(found.c.a.in_(select(found.c.a)))
    assert sql(statement).count("AS (SELECT") == 1


def test_cte_of_a_cte_comes_after_it() -> None:
    first = select(t.c.a).cte("first")
    second = select(first.c.a).cte("second")
    assert sql(select(second)).startswith("WITH first AS (SELECT t.a AS a FROM t), second AS (")


def test_recursive_cte_lists_its_columns() -> None:
    numbers = select(t.c.a).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.a + 1).where(numbers.c.a < 10))
    assert sql(select(numbers)) == (
        "WITH RECURSIVE numbers(a) AS (SELECT t.a AS a FROM t UNION ALL SELECT numbers.a + :a_1 AS anon_1 FROM numbers "
        "WHERE numbers.a < :a_2) SELECT numbers.a FROM numbers"
    )


def test_nesting_cte_stays_where_it_is_used() -> None:
    inner = select(t.c.a).cte("inner_", nesting=True)
    outer = select(inner.c.a).cte("outer_")
    assert sql(select(outer)) == (
        "WITH outer_ AS (WITH inner_ AS (SELECT t.a AS a FROM t) SELECT inner_.a AS a FROM inner_) "
        "SELECT outer_.a FROM outer_"
    )


def test_two_ctes_of_one_name_are_refused() -> None:
    one, other = select(t.c.a).cte("x"), select(u.c.a).cte("x")
    with pytest.raises(CompileError, match="same name: 'x'"):
        str(select(one, other))


def test_insert_as_cte_keeps_its_parameters_apart() -> None:
    added = insert(t).values(a=1).returning(t.c.a).cte("added")
    statement = select(u.c.a).where(u.c.a == 1).add_cte(added)
    compiled = statement.compile()
    assert compiled.string.startswith("WITH added AS \n(INSERT INTO t (a) VALUES (:param_1) RETURNING t.a)")
    assert compiled.params == {"a_1": 1, "param_1": 1} or compiled.params == {"param_1": 1, "a_1": 1}


def test_add_cte_takes_ctes_only() -> None:
    with pytest.raises(ArgumentError, match=r"\.cte\(\)"):
        select(t).add_cte(select(t))
