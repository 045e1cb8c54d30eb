"""A registry of its own for each test, and distributions that exist only as metadata on the path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lect.plugins import discovery
from lect.plugins.registry import Registry

Install = Callable[..., None]


@pytest.fixture
def registry() -> Iterator[Registry]:
    discovery.forget()
    yield Registry()
    discovery.forget()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return ``install(distribution, version, entry points, modules)``."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(distribution: str, version: str, points: dict[str, dict[str, str]], **modules: str) -> None:
        info = tmp_path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        text = ""
        for group, names in points.items():
            text += f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in names.items())
        (info / "entry_points.txt").write_text(text)
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(source)
            monkeypatch.delitem(sys.modules, name, raising=False)

    return make
