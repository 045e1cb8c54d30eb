"""Names in SQL Server: brackets, reserved words, ``database.schema`` in one string."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect.compile.identifiers import IdentifierPreparer
from lect.sql.names import quoted_name

__all__ = ["RESERVED_WORDS", "MSIdentifiers", "is_temporary", "owner_of"]

_TEMPORARY = frozenset({"TEMPORARY", "TEMP", "LOCAL TEMPORARY"})

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
        return f"{self.quote_database(database)}.{self.quote(owner) if owner else ''}"

    def quote_database(self, database: str) -> str:
        """Return a database's name, or ``[server].[database]``: parts given in brackets keep theirs.

        A name without brackets is one name, dots included.
        """
        if "[" not in database:
            return self.quote(database)
        return ".".join([self.quote_identifier(name) for name, _ in _split(database)])

    def schema_of(self, thing: Any, translate: Mapping[str | None, str | None] | None = None) -> str | None:
        """Return the schema of a table; a temporary table has none."""
        name = getattr(thing, "name", None)
        if is_temporary(thing) or (isinstance(name, str) and name.startswith("#")):
            return None
        return super().schema_of(thing, translate)

    def format_table(
        self,
        table: Any,
        *,
        use_schema: bool = True,
        name: str | None = None,
        translate: Mapping[str | None, str | None] | None = None,
    ) -> str:
        """Return a table's name with its schema; the name of a table made as TEMPORARY gets its ``#``."""
        if is_temporary(table):
            short = str(table.name if name is None else name)
            name = short if short.startswith("#") else f"#{short}"
        return super().format_table(table, use_schema=use_schema, name=name, translate=translate)

    format_sequence = format_table


def is_temporary(table: Any) -> bool:
    """Whether a table was made with the prefix TEMPORARY, which T-SQL says by the first letter of the name."""
    prefixes: tuple[Any, ...] = getattr(table, "_prefixes", None) or ()
    return any(str(prefix).upper() in _TEMPORARY for prefix in prefixes)


def owner_of(schema: str) -> tuple[str | None, str]:
    """Split ``"database.schema"`` at its last dot outside of brackets; ``(None, schema)`` for a name without a dot.

    The database is returned as it was written, for :meth:`MSIdentifiers.quote_database`.
    """
    if isinstance(schema, quoted_name) and schema.quote:
        return None, schema
    parts = _split(schema)
    if len(parts) == 1:
        return None, parts[0][0]
    name, start = parts[-1]
    return schema[: start - 1], name


def _split(text: str) -> list[tuple[str, int]]:
    """Split at dots outside of brackets into (name, where it begins).

    Brackets are taken off, and ``]]`` inside becomes ``]``.
    """
    parts: list[tuple[str, int]] = []
    current, begin, i, inside = "", 0, 0, False
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
            parts.append((current, begin))
            current, begin = "", i + 1
        else:
            current += ch
        i += 1
    parts.append((current, begin))
    return parts
