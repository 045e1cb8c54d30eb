"""Exceptions: their tree, messages, what they hide."""

from __future__ import annotations

import pickle

import pytest

from lect import exc


def test_every_error_has_a_code():
    for name in exc.__all__:
        cls = getattr(exc, name)
        if isinstance(cls, type) and issubclass(cls, exc.LectError):
            assert isinstance(cls.code, str) and cls.code


def test_portable_classes_are_in_the_pep_249_tree():
    assert issubclass(exc.UniqueViolation, exc.IntegrityError)
    assert issubclass(exc.Deadlock, exc.OperationalError)
    assert issubclass(exc.NoSuchColumnError, KeyError)


def make(**kw):
    return exc.UniqueViolation("INSERT INTO t VALUES (?)", ("secret",), ValueError("boom"), **kw)


def test_message_shows_statement_and_parameters():
    assert str(make()) == (
        "(builtins.ValueError) boom\n[SQL: INSERT INTO t VALUES (?)]\n[parameters: ('secret',)]\n"
        "(Background on this error: docs/errors.md#unique-violation)"
    )


def test_parameters_can_be_hidden():
    assert "secret" not in str(make(hide_parameters=True))
    assert "hide_parameters=True" in str(make(hide_parameters=True))


def test_errors_are_pickled_with_their_facts():
    error = make()
    error.constraint = "uq_t"
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.constraint == "uq_t"


def test_long_parameters_are_shortened():
    error = exc.StatementError("m", "SELECT ?", ["x" * 5000], None)
    assert "characters truncated" in str(error)
    assert len(str(error)) < 600


@pytest.mark.parametrize(("name", "expected"), [("nmae", "; did you mean 'name'?"), ("zzz", "")])
def test_nearest(name, expected):
    assert exc.nearest(name, ["name", "id"]) == expected
