"""Numbers: whole ones, exact ones, approximate ones."""

from __future__ import annotations

from typing import Any, Final

from lect.exc import CompileError
from lect.operators import OperatorClass
from lect.types.adaptation import AdaptingComparator
from lect.types.nullable import nullable
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, affinity_root

__all__ = [
    "INTEGERTYPE",
    "NUMERICTYPE",
    "BigInteger",
    "Double",
    "Float",
    "Integer",
    "Numeric",
    "NumericCommon",
    "SmallInteger",
]


def _integer_literal(value: Any) -> str:
    number = int(value)
    if number != value:
        raise CompileError(f"{value!r} is no integer; it cannot be written as a literal of an integer type")
    return str(number)


@affinity_root
class Integer(TypeEngine[int]):
    """A whole number."""

    __visit_name__ = "integer"
    operator_classes = OperatorClass.INTEGER
    comparator_factory = AdaptingComparator

    @property
    def python_type(self) -> type[int]:
        return int

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        return _integer_literal


class SmallInteger(Integer):
    """A whole number of 16 bits."""

    __visit_name__ = "small_integer"
    _rank = -1


class BigInteger(Integer):
    """A whole number of 64 bits."""

    __visit_name__ = "big_integer"
    _rank = 1


def _number_literal(value: Any) -> str:
    """Write a number so that SQL reads the same one; refuse what has no literal."""
    text = str(value) if not isinstance(value, float) else repr(value)
    digits = text.strip().lower()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        from decimal import Decimal, InvalidOperation

        try:
            number = Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            raise CompileError(f"{value!r} is no number; it cannot be written as a literal of a numeric type") from None
        if not number.is_finite():
            raise CompileError(f"{value!r} has no literal in SQL; pass it as a bound parameter")
        digits = str(number).lower()
    elif digits in ("nan", "inf", "-inf", "infinity", "-infinity"):
        raise CompileError(f"{value!r} has no literal in SQL; pass it as a bound parameter")
    return digits.upper().replace("E", "e") if "e" in digits else digits


class NumericCommon(TypeEngine[Any]):
    """What exact and approximate numbers have in common."""

    operator_classes = OperatorClass.NUMERIC
    comparator_factory = AdaptingComparator

    _default_decimal_return_scale: Final = 10

    precision: int | None
    scale: int | None
    decimal_return_scale: int | None
    asdecimal: bool

    @property
    def _effective_decimal_return_scale(self) -> int:
        if self.decimal_return_scale is not None:
            return self.decimal_return_scale
        scale = getattr(self, "scale", None)
        return scale if scale is not None else self._default_decimal_return_scale

    @property
    def python_type(self) -> type[Any]:
        if self.asdecimal:
            from decimal import Decimal

            return Decimal
        return float

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        return _number_literal

    def bind_processor(self, dialect: Any) -> Processor | None:
        if dialect.capabilities.exact_decimals:
            return None
        return _to_float

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        if self.asdecimal:
            return to_decimal(self._effective_decimal_return_scale)
        return _to_float


_to_float = nullable(float)


def to_decimal(scale: int) -> Processor:
    """Return a processor that makes an exact number: of floats with `scale` digits after the point."""
    from decimal import Decimal

    form = f"%.{scale}f"
    zeros = "." + "0" * scale if scale else ""

    def process(value: Any) -> Any:
        if value is None or value.__class__ is Decimal:
            return value
        if isinstance(value, float):
            return Decimal(form % value)
        if isinstance(value, int):  # a database may keep 9.00 as the integer 9; its digits may be too many for a float
            return Decimal(f"{value}{zeros}")
        return Decimal(value)

    return process


@affinity_root
class Numeric(NumericCommon):
    """An exact number of `precision` digits, `scale` of them after the point; ``decimal.Decimal`` in Python.

    With ``asdecimal=False`` values are floats in Python and exact in the database.
    """

    __visit_name__ = "numeric"

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        decimal_return_scale: int | None = None,
        asdecimal: bool = True,
    ) -> None:
        self.precision = precision
        self.scale = scale
        self.decimal_return_scale = decimal_return_scale
        self.asdecimal = asdecimal

    def bind_processor(self, dialect: Any) -> Processor | None:
        if dialect.capabilities.exact_decimals:
            return None
        return _to_float


@affinity_root
class Float(NumericCommon):
    """An approximate number; a float in Python, a Decimal with ``asdecimal=True``."""

    __visit_name__ = "float"
    scale: int | None = None

    def __init__(
        self,
        precision: int | None = None,
        asdecimal: bool = False,
        decimal_return_scale: int | None = None,
    ) -> None:
        self.precision = precision
        self.asdecimal = asdecimal
        self.decimal_return_scale = decimal_return_scale

    def bind_processor(self, dialect: Any) -> Processor | None:
        return None

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        if self.asdecimal:
            return to_decimal(self._effective_decimal_return_scale)
        return None if dialect.capabilities.exact_decimals else _to_float


class Double(Float):
    """An approximate number of double precision."""

    __visit_name__ = "double"
    _rank = 1


INTEGERTYPE: Final = Integer()
NUMERICTYPE: Final = Numeric()
