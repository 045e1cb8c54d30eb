"""Statements whose words differ between databases give the same answer on all of them, whatever the driver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    exc,
    extract,
    func,
    insert,
    select,
    union_all,
    update,
    values,
    window,
)
from lect.sql.column import column

SERVERS = [
    "sqlite://",
    "LECT_SQLITE_PYODBC_URL",
    "LECT_POSTGRESQL_URL",
    "LECT_POSTGRESQL_PYODBC_URL",
    "LECT_MYSQL_URL",
    "LECT_MYSQL_PYODBC_URL",
]

metadata = MetaData()
item = Table(
    "everywhere_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10)),
    Column("n", Integer),
    Column("ok", Boolean),
    Column("at", DateTime),
)


@pytest.fixture(params=SERVERS)
def connection(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Connection]:
    url = request.param if "://" in request.param else database_url(request.param)
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            metadata.create_all(connection)
            connection.execute(
                insert(item),
                [
                    {"id": i, "kind": f"k{i % 2}", "n": i * 10 if i != 4 else None, "ok": i > 2, "at": None}
                    for i in range(1, 7)
                ],
            )
            connection.execute(update(item).where(item.c.id == 1).values(at=dt.datetime(2024, 2, 4, 12, 30, 15)))
            connection.commit()
            try:
                yield connection
            finally:
                connection.rollback()
                metadata.drop_all(connection)
                connection.commit()
    finally:
        engine.dispose()


def answers(connection: Connection, statement: Any) -> list[tuple[Any, ...]]:
    numbers = [
        tuple([int(v) if v is not None and not isinstance(v, str) else v for v in row])
        for row in connection.execute(statement)
    ]
    return sorted(numbers, key=repr)


def test_named_windows_and_frames(connection: Connection) -> None:
    by_kind = window("by_kind", partition_by=item.c.kind)
    in_order = window("in_order", base=by_kind, order_by=item.c.id)
    moving = func.sum(item.c.n).over(window=by_kind, order_by=item.c.id, rows=(-1, 0))
    statement = select(item.c.id, func.count().over(window=in_order), moving)
    assert answers(connection, statement) == [(1, 1, 10), (2, 1, 20), (3, 2, 40), (4, 2, 20), (5, 3, 80), (6, 3, 60)]


def test_filtered_aggregates(connection: Connection) -> None:
    statement = select(
        func.count().filter(item.c.n > 20),
        func.count(item.c.n).filter(item.c.ok),
        func.sum(item.c.n).filter(~item.c.ok),
    )
    assert answers(connection, statement) == [(3, 3, 30)]


def test_between_either_way(connection: Connection) -> None:
    assert answers(connection, select(item.c.id).where(item.c.id.between(4, 2, symmetric=True))) == [(2,), (3,), (4,)]
    assert answers(connection, select(item.c.id).where(~item.c.id.between(5, 2, symmetric=True))) == [(1,), (6,)]


def test_rows_written_into_the_statement(connection: Connection) -> None:
    names = values(column("kind", String(10)), column("word", String(10)), name="names").data(
        [("k0", "even"), ("k1", "odd")]
    )
    statement = select(item.c.id, names.c.word).join(names, names.c.kind == item.c.kind).where(item.c.id < 4)
    assert answers(connection, statement) == [(1, "odd"), (2, "even"), (3, "odd")]
    numbers = values(column("x", Integer)).data([(1,), (6,)])
    assert answers(connection, select(item.c.id).where(item.c.id.in_(numbers.scalar_values()))) == [(1,), (6,)]
    nothing = values(column("x", Integer), column("y", Integer), name="nothing").data([])
    assert answers(connection, select(nothing)) == []


def test_parts_of_dates(connection: Connection) -> None:
    fields = ("year", "month", "day", "hour", "minute", "second", "dow", "doy", "epoch")
    statement = select(*[extract(field, item.c.at) for field in fields]).where(item.c.id == 1)
    assert answers(connection, statement) == [(2024, 2, 4, 12, 30, 15, 0, 35, 1707049815)]


def test_members_of_a_union_with_limits(connection: Connection) -> None:
    first, last = select(item.c.id).order_by(item.c.id).limit(1), select(item.c.id).order_by(item.c.id.desc()).limit(1)
    assert answers(connection, union_all(first, last)) == [(1,), (6,)]


def test_long_lists(connection: Connection) -> None:
    wanted = range(100_000)
    assert answers(connection, select(func.count()).where(item.c.id.in_(wanted))) == [(6,)]
    words = ["k1", "it's", "100%", "a\\", *map(str, wanted)]
    assert answers(connection, select(func.count()).where(item.c.kind.in_(words))) == [(3,)]
    assert answers(connection, select(func.count()).where(item.c.id.in_([]))) == [(0,)]
    assert answers(connection, select(func.count()).where(item.c.id.not_in([]))) == [(6,)]


def test_locks(connection: Connection) -> None:
    for options in ({}, {"read": True}, {"nowait": True}, {"skip_locked": True}, {"of": item}):
        statement = select(item.c.id).where(item.c.id == 1).with_for_update(**options)
        assert answers(connection, statement) == [(1,)], options


def test_strings_in_order(connection: Connection) -> None:
    statement = select(func.aggregate_strings(item.c.kind, "-").aggregate_order_by(item.c.id.desc()))
    if not connection.dialect.capabilities.aggregate_order and connection.dialect.name == "sqlite":
        with pytest.raises(exc.CompileError, match=r"aggregate_strings.. with an order is not supported"):
            connection.execute(statement)
    else:
        assert connection.scalar(statement) == "k0-k1-k0-k1-k0-k1"


def test_statements_behind_with(connection: Connection) -> None:
    some = select(item.c.id).where(item.c.id < 3).cte("some")
    for statement in (
        update(item).where(item.c.id.in_(select(some.c.id))).values(n=0),
        delete(item).where(item.c.id.in_(select(some.c.id))),
    ):
        if connection.dialect.name in ("mysql", "mariadb"):
            with pytest.raises(exc.CompileError, match=r"WITH before (UPDATE|DELETE) is not supported"):
                connection.execute(statement)
        else:
            connection.execute(statement)
    remaining = answers(connection, select(func.count()).select_from(item))
    assert remaining == ([(6,)] if connection.dialect.name in ("mysql", "mariadb") else [(4,)])
