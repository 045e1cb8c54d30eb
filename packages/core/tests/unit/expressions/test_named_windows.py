"""Windows with names: the WINDOW clause, and what is written where there is none."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from lect import Integer, String, column, exc, func, select, table, window
from lect.dialects.default import DefaultDialect
from lect.sql.node import statement_key

t = table("t", column("id", Integer), column("g", String), column("n", Integer))


def sql(statement: Any, dialect: Any = None) -> str:
    return str(statement.compile(dialect=dialect))


def without_clause() -> DefaultDialect:
    dialect = DefaultDialect()
    dialect.capabilities = dialect.capabilities.replace(window_clause=False)
    return dialect


def test_one_window_of_two_functions() -> None:
    w = window("w", partition_by=t.c.g, order_by=t.c.id)
    assert sql(select(func.sum(t.c.n).over(window=w), func.rank().over(w)).order_by(t.c.id)) == (
        "SELECT sum(t.n) OVER w AS anon_1, rank() OVER w AS anon_2 \nFROM t \n"
        "WINDOW w AS (PARTITION BY t.g ORDER BY t.id) ORDER BY t.id"
    )


def test_a_window_based_on_another() -> None:
    base = window("by_g", partition_by=t.c.g)
    ordered = window("in_order", base=base, order_by=t.c.id)
    moving = func.avg(t.c.n).over(window=base, order_by=t.c.id, rows=(-2, 0))
    assert sql(select(func.sum(t.c.n).over(window=ordered), moving)) == (
        "SELECT sum(t.n) OVER in_order AS anon_1, "
        "avg(t.n) OVER (by_g ORDER BY t.id ROWS BETWEEN :param_1 PRECEDING AND CURRENT ROW) AS anon_2 \nFROM t \n"
        "WINDOW by_g AS (PARTITION BY t.g), in_order AS (by_g ORDER BY t.id)"
    )


def test_a_window_that_only_order_by_uses() -> None:
    w = window("w", order_by=t.c.n.desc())
    assert sql(select(t.c.id).having(t.c.id > 1).group_by(t.c.id).order_by(func.rank().over(window=w))) == (
        "SELECT t.id \nFROM t GROUP BY t.id \nHAVING t.id > :id_1 \nWINDOW w AS (ORDER BY t.n DESC) "
        "ORDER BY rank() OVER w"
    )


def test_a_subquery_has_windows_of_its_own() -> None:
    w = window("w", order_by=t.c.id)
    inner = select(func.rank().over(window=w).label("r")).subquery("s")
    other = window("w", order_by=inner.c.r)
    assert sql(select(func.rank().over(window=other))) == (
        "SELECT rank() OVER w AS anon_1 \n"
        "FROM (SELECT rank() OVER w AS r \nFROM t \nWINDOW w AS (ORDER BY t.id)) AS s \n"
        "WINDOW w AS (ORDER BY s.r)"
    )


def test_a_database_without_the_clause_gets_the_definition() -> None:
    base = window("b", partition_by=t.c.g)
    w = window("w", base=base, order_by=t.c.id)
    assert sql(select(func.sum(t.c.n).over(window=w)), without_clause()) == (
        "SELECT sum(t.n) OVER (PARTITION BY t.g ORDER BY t.id) AS anon_1 \nFROM t"
    )
    moving = func.sum(t.c.n).over(window=w, rows=(None, 0))
    assert sql(select(moving), without_clause()) == (
        "SELECT sum(t.n) OVER (PARTITION BY t.g ORDER BY t.id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) "
        "AS anon_1 \nFROM t"
    )


def test_names_that_need_quotes() -> None:
    w = window("Order", order_by=t.c.id)
    assert sql(select(func.rank().over(window=w))) == (
        'SELECT rank() OVER "Order" AS anon_1 \nFROM t \nWINDOW "Order" AS (ORDER BY t.id)'
    )


def test_two_windows_of_one_name() -> None:
    one, other = window("w", order_by=t.c.id), window("w", order_by=t.c.n)
    same = window("w", order_by=t.c.id)
    assert sql(select(func.rank().over(window=one), func.sum(t.c.n).over(window=same))).count("WINDOW") == 1
    with pytest.raises(exc.CompileError, match="two different windows of one SELECT have the name 'w'"):
        sql(select(func.rank().over(window=one), func.rank().over(window=other)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda w: func.rank().over(window=w, partition_by=t.c.g), "window 'w' says how rows are partitioned"),
        (lambda w: func.rank().over(window=w, order_by=t.c.g), "window 'w' has an order already"),
        (
            lambda w: func.rank().over(window=window("f", base=w, rows=(0, 1)), rows=(None, 0)),
            "window 'f' has a frame, and so nothing can be added to it",
        ),
        (lambda w: window(""), "a window needs a name"),
        (lambda w: func.rank().over(window="w"), "a window made with window"),
    ],
)
def test_what_cannot_be_added(make: Any, message: str) -> None:
    with pytest.raises(exc.ArgumentError, match=message):
        make(window("w", order_by=t.c.id))


def test_structure_and_pickling() -> None:
    def statement(n: int, by: Any) -> Any:
        w = window("w", order_by=by, rows=(-n, 0))
        return select(func.sum(t.c.n).over(window=w))

    assert statement_key(statement(1, t.c.id))[0] == statement_key(statement(5, t.c.id))[0]
    assert statement_key(statement(1, t.c.id))[0] != statement_key(statement(1, t.c.n))[0]
    assert sql(pickle.loads(pickle.dumps(statement(1, t.c.id)))) == sql(statement(1, t.c.id))
