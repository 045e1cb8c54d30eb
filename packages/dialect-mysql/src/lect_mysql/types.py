"""Types that MySQL and MariaDB have beside the generic ones: dev.mysql.com/doc/refman/8.4/en/data-types.html."""

from __future__ import annotations

from typing import Any

from lect import types as t
from lect.types.json_type import JSONIndexType as GenericIndexType
from lect.types.json_type import JSONPathType as GenericPathType
from lect.types.type_engine import Processor, TypeEngine

__all__ = [
    "BIGINT",
    "BIT",
    "CHAR",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "ENUM",
    "FLOAT",
    "INTEGER",
    "JSON",
    "LONGBLOB",
    "LONGTEXT",
    "MEDIUMBLOB",
    "MEDIUMINT",
    "MEDIUMTEXT",
    "NUMERIC",
    "REAL",
    "SET",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TINYBLOB",
    "TINYINT",
    "TINYTEXT",
    "TYPE_ADAPTATIONS",
    "VARCHAR",
    "YEAR",
]


class _Integer:
    """What whole numbers have beside their size.

    Args:
        display_width: digits that a client pads to; without meaning for values.
        unsigned: no negative numbers, twice as many positive ones.
        zerofill: padded with zeros by the server; implies unsigned.
    """

    def __init__(self, display_width: int | None = None, unsigned: bool = False, zerofill: bool = False) -> None:
        self.display_width = display_width
        self.unsigned = unsigned
        self.zerofill = zerofill


class TINYINT(_Integer, t.Integer):
    """A whole number of 8 bits."""

    __visit_name__ = "TINYINT"


class SMALLINT(_Integer, t.SMALLINT):
    """A whole number of 16 bits."""


class MEDIUMINT(_Integer, t.Integer):
    """A whole number of 24 bits."""

    __visit_name__ = "MEDIUMINT"


class INTEGER(_Integer, t.INTEGER):
    """A whole number of 32 bits."""


class BIGINT(_Integer, t.BIGINT):
    """A whole number of 64 bits."""


class _Exact:
    """An exact number; `unsigned` and `zerofill` as for whole numbers."""

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = True,
        unsigned: bool = False,
        zerofill: bool = False,
    ) -> None:
        t.Numeric.__init__(self, precision, scale, asdecimal=asdecimal)  # type: ignore[arg-type]
        self.unsigned = unsigned
        self.zerofill = zerofill


class NUMERIC(_Exact, t.NUMERIC):
    """An exact number."""


class DECIMAL(_Exact, t.DECIMAL):
    """An exact number."""


class _Approximate:
    """An approximate number; with `scale` the server rounds what it is given."""

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = False,
        unsigned: bool = False,
        zerofill: bool = False,
    ) -> None:
        t.Float.__init__(self, precision, asdecimal=asdecimal)  # type: ignore[arg-type]
        self.scale = scale
        self.unsigned = unsigned
        self.zerofill = zerofill


class FLOAT(_Approximate, t.FLOAT):
    """An approximate number of 32 bits."""


class DOUBLE(_Approximate, t.DOUBLE):
    """An approximate number of 64 bits."""


class REAL(_Approximate, t.REAL):
    """An approximate number of 64 bits, or of 32 where sql_mode has REAL_AS_FLOAT."""


class _Text:
    """What strings have beside their length: a character set of their own."""

    def __init__(self, length: int | None = None, charset: str | None = None, collation: str | None = None) -> None:
        t.String.__init__(self, length, collation)  # type: ignore[arg-type]
        self.charset = charset


class VARCHAR(_Text, t.VARCHAR):
    """A string of at most `length` characters."""


class CHAR(_Text, t.CHAR):
    """A string padded to `length` characters."""


class TINYTEXT(_Text, t.TEXT):
    """A string of at most 255 bytes."""

    __visit_name__ = "TINYTEXT"


class TEXT(_Text, t.TEXT):
    """A string of at most 64 kilobytes."""


class MEDIUMTEXT(_Text, t.TEXT):
    """A string of at most 16 megabytes."""

    __visit_name__ = "MEDIUMTEXT"


class LONGTEXT(_Text, t.TEXT):
    """A string of at most 4 gigabytes."""

    __visit_name__ = "LONGTEXT"


class TINYBLOB(t.LargeBinary):
    """At most 255 bytes."""

    __visit_name__ = "TINYBLOB"


class MEDIUMBLOB(t.LargeBinary):
    """At most 16 megabytes."""

    __visit_name__ = "MEDIUMBLOB"


class LONGBLOB(t.LargeBinary):
    """At most 4 gigabytes."""

    __visit_name__ = "LONGBLOB"


class DATETIME(t.DATETIME):
    """A point in time without an offset, `fsp` digits after the second (0 when it is None)."""

    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.fsp = fsp


class TIMESTAMP(t.TIMESTAMP):
    """A point in time kept in UTC and shown in the session's time zone, `fsp` digits after the second."""

    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.fsp = fsp


class TIME(t.TIME):
    """A time of day, `fsp` digits after the second."""

    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.fsp = fsp


class YEAR(TypeEngine[int]):
    """A year from 1901 to 2155."""

    __visit_name__ = "YEAR"

    def __init__(self, display_width: int | None = None) -> None:
        self.display_width = display_width


class BIT(TypeEngine[int]):
    """A number of `length` bits."""

    __visit_name__ = "BIT"

    def __init__(self, length: int | None = None) -> None:
        self.length = length

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        return lambda value: int.from_bytes(value, "big") if isinstance(value, bytes) else value


class ENUM(t.Enum):
    """One of a list of strings, written with the column; `charset` and `collation` are its own."""

    def __init__(self, *enums: Any, charset: str | None = None, collation: str | None = None, **kw: Any) -> None:
        self.charset = charset
        super().__init__(*enums, collation=collation, **kw)


class SET(t.String):
    """Any of a list of strings, together; a Python set of them.

    Args:
        values: the strings.
        charset, collation: the column's own.
    """

    __visit_name__ = "SET"

    def __init__(self, *values: str, charset: str | None = None, collation: str | None = None) -> None:
        self.values = values
        self.charset = charset
        super().__init__(length=max([len(v) for v in values], default=0), collation=collation)

    @property
    def python_type(self) -> type[Any]:
        return set

    def bind_processor(self, dialect: Any) -> Processor | None:
        return lambda value: value if value is None or isinstance(value, (str, int)) else ",".join(sorted(value))

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        return lambda value: value if value is None or isinstance(value, set) else set(value.split(",")) - {""}


class JSON(t.JSON):
    """A document; on MariaDB text with a check that it is one."""


class JSONIndexType(GenericIndexType):
    """An index or key as a path: ``$[1]``, ``$."key"``."""

    def _formatted(self, value: Any) -> str:
        return path_of((value,))


class JSONPathType(GenericPathType):
    """A path: ``$."key"[1]``."""

    def _formatted(self, value: Any) -> str:
        return path_of(value)


def path_of(steps: Any) -> str:
    """Return a path of the server's JSON functions (dev.mysql.com/doc/refman/8.4/en/json.html#json-path-syntax).

    A key is written as a JSON string, in which quotes and backslashes are escaped.
    """
    text = "$"
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]" if step >= 0 else f"[last-{-step - 1}]" if step != -1 else "[last]"
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'."{escaped}"'
    return text


#: Generic class -> the class that knows how these servers keep its values.
TYPE_ADAPTATIONS: dict[type, type] = {
    t.Enum: ENUM,
    t.JSON: JSON,
    t.JSON.JSONIndexType: JSONIndexType,
    t.JSON.JSONPathType: JSONPathType,
}
