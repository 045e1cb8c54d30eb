"""Rules that are loaded when a construct is first written: the lists name every class, and the right file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lect.compile.table import Rules, RuleTable

# In a fresh interpreter: which classes does each file register rules for, that exist without the file?
_PROBE = """
import importlib, json, pkgutil
package = importlib.import_module({package!r})
own = importlib.import_module("lect.compile.table").ANSI.own
if {package!r} != "lect.compile.ansi":
    own = package.RULES.own
seen = {{}}
for _, name, _ in pkgutil.iter_modules(package.__path__, {package!r} + "."):
    before = set(own)
    importlib.import_module(name)
    for cls in set(own) - before:
        seen[f"{{cls.__module__}}.{{cls.__qualname__}}"] = cls.__module__
print(json.dumps([own.later, seen]))
"""


def _ask(package: str) -> tuple[dict[str, str], dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE.format(package=package)], capture_output=True, text=True, check=True
    )
    later, seen = json.loads(done.stdout)
    return later, seen


@pytest.mark.parametrize("package", ["lect.compile.ansi", "lect_sqlite.compile"])
def test_every_class_is_listed(package: str) -> None:
    later, seen = _ask(package)
    own_classes = {name for name, module in seen.items() if module.startswith(package + ".")}
    assert later
    assert set(later) >= set(seen) - own_classes


@pytest.mark.parametrize("package", ["lect.compile.ansi", "lect_sqlite.compile"])
def test_every_listed_file_has_the_rule(package: str) -> None:
    probe = f"""
import importlib
from lect.compile.table import ANSI
package = importlib.import_module({package!r})
own = getattr(package, "RULES", ANSI).own
for name, file in own.later.items():
    module, _, cls = name.rpartition(".")
    assert own.find(getattr(importlib.import_module(module), cls)) is not None, (name, file)
    assert file.startswith({package!r} + "."), file
print(len(own.later))
"""
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


class Drawn:
    pass


class Painted(Drawn):
    pass


PLANTED = RuleTable("planted")


def test_a_rule_is_found_when_its_construct_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted_package").mkdir()
    (tmp_path / "planted_package" / "painted.py").write_text(
        "import sys\n"
        f"tests = sys.modules[{__name__!r}]\n"
        "tests.PLANTED.rule(tests.Painted)(lambda node, writer: 'painted')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    PLANTED.rule(Drawn)(lambda node, writer: "drawn")
    PLANTED.rules_later("planted_package", {"painted": (f"{__name__}.Painted",)})
    drawn = PLANTED.find(Drawn)
    assert drawn is not None
    assert drawn(Drawn(), None) == "drawn"
    assert "planted_package.painted" not in sys.modules
    painted = PLANTED.find(Painted)
    assert painted is not None
    assert painted(Painted(), None) == "painted"


def test_a_class_without_a_rule_is_a_missing_key() -> None:
    rules = Rules()
    assert rules.find(int) is None
    with pytest.raises(KeyError, match="int"):
        rules[int]
