"""Types that MySQL and MariaDB have beside the generic ones: dev.mysql.com/doc/refman/8.4/en/data-types.html."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect import literal_column, type_coerce
from lect import types as t
from lect.exc import ArgumentError
from lect.types.json_type import JSONIndexType as GenericIndexType
from lect.types.json_type import JSONPathType as GenericPathType
from lect.types.string import quote_literal
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine

__all__ = [
    "BIGINT",
    "BIT",
    "CHAR",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "ENUM",
    "FLOAT",
    "INET4",
    "INET6",
    "INTEGER",
    "JSON",
    "LONGBLOB",
    "LONGTEXT",
    "MEDIUMBLOB",
    "MEDIUMINT",
    "MEDIUMTEXT",
    "NCHAR",
    "NUMERIC",
    "NVARCHAR",
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

#: What strings, enumerations and sets are told beside their collation.
_CHARACTERS = ("charset", "national", "ascii", "unicode", "binary")


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
    """An approximate number of 32 bits; of 64 with a precision of 25 and more."""


class _Wide(_Approximate):
    """An approximate number that is a decimal in Python unless told otherwise; digits are given as both or neither."""

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = True,
        unsigned: bool = False,
        zerofill: bool = False,
    ) -> None:
        if (precision is None) is not (scale is None):
            raise ArgumentError("You must specify both precision and scale or omit both altogether.")
        super().__init__(precision, scale, asdecimal, unsigned, zerofill)


class DOUBLE(_Wide, t.DOUBLE):
    """An approximate number of 64 bits."""


class REAL(_Wide, t.REAL):
    """An approximate number of 64 bits, or of 32 where sql_mode has REAL_AS_FLOAT."""


class _Text:
    """What strings have beside their length: a character set of their own.

    Args:
        length: in characters; of TEXT in bytes.
        charset, collation: the column's own.
        national: of the national character set (utf8), written as ``NATIONAL VARCHAR``.
        ascii, unicode: short for ``charset="latin1"`` and ``charset="ucs2"``.
        binary: compared by the numbers of its characters.
    """

    def __init__(
        self,
        length: int | None = None,
        *,
        charset: str | None = None,
        collation: str | None = None,
        national: bool = False,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
    ) -> None:
        t.String.__init__(self, length, collation)  # type: ignore[arg-type]
        self.charset = charset
        self.national = national
        self.ascii = ascii
        self.unicode = unicode
        self.binary = binary


class VARCHAR(_Text, t.VARCHAR):
    """A string of at most `length` characters."""


class CHAR(_Text, t.CHAR):
    """A string padded to `length` characters."""


class NVARCHAR(_Text, t.NVARCHAR):
    """A string of at most `length` characters of the national character set."""


class NCHAR(_Text, t.NCHAR):
    """A string of the national character set, padded to `length` characters."""


class _SizedByName(_Text):
    """A text whose name says how long it may be."""

    def __init__(
        self,
        *,
        charset: str | None = None,
        collation: str | None = None,
        national: bool = False,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
    ) -> None:
        super().__init__(
            charset=charset, collation=collation, national=national, ascii=ascii, unicode=unicode, binary=binary
        )


class TINYTEXT(_SizedByName, t.TEXT):
    """A string of at most 255 bytes."""

    __visit_name__ = "TINYTEXT"


class TEXT(_Text, t.TEXT):
    """A string of at most 64 kilobytes."""


class MEDIUMTEXT(_SizedByName, t.TEXT):
    """A string of at most 16 megabytes."""

    __visit_name__ = "MEDIUMTEXT"


class LONGTEXT(_SizedByName, t.TEXT):
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

    @property
    def python_type(self) -> type[int]:
        return int

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """Digits."""
        return t.Integer().literal_processor(dialect)


class BIT(TypeEngine[int]):
    """A number of `length` bits."""

    __visit_name__ = "BIT"

    def __init__(self, length: int | None = None) -> None:
        self.length = length

    @property
    def python_type(self) -> type[int]:
        return int

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """Digits."""
        return BIGINT(unsigned=True).literal_processor(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        return lambda value: int.from_bytes(value, "big") if isinstance(value, bytes) else value


class ENUM(t.Enum):
    """One of a list of strings, written with the column.

    Args:
        enums: strings, or one enumeration class.
        charset, collation, national, ascii, unicode, binary: as for strings.
        kw: as for :class:`lect.Enum`.
    """

    def __init__(
        self,
        *enums: Any,
        charset: str | None = None,
        collation: str | None = None,
        national: bool = False,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        **kw: Any,
    ) -> None:
        self.charset = charset
        self.national = national
        self.ascii = ascii
        self.unicode = unicode
        self.binary = binary
        super().__init__(*enums, collation=collation, **kw)

    def _arguments(self) -> dict[str, Any]:
        return {**super()._arguments(), **{name: getattr(self, name) for name in _CHARACTERS}}

    def adapt_to_emulated(self, cls: type[Any], **kw: Any) -> Any:
        """Return an Enum of class `cls` with this one's values; what only this dialect knows is left out for others."""
        arguments = {**self._arguments(), **kw}
        if not issubclass(cls, ENUM):
            for name in _CHARACTERS:
                arguments.pop(name, None)
        return self._carry_schema(cls(**arguments), kw)

    def _shape_parts(self) -> tuple[object, ...] | None:
        parts = super()._shape_parts()
        return None if parts is None else (*parts, *[getattr(self, name) for name in _CHARACTERS])


class SET(t.String):
    """Any of a list of strings, together; a Python set of them.

    Args:
        values: the strings; none with a comma in it, which the database reserves.
        retrieve_as_bitwise: values travel as the number whose bits they are, which tells an empty set from a set of
            the empty string.
        charset, collation, national, ascii, unicode, binary: as for other strings.
    """

    __visit_name__ = "SET"

    def __init__(
        self,
        *values: str,
        retrieve_as_bitwise: bool = False,
        charset: str | None = None,
        collation: str | None = None,
        national: bool = False,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        _values: tuple[str, ...] | None = None,
    ) -> None:
        values = values if _values is None else _values
        for value in values:
            if not isinstance(value, str):
                raise ArgumentError(f"the values of a SET are strings, not {value!r}")
            if "," in value:
                raise ArgumentError(f"the value {value!r} of a SET contains a comma, which separates values")
        if not retrieve_as_bitwise and "" in values:
            raise ArgumentError("Can't use the blank value '' in a SET without setting retrieve_as_bitwise=True")
        self.values = tuple(values)
        self.retrieve_as_bitwise = retrieve_as_bitwise
        self.charset = charset
        self.national = national
        self.ascii = ascii
        self.unicode = unicode
        self.binary = binary
        super().__init__(length=max([len(v) for v in values], default=0), collation=collation)

    @property
    def python_type(self) -> type[Any]:
        return set

    def copy(self, **kw: Any) -> Any:
        copy = self.adapt(type(self))
        copy._variant_mapping = self._variant_mapping
        return copy

    def adapt(self, cls: type[Any], **kw: Any) -> Any:
        if issubclass(cls, SET):
            names = {name: getattr(self, name) for name in _CHARACTERS}
            return cls(
                _values=self.values, retrieve_as_bitwise=self.retrieve_as_bitwise, collation=self.collation, **names
            )
        return super().adapt(cls, **kw)

    def _shape_parts(self) -> tuple[object, ...] | None:
        return (
            type(self),
            self.values,
            self.retrieve_as_bitwise,
            self.collation,
            *[getattr(self, name) for name in _CHARACTERS],
        )

    def column_expression(self, colexpr: Any) -> Any:
        """Values that travel as numbers are read as numbers: ``column + 0``."""
        if not self.retrieve_as_bitwise:
            return colexpr
        return type_coerce(type_coerce(colexpr, t.Integer) + literal_column("0", t.Integer), self)

    @property
    def _has_column_expression(self) -> bool:
        return self.retrieve_as_bitwise

    def bind_processor(self, dialect: Any) -> Processor | None:
        """A set becomes a list with commas, or a number; strings and numbers pass as they are."""
        if self.retrieve_as_bitwise:
            bits = {value: 1 << number for number, value in enumerate(self.values)}
            return lambda value: (
                value if value is None or isinstance(value, (str, int)) else sum([bits[each] for each in value])
            )
        # In the order of the definition, in which the server keeps them and compares them with other strings.
        rank = {value: number for number, value in enumerate(self.values)}
        last = len(rank)
        return lambda value: (
            value
            if value is None or isinstance(value, (str, int))
            else ",".join(sorted(value, key=lambda each: (rank.get(each, last), each)))
        )

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """A list with commas, or a number, becomes a set."""
        if self.retrieve_as_bitwise:
            values = self.values
            return lambda value: (
                None if value is None else {each for number, each in enumerate(values) if int(value) >> number & 1}
            )
        return lambda value: value if value is None or isinstance(value, set) else set(value.split(",")) - {""}

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """A set as a literal."""
        inner = super().literal_processor(dialect)
        bind = self.bind_processor(dialect)
        assert inner is not None and bind is not None

        def process(value: Any) -> str:
            plain = bind(value)
            return str(plain) if isinstance(plain, int) else inner(plain)

        return process

    def __repr__(self) -> str:
        return f"SET({', '.join([repr(value) for value in self.values])})"


class JSON(t.JSON):
    """A document; on MariaDB text with a check that it is one."""


class _Path(TypeEngine[Any]):
    """What names an element of a document, written as a path of the server's JSON functions."""

    @staticmethod
    def _steps(value: Any) -> Any:
        return value

    def _writer(self, dialect: Any) -> Any:
        dumps = dialect.json_serializer
        if dumps is None:
            from json import dumps
        steps, is_mariadb = self._steps, bool(getattr(dialect, "is_mariadb", False))
        return lambda value: path_of(steps(value), dumps, is_mariadb)

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Write the path."""
        return self._writer(dialect)  # type: ignore[no-any-return]

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """The path in quotes."""
        write = self._writer(dialect)
        return lambda value: quote_literal(write(value), dialect)


class JSONIndexType(_Path, GenericIndexType):
    """An index or key as a path: ``$[1]``, ``$."key"``."""

    @staticmethod
    def _steps(value: Any) -> Any:
        return (value,)


class JSONPathType(_Path, GenericPathType):
    """A path: ``$."key"[1]``."""


def path_of(steps: Any, dumps: Callable[[Any], str], is_mariadb: bool) -> str:
    """Return a path of the server's JSON functions (dev.mysql.com/doc/refman/8.4/en/json.html#json-path-syntax).

    Keys are written with the escapes that the serializer gives them in documents: MariaDB compares a path with the
    document's text as it stands. Raises ValueError for a key that begins with a minus sign on MariaDB, whose paths
    find none (seen with 10.11).
    """
    text = "$"
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]" if step >= 0 else "[last]" if step == -1 else f"[last-{-step - 1}]"
        elif is_mariadb and step.startswith("-"):
            raise ValueError(f"the JSON key {step!r} begins with a minus sign, which no path of MariaDB finds")
        else:
            text += f".{dumps(step)}"
    return text


class INET4(TypeEngine[str]):
    """An IPv4 address; of MariaDB 10.10 and newer."""

    __visit_name__ = "INET4"

    @property
    def python_type(self) -> type[str]:
        return str

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """The address in quotes."""
        return t.String().literal_processor(dialect)


class INET6(TypeEngine[str]):
    """An IPv6 address, or an IPv4 address mapped into one; of MariaDB 10.5 and newer."""

    __visit_name__ = "INET6"

    @property
    def python_type(self) -> type[str]:
        return str

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """The address in quotes."""
        return t.String().literal_processor(dialect)


#: Generic class -> the class that knows how these servers keep its values.
TYPE_ADAPTATIONS: dict[type, type] = {
    t.Enum: ENUM,
    t.JSON: JSON,
    t.JSON.JSONIndexType: JSONIndexType,
    t.JSON.JSONPathType: JSONPathType,
}
