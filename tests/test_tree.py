"""The tree holds no lock file and names no package registry."""

from __future__ import annotations

from pathlib import Path

import pytest

import workspace
from rules import report, tree


def test_nothing_is_pinned_to_a_place() -> None:
    assert report(tree.pinned_to_a_place(tree.tracked_files(workspace.ROOT))) == ""


@pytest.mark.parametrize(
    "name", ["uv.lock", "poetry.lock", "pylock.toml", "pylock.ci.toml", "package-lock.json", "pip.conf"]
)
def test_a_lock_file_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    assert "a lock file" in report(tree.pinned_to_a_place(tree.tracked_files(tmp_path)))


@pytest.mark.parametrize(
    "line",
    [
        "--extra-" + "index" + "-url=https://example.org",
        "index" + "_url = x",
        "find" + "-links = /wheels",
        "https://pypi" + ".org/sim" + "ple",
        "https://files" + ".pythonhosted.org/packages/x.whl",
    ],
)
def test_a_registry_address_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "setup.txt").write_text(f"# fine\n{line}\n")
    (finding,) = tree.pinned_to_a_place(tree.tracked_files(tmp_path))
    assert finding.line == 2
