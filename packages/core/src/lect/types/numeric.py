"""Numbers: whole ones, exact ones, approximate ones."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from lect.exc import CompileError
from lect.operators import OperatorClass, OperatorType
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
    "bound_integer",
]


#: No integer type of a database has more than 64 bits.
_LARGEST: Final = 2**63 - 1


def _integer_literal(largest: int) -> LiteralProcessor:
    def process(value: Any) -> str:
        number = int(value)
        if number != value:
            raise CompileError(f"{value!r} is no integer; it cannot be written as a literal of an integer type")
        if not -_LARGEST - 1 <= number <= largest:
            raise CompileError(_too_large(number))
        return str(number)

    return process


def _too_large(number: int) -> str:
    return f"{number} has more than 64 bits, which no integer type holds; Numeric(precision, 0) holds it"


def bound_integer(type_: Integer) -> Processor:
    """Return a bind processor of `type_` for drivers that would pass on numbers of any size.

    A number that no column can hold would be compared as another type, without an index, or be stored as its nearest
    neighbour. The processor raises OverflowError for it; True and False become numbers.
    """
    least = -_LARGEST - 1
    largest = _largest_of(type_)

    def process(value: Any) -> Any:
        cls = value.__class__
        if cls is int:
            if least <= value <= largest:
                return value
            raise OverflowError(_too_large(value))
        return int(value) if cls is bool else value

    return process


def _largest_of(type_: Integer) -> int:
    return 2**64 - 1 if getattr(type_, "unsigned", False) else _LARGEST


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
        return _integer_literal(_largest_of(self))

    def _compared_value_type(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        # A number too large for any integer is one all the same opposite a column of integers, so that it is refused.
        return self if value.__class__ is int else super()._compared_value_type(op, value)


class SmallInteger(Integer):
    """A whole number of 16 bits."""

    __visit_name__ = "small_integer"
    _rank = -1


class BigInteger(Integer):
    """A whole number of 64 bits."""

    __visit_name__ = "big_integer"
    _rank = 1


def _number_literal(value: Any, literals: Any, exact: bool) -> str:
    """Write a number so that SQL reads the same one; what digits cannot say is left to the dialect's renderer."""
    text = str(value) if not isinstance(value, float) else repr(value)
    digits = text.strip().lower()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        from decimal import Decimal, InvalidOperation

        try:
            number = Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            raise CompileError(f"{value!r} is no number; it cannot be written as a literal of a numeric type") from None
        if not number.is_finite():
            return _special(value, literals, exact)
        digits = str(number).lower()
    elif digits in ("nan", "inf", "-inf", "-0.0"):
        return _special(value, literals, exact)
    return digits.upper().replace("E", "e") if "e" in digits else digits


def _special(value: Any, literals: Any, exact: bool) -> str:
    if literals is None:
        raise CompileError(f"{value!r} has no literal in SQL; pass it as a bound parameter")
    text: str = literals.special_number(value, exact)
    return text


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

    #: Values are kept exactly.
    _exact: ClassVar[bool] = False

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        literals, exact = getattr(dialect, "literals", None), self._exact
        return lambda value: _number_literal(value, literals, exact)

    def bind_processor(self, dialect: Any) -> Processor | None:
        return None if dialect.capabilities.exact_decimals else _bind_inexact

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        if self.asdecimal:
            return to_decimal(self._effective_decimal_return_scale)
        return _to_float


_to_float = nullable(float)


def _inexact(value: Any) -> Any:
    # An integer that is no double goes as it is: the driver passes it on or refuses it, but does not round it.
    return value if value.__class__ is int and not -(2**53) <= value <= 2**53 else float(value)


_bind_inexact = nullable(_inexact)


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
    _exact = True

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
        return None if dialect.capabilities.exact_decimals else _bind_inexact


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
        # Floats are what a driver takes; decimals only where the database has them.
        return _bind_inexact if self.asdecimal and not dialect.capabilities.exact_decimals else None

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
