"""Text."""

from __future__ import annotations

from typing import Any, Final

from lect.exc import ArgumentError, CompileError
from lect.operators import OperatorClass
from lect.types.concatenable import Concatenable
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, affinity_root

__all__ = ["STRINGTYPE", "String", "Text", "Unicode", "UnicodeText", "quote_literal"]


def quote_literal(value: str, dialect: Any) -> str:
    """Return `value` between quotes, escaped as the dialect's literal renderer escapes."""
    literals = getattr(dialect, "literals", None)
    if literals is not None:
        quoted: str = literals.string(value)
        return quoted
    if "\x00" in value:
        raise CompileError("a string with a NUL character has no literal in SQL; pass it as a bound parameter")
    return "'" + value.replace("'", "''") + "'"


@affinity_root
class String(Concatenable, TypeEngine[str]):
    """Text of up to `length` characters, VARCHAR in most databases; `collation` says how it sorts and compares."""

    __visit_name__ = "string"
    operator_classes = OperatorClass.STRING

    def __init__(
        self, length: int | None = None, collation: str | None = None, collation_schema: str | None = None
    ) -> None:
        if length is not None and (isinstance(length, bool) or not isinstance(length, (int, str))):
            raise ArgumentError(f"the length of a {type(self).__name__} must be an integer, not {length!r}")
        if collation_schema is not None and collation is None:
            raise ArgumentError(
                f"the 'collation_schema' parameter of {type(self).__name__} requires the 'collation' parameter to also "
                "be present"
            )
        self.length = length
        self.collation = collation
        self.collation_schema = collation_schema

    @property
    def python_type(self) -> type[str]:
        return str

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        def process(value: Any) -> str:
            if not isinstance(value, str):
                raise CompileError(f"{value!r} is no string; it cannot be written as a literal of {self!r}")
            return quote_literal(value, dialect)

        return process

    def bind_processor(self, dialect: Any) -> Processor | None:
        return None

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        return None


class Text(String):
    """Text of any length."""

    __visit_name__ = "text"


class Unicode(String):
    """Text of up to `length` characters, of a national type where the database tells the two apart."""

    __visit_name__ = "unicode"


class UnicodeText(Text):
    """Text of any length, of a national type where the database tells the two apart."""

    __visit_name__ = "unicode_text"


STRINGTYPE: Final = String()
