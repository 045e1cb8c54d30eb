"""Default rule for RETURNING."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.select import column_text
from lect.sql.naming import LABEL_STYLE_DISAMBIGUATE_ONLY, name_columns

__all__ = ["check_returning", "returning", "returning_columns"]


def check_returning(kind: str, writer: Any) -> None:
    """Refuse RETURNING where the database does not have it for this kind of statement."""
    if getattr(writer.capabilities, f"{kind}_returning").name == "NONE":
        writer.refuse(
            f"{kind.upper()}..RETURNING",
            instead="leave out returning(), and select the rows with a statement of their own",
        )


def returning(statement: Any, writer: Any, results: bool) -> str:
    """Return ``RETURNING a, b`` for what the statement asks for, with the space before it."""
    check_returning(statement._kind, writer)
    named = statement._named_columns(False)
    texts = [column_text(n, writer, False, results) for n in named]
    return f" RETURNING {', '.join(texts)}"


def returning_columns(columns: Any, writer: Any, results: bool) -> str:
    """Return ``RETURNING a, b`` for columns that the plan needs."""
    named = name_columns(columns, LABEL_STYLE_DISAMBIGUATE_ONLY)
    return f" RETURNING {', '.join([column_text(n, writer, False, results) for n in named])}"
