"""inspect()."""

from __future__ import annotations

import pytest

from lect import exc, inspection
from lect.inspection import inspect, inspects, inspects_itself
from lect.schema import Column, MetaData, Table
from lect.types import Integer


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "_registry", dict(inspection._registry))


def test_a_table_tells_itself() -> None:
    table = Table("t", MetaData(), Column("x", Integer))
    assert inspect(table) is table
    assert inspect(table.c.x) is table.c.x


def test_a_class_and_its_subclasses() -> None:
    class Thing: ...

    class Special(Thing): ...

    inspects(Thing)(lambda thing: f"told of {type(thing).__name__}")
    assert inspect(Special()) == "told of Special"
    with pytest.raises(exc.ArgumentError, match="already registered"):
        inspects_itself(Thing)


def test_one_that_knows_nothing_passes_it_on() -> None:
    class Thing: ...

    class Special(Thing): ...

    inspects(Special)(lambda thing: None)
    inspects_itself(Thing)
    special = Special()
    assert inspect(special) is special


def test_what_nobody_knows() -> None:
    assert inspect("text", raiseerr=False) is None
    with pytest.raises(
        exc.NoInspectionAvailable, match="No inspection system is available for object of type <class 'str'>"
    ):
        inspect("text")
