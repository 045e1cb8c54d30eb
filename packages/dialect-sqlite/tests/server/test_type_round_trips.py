"""What goes into a column comes out of it: values generated for every generic type, over SQLite."""

from __future__ import annotations

import datetime as dt
import enum
import math
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lect
from lect import types as t
from lect.exc import StatementError

SETTINGS = settings(
    max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


class Colour(enum.Enum):
    red = 1
    green = "two"


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
_numbers = st.integers(-(2**63), 2**63 - 1)

#: type -> values that it must give back exactly.
CASES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "Integer": (t.Integer(), _numbers),
    "BigInteger": (t.BigInteger(), _numbers),
    "SmallInteger": (t.SmallInteger(), st.integers(-(2**15), 2**15 - 1)),
    "Boolean": (t.Boolean(), st.booleans()),
    "String": (t.String(40), texts),
    "Text": (t.Text(), texts),
    "Unicode": (t.Unicode(40), texts),
    "LargeBinary": (t.LargeBinary(), st.binary(max_size=50)),
    "Float": (t.Float(), st.floats(allow_nan=False)),
    "Double": (t.Double(), st.floats(allow_nan=False)),
    # SQLite keeps numbers as binary floating point: 15 digits are exact.
    "Numeric": (t.Numeric(15, 4), st.decimals(-(10**10), 10**10, places=4, allow_nan=False)),
    "Date": (t.Date(), st.dates()),
    "Time": (t.Time(), st.times()),
    "DateTime": (t.DateTime(), st.datetimes()),
    "Interval": (t.Interval(), st.timedeltas(dt.timedelta(days=-700_000), dt.timedelta(days=700_000))),
    "Enum": (t.Enum(Colour), st.sampled_from(Colour)),
    "Enum of strings": (t.Enum("a", "b c", "d'e"), st.sampled_from(["a", "b c", "d'e"])),
    "Uuid": (t.Uuid(), st.uuids()),
    "Uuid as text": (t.Uuid(as_uuid=False), st.uuids().map(str)),
    "JSON": (t.JSON(), json_values.filter(lambda v: v is not None)),
    "PickleType": (t.PickleType(), st.tuples(st.integers(), texts, st.frozensets(st.integers()))),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    made = lect.create_engine("sqlite://")
    yield made
    made.dispose()


def _through(engine: Any, type_: Any, value: Any) -> tuple[Any, Any]:
    """Return the value as it comes out of a column, and as it comes back from a parameter that is only selected."""
    table = lect.Table("t", lect.MetaData(), lect.Column("id", lect.Integer, primary_key=True), lect.Column("v", type_))
    with engine.connect() as connection:
        table.create(connection)
        try:
            connection.execute(lect.insert(table), {"id": 1, "v": value})
            stored = connection.execute(lect.select(table.c.v)).scalar_one()
            selected = connection.execute(lect.select(lect.literal(value, type_))).scalar_one()
        finally:
            table.drop(connection)
    return stored, selected


@pytest.mark.parametrize("name", CASES)
def test_values_come_back(engine: Any, name: str) -> None:
    type_, values = CASES[name]

    @SETTINGS
    @given(values)
    def check(value: Any) -> None:
        stored, selected = _through(engine, type_, value)
        assert stored == value
        assert type(stored) is type(value)
        assert selected == value

    check()


@pytest.mark.parametrize("name", CASES)
def test_null_comes_back(engine: Any, name: str) -> None:
    type_, _ = CASES[name]
    if name == "JSON":
        type_ = t.JSON(none_as_null=True)
    assert _through(engine, type_, None)[0] is None


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("LargeBinary", "PickleType", "JSON")])
def test_literals_are_found(engine: Any, name: str) -> None:
    """A value written into the text equals the value bound."""
    type_, values = CASES[name]
    if name in ("Float", "Double"):
        values = values.filter(math.isfinite)  # there is no literal for infinity: a CompileError says so
    table = lect.Table("t", lect.MetaData(), lect.Column("v", type_))

    @SETTINGS
    @given(values)
    def check(value: Any) -> None:
        with engine.connect() as connection:
            table.create(connection)
            try:
                connection.execute(lect.insert(table), {"v": value})
                statement = lect.select(lect.func.count()).select_from(table).where(table.c.v == value)
                text = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))
                assert connection.exec_driver_sql(text).scalar_one() == 1
            finally:
                table.drop(connection)

    check()


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (t.Integer(), 2**63),
        (t.Date(), "2020-01-01"),
        (t.Enum(Colour, validate_strings=True), "blue"),
        (t.Uuid(), 5),
        (t.DateTime(), 7),
    ],
    ids=repr,
)
def test_what_cannot_be_kept_is_refused(engine: Any, type_: Any, value: Any) -> None:
    """With an error that is Lect's own, before or by the driver."""
    with pytest.raises((StatementError, lect.exc.DBAPIError)):
        _through(engine, type_, value)


def test_a_decimal_is_a_decimal(engine: Any) -> None:
    stored, _ = _through(engine, t.Numeric(10, 2), Decimal("12.50"))
    assert str(stored) == "12.50"


def test_a_uuid_is_a_uuid(engine: Any) -> None:
    value = uuid.UUID(int=7)
    assert _through(engine, t.Uuid(), value) == (value, value)
