"""SQLSTATEs as kinds of failure, and names read from messages where the driver passes nothing else."""

from __future__ import annotations

import pytest

from lect.dialects.contract import Failure, FailureKind
from lect_postgresql.errors import classify


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("23505", FailureKind.UNIQUE_VIOLATION),
        ("23001", FailureKind.FOREIGN_KEY_VIOLATION),
        ("23P01", FailureKind.EXCLUSION_VIOLATION),
        ("40P01", FailureKind.DEADLOCK),
        ("40001", FailureKind.SERIALIZATION_FAILURE),
        ("55P03", FailureKind.LOCK_TIMEOUT),
        ("57014", FailureKind.QUERY_CANCELED),
        ("28P01", FailureKind.CONNECT_FAILED),
        ("42501", FailureKind.INSUFFICIENT_PRIVILEGE),
        ("22012", FailureKind.DIVISION_BY_ZERO),
        ("22P02", FailureKind.INVALID_VALUE),
        ("22000", None),
    ],
)
def test_kind(state: str, kind: FailureKind | None) -> None:
    assert classify(Failure(sqlstate=state)).kind is kind


@pytest.mark.parametrize("state", ["57P01", "57P02", "57P05", "08006", "25P03"])
def test_lost_connection(state: str) -> None:
    failure = classify(Failure(sqlstate=state))
    assert failure.kind is FailureKind.CONNECTION_LOST
    assert failure.disconnected


MESSAGES = [
    ("23505", 'duplicate key value violates unique constraint "t_pkey"\nDETAIL: …', "t_pkey", None, ()),
    ("23514", 'new row for relation "t" violates check constraint "c"', "c", "t", ()),
    ("23503", 'insert or update on table "t" violates foreign key constraint "f"', "f", "t", ()),
    (
        "23503",
        'update or delete on table "t" violates foreign key constraint "f" on table "u"',
        "f",
        "u",
        (),
    ),
    ("23502", 'null value in column "a" of relation "t" violates not-null constraint', None, "t", ("a",)),
    ("23505", "doppelter Schlüsselwert verletzt Unique-Constraint »t_pkey«", None, None, ()),
]


@pytest.mark.parametrize(("state", "message", "constraint", "table", "columns"), MESSAGES)
def test_names_in_messages(
    state: str, message: str, constraint: str | None, table: str | None, columns: tuple[str, ...]
) -> None:
    failure = classify(Failure(sqlstate=state, message=message))
    assert (failure.constraint, failure.table, failure.columns) == (constraint, table, columns)


def test_names_of_the_protocol_are_not_overwritten() -> None:
    failure = classify(Failure(sqlstate="23505", constraint="real", message="duplicate key value …"))
    assert failure.constraint == "real"
