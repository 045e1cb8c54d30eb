"""UUIDs."""

from __future__ import annotations

from typing import Any, TypeVar

from lect.exc import CompileError
from lect.operators import OperatorClass, OperatorType
from lect.types.string import quote_literal
from lect.types.type_engine import Emulated, LiteralProcessor, NativeForEmulated, Processor, TypeEngine, affinity_root

__all__ = ["UUID", "UUIDTYPE", "Uuid"]

_U = TypeVar("_U")


@affinity_root
class Uuid(Emulated, TypeEngine[_U]):
    """A UUID; ``uuid.UUID`` in Python, a string of hexadecimal digits with ``as_uuid=False``.

    The database's own type is used where there is one and `native_uuid` is true; 32 characters otherwise.
    """

    __visit_name__ = "uuid"
    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON
    length: int | None = None
    collation: str | None = None

    def __init__(self, as_uuid: bool = True, native_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = native_uuid

    @property
    def python_type(self) -> type[Any]:
        if not self.as_uuid:
            return str
        import uuid

        return uuid.UUID

    @property
    def native(self) -> bool:
        """True when the database's own type is wanted."""
        return self.native_uuid

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """Return this type for strings too, which are compared as UUIDs."""
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def _on_server(self, dialect: Any) -> bool:
        return self.native_uuid and bool(dialect.capabilities.native_uuid)

    def bind_processor(self, dialect: Any) -> Processor | None:
        if self._on_server(dialect):
            return None
        if self.as_uuid:

            def process(value: Any) -> Any:
                return None if value is None else _hex(value)

        else:

            def process(value: Any) -> Any:
                return None if value is None else value.replace("-", "")

        return process

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        import uuid

        make = uuid.UUID
        if self._on_server(dialect):
            if self.as_uuid:
                return None
            return lambda value: None if value is None else str(value)
        if self.as_uuid:
            return lambda value: value if value is None or value.__class__ is make else make(value)
        return lambda value: None if value is None else str(make(str(value)))

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        native = self._on_server(dialect)

        def process(value: Any) -> str:
            digits = _hex(value)
            if native:
                digits = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
            return quote_literal(digits, dialect)

        return process


def _hex(value: Any) -> str:
    """Return the 32 digits of a UUID or of its text."""
    digits = getattr(value, "hex", None)
    if isinstance(digits, str):
        return digits
    if isinstance(value, str):
        import uuid

        try:
            return uuid.UUID(value).hex
        except ValueError:
            raise CompileError(f"{value!r} is no UUID") from None
    raise TypeError(f"a UUID was expected, not {value!r}; for strings give the type Uuid(as_uuid=False)")


class UUID(Uuid[_U], NativeForEmulated):
    """The type UUID of SQL."""

    __visit_name__ = "UUID"
    adapts_to = Uuid

    def __init__(self, as_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = True


UUIDTYPE: Uuid[Any] = Uuid()
