"""Names in SQL Server: brackets, reserved words, ``database.schema`` in one string."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect.compile.identifiers import IdentifierPreparer
from lect.sql.names import quoted_name

__all__ = ["RESERVED_WORDS", "MSIdentifiers", "owner_of"]

#: https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql
RESERVED_WORDS = frozenset(
    word
    for line in (
        "add all alter and any as asc authorization backup begin between break browse bulk by cascade case check",
        "checkpoint close clustered coalesce collate column commit compute constraint contains containstable",
        "continue convert create cross current current_date current_time current_timestamp current_user cursor",
        "database dbcc deallocate declare default delete deny desc disk distinct distributed double drop dump else",
        "end errlvl escape except exec execute exists exit external fetch file fillfactor for foreign freetext",
        "freetexttable from full function goto grant group having holdlock identity identity_insert identitycol if",
        "in index inner insert intersect into is join key kill left like lineno load merge national nocheck",
        "nonclustered not null nullif of off offsets on open opendatasource openquery openrowset openxml option or",
        "order outer over percent pivot plan precision primary print proc procedure public raiserror read readtext",
        "reconfigure references replication restore restrict return revert revoke right rollback rowcount",
        "rowguidcol rule save schema securityaudit select semantickeyphrasetable semanticsimilaritydetailstable",
        "semanticsimilaritytable session_user set setuser shutdown some statistics system_user table tablesample",
        "textsize then to top tran transaction trigger truncate try_convert tsequal union unique unpivot update",
        "updatetext use user values varying view waitfor when where while with within writetext",
    )
    for word in line.split()
)


class MSIdentifiers(IdentifierPreparer):
    """Quotes with brackets. A schema may be ``"database.schema"``: both are then names of their own.

    A dot belongs to a name when the whole is in brackets, ``schema="[my.schema]"``, or is a ``quoted_name`` with
    ``quote=True``.
    """

    def __init__(self) -> None:
        # Names compare by the database's collation, which as a rule ignores case: capitals need no quotes by
        # themselves, and are quoted all the same, because a case-sensitive database would tell them apart.
        super().__init__("[", "]", reserved_words=RESERVED_WORDS, max_identifier_length=128)

    def quote_schema(self, schema: str) -> str:
        """Return ``[database].[schema]``, each part quoted as it needs."""
        database, owner = owner_of(schema)
        if database is None:
            return self.quote(owner) if owner else ""
        return f"{_dotted(self, database)}.{self.quote(owner) if owner else ''}"

    def schema_of(self, thing: Any, translate: Mapping[str | None, str | None] | None = None) -> str | None:
        """Return the schema of a table; a temporary table has none."""
        name = getattr(thing, "name", None)
        if isinstance(name, str) and name.startswith("#"):
            return None
        return super().schema_of(thing, translate)


def _dotted(identifiers: MSIdentifiers, database: str) -> str:
    """A linked server's name may stand before the database's."""
    return ".".join([identifiers.quote(part) for part in _split(database)])


def owner_of(schema: str) -> tuple[str | None, str]:
    """Split ``"database.schema"`` into its parts; ``(None, schema)`` for a name without a dot."""
    if isinstance(schema, quoted_name) and schema.quote:
        return None, schema
    parts = _split(schema)
    if len(parts) == 1:
        return None, parts[0]
    return ".".join([part if "." not in part else f"[{part}]" for part in parts[:-1]]), parts[-1]


def _split(text: str) -> list[str]:
    """Split at dots outside of brackets; brackets are taken off, and ``]]`` inside becomes ``]``."""
    parts: list[str] = []
    current, i, inside = "", 0, False
    while i < len(text):
        ch = text[i]
        if inside:
            if ch == "]" and text[i + 1 : i + 2] == "]":
                current += "]"
                i += 1
            elif ch == "]":
                inside = False
            else:
                current += ch
        elif ch == "[" and not current:
            inside = True
        elif ch == ".":
            parts.append(current)
            current = ""
        else:
            current += ch
        i += 1
    parts.append(current)
    return parts
