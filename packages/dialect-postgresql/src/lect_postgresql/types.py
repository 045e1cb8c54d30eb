"""Types that PostgreSQL has beside the generic ones: postgresql.org/docs/current/datatype.html."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Final

from lect import types as t
from lect.operators import (
    OperatorClass,
    OperatorType,
    and_,
    bitwise_and_op,
    bitwise_not_op,
    bitwise_or_op,
    inv,
    match_op,
    or_,
)
from lect.types.concatenable import ConcatenableComparator
from lect.types.interval import AbstractInterval
from lect.types.string import quote_literal
from lect.types.type_engine import LiteralProcessor, NativeForEmulated, Processor, TypeEngine
from lect_postgresql.arrays import ARRAY
from lect_postgresql.bit_string import BitString
from lect_postgresql.hstore import HSTORE
from lect_postgresql.json_types import JSON, JSONB, JSONPATH, JSONPathType
from lect_postgresql.named_types import DOMAIN, ENUM
from lect_postgresql.text_forms import interval_text

__all__ = [
    "ARRAY",
    "BIT",
    "BYTEA",
    "CIDR",
    "CITEXT",
    "DOMAIN",
    "ENUM",
    "HSTORE",
    "INET",
    "INTERVAL",
    "JSON",
    "JSONB",
    "JSONPATH",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "TIME",
    "TIMESTAMP",
    "TSQUERY",
    "TSVECTOR",
    "TYPE_ADAPTATIONS",
]


class BYTEA(t.LargeBinary):
    """Bytes."""

    __visit_name__ = "BYTEA"


class _Named(TypeEngine[str]):
    """A type without arguments whose values pass as text, or as what the driver makes of them."""

    @property
    def python_type(self) -> type[str]:
        return str

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """The text in quotes."""
        return lambda value: quote_literal(str(value), dialect)

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """A string stands opposite as a value of this type."""
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)


class INET(_Named):
    """An address of a host, with the length of its network or without."""

    __visit_name__ = "INET"


class CIDR(_Named):
    """An address of a network."""

    __visit_name__ = "CIDR"


class MACADDR(_Named):
    """A MAC address of six bytes."""

    __visit_name__ = "MACADDR"


class MACADDR8(_Named):
    """A MAC address of eight bytes."""

    __visit_name__ = "MACADDR8"


class MONEY(_Named):
    """An amount, written as the server's locale has it; NUMERIC is the better choice for calculations."""

    __visit_name__ = "MONEY"


class OID(TypeEngine[int]):
    """An object identifier of the catalogue."""

    __visit_name__ = "OID"

    @property
    def python_type(self) -> type[int]:
        return int

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """Digits."""
        return t.Integer().literal_processor(dialect)


class REGCLASS(_Named):
    """The name of a table, an index or a sequence, as the catalogue resolves it."""

    __visit_name__ = "REGCLASS"


class REGCONFIG(_Named):
    """The name of a text search configuration."""

    __visit_name__ = "REGCONFIG"


class TSVECTOR(t.String):
    """A document prepared for text search."""

    __visit_name__ = "TSVECTOR"

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """``match()`` takes a query as plain text."""
        return t.String() if op is match_op else super().coerce_compared_value(op, value)


class TSQUERY(t.String):
    """A text search."""

    __visit_name__ = "TSQUERY"


class CITEXT(t.TEXT):
    """Text compared without regard to case; of the extension of the same name."""

    __visit_name__ = "CITEXT"


class BitOperators(ConcatenableComparator):
    """``&``, ``|`` and ``~`` work on bits: postgresql.org/docs/current/functions-bitstring.html."""

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        """Take the operators of Python for those of bits."""
        return super().operate(_BITWISE.get(op, op), *other, **kwargs)


_BITWISE: Final[dict[OperatorType, OperatorType]] = {and_: bitwise_and_op, or_: bitwise_or_op, inv: bitwise_not_op}


class BIT(TypeEngine[BitString]):
    """A string of bits: `length` of them, at most `length` when `varying`; values are :class:`BitString`."""

    __visit_name__ = "BIT"
    operator_classes = OperatorClass.STRING | OperatorClass.BITWISE
    comparator_factory = BitOperators
    Comparator = BitOperators
    _concatenates = True

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """A string stands opposite as bits."""
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def __init__(self, length: int | None = None, varying: bool = False) -> None:
        self.length = length or (None if varying else 1)
        self.varying = varying

    @property
    def python_type(self) -> type[BitString]:
        return BitString

    def bind_processor(self, dialect: Any) -> Processor | None:
        """As a string of 0 and 1."""
        return lambda value: None if value is None else str(BitString(value))

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """``B'0101'``"""
        return lambda value: f"B'{BitString(value)}'"

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """As a BitString."""
        return lambda value: None if value is None else BitString(value)


class TIMESTAMP(t.TIMESTAMP):
    """A point in time, `precision` digits after the second."""

    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class TIME(t.TIME):
    """A time of day, `precision` digits after the second."""

    __visit_name__ = "TIME"

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class INTERVAL(NativeForEmulated, AbstractInterval):
    """A duration; ``datetime.timedelta``, which counts a month as 30 days.

    Args:
        precision: digits after the second.
        fields: what is kept of it: ``"YEAR"``, ``"DAY TO SECOND"`` …
    """

    __visit_name__ = "INTERVAL"
    native: ClassVar[bool] = True

    def __init__(self, precision: int | None = None, fields: str | None = None) -> None:
        self.precision = precision
        self.fields = fields

    @property
    def python_type(self) -> type[dt.timedelta]:
        return dt.timedelta

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """Return the generic Interval."""
        return t.Interval(native=True, second_precision=self.precision)

    @classmethod
    def adapt_emulated_to_native(cls, impl: Any, **kw: Any) -> INTERVAL:
        """Return the type for a generic Interval."""
        return cls(precision=getattr(impl, "second_precision", None))

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """``INTERVAL '1 days 2 seconds …'``"""
        return lambda value: f"INTERVAL {quote_literal(interval_text(value), dialect)}"


#: Generic class -> PostgreSQL's class for it.
TYPE_ADAPTATIONS: dict[type, type] = {
    t.JSON.JSONPathType: JSONPathType,
    t.ARRAY: ARRAY,
    t.Interval: INTERVAL,
    t.Enum: ENUM,
    t.JSON: JSON,
}
