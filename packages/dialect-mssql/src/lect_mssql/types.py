"""Types of SQL Server, and how the generic ones are kept.

https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from lect.exc import ArgumentError, CompileError
from lect.types import boolean, json_type, large_binary, sql_types, string, temporal, uuid_type
from lect.types.numeric import Integer
from lect.types.string import quote_literal
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine

__all__ = [
    "BIT",
    "DATETIME2",
    "DATETIMEOFFSET",
    "DOUBLE_PRECISION",
    "IMAGE",
    "JSON",
    "MONEY",
    "NTEXT",
    "REAL",
    "ROWVERSION",
    "SMALLDATETIME",
    "SMALLMONEY",
    "SQL_VARIANT",
    "TIME",
    "TIMESTAMP",
    "TINYINT",
    "TYPE_ADAPTATIONS",
    "UNIQUEIDENTIFIER",
    "VARBINARY",
    "XML",
]


class REAL(sql_types.REAL):
    """A number of single precision; the server's name for FLOAT(24)."""

    def __init__(self, **kw: Any) -> None:
        kw.setdefault("precision", 24)
        super().__init__(**kw)


class DOUBLE_PRECISION(sql_types.DOUBLE_PRECISION):
    """A number of double precision; the server's name for FLOAT(53)."""


class TINYINT(Integer):
    """A number from 0 to 255."""

    __visit_name__ = "TINYINT"


class _Precise:
    """A type with a number of decimal digits for the second, 7 when none is given."""

    precision: int | None

    @staticmethod
    def _checked(precision: int | None) -> int | None:
        if precision is not None and (isinstance(precision, bool) or not 0 <= int(precision) <= 7):
            raise ArgumentError(f"precision is a number of digits from 0 to 7, not {precision!r}")
        return precision


class DATETIME2(_Precise, temporal.DateTime):
    """A point in time without an offset, to 100 nanoseconds.

    Args:
        precision: decimal digits of a second, from 0 to 7.
    """

    __visit_name__ = "DATETIME2"

    def __init__(self, precision: int | None = None, **kw: Any) -> None:
        super().__init__(**kw)
        self.precision = self._checked(precision)


class DATETIMEOFFSET(_Precise, temporal.DateTime):
    """A point in time with its offset from UTC.

    Args:
        precision: decimal digits of a second, from 0 to 7.
    """

    __visit_name__ = "DATETIMEOFFSET"

    def __init__(self, precision: int | None = None, **kw: Any) -> None:
        kw["timezone"] = True
        super().__init__(**kw)
        self.precision = self._checked(precision)

    def _literal_text(self, value: Any) -> str:
        return offset_text(value)


def offset_text(value: Any) -> str:
    """Return a point in time as the server reads it.

    ``2021-03-15 12:05:57.105542 +02:00``; without an offset, UTC's.
    """
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        return f"{value.isoformat(' ', 'microseconds')} +00:00"
    text: str = value.isoformat(" ", "microseconds")
    return f"{text[:26]} {text[26:32]}"


class SMALLDATETIME(temporal.DateTime):
    """A point in time to the minute."""

    __visit_name__ = "SMALLDATETIME"


class DATETIME(sql_types.DATETIME):
    """A point in time to 3.33 milliseconds; DATETIME2 keeps more."""

    def _literal_text(self, value: Any) -> str:
        return datetime_text(value)


def datetime_text(value: Any) -> str:
    """Return a point in time as the type DATETIME reads it, whatever the session's language is: with a T.

    The type takes three digits of a second and no more: longer literals are an error (241).
    """
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    text: str = value.replace(tzinfo=None).isoformat("T", "milliseconds" if value.microsecond else "seconds")
    return text


class _DateTime(temporal.DateTime):
    """A generic point in time: DATETIMEOFFSET with an offset, DATETIME without."""

    def _literal_text(self, value: Any) -> str:
        return offset_text(value) if self.timezone else datetime_text(value)


class TIME(_Precise, temporal.Time):
    """A time of day, to 100 nanoseconds.

    Args:
        precision: decimal digits of a second, from 0 to 7.
    """

    __visit_name__ = "TIME"

    def __init__(self, precision: int | None = None, **kw: Any) -> None:
        super().__init__(**kw)
        self.precision = self._checked(precision)


class MONEY(TypeEngine[Any]):
    """An amount with four decimal digits, from -2**63 to 2**63 ten-thousandths."""

    __visit_name__ = "MONEY"


class SMALLMONEY(TypeEngine[Any]):
    """An amount with four decimal digits, from -2**31 to 2**31 ten-thousandths."""

    __visit_name__ = "SMALLMONEY"


class BIT(boolean.Boolean):
    """0, 1 or NULL; True and False in Python."""

    __visit_name__ = "BIT"


class NTEXT(string.Text):
    """Long Unicode text of old servers; ``NVARCHAR(max)`` is what replaced it."""

    __visit_name__ = "NTEXT"


class IMAGE(large_binary.LargeBinary):
    """Long bytes of old servers; ``VARBINARY(max)`` is what replaced it."""

    __visit_name__ = "IMAGE"


class XML(string.Text):
    """An XML document, as text."""

    __visit_name__ = "XML"


class SQL_VARIANT(TypeEngine[Any]):
    """A value of nearly any type."""

    __visit_name__ = "SQL_VARIANT"


class TIMESTAMP(large_binary.LargeBinary):
    """The number of the row's last change, eight bytes set by the server. It has nothing to do with time.

    Args:
        convert_int: give it as an integer instead of bytes.
    """

    __visit_name__ = "TIMESTAMP"

    def __init__(self, convert_int: bool = False) -> None:
        super().__init__()
        self.convert_int = convert_int

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """Make an integer of the bytes, with `convert_int`."""
        inner = super().result_processor(dialect, coltype)
        if not self.convert_int:
            return inner

        def process(value: Any) -> Any:
            value = value if inner is None else inner(value)
            return None if value is None else int.from_bytes(value, "big")

        return process


class ROWVERSION(TIMESTAMP):
    """The same as TIMESTAMP, by the name that is not misleading."""

    __visit_name__ = "ROWVERSION"


class VARBINARY(sql_types.VARBINARY):
    """Bytes; ``VARBINARY("max")`` up to 2 GB.

    Args:
        length: number of bytes, or ``"max"``; None: as the server has it, 1 in a column.
        filestream: kept in a file beside the database.
    """

    __visit_name__ = "VARBINARY"

    def __init__(self, length: Any = None, filestream: bool = False) -> None:
        if filestream and length not in (None, "max"):
            raise ValueError("length must be None or 'max' when setting filestream")
        self.filestream = filestream
        self.length = length


class UNIQUEIDENTIFIER(uuid_type.Uuid[Any]):
    """A UUID of the server's own type.

    Args:
        as_uuid: ``uuid.UUID`` in Python; a string with False.
    """

    __visit_name__ = "UNIQUEIDENTIFIER"

    def __init__(self, as_uuid: bool = True) -> None:
        super().__init__(as_uuid=as_uuid, native_uuid=True)

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """The UUID in quotes."""
        return super().literal_processor(dialect)


class _NativeUuid(uuid_type.Uuid[Any]):
    """A generic Uuid: the driver takes ``uuid.UUID`` for the server's type, and strings for one kept as text."""

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Check strings before they are sent: the server would cut a longer one silently."""
        if self._on_server(dialect) and not self.as_uuid:
            import uuid

            return lambda value: None if value is None else str(uuid.UUID(str(value)))
        return super().bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """Drivers give the server's type as a string or as ``uuid.UUID``, as they are set up."""
        if not self._on_server(dialect):
            return super().result_processor(dialect, coltype)
        import uuid

        make = uuid.UUID
        if self.as_uuid:
            return lambda value: value if value is None or value.__class__ is make else make(value)
        return lambda value: None if value is None else str(value).lower()


class JSONIndexType(json_type.JSONIndexType):
    """An index or key as a path: ``$[1]``, ``$."key"``."""

    def _formatted(self, value: Any) -> str:
        return _path((value,))


class JSONPathType(json_type.JSONPathType):
    """A path: ``$."key"[1]``."""

    def _formatted(self, value: Any) -> str:
        return _path(value)


def _path(steps: Any) -> str:
    """Return a JSON path.

    https://learn.microsoft.com/sql/relational-databases/json/json-path-expressions-sql-server
    """
    import json

    text = "$"
    for step in steps:
        if isinstance(step, int):
            if step < 0:
                raise CompileError("SQL Server counts elements of a JSON array from its beginning only")
            text += f"[{step}]"
        else:
            text += f".{json.dumps(step, ensure_ascii=False)}"  # a key is written as it is in a document
    return text


class JSON(json_type.JSON):
    """A JSON document, kept as ``NVARCHAR(max)``; elements are read with JSON_VALUE and JSON_QUERY."""


class _Unicode:
    """Literals of Unicode text have the prefix N; without it the server would go through a code page."""

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        return lambda value: "N" + quote_literal(value, dialect).removeprefix("N")


class _UnicodeString(_Unicode, string.Unicode):
    pass


class _UnicodeText(_Unicode, string.UnicodeText):
    pass


class _Date(temporal.Date):
    """A day; drivers of old protocols give it as text or as a point in time."""

    def bind_processor(self, dialect: Any) -> Processor | None:
        """A date is sent as what it is."""
        return None

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """Make a date of a point in time or of text."""

        def process(value: Any) -> Any:
            if value is None or value.__class__ is dt.date:
                return value
            return value.date() if isinstance(value, dt.datetime) else dt.date.fromisoformat(value)

        return process


class _NVARCHAR(_Unicode, sql_types.NVARCHAR):
    pass


class _NCHAR(_Unicode, sql_types.NCHAR):
    pass


TYPE_ADAPTATIONS: dict[type, type] = {
    temporal.Date: _Date,
    temporal.DateTime: _DateTime,
    # Types of the server's own remain what they are.
    DATETIME2: DATETIME2,
    DATETIMEOFFSET: DATETIMEOFFSET,
    SMALLDATETIME: SMALLDATETIME,
    sql_types.DATETIME: DATETIME,
    sql_types.TIMESTAMP: sql_types.TIMESTAMP,
    json_type.JSON: JSON,
    json_type.JSONIndexType: JSONIndexType,
    json_type.JSONPathType: JSONPathType,
    sql_types.NCHAR: _NCHAR,
    sql_types.NVARCHAR: _NVARCHAR,
    string.Unicode: _UnicodeString,
    string.UnicodeText: _UnicodeText,
    uuid_type.Uuid: _NativeUuid,
}

#: Name in the catalogue -> class.
NAMES: dict[str, type] = {
    "int": sql_types.INTEGER,
    "bigint": sql_types.BIGINT,
    "smallint": sql_types.SMALLINT,
    "tinyint": TINYINT,
    "varchar": sql_types.VARCHAR,
    "nvarchar": sql_types.NVARCHAR,
    "char": sql_types.CHAR,
    "nchar": sql_types.NCHAR,
    "text": sql_types.TEXT,
    "ntext": NTEXT,
    "decimal": sql_types.DECIMAL,
    "numeric": sql_types.NUMERIC,
    "float": sql_types.FLOAT,
    "real": REAL,
    "double precision": DOUBLE_PRECISION,
    "datetime": DATETIME,
    "datetime2": DATETIME2,
    "datetimeoffset": DATETIMEOFFSET,
    "smalldatetime": SMALLDATETIME,
    "date": sql_types.DATE,
    "time": TIME,
    "binary": sql_types.BINARY,
    "varbinary": VARBINARY,
    "bit": BIT,
    "image": IMAGE,
    "timestamp": TIMESTAMP,
    "rowversion": ROWVERSION,
    "uniqueidentifier": UNIQUEIDENTIFIER,
    "money": MONEY,
    "smallmoney": SMALLMONEY,
    "sql_variant": SQL_VARIANT,
    "xml": XML,
    "json": JSON,
}
