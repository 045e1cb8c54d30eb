"""Watches everything that a run of the tests writes for secrets that must not be in it, and fails the run if one is.

Secrets are the passwords of the servers' URLs (where a server takes any password, a random one is put in) and the
values of module constants called ``CANARY``, which tests put into sensitive columns. Looked through are captured
output, log records of every logger, warnings, and the reports of tests that failed.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import pytest

__all__ = ["Canary"]

#: Shorter ones, and these, would be found everywhere.
_SHORTEST = 8
_COMMON = frozenset({"password", "postgres"})


class Canary:
    """A pytest plugin; `watch` tells it a secret and what it is."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._found: dict[str, None] = {}
        self._where = "before the first test"
        self._handler = _Listener(self)

    def watch(self, secret: str, what: str) -> None:
        """Look for `secret` from now on; `what` stands for it in messages."""
        if len(secret) >= _SHORTEST and secret.lower() not in _COMMON:
            self._secrets[secret] = what
            self._secrets.setdefault(quote(secret, safe=""), what)

    def with_password(self, url: str, probe: Callable[[str], None]) -> str:
        """Return `url`, with a password that is watched where it had none and the server takes any."""
        parts = urlsplit(url)
        if parts.password:
            self.watch(unquote(parts.password), "a server's password")
            return url
        if not parts.hostname or not parts.username:
            return url
        word = f"canary-{secrets.token_hex(8)}"
        host = parts.netloc.rpartition("@")[2]
        told = urlunsplit(parts._replace(netloc=f"{parts.username}:{word}@{host}"))
        try:
            probe(told)
        except Exception:  # it asks for the right one, which is none
            return url
        self.watch(word, "a server's password")
        return told

    def look(self, text: str, kind: str) -> None:
        """Note which secrets are in `text`."""
        for secret, what in self._secrets.items():
            if secret in text:
                line = next((line for line in text.splitlines() if secret in line), "")
                for word in self._secrets:
                    line = line.replace(word, "***")
                self._found.setdefault(f"{what} in {kind} of {self._where}: {line.strip()[:160]}")

    # -- hooks of pytest ----------------------------------------------------------------------------------------------

    def pytest_sessionstart(self) -> None:
        logging.getLogger().addHandler(self._handler)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            value = getattr(getattr(item, "module", None), "CANARY", None)
            if isinstance(value, str):
                self.watch(value, "a sensitive value")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._where = nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, content in report.sections:
            self.look(content, name.lower())
        if report.longrepr is not None:
            self.look(report.longreprtext, "the report")

    def pytest_warning_recorded(self, warning_message: Any, nodeid: str) -> None:
        self.look(str(warning_message.message), "a warning")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        logging.getLogger().removeHandler(self._handler)
        if self._found and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._found:
            terminalreporter.section("secrets that came out", red=True)
            for line in self._found:
                terminalreporter.line(line, red=True)


class _Listener(logging.Handler):
    """Looks through log records, wherever they go."""

    def __init__(self, canary: Canary) -> None:
        super().__init__()
        self._canary = canary

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = logging.Formatter().format(record)  # with the traceback
        except Exception:
            return
        self._canary.look(text, f"a record of logger {record.name}")
