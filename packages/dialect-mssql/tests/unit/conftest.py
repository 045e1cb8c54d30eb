"""Every statement whose text a test compares is also read by two parsers of T-SQL, because no server may be at hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import lect_mssql

#: What a parameter is for the parsers; they know no ``?`` in every place.
_PARAMETER = re.compile(r":(\w+)")


class Parsers:
    """sqlglot and sqlfluff, made once."""

    def __init__(self) -> None:
        sqlglot = pytest.importorskip("sqlglot", reason="sqlglot reads the SQL these tests compare")
        sqlfluff = pytest.importorskip("sqlfluff.core", reason="sqlfluff reads the SQL these tests compare")
        self.parse_one = sqlglot.parse_one
        self.linter = sqlfluff.Linter(dialect="tsql")
        self.seen: set[str] = set()

    def check(self, text: str, only: str = "") -> None:
        """Raise for text that one of the parsers does not understand; `only` names the one that knows the construct."""
        self.check_text(_PARAMETER.sub(r"@\1", re.sub(r"__\[POSTCOMPILE_\w+\]", "5", text)), only)

    def check_text(self, text: str, only: str = "") -> None:
        """The same for T-SQL as it is sent."""
        text = text.strip()
        if text in self.seen:
            return
        self.seen.add(text)
        if only in ("", "sqlglot"):
            tree = self.parse_one(text, dialect="tsql")
            assert type(tree).__name__ != "Command", f"sqlglot takes this for an unknown command: {text}"
        if only == "sqlglot":
            return
        parsed = self.linter.parse_string(text + "\n")
        assert not parsed.violations, f"sqlfluff: {parsed.violations[0]} in {text}"
        unparsable = list(parsed.tree.recursive_crawl("unparsable")) if parsed.tree is not None else ["nothing"]
        assert not unparsable, f"sqlfluff cannot parse {unparsable[0]} in {text}"


@pytest.fixture(scope="session")
def parsers() -> Parsers:
    return Parsers()


Check = Callable[..., None]


@pytest.fixture
def check(parsers: Parsers) -> Check:
    """Return ``check(statement, text)``: the statement has this text, and both parsers read it."""
    dialect = lect_mssql.dialect()

    def run(statement: Any, text: str, *, only: str = "", **options: Any) -> None:
        compiled = str(statement.compile(dialect=dialect, compile_kwargs=options))
        assert compiled.strip() == text
        parsers.check(compiled, only)

    return run
