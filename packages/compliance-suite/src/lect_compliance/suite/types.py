"""Types: what goes in comes out."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

from lect import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    Unicode,
    Uuid,
    insert,
    select,
)
from lect.dialects.capabilities import Capabilities
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import ARRAYS, AWARE_DATETIMES, EXACT_DECIMALS, JSON_ACCESS

__all__ = ["TestTypes"]


class Colour(enum.Enum):
    """An enumeration whose names and values differ."""

    RED = 1
    GREEN = 2


class TestTypes(Group):
    """A value is written and read back, as a parameter of INSERT and as one of WHERE."""

    group = "types"

    def _table(self, engine: Engine, metadata: MetaData, type_: Any) -> Table:
        table = Table(
            "lect_value",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("value", type_),
        )
        metadata.create_all(engine)
        return table

    def _round_trip(
        self, engine: Engine, metadata: MetaData, type_: Any, *values: Any, compare: bool = True
    ) -> list[Any]:
        """Write `values` and None; assert that they come back with their classes; return what came back."""
        table = self._table(engine, metadata, type_)
        with engine.begin() as connection:
            rows = [{"id": i, "value": v} for i, v in enumerate([*values, None])]
            connection.execute(insert(table), rows)
        with engine.connect() as connection:
            found = list(connection.scalars(select(table.c.value).order_by(table.c.id)))
            assert found == [*values, None]
            assert [type(v) for v in found[:-1]] == [type(v) for v in values]
            if compare:
                for i, value in enumerate(values):
                    assert i in connection.scalars(select(table.c.id).where(table.c.value == value)).all()
        return found

    def test_integer(self, engine: Engine, metadata: MetaData) -> None:
        """32 bits."""
        self._round_trip(engine, metadata, Integer, 0, 1, -1, 2**31 - 1, -(2**31))

    def test_small_integer(self, engine: Engine, metadata: MetaData) -> None:
        """16 bits."""
        self._round_trip(engine, metadata, SmallInteger, 0, 2**15 - 1, -(2**15))

    def test_big_integer(self, engine: Engine, metadata: MetaData) -> None:
        """64 bits."""
        self._round_trip(engine, metadata, BigInteger, 0, 2**63 - 1, -(2**63))

    @needs(EXACT_DECIMALS)
    def test_numeric(self, engine: Engine, metadata: MetaData) -> None:
        """Exact decimal numbers keep every digit."""
        self._round_trip(
            engine,
            metadata,
            Numeric(20, 10),
            Decimal("0.1000000000"),
            Decimal("-1234567890.0123456789"),
            Decimal("0E-10"),
        )

    def test_numeric_of_few_digits(self, engine: Engine, metadata: MetaData) -> None:
        """Amounts of money come back as they are, exactly kept or not."""
        self._round_trip(engine, metadata, Numeric(10, 2), Decimal("12.34"), Decimal("-0.01"), Decimal("99999999.99"))

    def test_numeric_as_float(self, engine: Engine, metadata: MetaData) -> None:
        """asdecimal=False gives floats."""
        self._round_trip(engine, metadata, Numeric(10, 2, asdecimal=False), 12.5, -0.25)

    def test_float(self, engine: Engine, metadata: MetaData) -> None:
        """Doubles."""
        self._round_trip(engine, metadata, Float(53), 1.5, -0.1, 1e15, 1.5e-7, compare=False)

    def test_boolean(self, engine: Engine, metadata: MetaData) -> None:
        """True and False, not 1 and 0."""
        found = self._round_trip(engine, metadata, Boolean, True, False)
        assert found[0] is True

    def test_boolean_as_condition(self, engine: Engine, metadata: MetaData) -> None:
        """A boolean column is a condition."""
        table = self._table(engine, metadata, Boolean)
        with engine.begin() as connection:
            connection.execute(insert(table), [{"id": 1, "value": True}, {"id": 2, "value": False}])
            assert connection.scalars(select(table.c.id).where(table.c.value)).all() == [1]
            assert connection.scalars(select(table.c.id).where(~table.c.value)).all() == [2]
            assert connection.scalars(select(table.c.id).where(table.c.value.is_(True))).all() == [1]

    def test_string(self, engine: Engine, metadata: MetaData) -> None:
        """Quotes, backslashes, percent signs, placeholders, newlines, blanks at the end."""
        self._round_trip(
            engine,
            metadata,
            String(100),
            "plain",
            "it's",
            '"',
            "\\",
            "\\'",
            "%s %(x)s :x ? $1 @p1",
            "line\nbreak\r\ttab",
            "/* -- */ ;",
        )

    def test_string_beyond_ascii(self, engine: Engine, metadata: MetaData) -> None:
        """A plain String column keeps letters of every alphabet."""
        self._round_trip(engine, metadata, String(100), "Zürich", "東京", "🎈", "\u02bc OR 1=1", "\u2028")

    def test_empty_string(self, engine: Engine, metadata: MetaData, capabilities: Capabilities) -> None:
        """An empty string is a value of its own, unless the database says otherwise."""
        table = self._table(engine, metadata, String(10))
        with engine.begin() as connection:
            connection.execute(insert(table), [{"id": 1, "value": ""}])
            found = connection.scalar(select(table.c.value))
        assert found == (None if capabilities.empty_string_is_null else "")

    def test_unicode(self, engine: Engine, metadata: MetaData) -> None:
        """Letters of every alphabet, and characters beyond the first 65,536."""
        self._round_trip(engine, metadata, Unicode(100), "Zürich", "Łódź", "東京", "🎈", "עברית", "e\u0301", "\u2028")

    def test_text(self, engine: Engine, metadata: MetaData) -> None:
        """A hundred thousand characters."""
        self._round_trip(engine, metadata, Text, "é" * 20_000, "x" * 40_000, compare=False)

    def test_large_binary(self, engine: Engine, metadata: MetaData) -> None:
        """All bytes."""
        self._round_trip(engine, metadata, LargeBinary, bytes(range(256)), b"\x00", b"x" * 30_000, compare=False)

    def test_date(self, engine: Engine, metadata: MetaData) -> None:
        """Days."""
        self._round_trip(engine, metadata, Date, dt.date(2024, 2, 29), dt.date(1970, 1, 1), dt.date(9999, 12, 31))

    def test_time(self, engine: Engine, metadata: MetaData) -> None:
        """Times of day, to the second."""
        self._round_trip(engine, metadata, Time, dt.time(0, 0, 0), dt.time(23, 59, 59))

    def test_datetime(self, engine: Engine, metadata: MetaData) -> None:
        """Points in time, to the second."""
        self._round_trip(engine, metadata, DateTime, dt.datetime(2024, 2, 29, 23, 59, 59), dt.datetime(1970, 1, 1))

    @needs(AWARE_DATETIMES)
    def test_aware_datetime(self, engine: Engine, metadata: MetaData) -> None:
        """A point in time with an offset is the same point afterwards."""
        table = self._table(engine, metadata, DateTime(timezone=True))
        value = dt.datetime(2024, 6, 1, 12, 30, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
        with engine.begin() as connection:
            connection.execute(insert(table), {"id": 1, "value": value})
            found = connection.scalar(select(table.c.value))
        assert found is not None
        assert found.tzinfo is not None
        assert found == value

    def test_interval(self, engine: Engine, metadata: MetaData) -> None:
        """Durations, to the second."""
        self._round_trip(engine, metadata, Interval, dt.timedelta(days=3, hours=5, seconds=7), dt.timedelta(0))

    def test_uuid(self, engine: Engine, metadata: MetaData) -> None:
        """UUIDs, as objects."""
        self._round_trip(engine, metadata, Uuid, uuid.UUID(int=0), uuid.UUID("12345678-9abc-4ef0-9234-56789abcdef0"))

    def test_uuid_as_string(self, engine: Engine, metadata: MetaData) -> None:
        """UUIDs, as strings."""
        self._round_trip(engine, metadata, Uuid(as_uuid=False), "12345678-9abc-4ef0-9234-56789abcdef0")

    def test_enum(self, engine: Engine, metadata: MetaData) -> None:
        """Members of a Python enumeration."""
        self._round_trip(engine, metadata, Enum(Colour, name="lect_colour"), Colour.RED, Colour.GREEN)

    def test_enum_of_strings(self, engine: Engine, metadata: MetaData) -> None:
        """Strings out of a list, quotes among them."""
        self._round_trip(
            engine, metadata, Enum("plain", "it's", "per%cent", name="lect_words"), "plain", "it's", "per%cent"
        )

    def test_json(self, engine: Engine, metadata: MetaData) -> None:
        """Documents."""
        documents: list[Any] = [{"a": 1, "b": [1, 2.5, None, True], "ü": "it's"}, [1, "two"], "text", 5, True]
        self._round_trip(engine, metadata, JSON, *documents, compare=False)

    def test_json_null(self, engine: Engine, metadata: MetaData) -> None:
        """JSON.NULL is the document null, None is NULL in columns that say so."""
        table = self._table(engine, metadata, JSON(none_as_null=True))
        with engine.begin() as connection:
            connection.execute(insert(table), [{"id": 1, "value": JSON.NULL}, {"id": 2, "value": None}])
            assert connection.scalars(select(table.c.id).where(table.c.value.is_(None))).all() == [2]

    @needs(JSON_ACCESS)
    def test_json_access(self, engine: Engine, metadata: MetaData) -> None:
        """Elements by key, by index and by path, as values of their types."""
        table = self._table(engine, metadata, JSON)
        document = {"name": "x", "n": 7, "list": [10, 20], "deep": {"er": {"key": "found"}}, 'odd "key': 1}
        with engine.begin() as connection:
            connection.execute(insert(table), {"id": 1, "value": document})
            value = table.c.value
            assert connection.scalar(select(value["name"].as_string())) == "x"
            assert connection.scalar(select(value["n"].as_integer())) == 7
            assert connection.scalar(select(value["list"][1].as_integer())) == 20
            assert connection.scalar(select(value[("deep", "er", "key")].as_string())) == "found"
            assert connection.scalar(select(table.c.id).where(value["n"].as_integer() == 7)) == 1

    @needs(ARRAYS)
    def test_array(self, engine: Engine, metadata: MetaData) -> None:
        """Arrays of numbers."""
        from lect import ARRAY

        self._round_trip(engine, metadata, ARRAY(Integer), [1, 2, 3], [], compare=False)

    def test_literals(self, connection: Connection) -> None:
        """Values written into the text by the dialect come back as they were."""
        from lect import literal

        for value in ("it's", "back\\slash", "\\", "100%", ":x", "?", 5, -7, True, dt.date(2024, 2, 29)):
            statement = select(literal(value))
            sql = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            found = connection.exec_driver_sql(str(sql)).scalar_one()
            assert found == value or str(found) == str(value), value
