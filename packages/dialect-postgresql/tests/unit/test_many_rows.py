"""INSERT of many parameter sets with RETURNING: one array per column where the types allow it."""

from __future__ import annotations

from typing import Any

import lect_postgresql
from lect import ARRAY, JSON, Column, Enum, Integer, MetaData, Sequence, String, Table, insert
from lect.compile import CompileOptions, compile_statement

m = MetaData()
t = Table(
    "t",
    m,
    Column("id", Integer, primary_key=True),
    Column("x", String(20)),
    Column("j", JSON),
    Column("e", Enum("a", "b", name="letters")),
    Column("many", ARRAY(Integer)),
)


def batch_of(statement: Any, *names: str) -> Any:
    options = CompileOptions(column_keys=names, for_executemany=True, batch=True)
    return compile_statement(statement, lect_postgresql.dialect(paramstyle="pyformat"), options).dml.batch


def test_one_array_per_column() -> None:
    batch = batch_of(insert(t).returning(t.c.id, sort_by_parameter_order=True), "x", "j", "e")
    assert batch.columnwise.text == (
        "INSERT INTO t (x, j, e) SELECT p0, p1::JSON, p2::letters "
        "FROM unnest(%(x)s::text[], %(j)s::text[], %(e)s::text[]) WITH ORDINALITY AS given_rows (p0, p1, p2, nth) "
        "ORDER BY nth RETURNING t.id"
    )
    assert batch.columnwise.arrays["x"](["a", None, 'q"']) == '{"a",NULL,"q\\""}'
    assert batch.columnwise.arrays["x"](["a", 5]) is None


def test_rows_with_their_types_when_there_is_no_array() -> None:
    batch = batch_of(insert(t).returning(t.c.id, sort_by_parameter_order=True), "x", "many")
    assert batch.columnwise is None
    assert batch.text(2) == (
        "INSERT INTO t (x, many) SELECT p0::VARCHAR, p1::INTEGER[] FROM "
        "(VALUES (%(x__0)s::VARCHAR, %(many__0)s::INTEGER[], 0), (%(x__1)s::VARCHAR, %(many__1)s::INTEGER[], 1)) "
        "AS given_rows (p0, p1, nth) ORDER BY nth RETURNING t.id"
    )


def test_numbers_of_a_sequence_are_taken_in_order() -> None:
    table = Table("s", MetaData(), Column("id", Integer, Sequence("s_id"), primary_key=True), Column("x", Integer))
    batch = batch_of(insert(table).returning(table.c.x, sort_by_parameter_order=True), "x")
    assert batch.columnwise.text == (
        "INSERT INTO s (id, x) SELECT nextval('s_id'), p0 FROM unnest(%(x)s::int8[]) WITH ORDINALITY "
        "AS given_rows (p0, nth) ORDER BY nth RETURNING s.x, s.id"
    )
