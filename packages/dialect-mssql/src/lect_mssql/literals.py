"""Literals of SQL Server: the prefix N for text outside of ASCII, ``0x...`` for bytes, and no line continuation."""

from __future__ import annotations

import re
from typing import Final

from lect.compile.literals import Literals

__all__ = ["MSLiterals"]

# A backslash at the end of a line continues the literal on the next one, and both are taken out:
# https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-backslash
_CONTINUATION: Final = re.compile(r"\\(\r?\n)")


class MSLiterals(Literals):
    """Writes values as literals of T-SQL."""

    def __init__(self) -> None:
        super().__init__(national_prefix="N", binary_prefix="0x", binary_suffix="")

    def string(self, value: str) -> str:
        """Return a string between quotes; what looks like a continued line is written so that it remains."""
        text = super().string(value)
        # \\ \\<newline> <newline>: the second backslash and the first newline are taken out by the server.
        return _CONTINUATION.sub(r"\\\\\1\1", text) if "\\" in text else text
