"""Values as SQLite keeps them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import lect_sqlite
from lect import exc
from lect_sqlite.reflection.declared_types import declared_type
from lect_sqlite.types import DATE, DATETIME, TIME

DIALECT = lect_sqlite.dialect()
MOMENT = dt.datetime(2021, 3, 15, 12, 5, 57, 105542)


def bind(type_: Any, value: Any) -> Any:
    return type_.bind_processor(DIALECT)(value)


def result(type_: Any, value: Any) -> Any:
    return type_.result_processor(DIALECT, None)(value)


@pytest.mark.parametrize(
    ("type_", "value", "stored"),
    [
        (DATETIME(), MOMENT, "2021-03-15 12:05:57.105542"),
        (DATETIME(), MOMENT.replace(microsecond=0), "2021-03-15 12:05:57.000000"),
        (DATETIME(truncate_microseconds=True), MOMENT.replace(microsecond=0), "2021-03-15 12:05:57"),
        (DATETIME(), dt.datetime(1, 1, 1), "0001-01-01 00:00:00.000000"),
        (DATETIME(), dt.datetime.max, "9999-12-31 23:59:59.999999"),
        (DATE(), dt.date(2021, 3, 15), "2021-03-15"),
        (TIME(), dt.time(12, 5, 57, 105542), "12:05:57.105542"),
        (DATETIME(), None, None),
        (DATE(), None, None),
        (TIME(), None, None),
    ],
)
def test_round_trip(type_: Any, value: Any, stored: str | None) -> None:
    assert bind(type_, value) == stored
    assert result(type_, stored) == value


def test_a_date_is_its_midnight() -> None:
    assert bind(DATETIME(), dt.date(2021, 3, 15)) == "2021-03-15 00:00:00.000000"
    assert bind(DATE(), MOMENT) == "2021-03-15"


def test_offsets_are_not_kept() -> None:
    aware = MOMENT.replace(tzinfo=dt.UTC)
    assert bind(DATETIME(timezone=True), aware) == "2021-03-15 12:05:57.105542"
    assert bind(TIME(), dt.time(1, tzinfo=dt.UTC)) == "01:00:00.000000"


@pytest.mark.parametrize("type_", [DATETIME(), DATE(), TIME()])
@pytest.mark.parametrize("value", ["2021-03-15", 5, {"year": 1}])
def test_other_values_are_refused(type_: Any, value: Any) -> None:
    with pytest.raises(TypeError, match="type only accepts Python"):
        bind(type_, value)


def test_storage_format_and_regexp() -> None:
    type_ = DATE(storage_format="%(month)02d/%(day)02d/%(year)04d", regexp=r"(?P<month>\d+)/(?P<day>\d+)/(?P<year>\d+)")
    assert bind(type_, dt.date(2021, 3, 15)) == "03/15/2021"
    assert result(type_, "03/15/2021") == dt.date(2021, 3, 15)
    with pytest.raises(ValueError, match="Couldn't parse date string 'x'"):
        result(type_, "x")
    by_place = DATETIME(storage_format="%(year)04d%(month)02d%(day)02d", regexp=r"(\d{4})(\d{2})(\d{2})")
    assert result(by_place, bind(by_place, MOMENT)) == dt.datetime(2021, 3, 15)


def test_truncation_is_a_form_itself() -> None:
    with pytest.raises(exc.ArgumentError, match="leave out storage_format and regexp"):
        DATETIME(truncate_microseconds=True, storage_format="x")


def test_literals() -> None:
    assert DATETIME().literal_processor(DIALECT)(MOMENT) == "'2021-03-15 12:05:57.105542'"
    odd = DATE(storage_format="it's %(year)04d")
    assert odd.literal_processor(DIALECT)(dt.date(2021, 3, 15)) == "'it''s 2021'"


def test_native_datetime_passes_values_as_they_are() -> None:
    native = lect_sqlite.dialect(native_datetime=True)
    assert DATETIME().bind_processor(native) is None
    assert DATETIME().result_processor(native, None) is None


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("INTEGER", "INTEGER()"),
        ("varchar(20)", "VARCHAR(length=20)"),
        ("NUMERIC(10, 2)", "NUMERIC(precision=10, scale=2)"),
        ("double precision", "DOUBLE_PRECISION()"),
        ("TIMESTAMP", "TIMESTAMP()"),
        ("DATETIME(6)", "DATETIME()"),
        ("UNSIGNED BIG INT", "INTEGER()"),
        ("native character(70)", "TEXT(length=70)"),
        ("floating thing", "REAL()"),
        ("anything else", "NUMERIC()"),
        ("", "NullType()"),
        ("BLOB", "BLOB()"),
        ("my blob", "NullType()"),
    ],
)
def test_declared_types(declared: str, shown: str) -> None:
    assert repr(declared_type(declared)) == shown
