"""`import lect` stays light, and brings neither a dialect, a driver nor the mapper."""

from __future__ import annotations

from pathlib import Path

import pytest

import workspace
from rules import budget

HEAVY = (
    "inspect",
    "logging",
    "dataclasses",
    "asyncio",
    "uuid",
    "decimal",
    "importlib.metadata",
    "typing_extensions",
    "pluggy",  # it imports inspect; the manager is made when the first plugin is asked for
    "json",
    "email",
    "socket",
    "ssl",
    "sqlite3",
)
"""What has to wait until it is used; together it costs more than all of core."""

STDLIB_LIMIT = 36
"""Modules of the standard library that may come in with core. Raise it only with a measurement of the time."""


def test_import_of_core_is_within_budget() -> None:
    modules = budget.imported_by("import lect")
    complaints = budget.over_budget(modules, forbidden=HEAVY, allowed_packages={"lect"}, stdlib_limit=STDLIB_LIMIT)
    assert complaints == []


@pytest.mark.parametrize("package", workspace.find_packages(), ids=lambda p: p.path.name)
def test_import_of_a_package_brings_no_other_plugin(package: workspace.Package) -> None:
    """A dialect imported by name brings core; neither the mapper, nor another dialect."""
    (module,) = package.modules
    local = {p.name: p.modules[0] for p in workspace.find_packages()}
    allowed = {local[name] for name in workspace.closure(workspace.find_packages(), {package.name: set()})}
    tops = {m.partition(".")[0] for m in budget.imported_by(f"import {module}")}
    assert tops & set(local.values()) <= allowed


def test_each_kind_of_excess_is_found(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("import inspect, otherpackage\n")
    (tmp_path / "otherpackage.py").write_text("")
    modules = budget.imported_by("import planted", {"PYTHONPATH": str(tmp_path)})
    complaints = budget.over_budget(modules, forbidden=HEAVY, allowed_packages={"planted"}, stdlib_limit=1)
    assert "imports inspect" in complaints
    assert "imports the package otherpackage" in complaints
    assert any("more than 1" in c for c in complaints)


def test_a_module_that_fails_to_import_is_said() -> None:
    with pytest.raises(RuntimeError, match="No module named 'nosuchmodule'"):
        budget.imported_by("import nosuchmodule")
