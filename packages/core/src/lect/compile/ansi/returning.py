"""Default rule for RETURNING."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.select import column_text
from lect.compile.clauses import Returning
from lect.compile.table import ANSI
from lect.sql.naming import LABEL_STYLE_DISAMBIGUATE_ONLY, name_columns

__all__ = ["check_returning", "extend_returning", "returning", "returning_columns"]


@ANSI.rule(Returning)
def returning_clause(node: Returning, writer: Any) -> str:
    """``RETURNING a, b``."""
    return f" RETURNING {', '.join(node.texts)}"


def _columns(statement: Any, named: Any, writer: Any, results: bool) -> str:
    writer.scope.facts["clause"] = "returning"
    try:
        texts = [column_text(n, writer, False, results) for n in named]
    finally:
        writer.scope.facts.pop("clause", None)
    writer.scope.facts["returned"] = texts
    return writer.render(Returning(statement, texts))  # type: ignore[no-any-return]


def extend_returning(statement: Any, columns: Any, writer: Any) -> str:
    """Return the RETURNING of a statement, already written, with `columns` behind its own."""
    written = writer.scope.facts["returned"]
    named = name_columns(columns, LABEL_STYLE_DISAMBIGUATE_ONLY)
    writer.scope.facts["clause"] = "returning"
    try:
        added = [column_text(n, writer, False, False) for n in named]
    finally:
        writer.scope.facts.pop("clause", None)
    return writer.render(Returning(statement, [*written, *added]))  # type: ignore[no-any-return]


def check_returning(kind: str, writer: Any) -> None:
    """Refuse RETURNING where the database does not have it for this kind of statement."""
    fact = "update_returning" if kind == "merge" else f"{kind}_returning"
    if getattr(writer.capabilities, fact).name == "NONE":
        writer.refuse(
            f"{kind.upper()}..RETURNING",
            instead="leave out returning(), and select the rows with a statement of their own",
        )


def returning(statement: Any, writer: Any, results: bool) -> str:
    """Return ``RETURNING a, b`` for what the statement asks for, with the space before it."""
    check_returning(statement._kind, writer)
    return _columns(statement, statement._named_columns(False), writer, results)


def returning_columns(columns: Any, writer: Any, results: bool) -> str:
    """Return ``RETURNING a, b`` for columns that the plan needs."""
    named = name_columns(columns, LABEL_STYLE_DISAMBIGUATE_ONLY)
    return _columns(writer.scope.statement, named, writer, results)
