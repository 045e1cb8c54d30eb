"""Frozen records and capabilities."""

from __future__ import annotations

import pickle

import pytest

from lect.dialects.capabilities import Capabilities, RowLimit
from lect.dialects.contract import ConnectArguments, ConnectRequest, Failure


def test_defaults_and_replace() -> None:
    facts = Capabilities(product="x")
    changed = facts.replace(version=(1, 2))
    assert (facts.version, changed.version, changed.product) == ((), (1, 2), "x")
    assert changed.row_limit is RowLimit.LIMIT_OFFSET


def test_frozen() -> None:
    with pytest.raises(AttributeError, match=r"Capabilities is frozen; use \.replace\(product=...\)"):
        Capabilities().product = "y"  # type: ignore[misc]


def test_unknown_field() -> None:
    with pytest.raises(TypeError, match="Failure has no field 'mesage'; its fields are: pep249, kind"):
        Failure(mesage="x")  # type: ignore[call-arg]


def test_required_field() -> None:
    from lect.dialects.contract import Pairing

    with pytest.raises(TypeError, match="Pairing needs a value for 'connector', 'spi_version'"):
        Pairing()  # type: ignore[call-arg]


def test_equality_hash_and_pickle() -> None:
    assert Capabilities(product="x") == Capabilities().replace(product="x")
    assert Capabilities(product="x") != Capabilities()
    assert hash(Capabilities()) == hash(Capabilities())
    assert pickle.loads(pickle.dumps(Capabilities(product="x"))) == Capabilities(product="x")


def test_secrets_are_not_shown() -> None:
    request = ConnectRequest(
        username="u", password="canary", connect_args={"password": "canary"}, query={"pwd": "canary"}
    )
    assert "canary" not in repr(request)
    assert "'u'" in repr(request)
    assert "canary" not in repr(ConnectArguments(args=("canary",), kwargs={"password": "canary"}))


def test_every_capability_says_its_fact() -> None:
    """A fact without a sentence is not documented: each field is followed by a docstring."""
    import ast
    import inspect

    import lect.dialects.capabilities as module

    tree = ast.parse(inspect.getsource(module))
    (cls,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    silent = [
        field.target.id  # type: ignore[union-attr]
        for field, following in zip(cls.body, [*cls.body[1:], None], strict=True)
        if isinstance(field, ast.AnnAssign)
        and not (isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant))
    ]
    assert silent == []
