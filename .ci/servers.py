"""The databases that tests run on: found where they answer, started or installed where that is allowed.

What is particular to a server is in ``tests/provision.py`` of the dialect's package; see ``provisioning.py``.
Only the standard library is used here; those files run with the interpreter that has the drivers.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import provisioning
from workspace import Package, TestUrl

REQUIRE_VARIABLE = "LECT_REQUIRE_SERVERS"
START_VARIABLE = "LECT_START_SERVERS"


@dataclass(frozen=True)
class Answer:
    """What became of one database that tests want."""

    wanted: TestUrl
    url: str
    """URL that answers, or empty."""
    reason: str = ""
    """Why none does."""


def servers_required(arguments: Iterable[str] = ()) -> bool:
    """Whether a missing server is an error: ``--require-servers`` or the environment variable."""
    return "--require-servers" in arguments or os.environ.get(REQUIRE_VARIABLE, "") not in ("", "0")


def may_start() -> bool:
    """Whether this machine may be given servers: Debian, as root, and nobody said LECT_START_SERVERS=0."""
    said = os.environ.get(START_VARIABLE)
    if said is not None:
        return said not in ("", "0")
    return Path("/etc/debian_version").exists() and hasattr(os, "geteuid") and os.geteuid() == 0


def _run(python: str, wanted: TestUrl, command: str, url: str, time_limit_s: float) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, provisioning.URL_VARIABLE: url}
    arguments = [python, provisioning.__file__, str(wanted.provision), command]
    try:
        return subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=time_limit_s)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 1, "", f"no answer within {time_limit_s:g} s")


def find(python: str, packages: Iterable[Package], *, start: bool) -> list[Answer]:
    """Look for every database that the packages' tests want; with `start`, start or install those that do not answer.

    Args:
        python: interpreter that has the packages and their drivers installed.
    """
    provisioning.password_for_tests()  # chosen here, so that the scripts, processes of their own, agree
    return [_find_one(python, wanted, start) for package in packages for wanted in package.test_urls()]


def _find_one(python: str, wanted: TestUrl, start: bool) -> Answer:
    given = os.environ.get(wanted.variable)
    url = given or wanted.default
    if not url:
        return Answer(wanted, "", f"{wanted.variable} is not set")
    probe = _run(python, wanted, "probe", url, 60)
    if probe.returncode == 0:
        return Answer(wanted, url)
    reason = _last_line(probe.stderr) or "it does not answer"
    if given or not start:  # a URL that somebody gave is theirs to start
        return Answer(wanted, "", reason)
    started = _run(python, wanted, "start", url, 600)
    if started.returncode != 0:
        return Answer(wanted, "", _last_line(started.stderr) or reason)
    return Answer(wanted, started.stdout.strip())


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def summary(answers: Iterable[Answer]) -> str:
    """What was not run for want of a server, why, and how to run it; empty when nothing is missing."""
    missing = [a for a in answers if not a.url]
    if not missing:
        return ""
    lines = ["Not run, because no server answered:"]
    for answer in missing:
        lines.append(f"  {answer.wanted.about}")
        lines.append(f"      why: {answer.reason}")
        example = answer.wanted.default or "dialect+driver://user:password@host/database"
        lines.append(f"      to run it: {answer.wanted.variable}={example} nox -s tests")
    lines.append("A user who may create databases is needed; each run makes a database of its own and drops it.")
    lines.append("On Debian, as root, `nox -s tests` installs and starts what is missing by itself.")
    return "\n".join(lines)
