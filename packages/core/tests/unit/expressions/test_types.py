"""Types: values to the database and back, names, structure, variants, adaptation."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import pickle
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
    bindparam,
    column,
    exc,
    literal,
)
from lect.dialects.default import DefaultDialect
from lect.sql.text import verbatim
from lect.sql.traversal import iterate
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


class Tenfold(TypeDecorator):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value * 10


def test_a_parameter_for_a_list_has_the_type_of_the_column():
    condition = column("v", Tenfold).in_(bindparam("some", expanding=True))
    assert isinstance(condition.right.type, Tenfold)
    compiled = condition.params(some=[1, 2]).compile(compile_kwargs={"render_postcompile": True})
    assert str(compiled) == "v IN (:some_1, :some_2)"
    assert str(condition.params(some=[1]).compile(compile_kwargs={"literal_binds": True})) == "v IN (10)"
    typed = column("v", Tenfold).in_(bindparam("some", type_=String, expanding=True))
    assert isinstance(typed.right.type, String)


def literal_text(value, type_):
    return str(literal(value, type_).compile(compile_kwargs={"literal_binds": True}))


def test_literals_of_pickles():
    text = literal_text({"a": 1}, PickleType())
    assert text.startswith("X'")
    assert pickle.loads(bytes.fromhex(text[2:-1])) == {"a": 1}


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_integers_beyond_64_bits_have_no_literal(value):
    with pytest.raises(exc.CompileError) as raised:
        literal_text(value, BigInteger())
    assert str(raised.value) == (
        f"{value} has more than 64 bits, which no integer type holds; Numeric(precision, 0) holds it"
    )
    assert literal_text(value, Numeric(30, 0)) == str(value)


def test_the_largest_integers_have_literals():
    assert literal_text(2**63 - 1, BigInteger()) == "9223372036854775807"
    assert literal_text(-(2**63), BigInteger()) == "-9223372036854775808"


def test_what_is_compared_with_integers_is_one_and_is_refused_if_it_is_too_large():
    assert isinstance((column("v", BigInteger) == 2**80).right.type, BigInteger)
    assert isinstance((column("v", Numeric) == 2**80).right.type, Numeric)


def test_a_pattern_is_no_value_of_an_enumeration():
    states = column("v", Enum("on", "off", name="state"))
    for condition in (states.like("o%"), states.contains("f"), states.regexp_match("^o")):
        (bind,) = [n for n in iterate(condition) if getattr(n, "_is_bind_parameter", False)]
        assert type(bind.type) is String
    assert isinstance((states == "on").right.type, Enum)


def test_an_offset_is_left_out_of_literals_where_none_is_kept():
    value = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert literal_text(value, DateTime(timezone=True)) == "'2024-01-02 03:04:05'"


@pytest.mark.parametrize("sql", [":x", "a::int", r"\:x", r"'\:'", "':x:y'", ":a$b", "\\", "a:b :c", "::", r"\\:z", ":"])
def test_sql_as_it_stands(sql):
    clause = verbatim(sql)
    assert str(clause.compile()) == sql
    assert clause._bindparams == {}
