"""Strings that are names: what to quote, what may be shortened, what is numbered when it is written."""

from __future__ import annotations

from typing import Any

__all__ = ["conv", "quoted_name", "truncated_label"]


class quoted_name(str):
    """A name that says itself whether it is quoted.

    `quote` True: always quoted, and never folded to another case. False: never quoted. A plain string (or `quote`
    None) leaves it to the dialect, which quotes what needs it.
    """

    __slots__ = ("quote",)
    quote: bool | None

    def __new__(cls, value: str, quote: bool | None = None) -> quoted_name:
        if value is None:
            raise TypeError("quoted_name needs a string, not None")
        if isinstance(value, cls) and (quote is None or value.quote == quote):
            return value
        self = super().__new__(cls, value)
        self.quote = quote
        return self

    @classmethod
    def construct(cls, value: str | None, quote: bool | None) -> quoted_name | None:
        """Return `value` as a quoted name, None as None."""
        return None if value is None else cls(value, quote)

    def lower(self) -> str:
        """The name in lower case, or itself when it is quoted: quoted names are case sensitive."""
        return self if self.quote else super().lower()

    def upper(self) -> str:
        """The name in upper case, or itself when it is quoted: quoted names are case sensitive."""
        return self if self.quote else super().upper()

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (str(self), self.quote))


class truncated_label(quoted_name):
    """A name made by a rule, not by a person: it may be shortened to what the database takes."""

    __slots__ = ()


class conv(truncated_label):
    """A constraint's name that a naming convention has already been applied to."""

    __slots__ = ()
