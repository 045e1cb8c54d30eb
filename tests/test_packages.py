"""Packages are complete, alike where they hold the same thing, and known to no shared file."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import workspace
from rules import packages as rules
from rules import report

PACKAGES = workspace.find_packages()
DIALECTS = [p for p in PACKAGES if "lect.dialects" in p.entry_points]
PLUGINS = [p for p in PACKAGES if {"lect.dialects", "lect.connectors"} & p.entry_points.keys()]


def shared_files(root: Path = workspace.ROOT) -> Iterator[Path]:
    """Files that steer the whole repository; text for people (README, docs) may of course name packages."""
    yield from (root / name for name in ("pyproject.toml", "noxfile.py", "conftest.py", ".ci/run"))
    yield from sorted((root / ".ci").rglob("*.py"))
    yield from (p for p in [root / "docs" / "conf.py"] if p.exists())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.path.name)
def test_complete(package: workspace.Package) -> None:
    assert report(rules.incomplete(package)) == ""


def test_dialects_keep_the_same_thing_in_files_of_the_same_name() -> None:
    assert report(rules.different_layout(DIALECTS)) == ""


def test_no_shared_file_names_a_plugin_package() -> None:
    assert report(rules.named_in(shared_files(), PLUGINS)) == ""


def test_a_version_in_the_sources_is_the_one_of_the_package() -> None:
    """A package may state its version (`importlib.metadata` is too heavy at import); it must be the right one."""
    for package in PACKAGES:
        for file in (package.path / "src").rglob("__init__.py"):
            for stated in re.findall(r'^__version__ = "(.*)"', file.read_text(), flags=re.M):
                assert stated == package.version, f"{file} states another version than pyproject.toml"


# A package of somebody else, put beside ours.

GUEST = """
[project]
name = "lect-duck"
version = "1.0"
dependencies = ["lect", "duckdriver"]
[project.optional-dependencies]
quack = ["quackdriver"]
[project.entry-points."lect.dialects"]
duck = "lect_duck.plugin:dialect"
[project.entry-points."lect.connectors"]
"duck.pyodbc" = "lect_duck.pyodbc:pairing"
quack = "lect_duck.quack:connector"
[tool.lect.test-urls.LECT_DUCK_URL]
about = "Duck"
default = "duck://localhost/pond"
"""


def make_guest(root: Path) -> Path:
    """A complete dialect package in `root`/packages."""
    guest = root / "packages" / "dialect-duck"
    files = {
        "pyproject.toml": GUEST,
        "README.md": "# lect-duck\n",
        "LICENSE": "MIT",
        "changelog.d/README.md": "",
        "src/lect_duck/__init__.py": "",
        "src/lect_duck/py.typed": "",
        "src/lect_duck/plugin.py": "dialect = 1\n",
        "src/lect_duck/pyodbc.py": "pairing = 1\n",
        "src/lect_duck/quack.py": "def connector(): ...\n",
        "tests/test_duck.py": "",
        "tests/provision.py": "".join(f"def {n}(): ...\n" for n in ("probe", "start", "create", "drop")),
    }
    for name, text in files.items():
        (guest / name).parent.mkdir(parents=True, exist_ok=True)
        (guest / name).write_text(text)
    return guest


def guest_package(root: Path) -> workspace.Package:
    return next(p for p in workspace.find_packages(root) if p.name == "lect-duck")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The frame of this repository, with the descriptions of its packages and a guest beside them."""
    for file in shared_files():
        target = tmp_path / file.relative_to(workspace.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    for package in PACKAGES:
        (tmp_path / "packages" / package.path.name).mkdir(parents=True)
        shutil.copy(package.path / "pyproject.toml", tmp_path / "packages" / package.path.name)
    make_guest(tmp_path)
    return tmp_path


def test_a_new_package_takes_part_without_an_edit(repository: Path) -> None:
    found = workspace.find_packages(repository)
    assert [p.name for p in found if p.name not in {q.name for q in PACKAGES}] == ["lect-duck"]
    assert rules.incomplete(guest_package(repository)) == []
    assert workspace.needed_for_url(found, "duck://pond") == {"lect-duck": set()}
    assert workspace.needed_for_url(found, "duck+quack://pond") == {"lect-duck": {"quack"}}
    assert workspace.needed_for_url(found, "duck+pyodbc://pond").keys() == {"lect-duck", "lect-pyodbc"}
    arguments = workspace.install_arguments(found, workspace.everything(found), editable=True)
    assert f"{repository / 'packages' / 'dialect-duck'}[quack]" in arguments


def test_nox_of_the_frame_sees_a_new_package(repository: Path) -> None:
    script = "import noxfile; print([p.name for p in noxfile.PACKAGES])"
    done = subprocess.run([sys.executable, "-c", script], cwd=repository, capture_output=True, text=True)
    if "No module named 'nox'" in done.stderr:
        pytest.skip("nox is not installed in this environment")
    assert "lect-duck" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("README.md", "has no README.md"),
        ("LICENSE", "has no LICENSE"),
        ("changelog.d/README.md", "has no changelog.d"),
        ("src/lect_duck/py.typed", "has no src/lect_duck/py.typed"),
        ("src/lect_duck/__init__.py", "has no src/lect_duck/__init__.py"),
        ("tests/test_duck.py", "holds no test"),
        ("tests/provision.py", "declares test-urls"),
        ("src/lect_duck/plugin.py", "there is no module lect_duck.plugin"),
    ],
)
def test_what_is_missing_is_found(tmp_path: Path, missing: str, message: str) -> None:
    (make_guest(tmp_path) / missing).unlink()
    assert message in report(rules.incomplete(guest_package(tmp_path)))


def test_a_dangling_entry_point_is_found(tmp_path: Path) -> None:
    (make_guest(tmp_path) / "src/lect_duck/plugin.py").write_text("other = 1\n")
    assert "names dialect, which is not defined here" in report(rules.incomplete(guest_package(tmp_path)))


def test_a_wrong_import_name_is_found(tmp_path: Path) -> None:
    guest = make_guest(tmp_path)
    (guest / "src/lect_duck").rename(guest / "src/duck")
    assert "distribution lect-duck holds import package duck" in report(rules.incomplete(guest_package(tmp_path)))


def test_a_different_layout_is_found(tmp_path: Path) -> None:
    guest = make_guest(tmp_path)
    (guest / "src/lect_duck/compile").mkdir()
    (guest / "src/lect_duck/compile/limits.py").write_text("def compile_limit(): ...\n")
    twin = tmp_path / "packages" / "dialect-goose"
    shutil.copytree(guest, twin)
    (twin / "src/lect_duck/compile/limits.py").rename(twin / "src/lect_duck/compile/limit.py")
    (twin / "pyproject.toml").write_text(GUEST.replace("lect-duck", "lect-goose"))
    found = report(rules.different_layout(workspace.find_packages(tmp_path)))
    assert "has no dialect, as the other dialects have" in found
    assert "one thing, several file names: compile/limit, compile/limits" in found
    assert "compile_limit stands in files of different names" in found


def test_a_shared_file_that_names_a_package_is_found(tmp_path: Path) -> None:
    make_guest(tmp_path)
    file = tmp_path / "noxfile.py"
    file.write_text("x = 1\nLIST = ['packages/dialect-duck']\n")
    (finding, *_) = rules.named_in([file], workspace.find_packages(tmp_path))
    assert finding.line == 2
