"""What mypy and pyright infer of programs over mapped classes: right ones are accepted, each mistake is found."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WORKSPACE = HERE.parents[4]
PROGRAMS = ("inferred.py", "refused.py")


def _mistakes() -> set[int]:
    lines = (HERE / "refused.py").read_text().splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}


def _found(output: str, pattern: str) -> dict[str, set[int]]:
    """Return the lines with an error of each program."""
    found: dict[str, set[int]] = {name: set() for name in PROGRAMS}
    for name, number in re.findall(pattern, output, re.MULTILINE):
        found[Path(name).name].add(int(number))
    return found


def _run(*command: str) -> str:
    done = subprocess.run([*command, *PROGRAMS], cwd=HERE, capture_output=True, text=True, timeout=200)
    assert done.returncode == 1, done.stdout + done.stderr  # the mistakes are found; 2 would be a failure to run
    return done.stdout


def test_mypy_strict() -> None:
    pytest.importorskip("mypy")
    output = _run(sys.executable, "-m", "mypy", "--strict", "--config-file", str(WORKSPACE / "pyproject.toml"))
    found = _found(output, r"^(\w+\.py):(\d+): error:")
    assert found["inferred.py"] == set(), output
    assert found["refused.py"] == _mistakes(), output


def test_pyright() -> None:
    pytest.importorskip("pyright")
    beside = Path(sys.executable).parent / "pyright"
    pyright = str(beside) if beside.exists() else shutil.which("pyright")
    if pyright is None:
        pytest.skip("pyright's command is not on the path")
    output = _run(pyright, "--pythonpath", sys.executable)
    found = _found(output, r"/(\w+\.py):(\d+):\d+ - error:")
    assert found["inferred.py"] == set(), output
    assert found["refused.py"] == _mistakes(), output
