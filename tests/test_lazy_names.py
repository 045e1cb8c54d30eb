"""Public names that are imported later: the table at runtime and the imports that type checkers read are the same."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import lect
from lect.lazy import lazy_names

PACKAGES = [
    ".".join(path.parent.relative_to(sources).parts)
    for sources in sorted(Path(__file__).parents[1].glob("packages/*/src"))
    for path in sorted(sources.rglob("__init__.py"))
    if "lazy_names(" in path.read_text(encoding="utf-8")
]


def tables(package: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What type checkers read and what is found at runtime: (module, name)."""
    tree = ast.parse(inspect.getsource(importlib.import_module(package)))
    (choice,) = (s for s in tree.body if isinstance(s, ast.If) and ast.unparse(s.test) == "TYPE_CHECKING")
    read = {(str(s.module), a.name) for s in choice.body if isinstance(s, ast.ImportFrom) for a in s.names}
    (call,) = (node for s in choice.orelse for node in ast.walk(s) if isinstance(node, ast.Call))
    modules = ast.literal_eval(call.args[1])
    return read, {(module, name) for module, names in modules.items() for name in names}


def test_packages_are_found() -> None:
    assert "lect" in PACKAGES
    assert "lect.schema" in PACKAGES
    assert "lect_orm" in PACKAGES


@pytest.mark.parametrize("package", PACKAGES)
def test_the_table_says_what_type_checkers_read(package: str) -> None:
    read, found = tables(package)
    assert read == found


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_is_there_and_listed(package: str) -> None:
    module = importlib.import_module(package)
    for where, name in tables(package)[1]:
        assert getattr(module, name) is getattr(importlib.import_module(where), name)
        assert name in module.__all__
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("package", PACKAGES)
def test_each_module_can_be_the_first_that_is_imported(package: str) -> None:
    for name in dict(tables(package)[1]).values():
        done = subprocess.run([sys.executable, "-c", f"from {package} import {name}"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_star_brings_them_all() -> None:
    names: dict[str, object] = {}
    exec("from lect import *", names)
    assert set(lect.__all__) <= set(names)


def test_a_mistyped_name_is_told_as_usual() -> None:
    with pytest.raises(AttributeError, match="module 'lect' has no attribute 'lambda_stm'") as caught:
        lect.lambda_stm  # type: ignore[attr-defined]
    assert (caught.value.name, caught.value.obj) == ("lambda_stm", lect)  # what Python's own "Did you mean" goes by
    with pytest.raises(ImportError, match="cannot import name 'valuess' from 'lect'"):
        from lect import valuess  # type: ignore[attr-defined]  # noqa: F401


def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("planted")
    monkeypatch.setitem(sys.modules, "planted", package)
    package.__getattr__, package.__dir__ = lazy_names("planted", {"math": ("tau",)})  # type: ignore[method-assign]
    assert "tau" not in vars(package)
    assert "tau" in dir(package)
    assert package.tau == 2 * __import__("math").pi
    assert "tau" in vars(package)
