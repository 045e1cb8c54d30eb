"""The suite itself: a good dialect passes, a planted fault fails at the right case, gaps are strict."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


class Outcome:
    """What a run of the suite said."""

    def __init__(self, path: Path, output: str, status: int) -> None:
        self.output = output
        self.status = status
        self.run: dict[str, Any] = json.loads(path.read_text())["runs"][0] if path.exists() else {}

    def failed(self) -> set[str]:
        return {case for case, result in self.run["cases"].items() if result["outcome"] == "failed"}


def run_suite(tmp_path: Path, toy: str, *arguments: str, module: str = "") -> Outcome:
    """Run the suite in a process of its own on ``toy:///file`` and return what it said."""
    (tmp_path / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(HERE)!r})\nimport toy\ntoy.register()\n", encoding="utf-8"
    )
    (tmp_path / "test_it.py").write_text("from lect_compliance.suite import *\n" + module, encoding="utf-8")
    result = tmp_path / "conformance.json"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--rootdir={tmp_path}",
            "-c",
            "/dev/null",
            f"--lect-url={toy}:///{tmp_path / 'toy.db'}",
            f"--lect-conformance={result}",
            *arguments,
            str(tmp_path / "test_it.py"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=240,
    )
    return Outcome(result, done.stdout + done.stderr, done.returncode)


def test_good_toy_passes(tmp_path: Path) -> None:
    outcome = run_suite(tmp_path, "toy")
    assert outcome.failed() == set(), outcome.output
    assert outcome.status == 0
    assert outcome.run["totals"]["passed"] > 150
    assert outcome.run["dialect"] == "toy"
    assert outcome.run["capabilities"]["row_limit"] == "limit-offset"


@pytest.mark.parametrize(
    ("toy", "group", "cases"),
    [
        ("forgetsoffset", "TestSelect", {"select.limit_offset", "select.offset"}),
        ("doublesnoquotes", "TestHostile", {"hostile.table_and_column_names", "hostile.labels"}),
        ("claimstoolittle", "TestSelect", {"select.window_function", "select.window_frame"}),
        ("claimstoomuch", "TestTypes", {"types.array"}),
        ("knowsnoerrors", "TestErrors", {"errors.unique_violation", "errors.not_null_violation"}),
        ("booleansarenumbers", "TestTypes", {"types.boolean"}),
        ("everythingnullable", "TestReflection", {"reflection.nullable"}),
        ("losesrows", "TestInsert", {"insert.many_parameter_sets"}),
    ],
)
def test_planted_fault_is_found(tmp_path: Path, toy: str, group: str, cases: set[str]) -> None:
    outcome = run_suite(tmp_path, toy, "-k", group)
    assert cases <= outcome.failed(), outcome.output
    assert outcome.status == 1


def test_modest_claim_says_what_to_do(tmp_path: Path) -> None:
    outcome = run_suite(tmp_path, "claimstoolittle", "-k", "test_window_function")
    assert "not claimed, but it works: window functions" in outcome.output


def gap(case: str, kind: str = "ours", **more: str) -> str:
    lines = [f'{key} = "{value}"' for key, value in {"case": case, "kind": kind, "reason": "not yet", **more}.items()]
    return "[[gap]]\n" + "\n".join(lines) + "\n"


def test_gap_lets_a_failure_pass(tmp_path: Path) -> None:
    file = tmp_path / "gaps.toml"
    file.write_text(gap("types.boolean"))
    outcome = run_suite(tmp_path, "booleansarenumbers", f"--lect-gaps={file}", "-k", "test_boolean and not condition")
    assert outcome.status == 0, outcome.output
    assert outcome.run["cases"]["types.boolean"] == {"outcome": "gap", "kind": "ours", "reason": "not yet"}


def test_gap_that_passes_fails(tmp_path: Path) -> None:
    file = tmp_path / "gaps.toml"
    file.write_text(gap("types.boolean"))
    outcome = run_suite(tmp_path, "toy", f"--lect-gaps={file}", "-k", "test_boolean and not condition")
    assert outcome.status == 1
    assert re.search(r"types\.boolean is in the file of gaps .* and passes: take it out", outcome.output)


def test_gap_of_another_connector_does_not_hold(tmp_path: Path) -> None:
    file = tmp_path / "gaps.toml"
    file.write_text(gap("types.boolean") + 'connectors = ["other"]\n')
    outcome = run_suite(tmp_path, "booleansarenumbers", f"--lect-gaps={file}", "-k", "test_boolean and not condition")
    assert outcome.failed() == {"types.boolean"}


def test_skip_that_nobody_explained_fails(tmp_path: Path) -> None:
    module = (
        "import pytest\n"
        "from lect_compliance.case import Group\n"
        "class TestOwn(Group):\n"
        "    group = 'own'\n"
        "    def test_skips(self, connection): pytest.skip('no mood')\n"
    )
    outcome = run_suite(tmp_path, "toy", "-k", "TestOwn", module=module)
    assert outcome.status == 1
    assert outcome.failed() == {"own.skips"}


def test_without_a_url_the_way_out_is_said(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("from lect_compliance.suite import *\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", f"--rootdir={tmp_path}", "-x", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert "give --lect-url=URL, set LECT_URL" in done.stdout
