"""INSERT of many parameter sets: what tells the rows that come back apart, and the texts."""

from __future__ import annotations

from typing import Any

import pytest

from lect import (
    Column,
    DateTime,
    DefaultDialect,
    Float,
    Identity,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    Uuid,
    func,
    insert,
    insert_sentinel,
)
from lect.compile import CompileOptions, compile_statement
from lect.dialects.capabilities import KeyOrder, Returning, Upsert
from lect.sql.node import statement_key

metadata = MetaData()


def _table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns, Column("x", String(9)))


COUNTED = _table("counted", Column("id", Integer, primary_key=True))
GIVEN = _table("given", Column("id", Integer, primary_key=True), Column("made", Integer, server_default="1"))
MARKED = _table("marked", Column("id", Integer, primary_key=True), insert_sentinel("mark"))
DOWN = _table("down", Column("id", Integer, Identity(increment=-1), primary_key=True))
AROUND = _table("around", Column("id", Integer, Sequence("s", cycle=True), primary_key=True))
SERVER = _table("server", Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()))


def batch_of(statement: Any, *names: str, order: KeyOrder = KeyOrder.VALUES, style: str = "qmark") -> Any:
    dialect = DefaultDialect(paramstyle=style)
    dialect.capabilities = dialect.capabilities.replace(
        multi_values=True, insert_returning=Returning.UNORDERED, key_order=order, upsert=Upsert.ON_CONFLICT
    )
    options = CompileOptions(column_keys=names, for_executemany=True, batch=True)
    plan = compile_statement(statement, dialect, options, statement_key(statement)[1])
    return plan.dml.batch


def sorted_returning(table: Table, *columns: Any) -> Any:
    return insert(table).returning(*(columns or (table.c.x,)), sort_by_parameter_order=True)


def test_keys_that_ascend_with_the_values() -> None:
    batch = batch_of(sorted_returning(COUNTED), "x")
    assert batch.text(2) == "INSERT INTO counted (x) VALUES (?), (?) RETURNING counted.x, counted.id"
    assert batch.sentinel.by_key and batch.sentinel.positions == (1,)


def test_a_key_that_is_returned_is_not_returned_twice() -> None:
    batch = batch_of(sorted_returning(COUNTED, COUNTED.c.id, COUNTED.c.x), "x")
    assert batch.text(1) == "INSERT INTO counted (x) VALUES (?) RETURNING counted.id, counted.x"
    assert batch.sentinel.positions == (0,)


def test_keys_that_ascend_with_an_ordered_select() -> None:
    batch = batch_of(sorted_returning(COUNTED), "x", order=KeyOrder.ORDERED_SELECT, style="named")
    assert batch.text(2) == (
        "INSERT INTO counted (x) SELECT p0 FROM (VALUES (:x__0, 0), (:x__1, 1)) AS given_rows (p0, nth) "
        "ORDER BY nth RETURNING counted.x, counted.id"
    )


def test_numbers_of_placeholders() -> None:
    batch = batch_of(sorted_returning(GIVEN), "id", "x", style="numeric_dollar")
    assert batch.text(2) == "INSERT INTO given (id, x) VALUES ($1, $2), ($3, $4) RETURNING given.x, given.id"


def test_values_that_were_given() -> None:
    batch = batch_of(sorted_returning(GIVEN, GIVEN.c.made), "id", "x", order=KeyOrder.UNKNOWN)
    assert not batch.sentinel.by_key
    assert batch.sentinel.names == ("id",)
    assert batch.sentinel.positions == (1,)
    assert batch.sentinel.keys([{"id": 4, "x": "a"}, {"id": 2, "x": "b"}]) == [4, 2]
    assert batch.sentinel.keys([{"id": 4, "x": "a"}, {"id": None, "x": "b"}]) is None


def test_a_column_for_the_purpose_is_written_only_when_it_is_needed() -> None:
    batch = batch_of(sorted_returning(MARKED), "x")
    assert batch.text(1) == "INSERT INTO marked (mark, x) VALUES (?, ?) RETURNING marked.x, marked.mark"
    assert batch.sentinel.names == ("mark",)
    unsorted = batch_of(insert(MARKED).returning(MARKED.c.x), "x")
    assert unsorted.text(1) == "INSERT INTO marked (x) VALUES (?) RETURNING marked.x, marked.id"


def test_a_marked_column_that_the_server_counts() -> None:
    table = Table(
        "counted_beside",
        MetaData(),
        Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
        Column("x", String(9)),
        Column("nr", Integer, Identity(), insert_sentinel=True),
    )
    batch = batch_of(sorted_returning(table, table.c.id), "x")
    assert batch.text(1) == (
        "INSERT INTO counted_beside (x) VALUES (?) RETURNING counted_beside.id, counted_beside.nr"
    )
    assert batch.sentinel.by_key and batch.sentinel.positions == (1,)


@pytest.mark.parametrize("table", [DOWN, AROUND, SERVER], ids=lambda t: t.name)
def test_keys_that_prove_nothing(table: Table) -> None:
    """They count down, start again, or are no numbers: each parameter set has a statement of its own."""
    assert batch_of(sorted_returning(table), "x") is None
    assert batch_of(insert(table).returning(table.c.x), "x").sentinel is None


def test_an_order_that_nobody_promises() -> None:
    assert batch_of(sorted_returning(COUNTED), "x", order=KeyOrder.UNKNOWN) is None


@pytest.mark.parametrize("type_", [Float, DateTime])
def test_values_that_may_come_back_changed(type_: Any) -> None:
    table = Table("rounded", MetaData(), Column("id", type_, primary_key=True), Column("x", String(9)))
    assert batch_of(sorted_returning(table), "id", "x") is None


def test_prefixes_may_leave_rows_out() -> None:
    assert batch_of(sorted_returning(GIVEN).prefix_with("OR IGNORE"), "id", "x") is None


def test_upserts_are_known_by_the_columns_of_the_conflict() -> None:
    base = insert(GIVEN)
    update = base.on_conflict_do_update(index_elements=["x"], set_={"made": 3})
    batch = batch_of(update.returning(GIVEN.c.made, sort_by_parameter_order=True), "id", "x")
    assert batch.sentinel.names == ("x",) and batch.sentinel.may_lack
    changes = base.on_conflict_do_update(index_elements=["x"], set_={"x": "y"})
    assert batch_of(changes.returning(GIVEN.c.made, sort_by_parameter_order=True), "id", "x") is None
    anything = base.on_conflict_do_nothing()
    assert batch_of(anything.returning(GIVEN.c.made, sort_by_parameter_order=True), "id", "x") is None
