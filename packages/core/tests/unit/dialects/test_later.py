"""A reflector that is imported when a catalogue is first read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lect.dialects.contract import Dialect
from lect.dialects.later import reflector_later
from lect.dialects.reflection import Reflector


def test_a_dialect_without_a_reflector_has_the_one_that_knows_nothing() -> None:
    assert type(Dialect.reflector) is Reflector
    assert not Dialect.reflector.can("columns")


def test_the_module_is_imported_at_the_first_look_and_the_class_called_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planted_reflection.py").write_text(
        "from lect.dialects.reflection import Reflector\nclass Planted(Reflector): pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    class PlantedDialect(Dialect):
        reflector = reflector_later("planted_reflection:Planted")

    assert "planted_reflection" not in sys.modules
    found = PlantedDialect.reflector
    assert type(found).__name__ == "Planted"
    assert PlantedDialect.reflector is found
    assert "planted_reflection" in sys.modules
    monkeypatch.delitem(sys.modules, "planted_reflection")


def test_a_reflector_that_is_not_there_is_told() -> None:
    class Lost(Dialect):
        reflector = reflector_later("lect_of_nowhere.reflection:Reflector")

    with pytest.raises(ModuleNotFoundError, match="lect_of_nowhere"):
        Lost.reflector
