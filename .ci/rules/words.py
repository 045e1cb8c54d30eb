"""Names of databases and drivers where none may stand: the core, the mapper and the compliance suite know none.

In code - identifiers and strings - there is no exception. A comment or docstring may name one, for an example or a
source, when the file says why in a comment of its own: ``# names databases: examples of URLs``.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

from rules import Finding

REASON = re.compile(r"^#\s*names databases:\s*(\S.*)$")

FOREIGN_NAMES = ("postgres", "oracle", "sqlserver", "cockroach", "duckdb", "snowflake", "firebird", "redshift")
"""Databases that no package here serves, or nicknames; a core that knows them is as wrong."""


def dialect_names(path: Path, names: Iterable[str]) -> list[Finding]:
    """Where the files under `path` name a database or driver."""
    wanted = re.compile("|".join(sorted(map(re.escape, {*names, *FOREIGN_NAMES}), key=len, reverse=True)), re.I)
    findings = []
    for file in sorted(path.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        reasoned = any(REASON.match(line.strip()) for line in text.splitlines())
        for line, kind, content in _pieces(text):
            for match in wanted.finditer(content):
                if kind == "code":
                    findings.append(Finding(file, line, f"names {match[0]} in code"))
                elif not reasoned and not REASON.match(content):
                    findings.append(
                        Finding(file, line, f"names {match[0]} in a {kind}; say why with '# names databases: …'")
                    )
    return findings


def _pieces(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, "code" | "comment" | "docstring", text) of every name, string and comment."""
    docstrings = _docstring_lines(text)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            yield line, "comment", token.string
        elif token.type == tokenize.STRING and line in docstrings:
            yield line, "docstring", token.string
        elif token.type in (tokenize.NAME, tokenize.STRING) or tokenize.tok_name[token.type].startswith("FSTRING"):
            yield line, "code", token.string


def _docstring_lines(text: str) -> set[int]:
    """First lines of strings that stand alone as a statement: docstrings of modules, classes, functions, attributes."""
    return {
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
