"""Literals of MySQL and MariaDB."""

from __future__ import annotations

import re
from typing import Final

from lect.compile.literals import Literals

__all__ = ["MySQLLiterals"]

_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")


class MySQLLiterals(Literals):
    """Writes values as literals of MySQL and MariaDB.

    Args:
        backslash_escapes: unless the server's ``sql_mode`` has NO_BACKSLASH_ESCAPES.
        narrow: the driver's statements carry no characters beyond U+FFFF; strings with some are written as bytes.
    """

    def __init__(self, *, backslash_escapes: bool = True, narrow: bool = False) -> None:
        super().__init__(backslash_escapes=backslash_escapes)
        self.narrow = narrow

    def string(self, value: str) -> str:
        """Return a string between quotes; or ``_utf8mb4 X'...'``."""
        text = super().string(value)
        if self.narrow and not value.isascii() and _WIDE.search(value):
            return f"_utf8mb4 X'{value.encode().hex()}'"
        return text
