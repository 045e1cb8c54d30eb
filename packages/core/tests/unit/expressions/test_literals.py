"""The literal renderer: what it escapes and what it refuses."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

import pytest

from lect import Integer, LargeBinary, Numeric, String, column, exc, literal, literal_column, select
from lect.compile.literals import Literals


def written(value, type_=None):
    text = str(select(literal(value, type_)).compile(compile_kwargs={"literal_binds": True}))
    return text.removeprefix("SELECT ").removesuffix(" AS anon_1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, "5"),
        (-5, "-5"),
        (1.5, "1.5"),
        (decimal.Decimal("1.10"), "1.10"),
        ("it's", "'it''s'"),
        ("\\'; DROP", "'\\''; DROP'"),
        ("-- /* %s :x ?", "'-- /* %s :x ?'"),
        (b"\x00\xff", "X'00ff'"),
        (True, "true"),
        (None, "NULL"),
        (dt.date(2020, 1, 2), "'2020-01-02'"),
        (dt.datetime(2020, 1, 2, 3, 4, 5, 6), "'2020-01-02 03:04:05.000006'"),
        (uuid.UUID(int=5), "'00000000000000000000000000000005'"),
    ],
)
def test_literals(value, expected):
    assert written(value) == expected


@pytest.mark.parametrize(
    "value", ["a\x00b", "\ud800", float("nan"), float("inf"), decimal.Decimal("NaN"), {}, [1], object()]
)
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(exc.CompileError):
        written(value)


@pytest.mark.parametrize(
    ("value", "type_"),
    [("1; DROP TABLE t", Integer()), ("1 OR 1=1", Numeric()), (5, String()), ("x", LargeBinary()), (1.5, Integer())],
)
def test_a_value_of_another_type_is_refused(value, type_):
    with pytest.raises(exc.CompileError, match="literal"):
        written(value, type_)


def test_an_expression_is_no_literal_value():
    with pytest.raises(exc.ArgumentError):
        literal(literal_column("1"))


def test_backslashes_are_doubled_where_they_escape():
    assert Literals(backslash_escapes=True).string("a\\'") == "'a\\\\'''"
    assert Literals().string("a\\'") == "'a\\'''"


def test_national_prefix_marks_what_is_not_ascii():
    assert Literals(national_prefix="N").string("é") == "N'é'"
    assert Literals(national_prefix="N").string("e") == "'e'"


def test_in_lists_are_written_out():
    expression = column("x").in_([1, 2, 3])
    assert str(expression.compile(compile_kwargs={"literal_binds": True})) == "x IN (1, 2, 3)"
