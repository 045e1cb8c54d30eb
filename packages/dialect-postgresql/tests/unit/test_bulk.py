"""Which INSERTs are sent column by column, and how."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from lect import CHAR, JSON, Boolean, DateTime, Enum, Float, Integer, Numeric, String
from lect_postgresql.bulk import row_change, row_insert

PLAIN = "INSERT INTO s.t (a, b) VALUES (%(a)s, %(b)s::VARCHAR)"
TYPES: dict[str, Any] = {"a": Integer(), "b": String(5)}


def test_text_and_arrays() -> None:
    insert = row_insert(PLAIN)
    assert insert is not None
    assert insert.columnwise(TYPES, [{"a": 1, "b": 'q"\\'}, {"a": None, "b": None}, {"a": 3, "b": "NULL"}]) == (
        "INSERT INTO s.t (a, b) SELECT * FROM unnest(%s::int8[], %s::text[])",
        ["{1,NULL,3}", '{"q\\"\\\\",NULL,"NULL"}'],
    )


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (Float(), 1.5, "{1.5}"),
        (Float(), float("nan"), "{nan}"),
        (Numeric(), Decimal("1.50"), "{1.50}"),
        (Boolean(), True, "{True}"),
        (DateTime(), dt.datetime(2024, 1, 2, 3, 4, 5, 6), "{2024-01-02T03:04:05.000006}"),
    ],
)
def test_values(type_: Any, value: Any, expected: str) -> None:
    insert = row_insert("INSERT INTO t (a) VALUES (%(a)s)")
    assert insert is not None
    made = insert.columnwise({"a": type_}, [{"a": value}])
    assert made is not None
    assert made[1] == [expected]


@pytest.mark.parametrize(
    ("type_", "value"),
    [(Integer(), "1"), (Integer(), True), (String(), 5), (JSON(), "{}"), (Enum("a"), "a"), (String(), ["a"])],
)
def test_values_left_to_the_driver(type_: Any, value: Any) -> None:
    insert = row_insert("INSERT INTO t (a) VALUES (%(a)s)")
    assert insert is not None
    assert insert.columnwise({"a": type_}, [{"a": value}]) is None


def test_conflict_may_do_nothing() -> None:
    insert = row_insert(f"{PLAIN} ON CONFLICT (a) DO NOTHING")
    assert insert is not None
    assert insert.tail == " ON CONFLICT (a) DO NOTHING"


@pytest.mark.parametrize(
    "statement",
    [
        f"{PLAIN} ON CONFLICT (a) DO UPDATE SET b = excluded.b",
        f"{PLAIN} RETURNING t.a",
        "INSERT INTO t (a) VALUES (lower(%(a)s))",
        "INSERT INTO t (a) VALUES (%(a)s), (%(b)s)",
        "INSERT INTO t (a) SELECT %(a)s",
        'INSERT INTO t ("a%%b") VALUES (%(aPPb)s)',
        "UPDATE t SET a=%(a)s",
    ],
)
def test_other_statements(statement: str) -> None:
    assert row_insert(statement) is None


def test_update_column_by_column() -> None:
    change = row_change('UPDATE s.t SET a=%(a)s, "two words"=%(b)s::VARCHAR WHERE s.t.id = %(t_id)s')
    assert change is not None
    rows = [{"a": 1, "b": "x", "t_id": 7}, {"a": None, "b": "y", "t_id": 8}]
    assert change.columnwise({**TYPES, "t_id": Integer()}, rows) == (
        'UPDATE s.t SET a=given_rows.p0, "two words"=given_rows.p1 '
        "FROM unnest(%s::int8[], %s::text[], %s::int8[]) AS given_rows (p0, p1, p2) WHERE s.t.id = given_rows.p2",
        ["{1,NULL}", '{"x","y"}', "{7,8}"],
    )


def test_delete_column_by_column() -> None:
    change = row_change("DELETE FROM t WHERE t.a = %(a)s AND t.b = %(b)s")
    assert change is not None
    assert change.columnwise(TYPES, [{"a": 1, "b": "x"}]) == (
        "DELETE FROM t USING unnest(%s::int8[], %s::text[]) AS given_rows (p0, p1) "
        "WHERE t.a = given_rows.p0 AND t.b = given_rows.p1",
        ["{1}", '{"x"}'],
    )


def test_rows_with_one_key_are_changed_one_after_the_other() -> None:
    change = row_change("UPDATE t SET b=%(b)s WHERE t.a = %(a)s")
    assert change is not None
    assert change.columnwise(TYPES, [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}]) is None


@pytest.mark.parametrize("key", [Float(), Numeric(), CHAR(3), DateTime()])
def test_keys_that_an_array_would_compare_otherwise(key: Any) -> None:
    change = row_change("UPDATE t SET b=%(b)s WHERE t.a = %(a)s")
    assert change is not None
    assert change.columnwise({"a": key, "b": String()}, [{"a": None, "b": "x"}]) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE t SET a=%(a)s WHERE t.a = %(t_a)s",
        "UPDATE t SET a=%(a)s WHERE t.id = %(id)s AND t.a = %(old)s",
        "UPDATE t SET a=lower(%(a)s) WHERE t.id = %(id)s",
        "UPDATE t SET a=(t.a + %(a)s) WHERE t.id = %(id)s",
        "UPDATE t SET a=%(a)s WHERE t.id = %(id)s OR t.b = %(b)s",
        "UPDATE t SET a=%(a)s WHERE t.id > %(id)s",
        "UPDATE t SET a=%(a)s WHERE t.id = %(id)s RETURNING t.a",
        "UPDATE t SET a=%(a)s",
        "DELETE FROM t",
        'DELETE FROM "a{b" WHERE "a{b".id = %(id)s',
    ],
)
def test_other_changes(statement: str) -> None:
    assert row_change(statement) is None
