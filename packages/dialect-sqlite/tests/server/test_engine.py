"""From a URL to rows on SQLite, over each of its drivers."""

from __future__ import annotations

import asyncio
import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lect_sqlite
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
    String,
    Table,
    Time,
    Uuid,
    column,
    create_engine,
    delete,
    exc,
    func,
    insert,
    select,
    text,
    union_all,
    update,
    values,
)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


m = MetaData()
t = Table(
    "t",
    m,
    Column("id", Integer, primary_key=True),
    Column("s", String(20), unique=True),
    Column("n", Numeric(10, 2)),
    Column("f", Float),
    Column("b", Boolean),
    Column("d", Date),
    Column("ts", DateTime),
    Column("ti", Time),
    Column("j", JSON),
    Column("u", Uuid),
    Column("e", Enum(Color)),
    Column("lb", LargeBinary),
    Column("iv", Interval),
    Column("bi", BigInteger),
)
ROW = {
    "s": "é😀",
    "n": decimal.Decimal("12.34"),
    "f": 1.5,
    "b": True,
    "d": dt.date(2020, 1, 2),
    "ts": dt.datetime(2020, 1, 2, 3, 4, 5, 678901),
    "ti": dt.time(3, 4, 5, 678901),
    "j": {"a": [1, 2]},
    "u": uuid.UUID(int=5),
    "e": Color.BLUE,
    "lb": b"\x00\xff",
    "iv": dt.timedelta(days=2, seconds=3),
    "bi": 2**40,
}


@pytest.fixture(params=["sqlite3", "pyodbc"])
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "pyodbc":
        pyodbc = pytest.importorskip("pyodbc", reason="the extra lect-sqlite[pyodbc] is not installed")
        if "SQLite3" not in pyodbc.drivers():
            pytest.skip("the ODBC driver SQLite3 is not installed (Debian: libsqliteodbc)")
    made = create_engine(f"sqlite+{request.param}:///{tmp_path / 'a.db'}")
    m.create_all(made)
    yield made
    made.dispose()


def test_values_come_back(any_engine: Any) -> None:
    with any_engine.begin() as connection:
        assert connection.execute(insert(t).values(**ROW)).inserted_primary_key == (1,)
        assert connection.execute(insert(t).values(s="other")).inserted_primary_key == (2,)
    with any_engine.connect() as connection:
        assert dict(connection.execute(select(t).where(t.c.id == 1)).mappings().one()) == {"id": 1, **ROW}
        assert connection.scalar(select(func.max(t.c.bi))) == 2**40
        assert connection.scalar(select(t.c.j["a", 1].as_integer())) == 2


def test_many_rows(any_engine: Any) -> None:
    with any_engine.begin() as connection:
        connection.execute(insert(t), [{"s": f"s{i}", "f": i} for i in range(100)])
        assert connection.scalar(select(func.count()).select_from(t)) == 100
        assert connection.execute(update(t).where(t.c.f < 10).values(b=True)).rowcount == 10
        assert connection.execute(delete(t).where(t.c.b)).rowcount == 10


@pytest.mark.parametrize(
    ("statement", "kind", "columns"),
    [
        (insert(t).values(s="a"), exc.UniqueViolation, ("s",)),
        (insert(t).values(id=1), exc.UniqueViolation, ("id",)),
        (text("SELECT * FROM nope"), exc.UndefinedTable, ()),
        (text("SELECT nope FROM t"), exc.UndefinedColumn, ()),
        (text("selec"), exc.SyntaxFailure, ()),
        (insert(t).values(bi=2**70), exc.DataError, ()),
    ],
)
def test_failures(any_engine: Any, statement: Any, kind: Any, columns: tuple[str, ...]) -> None:
    with any_engine.begin() as connection:
        connection.execute(insert(t).values(id=1, s="a"))
    with any_engine.begin() as connection, pytest.raises(kind) as caught:
        connection.execute(statement)
    assert caught.value.columns == columns


def test_missing_table_is_an_operational_error_too(engine: Any) -> None:
    with engine.connect() as connection, pytest.raises(exc.OperationalError):
        connection.execute(text("SELECT * FROM nope"))


def test_foreign_keys_are_reported(engine: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE p (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE c (p INT REFERENCES p (id))"))
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("PRAGMA foreign_keys = ON"))
        with pytest.raises(exc.ForeignKeyViolation):
            connection.execute(text("INSERT INTO c VALUES (5)"))
        connection.execute(text("PRAGMA foreign_keys = OFF"))


def test_returning(engine: Any) -> None:
    m.create_all(engine)
    with engine.begin() as connection:
        assert connection.execute(insert(t).values(s="a").returning(t.c.id, t.c.s)).all() == [(1, "a")]
        assert connection.execute(update(t).values(f=2).returning(t.c.f)).all() == [(2.0,)]
        assert connection.execute(delete(t).returning(t.c.s)).all() == [("a",)]


def test_upsert(engine: Any) -> None:
    m.create_all(engine)
    statement = lect_sqlite.insert(t).values(id=1, s="a", f=1)
    statement = statement.on_conflict_do_update(index_elements=["s"], set_={"f": t.c.f + statement.excluded.f})
    with engine.begin() as connection:
        for _ in range(3):
            connection.execute(statement)
        assert connection.scalar(select(t.c.f)) == 3.0


def test_what_is_written_in_other_words_runs(engine: Any) -> None:
    m.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(t), [{"s": s, "f": f} for s, f in (("a", 1), ("b", 2), ("c", None))])
        names = select(t.c.s).order_by(t.c.s)
        assert connection.scalars(names.offset(1)).all() == ["b", "c"]
        assert connection.scalars(names.fetch(1)).all() == ["a"]
        assert connection.scalars(union_all(names.limit(1), names.offset(2))).all() == ["a", "c"]
        assert connection.scalars(names.where(t.c.f.is_distinct_from(1))).all() == ["b", "c"]
        assert connection.scalars(names.where(t.c.s.regexp_match("[ab]"))).all() == ["a", "b"]
        assert connection.scalar(select(t.c.id.bitwise_xor(3)).where(t.c.s == "a")) == 2
        rows = values(column("k", String), column("w", Integer), name="v").data([("a", 10), ("b", 20)])
        assert connection.execute(select(t.c.s, rows.c.w).join(rows, rows.c.k == t.c.s)).all() == [("a", 10), ("b", 20)]


def test_a_second_statement_of_a_kind_is_not_settled_again(engine: Any) -> None:
    with engine.connect() as connection:
        settled = connection.dialect
        assert settled.server_version_info >= (3, 31)
        assert settled.capabilities.product == "SQLite"
    with engine.connect() as connection:
        assert connection.dialect is settled


def test_aiosqlite() -> None:
    pytest.importorskip("aiosqlite", reason="the extra lect-sqlite[aiosqlite] is not installed")
    from lect.aio import create_async_engine

    async def main() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(m.create_all)
            assert (await connection.execute(insert(t).values(**ROW))).inserted_primary_key == (1,)
            await connection.execute(insert(t), [{"s": f"s{i}"} for i in range(50)])
        async with engine.connect() as connection:
            result = await connection.stream(select(t.c.id).order_by(t.c.id))
            assert [row.id async for row in result] == list(range(1, 52))
            assert await connection.scalar(text("SELECT 'abc' REGEXP 'b'")) == 1
        with pytest.raises(exc.UniqueViolation):
            async with engine.begin() as connection:
                await connection.execute(insert(t).values(id=1))
        await engine.dispose()

    asyncio.run(main())
