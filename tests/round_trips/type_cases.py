"""What is sent through each type: a strategy of values that every database must give back exactly.

Where a database keeps less than Python has, `narrowed` names what it keeps; what becomes of the rest is in
:mod:`type_edges`, value by value.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

from hypothesis import strategies as st

import lect_mysql
import lect_postgresql
from lect import types as t

__all__ = ["CASES", "Case", "Colour", "Reversed"]

Values = st.SearchStrategy[Any]


class Colour(enum.Enum):
    """Members whose names and values differ."""

    red = 1
    green = "two"


class Reversed(t.TypeDecorator[str]):
    """Text kept back to front."""

    impl = t.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value[::-1]

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value[::-1]


class Case:
    """A type and the values that it must give back.

    Args:
        type_: the type of the column.
        values: what every database keeps.
        narrowed: name or family of a database -> what it keeps in place of that; None: it has no such type.
        compared: values can be found again with ``=`` and IN; False, or the names and families where they cannot.
        written: a literal gives the value back to the last bit; or the names and families where it need not.
        alone: a parameter alone (``SELECT :x``) gives the value back; or the names and families where it does not.
    """

    def __init__(
        self,
        type_: Any,
        values: Values,
        narrowed: Mapping[str, Values | None] | None = None,
        *,
        compared: bool | tuple[str, ...] = True,
        alone: bool | tuple[str, ...] = True,
        written: bool | tuple[str, ...] = True,
    ) -> None:
        self.type_ = type_
        self._values = values
        self._narrowed = narrowed or {}
        self._compared = compared
        self._alone = alone
        self._written = written

    def values(self, name: str, family: str) -> Values | None:
        """What a database keeps; None: it has no such type."""
        for key in (name, family):
            if key in self._narrowed:
                return self._narrowed[key]
        return self._values

    def compared(self, name: str, family: str) -> bool:
        """Whether values can be found with ``=``."""
        return _holds(self._compared, name, family)

    def written(self, name: str, family: str) -> bool:
        """Whether a literal comes back."""
        return _holds(self._written, name, family)

    def alone(self, name: str, family: str) -> bool:
        """Whether a parameter alone comes back."""
        return _holds(self._alone, name, family)


def _holds(said: bool | tuple[str, ...], name: str, family: str) -> bool:
    return said if isinstance(said, bool) else name not in said and family not in said


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
#: SQLite's ODBC driver loses characters beyond U+FFFFF.
NARROW: dict[str, Values | None] = {
    "sqlite-odbc": st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00", max_codepoint=0xFFFFF), max_size=30
    )
}
_texts_for_documents = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def _bits(number: int) -> Values:
    return st.integers(-(2 ** (number - 1)), 2 ** (number - 1) - 1)


def _decimals(precision: int, scale: int) -> Values:
    """Numbers of up to `precision` digits, `scale` of them behind the point; none of them -0."""
    largest = 10**precision - 1
    return st.integers(-largest, largest).map(lambda n: Decimal(n).scaleb(-scale, context=_WIDE))


_WIDE = Context(prec=100)

#: No -0.0: integers and exact numbers have none, and SQLite and MySQL keep doubles in their way.
_doubles = st.floats(allow_nan=False, allow_infinity=False).filter(lambda v: v != 0 or str(v) == "0.0")
#: Doubles that fifteen digits write exactly.
_fifteen = st.integers(-(10**14), 10**14).map(lambda n: n / 1000)
#: Floats of 32 bits that six digits write exactly.
_six = st.integers(-199_998, 199_998).map(lambda n: n / 2)

_zones = st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))


def _whole_seconds(values: Values) -> Values:
    return values.map(lambda v: v.replace(microsecond=0))


_durations = st.timedeltas(dt.timedelta(days=-700_000), dt.timedelta(days=700_000))
_whole_durations = _durations.map(lambda v: v - dt.timedelta(microseconds=v.microseconds))

#: What ends a literal, escapes, or looks like a parameter.
HOSTILE = ("a", "b c", "d'e", '"', "back\\", "\\'", "100%", "%s", ":x", "?", "new\nline", "é", "\u2028", "--", "/*", "")
_words = t.Enum(*HOSTILE, name="lect_words")


def _documents(leaves: Values, depth: int) -> Values:
    found = leaves
    for _ in range(depth):
        found = leaves | st.lists(found, max_size=3) | st.dictionaries(_texts_for_documents, found, max_size=3)
    return found


_leaves = st.none() | st.booleans() | _bits(54) | _doubles | _texts_for_documents
_documents_3 = _documents(_leaves, 3)
_deep = st.integers(4, 28).map(lambda n: _nested(n))
_json = (_documents_3 | _deep).filter(lambda v: v is not None)


#: JSONB keeps numbers as exact ones: 1e16 comes back as an integer.
_exact_json = (
    _documents(st.none() | st.booleans() | _bits(54) | _bits(20).map(lambda n: n + 0.5) | _texts_for_documents, 3)
    | _deep
).filter(lambda v: v is not None)


def _nested(depth: int) -> Any:
    found: Any = "end"
    for level in range(depth):
        found = [found] if level % 2 else {"in": found}
    return found


def _no_bare_number(values: Values) -> Values:
    return values.filter(lambda v: isinstance(v, bool) or not isinstance(v, (int, float)))


def _fifteen_digits(values: Values) -> Values:
    return values.filter(lambda v: not isinstance(v, float))


ONLY_POSTGRESQL: dict[str, Values | None] = {"sqlite": None, "mysql": None}
ONLY_MYSQL: dict[str, Values | None] = {"sqlite": None, "postgresql": None}
#: These drivers write values into the statement's text, where a number alone is of the type that its digits suggest.
INLINED = ("postgresql-psycopg2", "mysql-pymysql", "mysql-asyncmy")
#: MariaDB's type knows the versions of RFC 4122.
_of_version = st.uuids(version=1) | st.uuids(version=3) | st.uuids(version=4) | st.uuids(version=5)

CASES: dict[str, Case] = {
    "SmallInteger": Case(t.SmallInteger(), _bits(16)),
    "Integer": Case(t.Integer(), _bits(32)),
    "BigInteger": Case(t.BigInteger(), _bits(64)),
    "Boolean": Case(t.Boolean(), st.booleans()),
    "String": Case(t.String(40), texts, NARROW),
    "Text": Case(t.Text(), texts, NARROW),
    "Unicode": Case(t.Unicode(40), texts, NARROW),
    "UnicodeText": Case(t.UnicodeText(), texts, NARROW),
    "LargeBinary": Case(t.LargeBinary(), st.binary(max_size=60), alone=("mysql-odbc",)),
    "Float": Case(
        t.Float(),
        _doubles,
        {"mysql": _six, "sqlite-odbc": _fifteen},
        written=("sqlite",),
    ),
    "Float of 53 bits": Case(t.Float(53), _doubles, {"sqlite-odbc": _fifteen}, written=("sqlite",)),
    "Double": Case(t.Double(), _doubles, {"sqlite-odbc": _fifteen}, written=("sqlite",)),
    "Float as Decimal": Case(t.Float(53, asdecimal=True, decimal_return_scale=3), _decimals(10, 3), alone=INLINED),
    "Numeric": Case(t.Numeric(38, 10), _decimals(38, 10), {"sqlite": _decimals(13, 10)}, alone=INLINED),
    "Numeric of money": Case(t.Numeric(12, 2), _decimals(12, 2), alone=INLINED),
    "Numeric of whole numbers": Case(t.Numeric(30, 0), _decimals(30, 0), {"sqlite": _decimals(15, 0)}, alone=INLINED),
    "Numeric of 60 digits": Case(t.Numeric(60, 30), _decimals(60, 30), {"sqlite": None}, alone=INLINED),
    "Numeric as float": Case(t.Numeric(10, 2, asdecimal=False), st.integers(-(10**7), 10**7).map(lambda n: n / 4)),
    "Date": Case(t.Date(), st.dates()),
    "Time": Case(t.Time(), st.times(), {"mysql": _whole_seconds(st.times())}),
    "Time with fractions": Case(t.Time().with_variant(lect_mysql.TIME(fsp=6), "mysql"), st.times()),
    "Time with offset": Case(
        t.Time(timezone=True), st.times(timezones=_zones), {"sqlite": st.times(), "mysql": _whole_seconds(st.times())}
    ),
    "DateTime": Case(t.DateTime(), st.datetimes(), {"mysql": _whole_seconds(st.datetimes())}),
    "DateTime with fractions": Case(t.DateTime().with_variant(lect_mysql.DATETIME(fsp=6), "mysql"), st.datetimes()),
    "DateTime with offset": Case(
        t.DateTime(timezone=True),
        st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=_zones),
        {"sqlite": st.datetimes(), "mysql": _whole_seconds(st.datetimes())},
    ),
    "Interval": Case(t.Interval(), _durations, {"mysql": _whole_durations, "postgresql": st.timedeltas()}),
    "Interval as a date": Case(t.Interval(native=False), _durations, {"mysql": _whole_durations}),
    "Enum": Case(t.Enum(Colour), st.sampled_from(Colour)),
    "Enum of strings": Case(_words, st.sampled_from(HOSTILE)),
    "Enum with a check": Case(
        t.Enum(*HOSTILE, native_enum=False, create_constraint=True, name="lect_checked"), st.sampled_from(HOSTILE)
    ),
    "Uuid": Case(t.Uuid(), st.uuids(), {"mysql": _of_version}),
    "Uuid as text": Case(t.Uuid(as_uuid=False), st.uuids().map(str), {"mysql": _of_version.map(str)}),
    "Uuid as characters": Case(t.Uuid(native_uuid=False), st.uuids()),
    "JSON": Case(
        t.JSON(),
        _json,
        {"sqlite": _no_bare_number(_json), "sqlite-odbc": _no_bare_number(_json)},
        compared=False,
    ),
    "PickleType": Case(
        t.PickleType(),
        st.tuples(st.integers(), texts, st.frozensets(st.integers(), max_size=3)),
        compared=False,
        alone=("mysql-odbc",),
    ),
    "TypeDecorator": Case(Reversed(40), texts, NARROW),
    "ARRAY of integers": Case(t.ARRAY(t.Integer), st.lists(_bits(32), max_size=5), ONLY_POSTGRESQL),
    "ARRAY of texts": Case(t.ARRAY(t.Text), st.lists(texts | st.none(), max_size=5), ONLY_POSTGRESQL),
    "ARRAY of two dimensions": Case(
        t.ARRAY(t.Integer, dimensions=2),
        st.integers(1, 3).flatmap(
            lambda n: st.lists(st.lists(_bits(32), min_size=n, max_size=n), min_size=1, max_size=3)
        ),
        ONLY_POSTGRESQL,
    ),
    "ARRAY of dates": Case(t.ARRAY(t.Date), st.lists(st.dates(), max_size=4), ONLY_POSTGRESQL),
    "JSONB": Case(lect_postgresql.JSONB(), _exact_json, ONLY_POSTGRESQL, compared=False),
    "BIGINT UNSIGNED": Case(lect_mysql.BIGINT(unsigned=True), st.integers(0, 2**64 - 1), ONLY_MYSQL),
    "SET": Case(
        lect_mysql.SET("a", "b c", "d'e", "\\"),
        st.sets(st.sampled_from(["a", "b c", "d'e", "\\"])),
        ONLY_MYSQL,
        alone=False,
    ),
    "YEAR": Case(lect_mysql.YEAR(), st.integers(1901, 2155), ONLY_MYSQL),
}
