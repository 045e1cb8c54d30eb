"""Types: values to the database and back, names, structure, variants, adaptation."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid

import pytest

from lect import (
    ARRAY,
    JSON,
    VARCHAR,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    PickleType,
    String,
    Text,
    TypeDecorator,
    Uuid,
    column,
    exc,
    literal,
)
from lect.dialects.default import DefaultDialect
from lect.types import NullType, UserDefinedType

dialect = DefaultDialect()


class Colour(enum.Enum):
    red = 1
    green = 2


def round_trip(type_, value):
    bind = type_._cached_bind_processor(dialect)
    result = type_._cached_result_processor(dialect, None)
    sent = value if bind is None else bind(value)
    return sent, sent if result is None else result(sent)


@pytest.mark.parametrize(
    ("type_", "value", "sent"),
    [
        (Uuid(), uuid.UUID(int=5), "00000000000000000000000000000005"),
        (Uuid(as_uuid=False), "00000000-0000-0000-0000-000000000005", "00000000000000000000000000000005"),
        (Enum(Colour), Colour.red, "red"),
        (Enum("a", "b"), "a", "a"),
        (Interval(), dt.timedelta(days=1, seconds=5), dt.datetime(1970, 1, 2, 0, 0, 5)),
        (JSON(), {"a": [1, None]}, '{"a": [1, null]}'),
        (Boolean(), True, 1),
        (Numeric(10, 2), decimal.Decimal("1.10"), decimal.Decimal("1.10")),
        (LargeBinary(), b"\x00\xff", b"\x00\xff"),
    ],
)
def test_round_trip(type_, value, sent):
    assert round_trip(type_, value) == (sent, value)


def test_pickle_round_trip():
    assert round_trip(PickleType(), {"a": (1, 2)})[1] == {"a": (1, 2)}


def test_json_null():
    bind = JSON()._cached_bind_processor(dialect)
    assert bind(None) == "null"
    assert bind(JSON.NULL) == "null"
    assert JSON(none_as_null=True)._cached_bind_processor(dialect)(None) is None


def test_enum_refuses_what_is_not_in_it():
    with pytest.raises(LookupError, match="'blue' is not among the defined enum values"):
        Enum(Colour)._cached_result_processor(dialect, None)("blue")
    with pytest.raises(LookupError, match="Possible values: a, b"):
        Enum("a", "b", validate_strings=True)._cached_bind_processor(dialect)("c")


def test_boolean_refuses_other_values():
    bind = Boolean()._cached_bind_processor(dialect)
    with pytest.raises(TypeError, match="Not a boolean value"):
        bind("yes")
    with pytest.raises(ValueError, match="not None, True, or False"):
        bind(5)


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (String(50), "VARCHAR(50)"),
        (VARCHAR(5, collation="de_DE"), 'VARCHAR(5) COLLATE "de_DE"'),
        (Numeric(10, 2), "NUMERIC(10, 2)"),
        (Text(), "TEXT"),
        (Enum("a", "bcd"), "VARCHAR(3)"),
        (Uuid(), "CHAR(32)"),
        (Interval(), "DATETIME"),
        (PickleType(), "BLOB"),
    ],
)
def test_names(type_, expected):
    assert type_.compile(dialect) == expected


def test_a_type_without_a_name_is_refused():
    with pytest.raises(exc.CompileError, match="did you forget to specify a type"):
        NullType().compile(dialect)


def test_repr_shows_arguments():
    assert repr(Numeric(10, 2)) == "Numeric(precision=10, scale=2)"
    assert repr(ARRAY(String(5), dimensions=2)) == "ARRAY(String(length=5), dimensions=2)"
    assert repr(Enum(Colour)) == "Enum('red', 'green', name='colour')"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Integer(), Numeric(), Numeric),
        (Integer(), BigInteger(), BigInteger),
        (Integer(), Float(), Float),
        (Float(), Double(), Double),
        (Integer(), Date(), Date),
        (Date(), Interval(), DateTime),
        (Interval(), DateTime(), DateTime),
        (String(), Text(), String),
    ],
)
def test_addition_has_a_type(left, right, expected):
    assert type((column("a", left) + column("b", right)).type) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, Integer),
        (2**40, BigInteger),
        (1.5, Double),
        ("a", String),
        (True, Boolean),
        (decimal.Decimal(1), Numeric),
        (uuid.UUID(int=1), Uuid),
        (dt.timedelta(1), Interval),
        ({}, NullType),
    ],
)
def test_values_have_types(value, expected):
    assert type(literal(value).type) is expected


def test_equal_types_share_structure():
    assert String(5)._structure() is String(5)._structure()
    assert String(5)._structure() is not String(6)._structure()
    assert DateTime(timezone=True)._structure() is not DateTime()._structure()
    assert Integer()._structure() is not BigInteger()._structure()
    assert String(5).with_variant(Text(), "x")._structure() is not String(5)._structure()


def test_variants_are_used_by_the_dialect_named():
    type_ = String(5).with_variant(Text(), "default")
    assert type_.compile(dialect) == "TEXT"
    assert String(5).with_variant(Text(), "other").compile(dialect) == "VARCHAR(5)"


def test_a_decorator_changes_values_both_ways():
    class Shouting(TypeDecorator):
        impl = String
        cache_ok = True

        def process_bind_param(self, value, dialect):
            return value.upper()

        def process_result_value(self, value, dialect):
            return value.lower()

    assert round_trip(Shouting(5), "abc") == ("ABC", "abc")
    assert Shouting(5).compile(dialect) == "VARCHAR(5)"
    assert Shouting(5)._structure() is Shouting(5)._structure()
    assert Shouting(5)._structure() is not Shouting(6)._structure()


def test_a_decorator_that_does_not_say_cache_ok_is_not_cached():
    class Silent(TypeDecorator):
        impl = String

    assert not Silent()._structure().cacheable
    assert not (column("x", Silent()) == "a")._structure().cacheable


def test_a_user_defined_type_has_its_own_text():
    class Point(UserDefinedType):
        cache_ok = True

        def get_col_spec(self, **kw):
            return "POINT"

    assert Point().compile(dialect) == "POINT"
    assert type((column("p", Point()) == "x").right.type) is Point
