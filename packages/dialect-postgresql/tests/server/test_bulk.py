"""Many parameter sets at once, over each driver: rows that arrive, in an order that does not matter or does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

metadata = MetaData()
t = Table(
    "bulk_t",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(20)),
    Column("place", Integer, unique=True),
)
ROWS = 700


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(insert(t), [{"id": n, "name": f"n{n}", "place": n} for n in range(ROWS)])
        yield connection
        connection.rollback()


def stored(connection: Connection, column: Any) -> dict[int, Any]:
    return dict(connection.execute(select(t.c.id, column)).tuples().all())


def by_id(**columns: str) -> Any:
    return update(t).where(t.c.id == bindparam("key")).values({c: bindparam(p) for c, p in columns.items()})


def test_updates(connection: Connection) -> None:
    connection.execute(by_id(name="new"), [{"key": n, "new": f'"{n}\\' if n % 3 else None} for n in range(ROWS)])
    assert stored(connection, t.c.name) == {n: f'"{n}\\' if n % 3 else None for n in range(ROWS)}


def test_updates_of_one_row_one_after_the_other(connection: Connection) -> None:
    connection.execute(by_id(name="new"), [{"key": 5, "new": word} for word in ("first", "second", "last")])
    assert stored(connection, t.c.name)[5] == "last"


def test_unique_values_move_up_in_the_given_order(connection: Connection) -> None:
    connection.execute(by_id(place="new"), [{"key": n, "new": n + 1} for n in reversed(range(ROWS))])
    assert stored(connection, t.c.place) == {n: n + 1 for n in range(ROWS)}


def test_keys_move_up_in_the_given_order(connection: Connection) -> None:
    connection.execute(by_id(id="new"), [{"key": n, "new": n + 1} for n in reversed(range(ROWS))])
    assert stored(connection, t.c.place) == {n + 1: n for n in range(ROWS)}


def test_deletes(connection: Connection) -> None:
    connection.execute(delete(t).where(t.c.id == bindparam("key")), [{"key": n} for n in range(0, ROWS, 2)])
    assert sorted(stored(connection, t.c.name)) == list(range(1, ROWS, 2))


def test_what_could_depend_on_the_order() -> None:
    from lect.compile.compiled import DmlPlan

    def independent(table: Table, *names: str, kind: str = "update") -> bool:
        plan = DmlPlan(kind, table)
        plan.written = tuple(table.c[name] for name in names)
        return plan.independent

    assert independent(t, "name")
    assert not independent(t, "name", "place")
    assert not independent(t, "id")
    assert independent(t, kind="delete")
    indexed = Table("indexed", MetaData(), Column("a", Integer), Column("b", Integer), Index("ix", "a", unique=True))
    assert independent(indexed, "b")
    assert not independent(indexed, "a")
    assert not independent(t, "name", kind="insert")
