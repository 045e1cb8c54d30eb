"""Entry points read from the files of distributions are those that the standard library finds."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lect.plugins import entries
from lect.plugins.discovery import CONNECTORS, DIALECTS, PLUGINS

GROUPS = (DIALECTS, CONNECTORS, PLUGINS, "console_scripts", "pytest11")


def _distribution(folder: Path, name: str, version: str, lines: str, kind: str = "dist-info") -> None:
    about = folder / f"{name}-{version}.{kind}"
    about.mkdir(parents=True)
    metadata = "METADATA" if kind == "dist-info" else "PKG-INFO"
    head = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n"
    (about / metadata).write_text(f"{head}\nName: of the description\n")
    (about / "entry_points.txt").write_text(lines)


def test_the_same_as_the_standard_library() -> None:
    found = entries._from_folders(GROUPS)
    assert found is not None
    assert sorted(found) == sorted(entries._by_the_standard_library(GROUPS))


def test_forms_of_entry_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _distribution(
        tmp_path / "a", "acme_db", "1.0", f"# says\n[{DIALECTS}]\nacme = pathlib:Path.home [extra]\n\n[x]\nn = m:o\n"
    )
    _distribution(tmp_path / "b", "acme_db", "0.9", f"[{DIALECTS}]\nshadowed = a:b\n")
    _distribution(tmp_path / "b", "other", "2", f"[{DIALECTS}]\nacme=os.path:join\nmodule = json\n", "egg-info")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path / "none")])
    found = entries.entry_points([DIALECTS])
    assert sorted(found) == sorted(entries._by_the_standard_library([DIALECTS]))
    mine = [point for point in found if point.distribution in ("acme-db", "other")]
    assert [(p.name, p.distribution, p.version) for p in mine] == [
        ("acme", "acme-db", "1.0"),
        ("acme", "other", "2"),
        ("module", "other", "2"),
    ]
    import json
    import os.path

    assert [p.load() for p in mine] == [Path.home, os.path.join, json]


def test_archives_are_left_to_the_standard_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "plugins.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped-3.dist-info/METADATA", "Metadata-Version: 2.1\nName: zipped\nVersion: 3\n")
        file.writestr("zipped-3.dist-info/entry_points.txt", f"[{DIALECTS}]\nzipped = json:loads\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(archive)])
    assert entries._from_folders([DIALECTS]) is None
    assert "zipped" in [point.name for point in entries.entry_points([DIALECTS])]


def test_other_finders_are_left_to_the_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        @staticmethod
        def find_distributions(context: Any = None) -> Any:
            return iter(())

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert entries._from_folders([DIALECTS]) is None


def test_a_first_query_brings_no_metadata_machinery() -> None:
    pytest.importorskip("lect_sqlite")
    code = (
        "import sys, lect\n"
        "with lect.create_engine('sqlite://').connect() as c: c.execute(lect.text('SELECT 1'))\n"
        "print([m for m in ('importlib.metadata', 'email', 'socket', 'inspect', 'pluggy') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
