"""Names of types, and what their values become on the way."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import pytest

import lect
import lect_mysql as my
from lect import exc
from lect.dialects.contract import ConversionRequest
from lect_mysql import mariadb
from lect_mysql.pyodbc import conversion as odbc_conversion
from lect_mysql.pyodbc import duration

MYSQL = my.dialect()
MARIADB = mariadb.dialect()


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (my.TINYINT(1), "TINYINT(1)"),
        (my.INTEGER(11, unsigned=True, zerofill=True), "INTEGER(11) UNSIGNED ZEROFILL"),
        (my.MEDIUMINT, "MEDIUMINT"),
        (my.BIT(5), "BIT(5)"),
        (lect.VARCHAR(0), "VARCHAR(0)"),
        (lect.NVARCHAR(0), "NATIONAL VARCHAR(0)"),
        (lect.VARBINARY(0), "VARBINARY(0)"),
        (my.DECIMAL(10, 2, unsigned=True), "DECIMAL(10, 2) UNSIGNED"),
        (my.FLOAT(5, 2), "FLOAT(5, 2)"),
        (my.DOUBLE(53, 4), "DOUBLE(53, 4)"),
        (my.DOUBLE, "DOUBLE"),
        (my.YEAR(4), "YEAR(4)"),
        (my.DATETIME(fsp=6), "DATETIME(6)"),
        (my.TIMESTAMP(fsp=3), "TIMESTAMP(3)"),
        (my.TIME(fsp=2), "TIME(2)"),
        (my.CHAR(3), "CHAR(3)"),
        (my.NCHAR(3), "NATIONAL CHAR(3)"),
        (my.NVARCHAR(3), "NATIONAL VARCHAR(3)"),
        (my.VARCHAR(3, charset="utf8", collation="utf8_bin"), "VARCHAR(3) CHARACTER SET utf8 COLLATE utf8_bin"),
        (my.VARCHAR(3, national=True), "NATIONAL VARCHAR(3)"),
        (my.VARCHAR(3, ascii=True), "VARCHAR(3) ASCII"),
        (my.VARCHAR(3, unicode=True), "VARCHAR(3) UNICODE"),
        (my.VARCHAR(3, binary=True), "VARCHAR(3) BINARY"),
        (my.LONGTEXT(charset="utf8"), "LONGTEXT CHARACTER SET utf8"),
        (my.TINYTEXT, "TINYTEXT"),
        (my.TEXT(5), "TEXT(5)"),
        (my.LONGBLOB, "LONGBLOB"),
        (my.BLOB(5), "BLOB(5)"),
        (my.VARBINARY(5), "VARBINARY(5)"),
        (my.ENUM("a", "b'c"), "ENUM('a','b''c')"),
        (my.ENUM("a", charset="utf8"), "ENUM('a') CHARACTER SET utf8"),
        (my.SET("a", "b"), "SET('a','b')"),
        (my.JSON, "JSON"),
        (mariadb.INET6, "INET6"),
        (lect.Boolean, "BOOL"),
        (lect.Float(53), "FLOAT(53)"),
        (lect.Double(53), "DOUBLE"),
        (lect.Numeric(5, 2), "NUMERIC(5, 2)"),
        (lect.LargeBinary, "BLOB"),
        (lect.UnicodeText, "TEXT"),
        (lect.DateTime(timezone=True), "DATETIME"),
        (lect.Interval, "DATETIME"),
        (lect.Uuid, "CHAR(32)"),
        (lect.Enum("a", "b"), "ENUM('a','b')"),
        (lect.Enum("a", native_enum=False), "VARCHAR(1)"),
        (lect.CLOB, "LONGTEXT"),
    ],
)
def test_name(type_: Any, name: str) -> None:
    instance = type_() if isinstance(type_, type) else type_
    assert instance.compile(dialect=MYSQL) == name


def test_uuid_of_mariadb() -> None:
    assert lect.Uuid().compile(dialect=MARIADB) == "UUID"


@pytest.mark.parametrize("type_", [lect.String(), lect.Unicode(), lect.VARBINARY(), my.VARCHAR()])
def test_length_is_needed(type_: Any) -> None:
    with pytest.raises(exc.CompileError, match="requires a length on dialect mysql"):
        type_.compile(dialect=MYSQL)


def test_double_has_both_numbers_or_none() -> None:
    with pytest.raises(exc.ArgumentError, match="both precision and scale"):
        my.DOUBLE(53)


def test_charset_is_a_word() -> None:
    with pytest.raises(exc.CompileError, match="a single word"):
        my.VARCHAR(3, charset="utf8 DEFAULT 'x'").compile(dialect=MYSQL)


@pytest.mark.parametrize(
    "type_",
    [
        my.ENUM("a", "b", charset="utf8", unicode=True),
        my.SET("a", "", retrieve_as_bitwise=True, collation="utf8_bin"),
        my.VARCHAR(3, charset="utf8", binary=True),
        my.BIGINT(20, unsigned=True),
    ],
)
def test_copies_are_alike(type_: Any) -> None:
    for copy in (type_.copy(), pickle.loads(pickle.dumps(type_))):
        assert copy.compile(dialect=MYSQL) == type_.compile(dialect=MYSQL)
        assert copy._structure() is type_._structure()


def test_structure_tells_types_apart() -> None:
    assert my.SET("a", "b")._structure() is not my.SET("b", "a")._structure()
    assert my.ENUM("a", charset="utf8")._structure() is not my.ENUM("a")._structure()


def test_set_values() -> None:
    plain, bits = my.SET("a", "b", "c"), my.SET("a", "b", "", retrieve_as_bitwise=True)
    bind, read = plain.bind_processor(MYSQL), plain.result_processor(MYSQL, None)
    assert bind is not None and read is not None
    assert (bind({"b", "a"}), bind("a,b"), bind(None)) == ("a,b", "a,b", None)
    assert (read("a,c"), read(""), read(None)) == ({"a", "c"}, set(), None)
    bind, read = bits.bind_processor(MYSQL), bits.result_processor(MYSQL, None)
    assert bind is not None and read is not None
    assert (bind({"a", ""}), bind(set())) == (5, 0)
    assert (read(5), read(0), read("2")) == ({"a", ""}, set(), {"b"})


def test_set_that_travels_as_a_number() -> None:
    t = lect.Table("t", lect.MetaData(), lect.Column("s", my.SET("a", "", retrieve_as_bitwise=True)))
    assert str(lect.select(t.c.s).compile(dialect=MYSQL)) == "SELECT t.s + 0 AS s \nFROM t"


def test_bit_values() -> None:
    read = my.BIT(12).result_processor(MYSQL, None)
    assert read is not None
    assert (read(b"\x0f\xff"), read(3), read(None)) == (4095, 3, None)


def test_times_over_odbc_keep_their_fractions() -> None:
    def convert(type_: Any) -> Any:
        return odbc_conversion(ConversionRequest(type_=type_, dialect=MYSQL))

    assert convert(lect.DateTime()).bind(dt.datetime(2024, 1, 2, 3, 4, 5, 6)) == "2024-01-02 03:04:05.000006"
    assert convert(lect.Time()).bind(dt.time(3, 4, 5, 6)) == "03:04:05.000006"
    assert convert(lect.Time()).bind(dt.timedelta(hours=-33, microseconds=-5)) == "-33:00:00.000005"
    assert convert(lect.Time()).bind(None) is None
    assert convert(my.BIGINT(unsigned=True)).bind(2**64 - 1) == "18446744073709551615"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"23:59:59.999999", dt.timedelta(hours=23, minutes=59, seconds=59, microseconds=999999)),
        (b"-33:00:00.5", -dt.timedelta(hours=33, microseconds=500000)),
        (b"838:00:00\0", dt.timedelta(hours=838)),
        (b"\x17\x00\x3b\x00\x01\x00", dt.timedelta(hours=23, minutes=59, seconds=1)),
    ],
)
def test_durations_over_odbc(raw: bytes, value: dt.timedelta) -> None:
    assert duration(raw) == value
