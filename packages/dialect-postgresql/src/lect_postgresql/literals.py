"""Literals of PostgreSQL: bytes in hexadecimal form, infinities and NaN, backslashes as the server's setting has them.

postgresql.org/docs/current/datatype-binary.html, .../datatype-numeric.html, .../runtime-config-compatible.html.
"""

from __future__ import annotations

from lect.compile.literals import Literals
from lect.exc import CompileError

__all__ = ["PGLiterals"]


class PGLiterals(Literals):
    """Writes values as literals of PostgreSQL.

    Args:
        backslash_escapes: the server's ``standard_conforming_strings`` is off.
    """

    def __init__(self, *, backslash_escapes: bool = False) -> None:
        backslash = "\\\\" if backslash_escapes else "\\"
        super().__init__(
            backslash_escapes=backslash_escapes, binary_prefix=f"'{backslash}x", binary_suffix="'::BYTEA"
        )

    def special_number(self, value: object, exact: bool) -> str:
        """``'Infinity'::DOUBLE PRECISION``"""
        word = str(value).lower()
        if word.startswith("snan"):
            raise CompileError(f"{value!r} has no literal in PostgreSQL, which knows one NaN; take Decimal('NaN')")
        if value == 0:
            return str(value) if exact else "'-0'::DOUBLE PRECISION"
        name = "NaN" if "nan" in word else "-Infinity" if word.startswith("-") else "Infinity"
        return f"'{name}'::{'NUMERIC' if exact else 'DOUBLE PRECISION'}"
