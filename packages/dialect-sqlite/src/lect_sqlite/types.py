"""Types as SQLite keeps them: dates and times as ISO 8601 text, JSON as text read with its JSON functions.

https://sqlite.org/datatype3.html: a value is an integer, a double, text or a blob; a column's declared type only says
which of these it prefers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from lect.exc import ArgumentError
from lect.types import json_type, sql_types, temporal
from lect.types.nullable import nullable
from lect.types.string import quote_literal
from lect.types.type_engine import LiteralProcessor, Processor

__all__ = ["DATE", "DATETIME", "JSON", "TIME", "TYPE_ADAPTATIONS"]

_DATETIME_FORMAT = "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class _Stored:
    """A date or time kept as text, by default in ISO 8601 form, by `storage_format` in another.

    Args:
        storage_format: a %-format with the names year, month, day, hour, minute, second, microsecond.
        regexp: what reads the text back: its groups, by position or by those names, are the parts.
    """

    _value_name: str
    _make: Callable[..., Any]
    _from_iso: Callable[[str], Any]

    def __init__(self, storage_format: str | None = None, regexp: str | re.Pattern[str] | None = None) -> None:
        self.storage_format = storage_format
        self.regexp = re.compile(regexp) if isinstance(regexp, str) else regexp

    def _parser(self) -> Callable[[str], Any]:
        """Return what turns the stored text into the Python value."""
        if self.regexp is None:
            return self._from_iso
        match, make, name = self.regexp.match, type(self)._make, self._value_name
        named = bool(self.regexp.groupindex)

        def parse(text: str) -> Any:
            found = match(text)
            if found is None:
                raise ValueError(f"Couldn't parse {name} string {text!r} - value is not a string in the given form")
            if named:
                return make(**{key: int(part or 0) for key, part in found.groupdict().items()})
            return make(*[int(part or 0) for part in found.groups()])

        return parse

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """Read the text; a value that is one already (``native_datetime``) passes."""
        if getattr(dialect, "native_datetime", False):
            return None
        return nullable(self._parser())

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """The stored text in quotes."""
        write = self._writer()

        def process(value: Any) -> str:
            return "'" + write(value).replace("'", "''") + "'"

        return process

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Write the text."""
        if getattr(dialect, "native_datetime", False):
            return None
        write = self._writer()
        return lambda value: None if value is None else write(value)

    def _writer(self) -> Callable[[Any], str]:
        raise TypeError

    def _formatted(self, value: Any) -> str:
        assert self.storage_format is not None
        return self.storage_format % {part: getattr(value, part, 0) for part in _PARTS}


class DATETIME(_Stored, temporal.DateTime):
    """A point in time, kept as ``2021-03-15 12:05:57.105542``.

    An offset is not kept: SQLite compares texts, and ``+02:00`` in some of them would sort them wrongly.

    Args:
        truncate_microseconds: keep whole seconds only.
        storage_format, regexp: another form of text.
        timezone: taken for the sake of other databases; no effect.
    """

    __visit_name__ = "DATETIME"
    _value_name = "datetime"
    _make = dt.datetime
    _from_iso = staticmethod(dt.datetime.fromisoformat)

    def __init__(
        self,
        timezone: bool = False,
        storage_format: str | None = None,
        regexp: str | re.Pattern[str] | None = None,
        truncate_microseconds: bool = False,
    ) -> None:
        if truncate_microseconds and (storage_format is not None or regexp is not None):
            raise ArgumentError(
                "truncate_microseconds is a form of storage itself; leave out storage_format and regexp"
            )
        _Stored.__init__(self, storage_format, regexp)
        self.timezone = timezone
        self.truncate_microseconds = truncate_microseconds

    @property
    def _precision(self) -> str:
        return "seconds" if self.truncate_microseconds else "microseconds"

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Write the text; what nearly all values are, without a further call."""
        found = super().bind_processor(dialect)
        if found is None or self.storage_format is not None:
            return found
        other, kind, precision = found, dt.datetime, self._precision

        def process(value: Any) -> Any:
            if value.__class__ is kind and value.tzinfo is None:
                return value.isoformat(" ", precision)
            return other(value)

        return process

    def _writer(self) -> Callable[[Any], str]:
        kind, date, custom = dt.datetime, dt.date, self.storage_format
        precision = self._precision

        def write(value: Any) -> str:
            if not isinstance(value, kind):
                if not isinstance(value, date):
                    raise TypeError(
                        f"SQLite DateTime type only accepts Python datetime and date objects as input, not {value!r}"
                    )
                value = kind(value.year, value.month, value.day)
            if custom is not None:
                return self._formatted(value)
            if value.tzinfo is not None:
                value = value.replace(tzinfo=None)
            return str(value.isoformat(" ", precision))

        return write


class _TIMESTAMP(DATETIME, sql_types.TIMESTAMP):
    """A point in time in a column declared as TIMESTAMP."""

    __visit_name__ = "TIMESTAMP"


class DATE(_Stored, temporal.Date):
    """A day, kept as ``2021-03-15``."""

    __visit_name__ = "DATE"
    _value_name = "date"
    _make = dt.date
    _from_iso = staticmethod(dt.date.fromisoformat)

    def _writer(self) -> Callable[[Any], str]:
        kind, moment, custom = dt.date, dt.datetime, self.storage_format

        def write(value: Any) -> str:
            if not isinstance(value, kind):
                raise TypeError(f"SQLite Date type only accepts Python date objects as input, not {value!r}")
            if custom is not None:
                return self._formatted(value)
            return value.date().isoformat() if isinstance(value, moment) else value.isoformat()

        return write


class TIME(_Stored, temporal.Time):
    """A time of day, kept as ``12:05:57.105542``; an offset is not kept.

    Args:
        truncate_microseconds: keep whole seconds only.
        storage_format, regexp: another form of text.
        timezone: taken for the sake of other databases; no effect.
    """

    __visit_name__ = "TIME"
    _value_name = "time"
    _make = dt.time
    _from_iso = staticmethod(dt.time.fromisoformat)

    def __init__(
        self,
        timezone: bool = False,
        storage_format: str | None = None,
        regexp: str | re.Pattern[str] | None = None,
        truncate_microseconds: bool = False,
    ) -> None:
        if truncate_microseconds and (storage_format is not None or regexp is not None):
            raise ArgumentError(
                "truncate_microseconds is a form of storage itself; leave out storage_format and regexp"
            )
        _Stored.__init__(self, storage_format, regexp)
        self.timezone = timezone
        self.truncate_microseconds = truncate_microseconds

    def _writer(self) -> Callable[[Any], str]:
        kind, custom = dt.time, self.storage_format
        precision = "seconds" if self.truncate_microseconds else "microseconds"

        def write(value: Any) -> str:
            if not isinstance(value, kind):
                raise TypeError(f"SQLite Time type only accepts Python time objects as input, not {value!r}")
            if custom is not None:
                return self._formatted(value)
            return value.replace(tzinfo=None).isoformat(precision)

        return write


class _Path:
    """An element named by a path of SQLite's JSON functions."""

    _steps = staticmethod(lambda value: value)

    def _writer(self, dialect: Any) -> Callable[[Any], str]:
        dumps = getattr(dialect, "json_serializer", None)
        if dumps is None:
            import json

            dumps = json.dumps
        steps = self._steps
        return lambda value: _path(steps(value), dumps)

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Write the path."""
        return self._writer(dialect)

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """The path in quotes."""
        write = self._writer(dialect)
        return lambda value: quote_literal(write(value), dialect)


class JSONIndexType(_Path, json_type.JSONIndexType):
    """An index or key as a path: ``$[1]``, ``$."key"``."""

    _steps = staticmethod(lambda value: (value,))


class JSONPathType(_Path, json_type.JSONPathType):
    """A path: ``$."key"[1]``."""


def _path(steps: Any, dumps: Callable[[Any], str]) -> str:
    """Return a path of SQLite's JSON functions (https://sqlite.org/json1.html#path_arguments).

    Keys are written with the escapes that the serializer gives them in documents: libraries before 3.45 compare a path
    with the document's text as it stands. Raises ValueError for a key with a double quote: they cannot write it.
    """
    text = "$"
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]" if step >= 0 else f"[#{step}]"
        elif '"' in step:
            raise ValueError(f"the JSON key {step!r} holds a double quote, which a path of SQLite cannot")
        else:
            text += f".{dumps(step)}"
    return text


class JSON(json_type.JSON):
    """A JSON document, kept as text. Elements are read with JSON_EXTRACT."""

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """A document that is a number comes back as one: a column called JSON prefers numbers (its affinity is
        NUMERIC).
        """
        read = super().result_processor(dialect, coltype)
        assert read is not None
        return lambda value: value if isinstance(value, (int, float)) else read(value)


#: Generic class -> the class that knows how SQLite keeps its values.
TYPE_ADAPTATIONS: dict[type, type] = {
    temporal.Date: DATE,
    temporal.DateTime: DATETIME,
    sql_types.TIMESTAMP: _TIMESTAMP,
    temporal.Time: TIME,
    json_type.JSON: JSON,
    json_type.JSONIndexType: JSONIndexType,
    json_type.JSONPathType: JSONPathType,
}

#: Name in a declared type -> class, for reflection. What is not here goes by SQLite's rules of affinity.
NAMES: dict[str, type] = {
    "BIGINT": sql_types.BIGINT,
    "BLOB": sql_types.BLOB,
    "BOOL": sql_types.BOOLEAN,
    "BOOLEAN": sql_types.BOOLEAN,
    "CHAR": sql_types.CHAR,
    "DATE": DATE,
    "DATE_CHAR": DATE,
    "DATETIME": DATETIME,
    "DATETIME_CHAR": DATETIME,
    "DECIMAL": sql_types.DECIMAL,
    "DOUBLE": sql_types.DOUBLE,
    "DOUBLE_PRECISION": sql_types.DOUBLE_PRECISION,
    "FLOAT": sql_types.FLOAT,
    "INT": sql_types.INTEGER,
    "INTEGER": sql_types.INTEGER,
    "JSON": JSON,
    "NCHAR": sql_types.NCHAR,
    "NUMERIC": sql_types.NUMERIC,
    "NVARCHAR": sql_types.NVARCHAR,
    "REAL": sql_types.REAL,
    "SMALLINT": sql_types.SMALLINT,
    "TEXT": sql_types.TEXT,
    "TIME": TIME,
    "TIME_CHAR": TIME,
    "TIMESTAMP": sql_types.TIMESTAMP,
    "VARCHAR": sql_types.VARCHAR,
}
