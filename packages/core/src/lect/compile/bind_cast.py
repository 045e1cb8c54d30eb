"""A placeholder about to be written, for dialects that state a parameter's type beside it."""

from __future__ import annotations

from typing import Any

__all__ = ["BindCast"]


class BindCast:
    """A placeholder and its type.

    There is no default rule: a dialect that writes ``%(x)s::INTEGER`` registers one for this class, which gets `text`
    (the placeholder, as a mark that is replaced later) and `type`, and returns the whole.
    """

    __slots__ = ("text", "type")

    def __init__(self, text: str, type_: Any) -> None:
        self.text = text
        self.type = type_
