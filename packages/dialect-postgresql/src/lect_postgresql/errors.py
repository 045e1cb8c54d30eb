"""What PostgreSQL's SQLSTATEs mean: portable kinds of failure.

Codes: postgresql.org/docs/current/errcodes-appendix.html. Names of constraint, table and column come with the error as
fields of the protocol (postgresql.org/docs/current/protocol-error-fields.html), which connectors read; the message is
read only for drivers that pass nothing else on (ODBC).
"""

from __future__ import annotations

import re
from typing import Final

from lect.dialects.contract import Failure, FailureKind

__all__ = ["classify"]

_KINDS: Final[dict[str, FailureKind]] = {
    "23505": FailureKind.UNIQUE_VIOLATION,
    "23503": FailureKind.FOREIGN_KEY_VIOLATION,
    "23001": FailureKind.FOREIGN_KEY_VIOLATION,  # restrict_violation
    "23502": FailureKind.NOT_NULL_VIOLATION,
    "23514": FailureKind.CHECK_VIOLATION,
    "23P01": FailureKind.EXCLUSION_VIOLATION,
    "40P01": FailureKind.DEADLOCK,
    "40001": FailureKind.SERIALIZATION_FAILURE,
    "55P03": FailureKind.LOCK_TIMEOUT,  # lock_not_available: NOWAIT or lock_timeout
    "57014": FailureKind.QUERY_CANCELED,  # statement_timeout has the same code; see classify
    "25P03": FailureKind.CONNECTION_LOST,  # idle_in_transaction_session_timeout
    "57P01": FailureKind.CONNECTION_LOST,  # admin_shutdown
    "57P02": FailureKind.CONNECTION_LOST,  # crash_shutdown
    "57P04": FailureKind.CONNECTION_LOST,  # database_dropped
    "57P05": FailureKind.CONNECTION_LOST,  # idle_session_timeout
    "57P03": FailureKind.CONNECT_FAILED,  # cannot_connect_now
    "42P01": FailureKind.UNDEFINED_TABLE,
    "42703": FailureKind.UNDEFINED_COLUMN,
    "42601": FailureKind.SYNTAX_FAILURE,
    "42501": FailureKind.INSUFFICIENT_PRIVILEGE,
    "25006": FailureKind.READ_ONLY_VIOLATION,
    "3F000": FailureKind.UNDEFINED_SCHEMA,
    "3D000": FailureKind.UNDEFINED_SCHEMA,  # invalid_catalog_name: no such database
    "42883": FailureKind.UNDEFINED_FUNCTION,
    "42P07": FailureKind.DUPLICATE_OBJECT,  # duplicate_table, indexes and views included
    "42701": FailureKind.DUPLICATE_OBJECT,  # duplicate_column
    "42710": FailureKind.DUPLICATE_OBJECT,
    "42P06": FailureKind.DUPLICATE_OBJECT,  # duplicate_schema
    "42P04": FailureKind.DUPLICATE_OBJECT,  # duplicate_database
    "42723": FailureKind.DUPLICATE_OBJECT,  # duplicate_function
    "22003": FailureKind.VALUE_OUT_OF_RANGE,
    "22008": FailureKind.VALUE_OUT_OF_RANGE,  # datetime_field_overflow
    "22015": FailureKind.VALUE_OUT_OF_RANGE,  # interval_field_overflow
    "22001": FailureKind.VALUE_TOO_LONG,
    "22026": FailureKind.VALUE_TOO_LONG,  # string_data_length_mismatch: bit strings
    "22P02": FailureKind.INVALID_VALUE,  # invalid_text_representation
    "22P03": FailureKind.INVALID_VALUE,  # invalid_binary_representation
    "22P05": FailureKind.INVALID_VALUE,  # untranslatable_character
    "22007": FailureKind.INVALID_VALUE,  # invalid_datetime_format
    "22021": FailureKind.INVALID_VALUE,  # character_not_in_repertoire: bytes that are no text
    "22032": FailureKind.INVALID_VALUE,  # invalid_json_text
    "22012": FailureKind.DIVISION_BY_ZERO,
}
#: The connection is unusable after any of these.
_DISCONNECTED: Final = frozenset({"57P01", "57P02", "57P04", "57P05", "25P03"})


#: The first line of messages, in English, as versions 10 to 17 write them; other languages tell no names.
_MESSAGES: Final = {
    FailureKind.UNIQUE_VIOLATION: re.compile(r'duplicate key value violates unique constraint "(?P<constraint>.+)"'),
    FailureKind.EXCLUSION_VIOLATION: re.compile(
        r'conflicting key value violates exclusion constraint "(?P<constraint>.+)"'
    ),
    FailureKind.CHECK_VIOLATION: re.compile(
        r'new row for relation "(?P<table>.+)" violates check constraint "(?P<constraint>.+)"'
    ),
    FailureKind.FOREIGN_KEY_VIOLATION: re.compile(
        r'(?:insert or update|update or delete) on table "(?P<table>.+?)" violates foreign key constraint '
        r'"(?P<constraint>.+?)"(?: on table "(?P<referring>.+)")?'
    ),
    FailureKind.NOT_NULL_VIOLATION: re.compile(
        r'null value in column "(?P<column>.+?)"(?: of relation "(?P<table>.+)")? violates not-null constraint'
    ),
}


def _named_in_message(failure: Failure, kind: FailureKind) -> Failure:
    form = _MESSAGES.get(kind)
    match = None if form is None else form.fullmatch(failure.message.partition("\n")[0].strip())
    if match is None:
        return failure
    found = match.groupdict()
    column = found.get("column")
    # Of a foreign key, the fields of the protocol tell the table that has it.
    table = found.get("referring") or found.get("table")
    return failure.replace(constraint=found.get("constraint"), table=table, columns=(column,) if column else ())


def classify(failure: Failure) -> Failure:
    """Complete `failure` by its SQLSTATE."""
    state = failure.sqlstate
    if state is None:
        return (
            failure.replace(kind=FailureKind.CONNECTION_LOST) if failure.disconnected and not failure.kind else failure
        )
    kind = _KINDS.get(state)
    if kind is None:
        if state[:2] == "08":  # connection_exception
            return failure.replace(kind=FailureKind.CONNECTION_LOST, disconnected=True)
        if state[:2] == "28":  # invalid_authorization_specification
            return failure.replace(kind=FailureKind.CONNECT_FAILED)
        return failure
    if failure.constraint is None and failure.table is None:
        failure = _named_in_message(failure, kind)
    if state == "57014" and "statement timeout" in failure.message:
        # One code for both; only the text tells a timeout from a cancel request. English and seen on 10 to 17; in other
        # languages the kind stays QUERY_CANCELED, which is true as well.
        kind = FailureKind.STATEMENT_TIMEOUT
    return failure.replace(kind=kind, disconnected=failure.disconnected or state in _DISCONNECTED)
