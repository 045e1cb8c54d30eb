"""What the error numbers of MySQL and MariaDB mean: portable kinds of failure, and names that stand in messages only.

Numbers: dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and mariadb.com/kb/en/mariadb-error-codes/.
"""

from __future__ import annotations

import re
from typing import Final

from lect.dialects.contract import Failure, FailureKind

__all__ = ["classify"]

_KINDS: Final[dict[int, FailureKind]] = {
    1022: FailureKind.UNIQUE_VIOLATION,  # ER_DUP_KEY
    1062: FailureKind.UNIQUE_VIOLATION,  # ER_DUP_ENTRY
    1169: FailureKind.UNIQUE_VIOLATION,  # ER_DUP_UNIQUE
    1586: FailureKind.UNIQUE_VIOLATION,  # ER_DUP_ENTRY_WITH_KEY_NAME
    1216: FailureKind.FOREIGN_KEY_VIOLATION,  # ER_NO_REFERENCED_ROW
    1217: FailureKind.FOREIGN_KEY_VIOLATION,  # ER_ROW_IS_REFERENCED
    1451: FailureKind.FOREIGN_KEY_VIOLATION,  # ER_ROW_IS_REFERENCED_2
    1452: FailureKind.FOREIGN_KEY_VIOLATION,  # ER_NO_REFERENCED_ROW_2
    1048: FailureKind.NOT_NULL_VIOLATION,  # ER_BAD_NULL_ERROR
    1364: FailureKind.NOT_NULL_VIOLATION,  # ER_NO_DEFAULT_FOR_FIELD
    3819: FailureKind.CHECK_VIOLATION,  # ER_CHECK_CONSTRAINT_VIOLATED, MySQL
    4025: FailureKind.CHECK_VIOLATION,  # ER_CONSTRAINT_FAILED, MariaDB
    1213: FailureKind.DEADLOCK,  # ER_LOCK_DEADLOCK
    1020: FailureKind.SERIALIZATION_FAILURE,  # ER_CHECKREAD: record has changed since last read
    1205: FailureKind.LOCK_TIMEOUT,  # ER_LOCK_WAIT_TIMEOUT
    3572: FailureKind.LOCK_TIMEOUT,  # ER_LOCK_NOWAIT, MySQL
    1969: FailureKind.STATEMENT_TIMEOUT,  # ER_STATEMENT_TIMEOUT, MariaDB
    3024: FailureKind.STATEMENT_TIMEOUT,  # ER_QUERY_TIMEOUT, MySQL
    1317: FailureKind.QUERY_CANCELED,  # ER_QUERY_INTERRUPTED
    1927: FailureKind.CONNECTION_LOST,  # ER_CONNECTION_KILLED, MariaDB
    1053: FailureKind.CONNECTION_LOST,  # ER_SERVER_SHUTDOWN
    2006: FailureKind.CONNECTION_LOST,  # CR_SERVER_GONE_ERROR
    2013: FailureKind.CONNECTION_LOST,  # CR_SERVER_LOST
    2014: FailureKind.CONNECTION_LOST,  # CR_COMMANDS_OUT_OF_SYNC: the connection cannot be used any more
    2027: FailureKind.CONNECTION_LOST,  # CR_MALFORMED_PACKET: the protocol is out of step
    2045: FailureKind.CONNECTION_LOST,  # CR_INVALID_PARAMETER_NO: packets mixed up
    2055: FailureKind.CONNECTION_LOST,  # CR_SERVER_LOST_EXTENDED
    4031: FailureKind.CONNECTION_LOST,  # ER_CLIENT_INTERACTION_TIMEOUT, MySQL
    1044: FailureKind.CONNECT_FAILED,  # ER_DBACCESS_DENIED_ERROR
    1045: FailureKind.CONNECT_FAILED,  # ER_ACCESS_DENIED_ERROR
    1049: FailureKind.UNDEFINED_SCHEMA,  # ER_BAD_DB_ERROR
    2002: FailureKind.CONNECT_FAILED,  # CR_CONNECTION_ERROR
    2003: FailureKind.CONNECT_FAILED,  # CR_CONN_HOST_ERROR
    1051: FailureKind.UNDEFINED_TABLE,  # ER_BAD_TABLE_ERROR
    1146: FailureKind.UNDEFINED_TABLE,  # ER_NO_SUCH_TABLE
    1054: FailureKind.UNDEFINED_COLUMN,  # ER_BAD_FIELD_ERROR
    1064: FailureKind.SYNTAX_FAILURE,  # ER_PARSE_ERROR
    1142: FailureKind.INSUFFICIENT_PRIVILEGE,  # ER_TABLEACCESS_DENIED_ERROR
    1143: FailureKind.INSUFFICIENT_PRIVILEGE,  # ER_COLUMNACCESS_DENIED_ERROR
    1227: FailureKind.INSUFFICIENT_PRIVILEGE,  # ER_SPECIFIC_ACCESS_DENIED_ERROR
    1370: FailureKind.INSUFFICIENT_PRIVILEGE,  # ER_PROCACCESS_DENIED_ERROR
    1305: FailureKind.UNDEFINED_FUNCTION,  # ER_SP_DOES_NOT_EXIST
    1630: FailureKind.UNDEFINED_FUNCTION,  # ER_FUNC_INEXISTENT_NAME_COLLISION
    1050: FailureKind.DUPLICATE_OBJECT,  # ER_TABLE_EXISTS_ERROR
    1060: FailureKind.DUPLICATE_OBJECT,  # ER_DUP_FIELDNAME
    1061: FailureKind.DUPLICATE_OBJECT,  # ER_DUP_KEYNAME
    1007: FailureKind.DUPLICATE_OBJECT,  # ER_DB_CREATE_EXISTS
    1304: FailureKind.DUPLICATE_OBJECT,  # ER_SP_ALREADY_EXISTS
    1826: FailureKind.DUPLICATE_OBJECT,  # ER_FK_DUP_NAME, MariaDB: ER_DUP_CONSTRAINT_NAME
    1264: FailureKind.VALUE_OUT_OF_RANGE,  # ER_WARN_DATA_OUT_OF_RANGE
    1690: FailureKind.VALUE_OUT_OF_RANGE,  # ER_DATA_OUT_OF_RANGE
    1441: FailureKind.VALUE_OUT_OF_RANGE,  # ER_DATETIME_FUNCTION_OVERFLOW
    1406: FailureKind.VALUE_TOO_LONG,  # ER_DATA_TOO_LONG
    1366: FailureKind.INVALID_VALUE,  # ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
    1292: FailureKind.INVALID_VALUE,  # ER_TRUNCATED_WRONG_VALUE
    1265: FailureKind.INVALID_VALUE,  # WARN_DATA_TRUNCATED: no value of an ENUM, digits lost
    1300: FailureKind.INVALID_VALUE,  # ER_INVALID_CHARACTER_STRING
    1411: FailureKind.INVALID_VALUE,  # ER_WRONG_VALUE_FOR_TYPE
    3140: FailureKind.INVALID_VALUE,  # ER_INVALID_JSON_TEXT, MySQL
    1365: FailureKind.DIVISION_BY_ZERO,  # ER_DIVISION_BY_ZERO
    1290: FailureKind.READ_ONLY_VIOLATION,  # ER_OPTION_PREVENTS_STATEMENT: --read-only
    1792: FailureKind.READ_ONLY_VIOLATION,  # ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
}

#: Numbers that a connector or a proxy files under a PEP 249 class that does not fit.
_PEP249: Final[dict[FailureKind, str]] = {
    FailureKind.UNIQUE_VIOLATION: "IntegrityError",
    FailureKind.FOREIGN_KEY_VIOLATION: "IntegrityError",
    FailureKind.NOT_NULL_VIOLATION: "IntegrityError",
    FailureKind.CHECK_VIOLATION: "IntegrityError",  # drivers know 4025 and 3819 as OperationalError
    FailureKind.DEADLOCK: "OperationalError",
    FailureKind.LOCK_TIMEOUT: "OperationalError",
    FailureKind.STATEMENT_TIMEOUT: "OperationalError",
    FailureKind.QUERY_CANCELED: "OperationalError",
    FailureKind.READ_ONLY_VIOLATION: "OperationalError",
    FailureKind.UNDEFINED_SCHEMA: "ProgrammingError",
    FailureKind.UNDEFINED_FUNCTION: "ProgrammingError",
    FailureKind.DUPLICATE_OBJECT: "ProgrammingError",
    FailureKind.VALUE_OUT_OF_RANGE: "DataError",
    FailureKind.VALUE_TOO_LONG: "DataError",
    FailureKind.INVALID_VALUE: "DataError",
    FailureKind.DIVISION_BY_ZERO: "DataError",
}

# The server puts names into messages only; English texts of MySQL 5.7 to 8.4 and MariaDB 10.2 to 11.4. In another
# language nothing matches and the names stay unknown.
_DUPLICATE: Final = re.compile(r"for key '((?:[^'.]+\.)?[^']+)'\"?$")
_FOREIGN_KEY: Final = re.compile(
    r"\(`[^`]*`\.`(?P<table>[^`]+)`, CONSTRAINT `(?P<constraint>[^`]+)` FOREIGN KEY \((?P<columns>[^)]*)\)"
)
_NULL: Final = re.compile(r"(?:Column|Field) '([^']+)' (?:cannot be null|doesn't have a default value)")
_CHECK: Final = re.compile(r"(?:CONSTRAINT `([^`]+)` failed|Check constraint '([^']+)' is violated)")
_TABLE: Final = re.compile(r"(?:Table|table) '([^']+)'")


def classify(failure: Failure) -> Failure:
    """Complete `failure` by its number, and with the names its message has."""
    number = failure.native_code
    if not isinstance(number, int):
        return failure
    kind = _KINDS.get(number)
    if kind is None:
        return failure
    failure = failure.replace(
        kind=kind,
        pep249=_PEP249.get(kind, failure.pep249),
        disconnected=failure.disconnected or kind is FailureKind.CONNECTION_LOST,
    )
    return _named(failure, kind, failure.message)


def _named(failure: Failure, kind: FailureKind, message: str) -> Failure:
    if kind is FailureKind.UNIQUE_VIOLATION:
        match = _DUPLICATE.search(message)
        if match:
            table, _, name = match[1].rpartition(".")
            return failure.replace(constraint=name, table=table or None)
    elif kind is FailureKind.FOREIGN_KEY_VIOLATION:
        match = _FOREIGN_KEY.search(message)
        if match:
            columns = tuple(part.strip().strip("`") for part in match["columns"].split(","))
            return failure.replace(constraint=match["constraint"], table=match["table"], columns=columns)
    elif kind is FailureKind.NOT_NULL_VIOLATION:
        match = _NULL.search(message)
        if match:
            return failure.replace(columns=(match[1],))
    elif kind is FailureKind.CHECK_VIOLATION:
        match = _CHECK.search(message)
        if match:
            return failure.replace(constraint=match[1] or match[2])
    elif kind is FailureKind.UNDEFINED_TABLE:
        match = _TABLE.search(message)
        if match:
            return failure.replace(table=match[1].rpartition(".")[2])
    return failure
