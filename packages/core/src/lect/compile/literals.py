"""The one place that writes values as SQL text: quotes, escapes, refusals.

A dialect has one renderer (``dialect.literals``), made with the settings of its server. Nothing else puts a value
between quotes.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lect.exc import CompileError
from lect.types.null import NULLTYPE
from lect.types.type_engine import TypeEngine, resolve_value_type

__all__ = ["Literals"]

_SURROGATE: Final = "[\ud800-\udfff]"


class Literals:
    """Writes values as literals of one database.

    Args:
        backslash_escapes: a backslash in a string literal means something and is doubled. When the server can be
            switched, the dialect settles this when it is connected.
        national_prefix: put before string literals that hold characters outside of ASCII (``N'...'``).
        binary_prefix, binary_suffix: around the hexadecimal digits of bytes.
    """

    def __init__(
        self,
        *,
        backslash_escapes: bool = False,
        national_prefix: str = "",
        binary_prefix: str = "X'",
        binary_suffix: str = "'",
    ) -> None:
        self.backslash_escapes = backslash_escapes
        self.national_prefix = national_prefix
        self.binary_prefix = binary_prefix
        self.binary_suffix = binary_suffix

    def string(self, value: str) -> str:
        """Return a string between quotes.

        Raises:
            CompileError: it holds NUL or half of a surrogate pair, which no literal can carry.
        """
        if not isinstance(value, str):
            raise CompileError(f"a string was expected where a literal is written, not {value!r}")
        if "\x00" in value:
            raise CompileError("a string with a NUL character has no literal in SQL; pass it as a bound parameter")
        if not value.isascii() and re.search(_SURROGATE, value):
            raise CompileError("a string with half of a surrogate pair has no literal in SQL; it is no valid text")
        text = value.replace("'", "''")
        if self.backslash_escapes:
            text = text.replace("\\", "\\\\")
        if self.national_prefix and not value.isascii():
            return f"{self.national_prefix}'{text}'"
        return f"'{text}'"

    def special_number(self, value: object, exact: bool) -> str:
        """Return an infinity, NaN or -0.0, a float or Decimal, as a literal of an approximate or an `exact` type.

        Raises:
            CompileError: SQL has no digits for it, and this database no other way.
        """
        if value == 0:
            return "-0.0"  # an expression: a minus sign and the number 0
        raise CompileError(f"{value!r} has no literal in SQL; pass it as a bound parameter")

    def binary(self, value: bytes) -> str:
        """Return bytes as a literal."""
        return f"{self.binary_prefix}{value.hex()}{self.binary_suffix}"

    def render(self, value: object, type_: TypeEngine[Any], writer: Any) -> str:
        """Return `value` of `type_` as SQL text.

        Raises:
            CompileError: there is no literal form for it.
        """
        if value is None and not type_.should_evaluate_none:
            return "NULL"
        if getattr(type(value), "is_clause_element", False):
            raise CompileError(f"{value!r} is an SQL expression and cannot be a literal value of {type_!r}")
        if type_ is NULLTYPE or type_._isnull:
            found = resolve_value_type(value)
            if found._isnull:
                raise CompileError(
                    f"No literal value renderer is available for literal value {_shown(value)} with datatype "
                    "NULL; give the value a type, or pass it as a bound parameter"
                )
            type_ = found
        processor = type_._cached_literal_processor(writer.dialect)
        if processor is None:
            raise CompileError(
                f"No literal value renderer is available for literal value {_shown(value)} with datatype "
                f"{_named(type_)}; "
                "pass it as a bound parameter"
            )
        try:
            text = processor(value)
        except CompileError:
            raise
        except Exception as failure:
            raise CompileError(
                f"Could not render literal value {_shown(value)} with datatype {_named(type_)}; see parent stack "
                f"trace for "
                "more detail."
            ) from failure
        impl = type_.dialect_impl(writer.dialect)
        if impl.render_literal_cast:
            return f"CAST({text} AS {writer.render(impl)})"
        return text


def _shown(value: object) -> str:
    text = str(value)
    return f'"{text if len(text) <= 80 else text[:77] + "..."}"'


def _named(type_: TypeEngine[Any]) -> str:
    try:
        return str(type_)
    except CompileError:
        return repr(type_)
