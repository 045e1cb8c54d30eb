"""Engines of SQL Server whose driver sends nothing, and the two parsers that read what it was given."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lect import create_engine

_HERE = Path(__file__).resolve().parent


def _load(path: Path, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


fake_pyodbc = _load(_HERE / "fake_pyodbc.py", "lect_mssql_fake_pyodbc")
parsing = _load(_HERE.parent / "unit" / "conftest.py", "lect_mssql_parsing")


class Shadow:
    """An engine of SQL Server, what its driver was given, and the parsers."""

    def __init__(self) -> None:
        self.module = fake_pyodbc.Module()
        self.engine = create_engine("mssql+pyodbc://sa:x@host/db", module=self.module)
        with self.engine.connect():
            pass
        self.parsers = parsing.Parsers()
        self.problems: list[str] = []
        self.module.log.clear()

    @property
    def log(self) -> list[tuple[str, Any]]:
        """(statement, parameters) in order."""
        log: list[tuple[str, Any]] = self.module.log
        return log

    def texts(self) -> list[str]:
        """Return the statements, each time that one ran once."""
        return [" ".join(text.split()) for text, _ in self.log]

    def check(self) -> None:
        """Let the parsers read all that was sent since the last time."""
        seen, self.log[:] = list(dict.fromkeys(text for text, _ in self.log)), []
        for text in seen:
            self._parse(text)

    def _parse(self, text: str) -> None:
        if "scope_identity" in text or text.startswith(("SET ", "DECLARE ", "IF ", "execute ")):
            only = "sqlfluff"
        elif "]]" in text or "'" in text or len(text) > 3000:
            only = "sqlglot"  # sqlfluff 4 knows no doubled bracket, and is slow
        else:
            only = ""
        if " OUTPUT deleted." in text or (text.count(" FROM ") > 1 and text.lstrip().startswith("DELETE")):
            only = "sqlfluff"  # sqlglot 30 knows neither in a DELETE
        if " DEFAULT VALUES" in text:
            only = "sqlfluff"  # sqlglot 30 does not know it behind OUTPUT
        if ".sql" in text:
            only = "sqlglot"  # sqlfluff 4 takes it for a keyword
        if "]]" in text and only == "sqlfluff":
            return  # neither knows both
        readable = fake_pyodbc.TOKEN.sub(lambda m: "@p" if m[0] == "?" else m[0], text)
        try:
            self.parsers.check_text(readable, only)
        except Exception as error:
            self.problems.append(f"{text!r}: {str(error)[:300]}")


@pytest.fixture(scope="module")
def shadow() -> Iterator[Shadow]:
    made = Shadow()
    yield made
    made.engine.dispose()
