"""Ranges, strings of bits, and the text of arrays and the like, without a server."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import pytest

from lect_postgresql import BitString, Range
from lect_postgresql.range_value import MultiRange
from lect_postgresql.text_forms import (
    array_text,
    hstore_text,
    interval_text,
    parse_array,
    parse_hstore,
    parse_interval,
)

EMPTY: Range[int] = Range(empty=True)


def test_ends() -> None:
    r = Range(1, None, bounds="(]")
    assert (r.lower_inc, r.upper_inc, r.lower_inf, r.upper_inf, r.isempty) == (False, False, False, True, False)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Range(1, 5), Range(1, 4, bounds="[]")),
        (Range(0, 5, bounds="()"), Range(1, 4, bounds="[]")),
        (Range(3, 3), EMPTY),
        (Range(dt.date(2024, 1, 1), dt.date(2024, 1, 3)), Range(dt.date(2024, 1, 1), dt.date(2024, 1, 2), bounds="[]")),
    ],
)
def test_equal_ranges(left: Range[Any], right: Range[Any]) -> None:
    assert left == right
    assert hash(left) == hash(right)


def test_contains() -> None:
    r = Range(1.0, 5.0)
    assert 1.0 in r
    assert 4.9 in r
    assert 5.0 not in r
    assert Range(2.0, 5.0) in r
    assert Range(2.0, 5.0, bounds="[]") not in r
    assert EMPTY in r
    assert 3 not in EMPTY


def test_positions() -> None:
    assert Range(1, 3) << Range(3, 5)
    assert Range(3, 5) >> Range(1, 3)
    assert Range(1, 3).adjacent_to(Range(3, 5))
    assert not Range(1.0, 3.0, bounds="[]").adjacent_to(Range(3.0, 5.0))
    assert Range(1, 3).not_extend_right_of(Range(0, 3))
    assert Range(1, 3).not_extend_left_of(Range(1, 9))
    assert not Range(None, 3).not_extend_left_of(Range(1, 9))


def test_union_intersection_difference() -> None:
    assert Range(1, 5) + Range(4, 9) == Range(1, 9)
    assert Range(1, 5) * Range(4, None) == Range(4, 5)
    assert Range(1, 5) - Range(4, 9) == Range(1, 4)
    assert Range(1, 5) - Range(0, 9) == EMPTY
    with pytest.raises(ValueError, match="non-overlapping"):
        Range(1, 2) + Range(5, 6)
    with pytest.raises(ValueError, match="strictly inner"):
        Range(1, 9) - Range(3, 4)


@pytest.mark.parametrize("text", ["[1,5)", "(,5]", "[1,)", "empty", "(,)"])
def test_text_of_a_range(text: str) -> None:
    assert Range.parse(text, int).text() == text


def test_quoted_ends() -> None:
    r = Range.parse('["a ""b\\\\","c,d")', str)
    assert (r.lower, r.upper) == ('a "b\\', "c,d")
    assert Range.parse(r.text(), str) == r


def test_text_of_several() -> None:
    assert MultiRange.parse("{[1,3),[5,)}", int) == [Range(1, 3), Range(5, None)]
    assert MultiRange.parse("{}", int) == []
    assert MultiRange([Range(1, 3)]).text() == "{[1,3)}"


def test_range_is_frozen_and_pickles() -> None:
    r = Range(1, 2)
    with pytest.raises(AttributeError):
        r.lower = 5
    assert pickle.loads(pickle.dumps(r)) == r


def test_wrong_bounds() -> None:
    with pytest.raises(ValueError, match="bounds"):
        Range(1, 2, bounds="[[")


@pytest.mark.parametrize(
    "value",
    [[], ["a"], ["a", None, 'q"\\', "{,}", "", "NULL", " x "], [["a", "b"], ["c", None]]],
)
def test_array(value: list[Any]) -> None:
    assert parse_array(array_text(value)) == value


def test_array_with_bounds_and_elements_read() -> None:
    assert parse_array("[0:1]={1,NULL}", int) == [1, None]


@pytest.mark.parametrize("text", ["", "{", "{}}", "x", '{"a}', "{}{}"])
def test_what_is_no_array(text: str) -> None:
    with pytest.raises(ValueError, match="not the text of an array"):
        parse_array(text)


def test_hstore() -> None:
    value = {"a": "1", 'q"\\,=>': None, "": "NULL"}
    assert parse_hstore(hstore_text(value)) == value
    with pytest.raises(TypeError, match="strings"):
        hstore_text({"a": 1})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="HSTORE"):
        parse_hstore('"a"=>x')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 days 05:00:07.000001", dt.timedelta(days=3, hours=5, seconds=7, microseconds=1)),
        ("-1 days -00:00:01.5", dt.timedelta(days=-1, seconds=-1.5)),
        ("1 year 2 mons", dt.timedelta(days=425)),
        ("00:00:00", dt.timedelta()),
    ],
)
def test_interval(text: str, expected: dt.timedelta) -> None:
    assert parse_interval(text) == expected


def test_interval_written() -> None:
    assert interval_text(dt.timedelta(days=-1, microseconds=3)) == "-1 days 0 seconds 3 microseconds"


def test_bits() -> None:
    bits = BitString("1010")
    assert bits & "0110" == "0010"
    assert bits | "0110" == "1110"
    assert bits ^ "0110" == "1100"
    assert ~bits == "0101"
    assert bits << 1 == "0100"
    assert bits >> 1 == "0101"
    assert int(bits) == 10
    assert bytes(BitString("0000000111111111")) == b"\x01\xff"
    assert BitString.from_int(5, 4) == "0101"
    assert BitString.from_bytes(b"\x05", 8) == "00000101"
    assert bits.set_bit(0, 0) == "0010"
    with pytest.raises(ValueError, match="'0' and '1'"):
        BitString("12")
    with pytest.raises(ValueError, match="lengths"):
        bits & "1"
