"""Imports point down, form no circle, and stay within what a package declares."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path

import pytest

import workspace
from rules import imports, report

PACKAGES = workspace.find_packages()
LOCAL = {p.name: p for p in PACKAGES}
CORE = LOCAL["lect"]
by_package = pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.path.name)

Plant = Callable[..., Path]


def drawing(page: Path = workspace.ROOT / "ARCHITECTURE.md") -> list[list[str]]:
    return imports.read_order(page.read_text(encoding="utf-8"), "Rooms of core")


def import_names(requirement: str) -> set[str]:
    """Top-level modules of a distribution, asked of the environment; a local one by its folder."""
    name, _ = workspace.split_requirement(requirement)
    if name in LOCAL:
        return set(LOCAL[name].modules)
    tops = importlib.metadata.packages_distributions()
    return {top for top, owners in tops.items() if name in {workspace.split_requirement(o)[0] for o in owners}}


def is_plugin(package: workspace.Package) -> bool:
    return bool({"lect.dialects", "lect.connectors"} & package.entry_points.keys())


def is_dialect(package: workspace.Package) -> bool:
    return "lect.dialects" in package.entry_points


def allowed_for(package: workspace.Package) -> set[str]:
    """Modules of the declared dependencies; of the extras only what is not a package of this repository."""
    allowed = {n for r in package.dependencies for n in import_names(r)}
    for requirements in package.extras.values():
        for requirement in requirements:
            local = workspace.split_requirement(requirement)[0] in LOCAL
            if not local or is_plugin(package):
                allowed |= import_names(requirement)
    return allowed


def connector_modules(package: workspace.Package) -> set[str]:
    return {v.partition(":")[0] for v in package.entry_points.get("lect.connectors", {}).values()}


def test_rooms_of_core_import_only_rooms_below() -> None:
    assert report(imports.wrong_direction(CORE.path / "src", drawing())) == ""


def test_rooms_on_one_line_do_not_import_each_other() -> None:
    assert report(imports.room_cycles(CORE.path / "src", drawing())) == ""


@by_package
def test_no_import_cycle(package: workspace.Package) -> None:
    assert report(imports.cycles(package.path / "src")) == ""


@by_package
def test_only_declared_imports(package: workspace.Package) -> None:
    """So core and mapper import no dialect and no driver, the suite no dialect, and nobody the benchmarks' rival."""
    findings = imports.undeclared(package.path / "src", allowed_for(package), may_use_drivers=is_plugin(package))
    assert report(findings) == ""


@pytest.mark.parametrize("package", [p for p in PACKAGES if is_dialect(p)], ids=lambda p: p.path.name)
def test_dialects_touch_drivers_only_in_connector_modules(package: workspace.Package) -> None:
    restricted = allowed_for(package) - set(CORE.modules) - {"greenlet"} | imports.DRIVERS_IN_STDLIB
    assert report(imports.outside(package.path / "src", restricted, connector_modules(package))) == ""


# Each rule fails on a planted violation.


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Write modules into a made-up package: `plant(**{"pkg/sql/node.py": "import …"})`; returns its src."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / "src" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "src"

    return write


ORDER = [["__init__"], ["engine"], ["pool", "event"], ["sql"], ["exc"]]


@pytest.mark.parametrize(
    "statement",
    [
        "from pkg.engine import url",
        "import pkg.engine.url",
        "from pkg import engine",
        "from pkg import create_engine",
        "from ..engine.url import URL",
        "def f():\n    from pkg.engine.url import URL",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.engine.url import URL",
        "import importlib\ndef f():\n    importlib.import_module('pkg.engine.url')",
    ],
)
def test_an_upward_import_is_found(plant: Plant, statement: str) -> None:
    src = plant(
        {
            "pkg/__init__.py": "",
            "pkg/engine/__init__.py": "",
            "pkg/engine/url.py": "",
            "pkg/sql/__init__.py": "",
            "pkg/sql/node.py": statement,
        }
    )
    findings = imports.wrong_direction(src, ORDER)
    assert [f.path.name for f in findings] == ["node.py"]
    assert "stands above sql" in findings[0].message


def test_a_downward_import_is_fine(plant: Plant) -> None:
    src = plant({"pkg/__init__.py": "from pkg.sql import x", "pkg/sql.py": "from pkg import exc", "pkg/exc.py": ""})
    assert imports.wrong_direction(src, ORDER) == []


def test_a_room_that_is_not_drawn_is_found(plant: Plant) -> None:
    src = plant({"pkg/__init__.py": "", "pkg/attic.py": ""})
    assert "room 'attic' is not in the drawing" in report(imports.wrong_direction(src, ORDER))


def test_peers_that_import_each_other_are_found(plant: Plant) -> None:
    src = plant(
        {
            "pkg/__init__.py": "",
            "pkg/pool/__init__.py": "",
            "pkg/pool/a.py": "from pkg.event import b",
            "pkg/pool/c.py": "",
            "pkg/event/__init__.py": "",
            "pkg/event/b.py": "",
            "pkg/event/d.py": "from pkg.pool.c import x",
        }
    )
    assert imports.cycles(src) == []
    assert "import each other" in report(imports.room_cycles(src, ORDER))


def test_a_cycle_through_a_late_import_is_found(plant: Plant) -> None:
    src = plant(
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "from pkg import b",
            "pkg/b.py": "import pkg.c",
            "pkg/c.py": "def f():\n    from pkg.a import x",
        }
    )
    assert "import cycle: pkg.a -> pkg.b -> pkg.c -> pkg.a" in report(imports.cycles(src))


def test_the_shortest_circle_is_named(plant: Plant) -> None:
    src = plant(
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "import pkg.b, pkg.c",
            "pkg/b.py": "import pkg.c",
            "pkg/c.py": "import pkg.b, pkg.a",
        }
    )
    assert "pkg.a -> pkg.c -> pkg.a" in report(imports.cycles(src))


def test_a_driver_and_an_undeclared_package_are_found(plant: Plant) -> None:
    src = plant({"pkg/__init__.py": "import sqlite3, json, declared\ndef f():\n    import psycopg2.extras"})
    found = report(imports.undeclared(src, {"declared"}, may_use_drivers=False))
    assert "the driver sqlite3" in found
    assert "imports psycopg2" in found
    assert "json" not in found
    assert "sqlite3" not in report(imports.undeclared(src, {"declared"}, may_use_drivers=True))


def test_a_module_for_type_checkers_only_is_none_at_run_time(plant: Plant) -> None:
    guarded = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from typing_extensions import Self\n"
    assert imports.undeclared(plant({"pkg/__init__.py": guarded}), (), may_use_drivers=False) == []
    src = plant({"pkg/__init__.py": guarded + "    import numpy\nfrom typing_extensions import override"})
    assert sorted(f.line for f in imports.undeclared(src, (), may_use_drivers=False)) == [4, 5]


def test_a_driver_outside_its_connector_module_is_found(plant: Plant) -> None:
    src = plant({"pkg/__init__.py": "", "pkg/driver.py": "import thedriver", "pkg/types.py": "import thedriver"})
    findings = imports.outside(src, {"thedriver"}, {"pkg.driver"})
    assert [f.path.name for f in findings] == ["types.py"]


def test_the_drawing_is_read_from_the_page() -> None:
    drawn = "```\ntop, side    words, more words\nbottom       words\n```\n"
    page = f"# A\n\n## 2. Rooms of core, x\n\ntext\n\n{drawn}\n## 3. B\n"
    assert imports.read_order(page, "Rooms of core") == [["top", "side"], ["bottom"]]
    assert "exc" in drawing()[-1]
