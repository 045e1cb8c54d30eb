"""Values of PostgreSQL's types on their way to the server and back, and the operators on them, over each driver."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import lect_postgresql as pg
from lect import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Uuid,
    any_,
    bindparam,
    create_engine,
    func,
    insert,
    literal,
    select,
)
from lect.exc import StatementError


class Mood(enum.Enum):
    sad = 1
    ok = 2


def make_table(metadata: MetaData) -> Table:
    """One column per kind of value."""
    return Table(
        "val",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("s", String(20)),
        Column("n", Numeric(10, 2)),
        Column("f", Float),
        Column("yes", Boolean),
        Column("d", Date),
        Column("ts", DateTime),
        Column("tz", DateTime(timezone=True)),
        Column("iv", Interval),
        Column("u", Uuid),
        Column("raw", LargeBinary),
        Column("j", pg.JSON),
        Column("jb", pg.JSONB),
        Column("a", pg.ARRAY(Integer)),
        Column("aa", pg.ARRAY(String, dimensions=2)),
        Column("an", pg.ARRAY(Numeric)),
        Column("e", Enum(Mood)),
        Column("ea", pg.ARRAY(Enum(Mood))),
        Column("r", pg.INT4RANGE),
        Column("rd", pg.DATERANGE),
        Column("rt", pg.TSTZRANGE),
        Column("mr", pg.INT4MULTIRANGE),
        Column("h", pg.HSTORE),
        Column("b", pg.BIT(3)),
        Column("ip", pg.INET),
        Column("tv", pg.TSVECTOR),
    )


t = make_table(MetaData())
UTC = dt.UTC
VALUES: dict[str, Any] = {
    "s": 'it\'s "x" \\ %s :x ?',
    "n": Decimal("1.50"),
    "f": 1.5,
    "yes": True,
    "d": dt.date(2024, 1, 2),
    "ts": dt.datetime(2024, 1, 2, 3, 4, 5, 6),
    "tz": dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    "iv": dt.timedelta(days=3, seconds=5, microseconds=7),
    "u": uuid.UUID(int=5),
    "raw": b"\0\xff'\\",
    "j": {"a": [1, None, "x"]},
    "jb": {"a": {"b": [1, 2]}},
    "a": [1, 2, None],
    "aa": [["a", 'b"\\'], ["{,}", None]],
    "an": [Decimal("1.5"), None],
    "e": Mood.ok,
    "ea": [Mood.sad, Mood.ok],
    "r": pg.Range(1, 5),
    "rd": pg.Range(dt.date(2024, 1, 1), None),
    "rt": pg.Range(dt.datetime(2024, 1, 1, tzinfo=UTC), dt.datetime(2024, 2, 1, tzinfo=UTC), bounds="(]"),
    "mr": [pg.Range(1, 5), pg.Range(7, 9)],
    "h": {"k": 'v"\\', "none": None},
    "b": "101",
}


@pytest.fixture
def table(engine: Engine) -> Iterator[Table]:
    metadata = MetaData()
    made = make_table(metadata)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS hstore")
        metadata.drop_all(connection)
        metadata.create_all(connection)
        connection.execute(made.insert(), {"id": 1, **VALUES, "ip": "10.0.0.1", "tv": "'cat' 'dog'"})
        connection.execute(made.insert(), [{"id": 2, **dict.fromkeys(VALUES)}])
    yield made
    with engine.begin() as connection:
        metadata.drop_all(connection)


def test_values_come_back(engine: Engine, table: Table) -> None:
    with engine.connect() as connection:
        row = connection.execute(select(table).where(table.c.id == 1)).one()._mapping
    assert {name: row[name] for name in VALUES} == VALUES


def test_nothing_comes_back_as_nothing(engine: Engine, table: Table) -> None:
    with engine.connect() as connection:
        row = connection.execute(select(table).where(table.c.id == 2)).one()._mapping
    assert {name for name in VALUES if row[name] is not None} == set()


OPERATIONS: list[tuple[Any, Any]] = [
    (t.c.a.contains([1]), True),
    (t.c.a.contained_by([1, 2, 3]), False),
    (t.c.a.overlap([2, 9]), True),
    (t.c.a[1], 1),
    (t.c.a[1:2], [1, 2]),
    (t.c.aa[2][1], "{,}"),
    (literal(1) == any_(t.c.a), True),
    (pg.array([1, 2]) + pg.array([3]), [1, 2, 3]),
    (pg.array([1, 2])[2], 2),
    (pg.array([], type_=Integer), []),
    (t.c.jb["a"]["b"][0].as_integer(), 1),
    (t.c.jb["a"], {"b": [1, 2]}),
    (t.c.jb["a", "b", 1].as_integer(), 2),
    (t.c.jb["a", "b", 1].astext, "2"),
    (t.c.j["a"][2].astext, "x"),
    (t.c.j["a"][2].as_string(), "x"),
    (t.c.jb.has_key("a"), True),
    (t.c.jb.has_all(["a", "z"]), False),
    (t.c.jb.has_any(["a", "z"]), True),
    (t.c.jb.contains({"a": {}}), True),
    (t.c.jb.contained_by({"a": 1}), False),
    (t.c.jb.path_exists("$.a.b"), True),
    (t.c.jb.path_match("exists($.z)"), False),
    (t.c.jb.delete_path(["a", "b"]), {"a": {}}),
    (t.c.jb + {"z": 1}, {"a": {"b": [1, 2]}, "z": 1}),
    (t.c.r.contains(3), True),
    (t.c.r.contains(pg.Range(1, 2)), True),
    (t.c.r * pg.Range(3, 9), pg.Range(3, 5)),
    (t.c.r << pg.Range(9, 10), True),
    (t.c.r.adjacent_to(pg.Range(5, 6)), True),
    (t.c.rt.contains(dt.datetime(2024, 1, 5, tzinfo=UTC)), True),
    (t.c.mr.contains(8), True),
    (t.c.mr.contains(pg.Range(2, 3)), True),
    (literal(pg.Range(1, 4)), pg.Range(1, 4)),
    (t.c.h["k"], 'v"\\'),
    (t.c.h.has_key("k"), True),
    (t.c.h.has_any(["z"]), False),
    (t.c.h.contains({"k": 'v"\\'}), True),
    (t.c.h.keys(), ["k", "none"]),
    (t.c.h.matrix(), [["k", 'v"\\'], ["none", None]]),
    (t.c.h.slice(["k"]), {"k": 'v"\\'}),
    (t.c.h.delete("k"), {"none": None}),
    (t.c.h + {"new": "1"}, {"k": 'v"\\', "none": None, "new": "1"}),
    (t.c.b == "101", True),
    (t.c.b & pg.BitString("100"), pg.BitString("100")),
    (~t.c.b, pg.BitString("010")),
    (t.c.ip == "10.0.0.1", True),
    (t.c.tv.match("cats", postgresql_regconfig="english"), True),
    (func.to_tsvector("english", "the cats").bool_op("@@")(func.to_tsquery("english", "cat")), True),
    (t.c.e == Mood.ok, True),
    (t.c.e.in_([Mood.sad]), False),
    (t.c.ea.contains([Mood.sad]), True),
    (t.c.raw == b"\0\xff'\\", True),
    (t.c.iv + dt.timedelta(days=1), dt.timedelta(days=4, seconds=5, microseconds=7)),
    (func.date_trunc("year", t.c.ts), dt.datetime(2024, 1, 1)),
    (t.c.u == uuid.UUID(int=5), True),
]


@pytest.mark.parametrize(
    ("expression", "expected"), OPERATIONS, ids=[str(e.compile(dialect=pg.dialect())) for e, _ in OPERATIONS]
)
def test_operation(engine: Engine, table: Table, expression: Any, expected: Any) -> None:
    with engine.connect() as connection:
        assert connection.scalar(select(expression).where(t.c.id == 1)) == expected


def test_aggregate_in_order(engine: Engine, table: Table) -> None:
    ordered = pg.array_agg(pg.aggregate_order_by(t.c.id, t.c.id.desc()))
    with engine.connect() as connection:
        assert connection.scalar(select(ordered)) == [2, 1]


def test_insert_or_update(engine: Engine, table: Table) -> None:
    statement = pg.insert(table).values(id=1, s="new")
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.id], set_={"s": statement.excluded.s}, where=table.c.id == 1
    )
    with engine.begin() as connection:
        assert connection.scalar(statement.returning(table.c.s)) == "new"
        ignored = pg.insert(table).values(id=1, s="newer").on_conflict_do_nothing(constraint="val_pkey")
        assert connection.execute(ignored).rowcount == 0


def test_literals_are_read_as_the_values_they_stand_for(engine: Engine, table: Table) -> None:
    with engine.connect() as connection:
        for column in (t.c.s, t.c.n, t.c.d, t.c.ts, t.c.iv, t.c.u, t.c.jb, t.c.a, t.c.r, t.c.mr, t.c.h, t.c.b):
            given = VALUES[column.name]
            written = bindparam("given", given, type_=column.type, literal_execute=True)
            assert connection.scalars(select(t.c.id).where(column == written)).all() == [1], column.name


def test_literals_where_backslashes_escape(url: Any) -> None:
    """With ``standard_conforming_strings = off`` a backslash would end a literal early."""
    if url.drivername.endswith("pyodbc"):
        hostile = url.update_query_dict({"ConnSettings": "SET standard_conforming_strings = off"})
    else:
        hostile = url.update_query_dict({"options": "-c standard_conforming_strings=off"})
    engine = create_engine(hostile)
    try:
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW standard_conforming_strings").scalar_one() == "off"
            for value in ("\\", "\\'; SELECT 1; --", "it's \\\\", "\\x41", b"\\\x00'"):
                statement = select(literal(value)).compile(connection, compile_kwargs={"literal_binds": True})
                found = connection.exec_driver_sql(str(statement)).scalar_one()
                assert (bytes(found) if isinstance(value, bytes) else found) == value
    finally:
        engine.dispose()


@pytest.mark.parametrize("value", [Decimal("Infinity"), Decimal("-Infinity"), Decimal("NaN")], ids=str)
def test_numbers_beyond_all_digits(engine: Engine, value: Decimal) -> None:
    table = Table("beyond", MetaData(), Column("v", Numeric))
    with engine.begin() as connection:
        table.drop(connection, checkfirst=True)
        table.create(connection)
        connection.execute(insert(table), {"v": value})
        found = connection.scalar(select(table.c.v))
        assert str(found) == str(value)
        table.drop(connection)


def test_an_integer_that_no_column_holds_is_not_sent(engine: Engine) -> None:
    table = Table("integers", MetaData(), Column("v", BigInteger))
    with engine.connect() as connection, pytest.raises(StatementError, match=r"64 bits|too big"):
        connection.execute(select(table.c.v).where(table.c.v == 2**63))
