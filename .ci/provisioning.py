"""Runs one command of a package's ``tests/provision.py``, and holds what several of those files need.

Called as ``python .ci/provisioning.py FILE COMMAND [NAME]`` with the URL in the environment variable
LECT_PROVISION_URL, so that no password is in a process list. FILE defines four functions::

    probe(url)            log in, or raise an error that says why not
    start(url)            start (as root on Debian: install) the server; returns the URL that answers then
    create(url, name)     make a database of that name; returns the URL that leads to it
    drop(url, name)       remove it again, whoever is still connected

An answer goes to stdout; the first line of an error to stderr, with exit status 1.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import parse_qs, urlsplit

URL_VARIABLE = "LECT_PROVISION_URL"
PASSWORD_VARIABLE = "LECT_PROVISION_PASSWORD"
COMMANDS = ("probe", "start", "create", "drop")


class Provision(Protocol):
    """What a package's `tests/provision.py` offers."""

    def probe(self, url: str) -> None: ...
    def start(self, url: str) -> str: ...
    def create(self, url: str, name: str) -> str: ...
    def drop(self, url: str, name: str) -> None: ...


def load(file: Path) -> Provision:
    """The module that `file` holds, under a name of its own."""
    name = f"provision_{file.resolve().parent.parent.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(Provision, module)


def first_line(error: BaseException) -> str:
    """What an error says, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def driver_of(url: str, default: str) -> str:
    """The driver that a URL names (`dialect+driver://`), or the default one."""
    return urlsplit(url).scheme.partition("+")[2] or default


def password_for_tests() -> str:
    """Password for a user made for the tests: one for all URLs of a run, since several lead to the same server."""
    return os.environ.setdefault(PASSWORD_VARIABLE, secrets.token_hex(16))


def require_odbc_driver(url: str, default: str) -> None:
    """Raise unless the ODBC driver that the URL's query names is installed on this machine."""
    import pyodbc

    name = parse_qs(urlsplit(url).query).get("driver", [default])[0]
    if name not in pyodbc.drivers():
        raise RuntimeError(f"the ODBC driver {name!r} is not installed")


def install_debian_packages(*packages: str) -> None:
    """Install with apt-get, asking nothing; the reason of a failure is in the error."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"apt-get install {' '.join(packages)} failed: {done.stderr.strip()[-200:]}")


def wait_until(attempt: Callable[[], object], is_starting: Callable[[str], bool], limit_s: float) -> None:
    """Try until it works. An error for which `is_starting` is false is an answer, not a reason to wait."""
    end = time.monotonic() + limit_s
    while True:
        try:
            attempt()
            return
        except Exception as error:
            if not is_starting(str(error)) or time.monotonic() > end:
                raise
            time.sleep(0.3)


def main(file: str, command: str, *names: str) -> int:
    """Run one command and turn its outcome into output and an exit status."""
    if command not in COMMANDS:
        print(f"no such command: {command}; there are {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        answer = getattr(load(Path(file)), command)(os.environ[URL_VARIABLE], *names)
    except Exception as error:
        print(first_line(error), file=sys.stderr)
        return 1
    if answer:
        print(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
