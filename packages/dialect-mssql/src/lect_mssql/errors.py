"""What SQL Server's error numbers mean, and the names that its messages quote.

Numbers: ``SELECT message_id, text FROM sys.messages WHERE language_id = 1033``, and
https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors. The server sends
no names apart from the message; they are read from the message's fixed form, which is English or not at all.
"""

from __future__ import annotations

import re
from typing import Final

from lect.dialects.contract import Failure, FailureKind

__all__ = ["DISCONNECT_CODES", "classify"]

_KINDS: Final[dict[int, tuple[FailureKind, str]]] = {
    2601: (FailureKind.UNIQUE_VIOLATION, "IntegrityError"),  # unique index
    2627: (FailureKind.UNIQUE_VIOLATION, "IntegrityError"),  # PRIMARY KEY or UNIQUE constraint
    515: (FailureKind.NOT_NULL_VIOLATION, "IntegrityError"),
    1205: (FailureKind.DEADLOCK, "OperationalError"),
    1222: (FailureKind.LOCK_TIMEOUT, "OperationalError"),  # SET LOCK_TIMEOUT ran out
    3960: (FailureKind.SERIALIZATION_FAILURE, "OperationalError"),  # snapshot: update conflict
    3961: (FailureKind.SERIALIZATION_FAILURE, "OperationalError"),  # snapshot: the object was changed by DDL
    41302: (FailureKind.SERIALIZATION_FAILURE, "OperationalError"),  # memory-optimized: write conflict
    41305: (FailureKind.SERIALIZATION_FAILURE, "OperationalError"),  # memory-optimized: repeatable read validation
    41325: (FailureKind.SERIALIZATION_FAILURE, "OperationalError"),  # memory-optimized: serializable validation
    208: (FailureKind.UNDEFINED_TABLE, "ProgrammingError"),
    207: (FailureKind.UNDEFINED_COLUMN, "ProgrammingError"),
    102: (FailureKind.SYNTAX_FAILURE, "ProgrammingError"),
    156: (FailureKind.SYNTAX_FAILURE, "ProgrammingError"),
    105: (FailureKind.SYNTAX_FAILURE, "ProgrammingError"),
    229: (FailureKind.INSUFFICIENT_PRIVILEGE, "ProgrammingError"),
    230: (FailureKind.INSUFFICIENT_PRIVILEGE, "ProgrammingError"),
    262: (FailureKind.INSUFFICIENT_PRIVILEGE, "ProgrammingError"),
    3906: (FailureKind.READ_ONLY_VIOLATION, "OperationalError"),
    3908: (FailureKind.READ_ONLY_VIOLATION, "OperationalError"),
    4060: (FailureKind.CONNECT_FAILED, "OperationalError"),
    18456: (FailureKind.CONNECT_FAILED, "OperationalError"),
    18452: (FailureKind.CONNECT_FAILED, "OperationalError"),
    911: (FailureKind.UNDEFINED_SCHEMA, "ProgrammingError"),  # database does not exist
    2760: (FailureKind.UNDEFINED_SCHEMA, "ProgrammingError"),  # schema does not exist, or may not be used
    195: (FailureKind.UNDEFINED_FUNCTION, "ProgrammingError"),  # not a recognized built-in function name
    2812: (FailureKind.UNDEFINED_FUNCTION, "ProgrammingError"),  # could not find stored procedure
    2714: (FailureKind.DUPLICATE_OBJECT, "ProgrammingError"),  # there is already an object named
    1913: (FailureKind.DUPLICATE_OBJECT, "ProgrammingError"),  # an index of this name
    2705: (FailureKind.DUPLICATE_OBJECT, "ProgrammingError"),  # column names must be unique in each table
    1801: (FailureKind.DUPLICATE_OBJECT, "ProgrammingError"),  # database already exists
    220: (FailureKind.VALUE_OUT_OF_RANGE, "DataError"),  # arithmetic overflow for a data type
    8115: (FailureKind.VALUE_OUT_OF_RANGE, "DataError"),  # arithmetic overflow converting
    242: (FailureKind.VALUE_OUT_OF_RANGE, "DataError"),  # conversion to a datetime out of range
    2628: (FailureKind.VALUE_TOO_LONG, "DataError"),  # string or binary data would be truncated in table, column
    8152: (FailureKind.VALUE_TOO_LONG, "DataError"),  # the same, before 2019
    245: (FailureKind.INVALID_VALUE, "DataError"),  # conversion failed
    241: (FailureKind.INVALID_VALUE, "DataError"),  # conversion of a string to a date failed
    8114: (FailureKind.INVALID_VALUE, "DataError"),  # error converting data type
    8134: (FailureKind.DIVISION_BY_ZERO, "DataError"),
}

#: 547 is a foreign key, a reference to a row, or a CHECK; the statement's word and the constraint's kind tell which.
_CONFLICT: Final = 547

#: The session is ended by the server: shutdown, failover, KILL; and what Azure SQL says when it moves a database.
DISCONNECT_CODES: Final = frozenset({596, 6005, 10053, 10054, 10060, 40197, 40501, 40613})

_CONFLICTED: Final = re.compile(
    r'conflicted with the (?P<kind>FOREIGN KEY|REFERENCE|CHECK)(?: SAME TABLE)? constraint "(?P<constraint>.+?)"\. '
    r'The conflict occurred in database ".+?", table "(?P<table>.+?)"(?:, column \'(?P<column>.+?)\')?\.',
    re.DOTALL,
)
_DUPLICATE: Final = re.compile(
    r"(?:Violation of (?:PRIMARY|UNIQUE) KEY constraint|with unique index) '(?P<constraint>.+?)'", re.DOTALL
)
_DUPLICATE_TABLE: Final = re.compile(r"duplicate key (?:row )?in object '(?P<table>.+?)'", re.DOTALL)
_NULL: Final = re.compile(r"into column '(?P<column>.+?)', table '(?P<table>.+?)'; column does not", re.DOTALL)


def classify(failure: Failure) -> Failure:
    """Complete `failure` by the server's error number."""
    code = failure.native_code
    if not isinstance(code, int):
        return failure
    if code == _CONFLICT:
        return _conflict(failure)
    known = _KINDS.get(code)
    if known is None:
        return failure
    kind, pep249 = known
    failure = failure.replace(kind=kind, pep249=pep249)
    if kind is FailureKind.UNIQUE_VIOLATION:
        constraint, table = _DUPLICATE.search(failure.message), _DUPLICATE_TABLE.search(failure.message)
        if constraint is not None:
            failure = failure.replace(constraint=constraint["constraint"])
        return failure if table is None else _in_table(failure, table["table"])
    if kind is FailureKind.NOT_NULL_VIOLATION:
        match = _NULL.search(failure.message)
        if match is not None:
            return _in_table(failure.replace(columns=(match["column"],)), match["table"])
    return failure


def _conflict(failure: Failure) -> Failure:
    failure = failure.replace(pep249="IntegrityError")
    match = _CONFLICTED.search(failure.message)
    if match is None:  # a server that speaks another language
        return failure
    kind = FailureKind.CHECK_VIOLATION if match["kind"] == "CHECK" else FailureKind.FOREIGN_KEY_VIOLATION
    failure = failure.replace(kind=kind, constraint=match["constraint"])
    if match["column"]:
        failure = failure.replace(columns=(match["column"],))
    return _in_table(failure, match["table"])


def _in_table(failure: Failure, name: str) -> Failure:
    """Add a table's name out of ``[database.]schema.table``; nothing where dots in the names make it ambiguous."""
    parts = name.split(".")
    if len(parts) == 1:
        return failure.replace(table=name)
    if len(parts) <= 3:
        return failure.replace(schema=parts[-2], table=parts[-1])
    return failure
