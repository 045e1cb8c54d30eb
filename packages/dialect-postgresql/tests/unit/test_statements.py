"""Statements with words that only PostgreSQL has."""

from __future__ import annotations

from typing import Any

import pytest

import lect_postgresql as pg
from lect import (
    JSON,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    cast,
    exc,
    func,
    insert,
    select,
    text,
    try_cast,
    window,
)
from lect.schema import CreateTable

t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("a", String(5)), Column("b", String(5)))


def sql(statement: Any) -> str:
    return str(statement.compile(dialect=pg.dialect()))


def refused(statement: Any) -> str:
    with pytest.raises(exc.CompileError) as caught:
        sql(statement)
    return str(caught.value)


def test_distinct_on() -> None:
    expected = "SELECT DISTINCT ON (t.a, t.b) t.id \nFROM t"
    assert sql(select(t.c.id).ext(pg.distinct_on(t.c.a)).ext(pg.distinct_on(t.c.b))) == expected
    assert sql(select(t.c.id).distinct(t.c.a, t.c.b)) == expected
    assert sql(select(t.c.id).ext(pg.distinct_on())) == "SELECT DISTINCT t.id \nFROM t"


def test_only() -> None:
    assert sql(select(t.c.id).with_hint(t, "ONLY", "postgresql")) == "SELECT t.id \nFROM ONLY t"
    assert refused(select(t.c.id).with_hint(t, "NOLOCK")) == (
        "Unrecognized hint: 'NOLOCK'; the only hint about a table in PostgreSQL is 'ONLY'"
    )


def test_locks_of_a_join() -> None:
    u = t.alias("u")
    joined = t.join(u, u.c.id == t.c.id)
    assert sql(select(t.c.id).select_from(joined).with_for_update(of=joined)).endswith("FOR UPDATE OF u, t")
    assert sql(select(t.c.id).with_for_update(of=text("t"))).endswith("FOR UPDATE OF t")
    assert sql(select(t.c.id).with_for_update(read=True, key_share=True, of=t.c.a)).endswith("FOR KEY SHARE OF t")


def test_named_window() -> None:
    w = window("w", order_by=t.c.id)
    assert sql(select(func.rank().over(window=w), func.pow(t.c.id, 2))) == (
        "SELECT rank() OVER w AS anon_1, power(t.id, %(pow_2)s::INTEGER) AS pow_1 \nFROM t \n"
        "WINDOW w AS (ORDER BY t.id)"
    )


def test_casts() -> None:
    assert sql(cast("$.a", JSON.JSONPathType())) == "CAST(%(param_1)s AS JSONPATH)"
    assert refused(select(try_cast(t.c.a, Integer))).startswith("TRY_CAST is not supported by dialect 'postgresql'")


def test_names_made_by_a_convention_in_on_conflict() -> None:
    metadata = MetaData(naming_convention={"uq": "%(table_name)s_%(column_0_N_name)s_is_unique"})
    unique = UniqueConstraint("a_column_whose_name_is_longer_than_most")
    table = Table(
        "a_table_whose_name_is_long", metadata, Column("a_column_whose_name_is_longer_than_most", Integer), unique
    )
    written = str(CreateTable(table).compile(dialect=pg.dialect()))
    name = written.partition("CONSTRAINT ")[2].split()[0]
    assert len(name) < 64
    assert sql(insert(table).on_conflict_do_nothing(constraint=unique)).endswith(f"ON CONSTRAINT {name} DO NOTHING")


def test_the_condition_of_an_exclude_constraint() -> None:
    constraint = pg.ExcludeConstraint(("a", "="), where=t.c.b != "x")
    Table("u", MetaData(), Column("a", String), Column("b", String), constraint)
    statement = insert(t).values(id=1).on_conflict_do_nothing(constraint=constraint)
    assert sql(statement).endswith("ON CONFLICT (a) WHERE b != 'x' DO NOTHING")


def test_unknown_names_in_set() -> None:
    statement = insert(t).values(id=1).on_conflict_do_update(index_elements=["id"], set_={"zzz": 5})
    with pytest.warns(exc.LectWarning, match=r"Additional column names .* in table 't': 'zzz'"):
        sql(statement)


def test_storage_parameters() -> None:
    def ddl(**parameters: Any) -> str:
        table = Table("s", MetaData(), Column("id", Integer), postgresql_with=parameters)
        return " ".join(str(CreateTable(table).compile(dialect=pg.dialect())).split())

    assert ddl(fillfactor=70, autovacuum_enabled=False, vacuum_truncate=None) == (
        "CREATE TABLE s ( id INTEGER ) WITH (fillfactor = 70, autovacuum_enabled = false, vacuum_truncate)"
    )
    with pytest.raises(exc.CompileError, match="a number or a word is expected"):
        ddl(fillfactor="70) --")
    with pytest.raises(exc.CompileError, match="is no name of a parameter"):
        ddl(**{"a) --": 1})
