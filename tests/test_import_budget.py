"""`import lect` stays light, and brings neither a dialect, a driver nor the mapper."""

from __future__ import annotations

import importlib.util
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


FIRST_QUERY = """
from lect import create_engine, literal, select
with create_engine("sqlite://").connect() as connection:
    assert connection.scalar(select(literal(1))) == 1
"""

OWN_LIMITS = {"import lect": 185, FIRST_QUERY: 210, "import lect_orm": 322}
"""Modules of Lect that may come in. A construct that few programs use belongs to a table of names or rules that are
loaded later: ``lazy_names`` of a package's ``__init__``, ``RULES.rules_later``."""

UNUSED_BY_A_FIRST_QUERY = (
    "lect.compile.ansi.create_table",
    "lect.compile.ansi.insert",
    "lect.compile.ansi.merge",
    "lect.dialects.reflection",
    "lect.engine.mock",
    "lect.engine.reflection",
    "lect.schema.ddl",
    "lect.schema.view",
    "lect.sql.lambdas",
    "lect.sql.tstring",
    "lect.types.pickle_type",
    "lect_sqlite.compile.column_spec",
    "lect_sqlite.reflection",
)


@pytest.mark.parametrize("statement", OWN_LIMITS, ids=["core", "first query", "mapper"])
def test_own_modules_are_within_budget(statement: str) -> None:
    own = [m for m in budget.imported_by(statement) if m.partition(".")[0].startswith("lect")]
    assert len(own) <= OWN_LIMITS[statement]


def test_a_first_query_brings_nothing_that_it_does_not_use() -> None:
    modules = set(budget.imported_by(FIRST_QUERY))
    assert modules & set(UNUSED_BY_A_FIRST_QUERY) == set()
    for name in UNUSED_BY_A_FIRST_QUERY:
        assert importlib.util.find_spec(name) is not None, name


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
