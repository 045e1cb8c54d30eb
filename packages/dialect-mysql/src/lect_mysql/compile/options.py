"""Options given to a construct as ``mysql_<option>``, or for MariaDB alone as ``mariadb_<option>``."""

from __future__ import annotations

import re
from typing import Any, Final

from lect.exc import CompileError

__all__ = ["option", "statement_option", "word"]

_WORD: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


def option(construct: Any, name: str, writer: Any) -> Any:
    """Return an option of a schema construct, None without; one given for the dialect's own name goes first."""
    for dialect in writer.dialect_names:
        value = construct.dialect_options[dialect].get(name)
        if value is not None:
            return value
    return None


def statement_option(statement: Any, name: str, writer: Any) -> Any:
    """Return an option of an UPDATE or DELETE (``with_dialect_options()``), None without."""
    given = {(dialect, key): value for dialect, key, value in statement._dialect_facts}
    for dialect in writer.dialect_names:
        if given.get((dialect, name)) is not None:
            return given[dialect, name]
    return None


def word(value: Any, argument: str) -> str:
    """Return an option's value that is written as it stands; CompileError when it is more than a word."""
    if not isinstance(value, str) or not _WORD.match(value):
        raise CompileError(f"{argument}={value!r}: a single word is expected")
    return value
