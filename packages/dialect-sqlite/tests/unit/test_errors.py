"""Result codes become portable kinds, and names are read where they are told without doubt."""

from __future__ import annotations

from typing import Any

import pytest

from lect.dialects.contract import Failure, FailureKind
from lect_sqlite.errors import classify


@pytest.mark.parametrize(
    ("code", "message", "kind", "names"),
    [
        (
            2067,
            "UNIQUE constraint failed: t.a, t.b",
            FailureKind.UNIQUE_VIOLATION,
            {"table": "t", "columns": ("a", "b")},
        ),
        (2067, "UNIQUE constraint failed: index 'ix, y'", FailureKind.UNIQUE_VIOLATION, {"constraint": "ix, y"}),
        (1555, "UNIQUE constraint failed: t.id", FailureKind.UNIQUE_VIOLATION, {"table": "t", "columns": ("id",)}),
        (787, "FOREIGN KEY constraint failed", FailureKind.FOREIGN_KEY_VIOLATION, {}),
        (1299, "NOT NULL constraint failed: t.a", FailureKind.NOT_NULL_VIOLATION, {"table": "t", "columns": ("a",)}),
        (275, "CHECK constraint failed: ck", FailureKind.CHECK_VIOLATION, {"constraint": "ck"}),
        (5, "database is locked", FailureKind.LOCK_TIMEOUT, {}),
        (261, "database is locked", FailureKind.LOCK_TIMEOUT, {}),
        (517, "database is locked", FailureKind.SERIALIZATION_FAILURE, {}),
        (8, "attempt to write a readonly database", FailureKind.READ_ONLY_VIOLATION, {}),
        (14, "unable to open database file", FailureKind.CONNECT_FAILED, {}),
        (9, "interrupted", FailureKind.QUERY_CANCELED, {}),
        (1, "no such table: main.x", FailureKind.UNDEFINED_TABLE, {"table": "main.x"}),
        (1, "no such column: x", FailureKind.UNDEFINED_COLUMN, {}),
        (1, "table t has no column named x", FailureKind.UNDEFINED_COLUMN, {}),
        (1, 'near "selec": syntax error', FailureKind.SYNTAX_FAILURE, {}),
        (1, "something else", None, {}),
        (None, "UNIQUE constraint failed: t.a", None, {}),
    ],
)
def test_codes(code: int | None, message: str, kind: FailureKind | None, names: dict[str, Any]) -> None:
    failure = classify(Failure(pep249="OperationalError", native_code=code, message=message))
    assert failure.kind is kind
    for name in ("table", "columns", "constraint"):
        assert getattr(failure, name) == names.get(name, () if name == "columns" else None)


@pytest.mark.parametrize("names", ["t.a.b", "t.a, u.b", "a"])
def test_names_in_doubt_are_left_out(names: str) -> None:
    failure = classify(Failure(native_code=2067, message=f"UNIQUE constraint failed: {names}"))
    assert (failure.kind, failure.table, failure.columns) == (FailureKind.UNIQUE_VIOLATION, None, ())


def test_drivers_that_know_primary_codes_only() -> None:
    failure = classify(Failure(pep249="DatabaseError", native_code=19, message="NOT NULL constraint failed: t.a"))
    assert (failure.pep249, failure.kind, failure.columns) == ("IntegrityError", FailureKind.NOT_NULL_VIOLATION, ("a",))


def test_a_message_that_quotes_another_is_not_believed() -> None:
    failure = classify(Failure(native_code=1, message="user function raised: UNIQUE constraint failed: t.a"))
    assert failure.kind is None
