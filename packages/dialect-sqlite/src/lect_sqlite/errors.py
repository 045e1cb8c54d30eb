"""What SQLite's result codes mean: portable kinds of failure, and the table and columns where the message has them.

Codes: https://sqlite.org/rescode.html. A number below 256 is a primary code, above it an extended one whose lowest byte
is the primary code.
"""

from __future__ import annotations

import re
from typing import Final

from lect.dialects.contract import Failure, FailureKind

__all__ = ["classify"]

_KINDS: Final[dict[int, FailureKind]] = {
    2067: FailureKind.UNIQUE_VIOLATION,  # SQLITE_CONSTRAINT_UNIQUE
    1555: FailureKind.UNIQUE_VIOLATION,  # SQLITE_CONSTRAINT_PRIMARYKEY
    2579: FailureKind.UNIQUE_VIOLATION,  # SQLITE_CONSTRAINT_ROWID
    787: FailureKind.FOREIGN_KEY_VIOLATION,  # SQLITE_CONSTRAINT_FOREIGNKEY
    1299: FailureKind.NOT_NULL_VIOLATION,  # SQLITE_CONSTRAINT_NOTNULL
    275: FailureKind.CHECK_VIOLATION,  # SQLITE_CONSTRAINT_CHECK
    3091: FailureKind.INVALID_VALUE,  # SQLITE_CONSTRAINT_DATATYPE, of STRICT tables
    517: FailureKind.SERIALIZATION_FAILURE,  # SQLITE_BUSY_SNAPSHOT: what was read has changed since
}
_PRIMARY_KINDS: Final[dict[int, FailureKind]] = {
    5: FailureKind.LOCK_TIMEOUT,  # SQLITE_BUSY: "database is locked"
    6: FailureKind.LOCK_TIMEOUT,  # SQLITE_LOCKED: within one process, shared cache
    8: FailureKind.READ_ONLY_VIOLATION,  # SQLITE_READONLY
    9: FailureKind.QUERY_CANCELED,  # SQLITE_INTERRUPT
    14: FailureKind.CONNECT_FAILED,  # SQLITE_CANTOPEN
    18: FailureKind.VALUE_TOO_LONG,  # SQLITE_TOOBIG
    23: FailureKind.INSUFFICIENT_PRIVILEGE,  # SQLITE_AUTH
    26: FailureKind.CONNECT_FAILED,  # SQLITE_NOTADB
}

# Patterns are text until a failure is told apart, so that a start without one compiles none.
# SQLITE_ERROR (1) covers every mistake in SQL; only the text tells them apart. Seen on 3.31 to 3.50.
_MISTAKES: Final = (
    (r"(?:^|: )no such table: (?P<table>.+)$", FailureKind.UNDEFINED_TABLE),
    (r"(?:^|: )no such column: ", FailureKind.UNDEFINED_COLUMN),
    (r"has no column named ", FailureKind.UNDEFINED_COLUMN),
    (r"(?s)near \".*\": syntax error$", FailureKind.SYNTAX_FAILURE),
    (r"(?:^|: )unknown database ", FailureKind.UNDEFINED_SCHEMA),
    (r"(?:^|: )no such function: ", FailureKind.UNDEFINED_FUNCTION),
    (r"(?s)^(?:table|view|index) .+ already exists$", FailureKind.DUPLICATE_OBJECT),
    (r"there is already an? (?:table|index) named ", FailureKind.DUPLICATE_OBJECT),
    (r"(?:^|: )duplicate column name: ", FailureKind.DUPLICATE_OBJECT),
    (r"^integer overflow$", FailureKind.VALUE_OUT_OF_RANGE),
)
_CONSTRAINT: Final = r"(?s)^(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: (.+))?$"
_WRONG_TYPE: Final = r"^cannot store \w+ value in \w+ column "
_BY_WORD: Final = {"UNIQUE": 2067, "NOT NULL": 1299, "CHECK": 275, "FOREIGN KEY": 787}

#: Primary code -> PEP 249 class, as the standard library's module has them.
_PEP249: Final = {
    1: "OperationalError",
    3: "OperationalError",
    4: "OperationalError",
    5: "OperationalError",
    6: "OperationalError",
    8: "OperationalError",
    9: "OperationalError",
    10: "OperationalError",
    13: "OperationalError",
    14: "OperationalError",
    18: "DataError",
    19: "IntegrityError",
    20: "IntegrityError",
    21: "InterfaceError",
    25: "ProgrammingError",
}
_INDEX: Final = r"(?s)index '(.+)'$"


def classify(failure: Failure) -> Failure:
    """Complete `failure` with its kind and with the names that SQLite puts into the message and nowhere else."""
    code = failure.native_code
    if not isinstance(code, int):
        return failure
    if failure.pep249 == "DatabaseError":  # a driver with one class for everything
        failure = failure.replace(pep249=_PEP249.get(code & 0xFF, "DatabaseError"))
    match = re.search(_CONSTRAINT, failure.message)
    if code == 19 and match is None and re.search(_WRONG_TYPE, failure.message):
        code = 3091
    if code == 19 and match is not None:  # a driver that knows primary codes only
        code = _BY_WORD[match[1]]
    kind = _KINDS.get(code) or _PRIMARY_KINDS.get(code & 0xFF)
    if kind is None:
        if code & 0xFF == 1:
            for pattern, mistake in _MISTAKES:
                match = re.search(pattern, failure.message)
                if match is not None:
                    return failure.replace(kind=mistake, **match.groupdict())
        return failure
    failure = failure.replace(kind=kind)
    if match is None:
        return failure
    return _named(failure, match[1], match[2]) if match[2] else failure


def _named(failure: Failure, what: str, names: str) -> Failure:
    """Add what follows ``... constraint failed:``; nothing where a dot or a comma in a name makes it ambiguous."""
    index = re.match(_INDEX, names)
    if index is not None:  # a unique index over expressions
        return failure.replace(constraint=index[1])
    if what == "CHECK":  # the constraint's name, or its text when it has none
        return failure.replace(constraint=names)
    parts = [name.split(".") for name in names.split(", ")]
    tables = {part[0] for part in parts}
    if len(tables) != 1 or any(len(part) != 2 for part in parts):
        return failure
    return failure.replace(table=tables.pop(), columns=tuple(part[1] for part in parts))
