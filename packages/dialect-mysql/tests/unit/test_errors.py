"""What error numbers and messages mean, also those of versions that are not at hand."""

from __future__ import annotations

from typing import Any

import pytest

from lect.dialects.contract import Failure, FailureKind
from lect_mysql.errors import classify

CASES: list[tuple[int, str, FailureKind, dict[str, Any]]] = [
    (1062, "Duplicate entry '1' for key 't.uq_name'", FailureKind.UNIQUE_VIOLATION, {"constraint": "uq_name"}),
    (1062, "Duplicate entry '1' for key 'PRIMARY'", FailureKind.UNIQUE_VIOLATION, {"constraint": "PRIMARY"}),
    (1062, "Eintrag doppelt", FailureKind.UNIQUE_VIOLATION, {"constraint": None}),
    (
        1452,
        "Cannot add or update a child row: a foreign key constraint fails (`d`.`c`, CONSTRAINT `fk` FOREIGN KEY "
        "(`a`, `b`) REFERENCES `p` (`x`, `y`))",
        FailureKind.FOREIGN_KEY_VIOLATION,
        {"constraint": "fk", "table": "c", "columns": ("a", "b")},
    ),
    (1048, "Column 'name' cannot be null", FailureKind.NOT_NULL_VIOLATION, {"columns": ("name",)}),
    (3819, "Check constraint 'ck' is violated.", FailureKind.CHECK_VIOLATION, {"constraint": "ck"}),
    (4025, "CONSTRAINT `ck` failed for `d`.`t`", FailureKind.CHECK_VIOLATION, {"constraint": "ck"}),
    (1146, "Table 'd.t' doesn't exist", FailureKind.UNDEFINED_TABLE, {"table": "t"}),
    (1213, "Deadlock found", FailureKind.DEADLOCK, {}),
    (1205, "Lock wait timeout exceeded", FailureKind.LOCK_TIMEOUT, {}),
    (3572, "Statement aborted because lock(s) could not be acquired", FailureKind.LOCK_TIMEOUT, {}),
    (3024, "Query execution was interrupted", FailureKind.STATEMENT_TIMEOUT, {}),
    (1969, "Query execution was interrupted", FailureKind.STATEMENT_TIMEOUT, {}),
    (1317, "Query execution was interrupted", FailureKind.QUERY_CANCELED, {}),
]


@pytest.mark.parametrize(("number", "message", "kind", "names"), CASES)
def test_number(number: int, message: str, kind: FailureKind, names: dict[str, Any]) -> None:
    found = classify(Failure(pep249="OperationalError", native_code=number, message=message))
    assert found.kind is kind
    assert not found.disconnected
    assert {name: getattr(found, name) for name in names} == names


def test_violations_are_integrity_errors_whatever_the_driver_says() -> None:
    assert classify(Failure(pep249="OperationalError", native_code=4025)).pep249 == "IntegrityError"


@pytest.mark.parametrize("number", [2006, 2013, 1927, 4031, 1053])
def test_lost_connections(number: int) -> None:
    found = classify(Failure(pep249="OperationalError", native_code=number))
    assert (found.kind, found.disconnected) == (FailureKind.CONNECTION_LOST, True)


@pytest.mark.parametrize("code", [None, "HY000", 9999])
def test_unknown_numbers_are_left_alone(code: Any) -> None:
    failure = Failure(pep249="DatabaseError", native_code=code, message="?")
    assert classify(failure) is failure
