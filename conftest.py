"""What all tests of the repository share: databases of their own for each run, and documentation that is executed.

The environment variables that packages declare in ``[tool.lect.test-urls]`` name servers. Before the first test each is
replaced by the URL of a database made for this run alone, and that database is dropped at the end; so a test reads the
variable, or asks the fixture `database_url`, and owns what it finds there.

Secrets that a run writes anywhere fail it: see ``.ci/canary.py``.
"""

from __future__ import annotations

import doctest
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / ".ci"))

import canary  # noqa: E402 - found through the line above
import provisioning  # noqa: E402 - found through the line above
import servers  # noqa: E402 - found through the line above
import workspace  # noqa: E402 - found through the line above

_WANTED = {w.variable: w for package in workspace.find_packages(ROOT) for w in package.test_urls()}
_created: list[tuple[workspace.TestUrl, str, str]] = []
_missing: set[str] = set()


def _enter_own_folder(namespace: dict[str, Any]) -> None:
    """Files that a documentation page writes go where nobody trips over them."""
    folder = namespace["_folder"] = tempfile.TemporaryDirectory(prefix="lect-docs-", ignore_cleanup_errors=True)
    namespace["_back"] = os.getcwd()
    os.chdir(folder.name)


def _leave_own_folder(namespace: dict[str, Any]) -> None:
    os.chdir(namespace["_back"])
    namespace["_folder"].cleanup()


_DOCTEST = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL

pytest_collect_file = Sybil(
    setup=_enter_own_folder,
    teardown=_leave_own_folder,
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL),
        SkipParser(),
    ],
    patterns=["docs/*.md", "docs/**/*.md", "README.md", "packages/*/README.md", "tests/README.md"],
    excludes=["docs/_build/**"],
).pytest()


def pytest_configure(config: pytest.Config) -> None:
    """Make a database of this run for every server whose variable is set."""
    if config.option.collectonly or hasattr(config, "workerinput"):
        return
    watch = canary.Canary()
    config.pluginmanager.register(watch, "canary")
    for variable, wanted in _WANTED.items():
        url = os.environ.get(variable)
        if not url:
            _missing.add(variable)
            continue
        name = f"lect_{os.getpid()}_{secrets.token_hex(4)}"
        url = watch.with_password(url, provisioning.load(wanted.provision).probe)
        try:
            own = provisioning.load(wanted.provision).create(url, name)
        except Exception as error:
            raise pytest.UsageError(f"{variable}: {provisioning.first_line(error)}") from None
        _created.append((wanted, url, name))
        os.environ[variable] = own
    lacking = sorted(variable for variable in _missing if _WANTED[variable].required)
    if servers.servers_required() and lacking:
        raise pytest.UsageError(f"servers are required, but not set: {', '.join(lacking)}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop what was made, whatever happened in between."""
    while _created:
        wanted, url, name = _created.pop()
        os.environ[wanted.variable] = url
        try:
            provisioning.load(wanted.provision).drop(url, name)
        except Exception as error:
            config.get_terminal_writer().line(f"could not drop {name}: {provisioning.first_line(error)}", red=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once what this run could not try."""
    if _missing:
        terminalreporter.line(f"databases not tried, see tests/README.md: {', '.join(sorted(_missing))}", yellow=True)


@pytest.fixture(scope="session")
def database_url() -> Callable[[str], str]:
    """Function from a variable's name to the URL of this run's database; the test is skipped when there is none."""

    def url_of(variable: str) -> str:
        if variable not in _WANTED:
            raise pytest.UsageError(f"no package declares {variable}; declared are: {', '.join(sorted(_WANTED))}")
        url = os.environ.get(variable)
        if not url:
            wanted = _WANTED[variable]
            pytest.skip(f"{variable} is not set ({wanted.about}), for instance {variable}={wanted.default}")
        return url

    return url_of
