"""Values of types that only this database has, there and back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from lect import Column, Engine, Integer, MetaData, Table, Uuid, insert, inspect, select, text
from lect_mysql import (
    BIGINT,
    BIT,
    DATETIME,
    DECIMAL,
    DOUBLE,
    ENUM,
    LONGBLOB,
    LONGTEXT,
    MEDIUMINT,
    SET,
    TIME,
    TIMESTAMP,
    TINYINT,
    VARCHAR,
    YEAR,
)
from lect_mysql.mariadb import INET4, INET6

VALUES: list[tuple[Any, list[Any]]] = [
    (TINYINT(unsigned=True), [0, 255]),
    (MEDIUMINT(), [-(2**23), 2**23 - 1]),
    (BIGINT(unsigned=True), [2**64 - 1]),
    (BIT(12), [0, 4095]),
    (YEAR(), [1901, 2155]),
    (DECIMAL(20, 6, unsigned=True), [Decimal("12345678901234.567890")]),
    (DOUBLE(asdecimal=False), [1.0 / 3, -2.5e300]),
    (DATETIME(fsp=6), [dt.datetime(2024, 2, 29, 12, 30, 15, 123456)]),
    (TIMESTAMP(fsp=3), [dt.datetime(2024, 2, 29, 12, 30, 15, 123000)]),
    (TIME(fsp=6), [dt.time(23, 59, 59, 999999), dt.timedelta(hours=-33, microseconds=-5), dt.timedelta(hours=100)]),
    (ENUM("a", "it's", "c\\d"), ["a", "it's", "c\\d"]),
    (SET("a", "b", "c"), [{"a"}, {"a", "c"}, set()]),
    (SET("a", "b", "", retrieve_as_bitwise=True), [{"a"}, {"b", ""}, set()]),
    (LONGTEXT(charset="utf8mb4"), ["é" * 70_000]),
    (LONGBLOB(), [bytes(range(256)) * 300]),
    (VARCHAR(20, charset="latin1"), ["é"]),
]


def round_trip(engine: Engine, type_: Any, values: list[Any]) -> Any:
    """Assert that `values` come back; return the type that the catalogue tells."""
    table = Table("type_value", MetaData(), Column("id", Integer, primary_key=True), Column("v", type_))
    table.drop(engine, checkfirst=True)
    table.create(engine)
    try:
        with engine.begin() as connection:
            connection.execute(insert(table), [{"v": value} for value in [*values, None]])
            found = list(connection.scalars(select(table.c.v).order_by(table.c.id)))
        assert found == [*values, None]
        assert [type(value) for value in found] == [type(value) for value in [*values, None]]
        return inspect(engine).get_columns("type_value")[1]["type"]
    finally:
        table.drop(engine)


@pytest.mark.parametrize(("type_", "values"), VALUES, ids=lambda value: "" if isinstance(value, list) else repr(value))
def test_there_and_back(engine: Engine, type_: Any, values: list[Any]) -> None:
    reflected = round_trip(engine, type_, values)
    assert type(reflected) is type(type_)
    for name in ("unsigned", "fsp", "length", "precision", "scale", "enums", "values"):
        if getattr(type_, name, None) and name in vars(type_):
            assert getattr(reflected, name) == getattr(type_, name), name


def test_durations_that_are_no_time_of_day(engine: Engine) -> None:
    """TIME goes from -838 to 838 hours: what is no time of day comes as a duration, and is taken as one."""
    with engine.connect() as connection:
        statement = text("SELECT CAST('-33:59:59.5' AS TIME(1)), CAST('838:00:00' AS TIME)")
        row = connection.execute(statement).one()
    assert row == (-dt.timedelta(hours=33, minutes=59, seconds=59.5), dt.timedelta(hours=838))


def test_types_of_mariadb(engine: Engine) -> None:
    with engine.connect() as connection:
        if connection.dialect.name != "mariadb":
            pytest.skip("types of MariaDB")
        version = connection.dialect.capabilities.version
    assert type(round_trip(engine, INET6(), ["2001:db8::1"])) is INET6
    if version >= (10, 10):
        assert type(round_trip(engine, INET4(), ["192.0.2.1"])) is INET4
    if version >= (10, 7):
        round_trip(engine, Uuid(), [uuid.uuid4()])


def test_a_value_that_is_not_in_the_list_is_refused() -> None:
    with pytest.raises(Exception, match="comma"):
        SET("a,b")
    with pytest.raises(Exception, match="retrieve_as_bitwise"):
        SET("a", "")
