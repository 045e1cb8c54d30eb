"""What the root `conftest.py` promises: a database per run, gone afterwards; no missing server passes unnoticed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import workspace

URLS = [wanted for package in workspace.find_packages() for wanted in package.test_urls()]
SHOW = """
import os
def test_show(database_url):
    print("URL", os.environ.get("{0}"), database_url("{0}"))
"""


def run(tmp_path: Path, variable: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one test that shows its database, in a pytest of its own with the root conftest."""
    (tmp_path / "test_show.py").write_text(SHOW.format(variable))
    kept = {k: v for k, v in os.environ.items() if k not in {u.variable for u in URLS} | {"LECT_REQUIRE_SERVERS"}}
    path = os.pathsep.join([str(workspace.ROOT), str(workspace.ROOT / ".ci")])
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-rs", "-s", "--rootdir", str(tmp_path), str(tmp_path)]
    return subprocess.run(
        command, cwd=tmp_path, env={**kept, "PYTHONPATH": path, **environment}, capture_output=True, text=True
    )


def test_a_run_gets_a_database_of_its_own_and_drops_it(tmp_path: Path) -> None:
    # The one that is a file: that it is gone can be seen without asking a server.
    (wanted,) = (u for u in URLS if u.default.startswith("sqlite+pyodbc"))
    done = run(tmp_path, wanted.variable, **{wanted.variable: wanted.default, "TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    by_variable, by_fixture = re.findall(r"URL (\S+) (\S+)", done.stdout)[0]
    assert by_variable == by_fixture != wanted.default
    assert f"{tmp_path}/lect_" in by_variable
    assert not list(tmp_path.glob("*.db"))


def test_without_a_url_the_variable_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, URLS[0].variable)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 skipped" in done.stdout
    assert f"{URLS[0].variable} is not set ({URLS[0].about}" in done.stdout


def test_a_required_server_that_is_missing_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, URLS[0].variable, LECT_REQUIRE_SERVERS="1")
    assert done.returncode == 4
    required = sorted(u.variable for u in URLS if u.required)
    assert f"servers are required, but not set: {', '.join(required)}" in done.stderr


def test_a_url_that_does_not_work_fails_the_run_without_its_password(tmp_path: Path) -> None:
    (wanted,) = (u for u in URLS if u.default.startswith("postgresql://"))
    done = run(tmp_path, wanted.variable, **{wanted.variable: "postgresql://nobody:secret@127.0.0.1:1/none"})
    assert done.returncode == 4
    assert wanted.variable in done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_a_variable_that_nobody_declares_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, "LECT_NOSUCH_URL")
    assert done.returncode != 0
    assert "no package declares LECT_NOSUCH_URL" in done.stdout
