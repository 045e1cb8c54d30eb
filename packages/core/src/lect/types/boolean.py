"""True and false."""

from __future__ import annotations

from typing import Any, Final

from lect.operators import OperatorClass
from lect.types.schema_type import SchemaType
from lect.types.type_engine import Emulated, LiteralProcessor, Processor, TypeEngine, affinity_root

__all__ = ["BOOLEANTYPE", "MATCHTYPE", "Boolean", "MatchType"]


@affinity_root
class Boolean(SchemaType, Emulated, TypeEngine[bool]):
    """True or false; a small number where the database has no such type.

    `create_constraint` adds a CHECK there, under `name`. Values other than True, False, None, 0 and 1 are refused.
    """

    __visit_name__ = "boolean"
    operator_classes = OperatorClass.BOOLEAN

    def __init__(self, create_constraint: bool = False, name: str | None = None) -> None:
        self.create_constraint = create_constraint
        self.name = name

    def _constraint_values(self) -> tuple[object, ...]:
        return (0, 1)

    def _constraint_wanted(self, dialect: Any) -> bool:
        return self.create_constraint and not dialect.capabilities.native_boolean

    @property
    def python_type(self) -> type[bool]:
        return bool

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        native = dialect.capabilities.native_boolean
        true, false = ("true", "false") if native else ("1", "0")

        def process(value: Any) -> str:
            return true if _strict(value) else false

        return process

    def bind_processor(self, dialect: Any) -> Processor | None:
        if dialect.capabilities.native_boolean:

            def process(value: Any) -> Any:
                return value if value is True or value is False or value is None else bool(_strict(value))

        else:

            def process(value: Any) -> Any:
                return None if value is None else int(_strict(value))

        return process

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        if dialect.capabilities.native_boolean:
            return None

        def process(value: Any) -> Any:
            return None if value is None else bool(value)

        return process


def _strict(value: Any) -> Any:
    """Return a value that is True, False, 0 or 1; raise for anything else."""
    if value is True or value is False or value is None:
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return value
    if isinstance(value, (int, float)):
        raise ValueError(f"Value {value!r} is not None, True, or False")
    raise TypeError(f"Not a boolean value: {value!r}")


class MatchType(Boolean):
    """The result of ``match()``: a condition, though some databases answer with a number."""


BOOLEANTYPE: Final = Boolean()
MATCHTYPE: Final = MatchType()
