"""Core, mapper and compliance suite know no database and no driver by name."""

from __future__ import annotations

from pathlib import Path

import pytest

import workspace
from rules import report, words

PACKAGES = workspace.find_packages()
PLUGIN_GROUPS = ("lect.dialects", "lect.connectors")
NEUTRAL = [p for p in PACKAGES if not any(group in p.entry_points for group in PLUGIN_GROUPS)]
NAMES = {
    part
    for p in PACKAGES
    for group in PLUGIN_GROUPS
    for name in p.entry_points.get(group, {})
    for part in name.split(".")
}


def test_the_names_come_from_the_packages() -> None:
    assert len(NAMES) >= 8
    assert len(NEUTRAL) >= 3


@pytest.mark.parametrize("package", NEUTRAL, ids=lambda p: p.path.name)
def test_no_dialect_is_named(package: workspace.Package) -> None:
    assert report(words.dialect_names(package.path / "src", NAMES)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "if dialect.name == 'elephant': pass",
        "class ElephantThing: ...",
        "def visit_elephant_type(): ...",
        "x = f'{y} on Elephant'",
        "is_elephant = True",
        "x = {'a': 'uses ELEPHANT quoting'}  # names databases: a reason does not excuse code",
        '"""Module."""\ndef f():\n    return """elephant"""',
    ],
)
def test_a_name_in_code_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "module.py").write_text(text)
    (finding,) = words.dialect_names(tmp_path, {"elephant"})
    assert "in code" in finding.message


@pytest.mark.parametrize("text", ["# as elephant does", '"""Like elephant."""', 'x = 1\n"""What elephant does."""'])
def test_a_name_in_prose_needs_a_reason(tmp_path: Path, text: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(text)
    assert "say why" in report(words.dialect_names(tmp_path, {"elephant"}))
    module.write_text(f"{text}\n# names databases: it is an example\n")
    assert words.dialect_names(tmp_path, {"elephant"}) == []
    module.write_text(f"{text}\n# names databases:\n")
    assert "say why" in report(words.dialect_names(tmp_path, {"elephant"}))
