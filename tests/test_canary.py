"""The canary sings: a secret in output, logs, warnings or reports fails a run that would have passed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import canary
import workspace

CONFTEST = f"""
import sys
sys.path.insert(0, {str(workspace.ROOT / ".ci")!r})
import canary

def pytest_configure(config):
    config.pluginmanager.register(canary.Canary())
"""


def _run(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(f"CANARY = 'hunter2-' * 2 + 'x'\n\n{body}")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


NOISE = """
import logging, warnings

def test_output(): print("it is", CANARY)
def test_log(): logging.getLogger("lect.x").warning("it is %s", CANARY)
def test_warning(): warnings.warn(CANARY)
"""


def test_a_secret_that_comes_out_fails_the_run(tmp_path: Path) -> None:
    run = _run(tmp_path, NOISE)
    assert run.returncode == 1
    summary = run.stdout.partition("secrets that came out")[2]
    assert "a sensitive value in captured stdout call of test_it.py::test_output" in summary
    assert "a sensitive value in a record of logger lect.x of test_it.py::test_log" in summary
    assert "a sensitive value in a warning of test_it.py::test_warning" in summary
    assert "hunter2" not in summary


def test_silence_passes(tmp_path: Path) -> None:
    run = _run(tmp_path, "def test_it(): print('*' * len(CANARY))")
    assert run.returncode == 0, run.stdout


def test_a_password_is_put_in_where_the_server_takes_any() -> None:
    told: list[str] = []
    watch = canary.Canary()
    url = watch.with_password("mydb://tester@127.0.0.1:1/db?driver=X", told.append)
    assert told == [url]
    assert url.startswith("mydb://tester:canary-") and url.endswith("@127.0.0.1:1/db?driver=X")

    def refuse(url: str) -> None:
        raise PermissionError

    assert watch.with_password("mydb://tester@127.0.0.1/db", refuse) == "mydb://tester@127.0.0.1/db"
    assert watch.with_password("mydb://tester:Long-enough@host/db", refuse) == "mydb://tester:Long-enough@host/db"
