"""Bytes."""

from __future__ import annotations

from typing import Any, Final

from lect.exc import ArgumentError, CompileError
from lect.operators import OperatorClass, OperatorType
from lect.types.construction import construct_like
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, affinity_root

__all__ = ["BINARYTYPE", "LargeBinary"]


@affinity_root
class Binary(TypeEngine[bytes]):
    """What all types of bytes have in common."""

    operator_classes = OperatorClass.BINARY
    length: int | None

    def __init__(self, length: int | None = None) -> None:
        if length is not None and (isinstance(length, bool) or not isinstance(length, (int, str))):
            raise ArgumentError(f"the length of a {type(self).__name__} must be an integer, not {length!r}")
        self.length = length

    @property
    def python_type(self) -> type[bytes]:
        return bytes

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        literals = getattr(dialect, "literals", None)

        def process(value: Any) -> str:
            if not isinstance(value, (bytes, bytearray, memoryview)):
                raise CompileError(f"{value!r} is not bytes; it cannot be written as a literal of {self!r}")
            if literals is not None:
                text: str = literals.binary(bytes(value))
                return text
            return f"X'{bytes(value).hex()}'"

        return process

    def bind_processor(self, dialect: Any) -> Processor | None:
        return None

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        def process(value: Any) -> Any:
            return value if value is None or value.__class__ is bytes else bytes(value)

        return process

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        return construct_like(self, LargeBinary)

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)


class LargeBinary(Binary):
    """Bytes, of up to `length` where the database wants a number."""

    __visit_name__ = "large_binary"


BINARYTYPE: Final = LargeBinary()
