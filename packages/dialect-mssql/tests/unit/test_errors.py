"""Error numbers become portable kinds, and names are read from the messages' fixed forms."""

from __future__ import annotations

from typing import Any

import pytest

from lect.dialects.contract import Failure, FailureKind
from lect_mssql.errors import classify


@pytest.mark.parametrize(
    ("code", "message", "pep249", "kind", "names"),
    [
        (
            2627,
            "Violation of UNIQUE KEY constraint 'uq_x'. Cannot insert duplicate key in object 'dbo.t'. "
            "The duplicate key value is (a).",
            "IntegrityError",
            FailureKind.UNIQUE_VIOLATION,
            {"constraint": "uq_x", "schema": "dbo", "table": "t"},
        ),
        (
            2601,
            "Cannot insert duplicate key row in object 'dbo.t' with unique index 'ix'. The duplicate key value is (1).",
            "IntegrityError",
            FailureKind.UNIQUE_VIOLATION,
            {"constraint": "ix", "schema": "dbo", "table": "t"},
        ),
        (
            515,
            "Cannot insert the value NULL into column 'a', table 'db.dbo.t'; column does not allow nulls.",
            "IntegrityError",
            FailureKind.NOT_NULL_VIOLATION,
            {"columns": ("a",), "schema": "dbo", "table": "t"},
        ),
        (
            547,
            'The INSERT statement conflicted with the FOREIGN KEY constraint "fk". The conflict occurred in '
            'database "db", '
            "table \"dbo.p\", column 'id'.",
            "IntegrityError",
            FailureKind.FOREIGN_KEY_VIOLATION,
            {"constraint": "fk", "columns": ("id",), "schema": "dbo", "table": "p"},
        ),
        (
            547,
            'The DELETE statement conflicted with the REFERENCE constraint "fk". The conflict occurred in '
            'database "db", '
            "table \"dbo.c\", column 'p'.",
            "IntegrityError",
            FailureKind.FOREIGN_KEY_VIOLATION,
            {"constraint": "fk", "columns": ("p",), "schema": "dbo", "table": "c"},
        ),
        (
            547,
            'The INSERT statement conflicted with the CHECK constraint "ck". The conflict occurred in '
            'database "db", '
            'table "dbo.t".',
            "IntegrityError",
            FailureKind.CHECK_VIOLATION,
            {"constraint": "ck", "schema": "dbo", "table": "t"},
        ),
        (547, "Die INSERT-Anweisung steht in Konflikt", "IntegrityError", None, {}),
        (1205, "deadlocked", "OperationalError", FailureKind.DEADLOCK, {}),
        (1222, "Lock request time out period exceeded.", "OperationalError", FailureKind.LOCK_TIMEOUT, {}),
        (3960, "Snapshot isolation transaction aborted", "OperationalError", FailureKind.SERIALIZATION_FAILURE, {}),
        (208, "Invalid object name 'x'.", "ProgrammingError", FailureKind.UNDEFINED_TABLE, {}),
        (207, "Invalid column name 'x'.", "ProgrammingError", FailureKind.UNDEFINED_COLUMN, {}),
        (102, "Incorrect syntax near 'x'.", "ProgrammingError", FailureKind.SYNTAX_FAILURE, {}),
        (229, "The SELECT permission was denied", "ProgrammingError", FailureKind.INSUFFICIENT_PRIVILEGE, {}),
        (50000, "raised by somebody", "DatabaseError", None, {}),
        (None, "Violation of UNIQUE KEY constraint 'x'", "DatabaseError", None, {}),
    ],
)
def test_numbers(code: int | None, message: str, pep249: str, kind: FailureKind | None, names: dict[str, Any]) -> None:
    failure = classify(Failure(native_code=code, message=message))
    assert (failure.pep249, failure.kind) == (pep249, kind)
    for name in ("constraint", "schema", "table", "columns"):
        assert getattr(failure, name) == names.get(name, () if name == "columns" else None)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (911, FailureKind.UNDEFINED_SCHEMA),
        (195, FailureKind.UNDEFINED_FUNCTION),
        (2714, FailureKind.DUPLICATE_OBJECT),
        (8115, FailureKind.VALUE_OUT_OF_RANGE),
        (2628, FailureKind.VALUE_TOO_LONG),
        (245, FailureKind.INVALID_VALUE),
        (8134, FailureKind.DIVISION_BY_ZERO),
    ],
)
def test_values_and_names(code: int, kind: FailureKind) -> None:
    assert classify(Failure(native_code=code, pep249="ProgrammingError")).kind is kind
