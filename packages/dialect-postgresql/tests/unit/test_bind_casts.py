"""Which parameters get a cast, by what the connector says."""

from __future__ import annotations

import enum
from typing import Any

import pytest

import lect_postgresql as pg
from lect import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    Uuid,
    bindparam,
    insert,
    select,
)
from lect_postgresql.casts import Casts


class Mood(enum.Enum):
    sad = 1


def written(type_: Any, casts: Casts) -> str:
    """The parameter of a type as it is written."""
    dialect = pg.dialect().copy(casts=casts)
    return str(select(bindparam("x", type_=type_)).compile(dialect=dialect)).removeprefix("SELECT ").split(" AS ")[0]


CASTS = [
    # type, few, without a connector, all
    (Integer(), "", "INTEGER", "INTEGER"),
    (SmallInteger(), "", "SMALLINT", "SMALLINT"),
    (BigInteger(), "", "BIGINT", "BIGINT"),
    (String(5), "", "VARCHAR", "VARCHAR"),
    (Text(), "", "VARCHAR", "VARCHAR"),
    (Numeric(10, 2), "", "", "NUMERIC"),
    (Float(), "", "", "FLOAT"),
    (Boolean(), "", "", "BOOLEAN"),
    (Date(), "", "DATE", "DATE"),
    (Time(), "", "TIME WITHOUT TIME ZONE", "TIME WITHOUT TIME ZONE"),
    (DateTime(), "", "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE"),
    (DateTime(timezone=True), "", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"),
    (Interval(), "", "", "INTERVAL"),
    (LargeBinary(), "", "", "BYTEA"),
    (Uuid(), "UUID", "UUID", "UUID"),
    (Uuid(native_uuid=False), "", "", "VARCHAR"),
    (JSON(), "JSON", "JSON", "JSON"),
    (pg.JSONB(), "JSONB", "JSONB", "JSONB"),
    (Enum(Mood), "", "", "mood"),
    (pg.ENUM("a", name="en", schema="s"), "", "", "s.en"),
    (Enum("a", native_enum=False), "", "", "VARCHAR"),
    (pg.ARRAY(Integer), "INTEGER[]", "INTEGER[]", "INTEGER[]"),
    (pg.ARRAY(Text), "TEXT[]", "TEXT[]", "TEXT[]"),
    (pg.ARRAY(Integer, dimensions=2), "INTEGER[][]", "INTEGER[][]", "INTEGER[][]"),
    (pg.INT4RANGE(), "INT4RANGE", "INT4RANGE", "INT4RANGE"),
    (pg.INT4MULTIRANGE(), "INT4MULTIRANGE", "INT4MULTIRANGE", "INT4MULTIRANGE"),
    (pg.BIT(3), "", "BIT VARYING", "BIT VARYING"),
    (pg.INET(), "", "", "INET"),
    (pg.HSTORE(), "", "", ""),
    (pg.CITEXT(), "", "", ""),
]


@pytest.mark.parametrize(("type_", "few", "without", "every"), CASTS, ids=[repr(case[0]) for case in CASTS])
def test_cast(type_: Any, few: str, without: str, every: str) -> None:
    for casts, expected in ((Casts.FEW, few), (Casts.GUESSED, without), (Casts.ALL, every)):
        assert written(type_, casts) == ("%(x)s" + (f"::{expected}" if expected else ""))


def test_members_of_an_in_list() -> None:
    t = Table("t", MetaData(), Column("a", Integer))
    statement = select(t).where(t.c.a.in_([1, 2]))
    compiled = statement.compile(dialect=pg.dialect(), compile_kwargs={"render_postcompile": True})
    assert str(compiled) == "SELECT t.a \nFROM t \nWHERE t.a IN (%(a_1_1)s::INTEGER, %(a_1_2)s::INTEGER)"


def test_row_of_an_insert() -> None:
    t = Table("t", MetaData(), Column("a", Integer), Column("b", String(3)))
    text = str(insert(t).values(a=1, b="x").compile(dialect=pg.dialect()))
    assert text == "INSERT INTO t (a, b) VALUES (%(a)s::INTEGER, %(b)s::VARCHAR)"


def test_users_type_asks_for_a_cast() -> None:
    class Money(pg.MONEY):
        render_bind_cast = True

    assert written(Money(), Casts.FEW) == "%(x)s::MONEY"
