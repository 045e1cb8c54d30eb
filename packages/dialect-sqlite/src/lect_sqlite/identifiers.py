"""Names in SQLite: which words are reserved, how names are quoted."""

from __future__ import annotations

from lect.compile.identifiers import IdentifierPreparer

__all__ = ["RESERVED_WORDS", "make_identifiers"]

#: Keywords of https://sqlite.org/lang_keywords.html that cannot be a name without quotes, and those of SQL that are not
#: keywords in SQLite but would surprise a reader.
RESERVED_WORDS = frozenset(
    word
    for line in (
        "add after all alter analyze and as asc attach autoincrement before begin between by cascade case cast",
        "check collate column commit conflict constraint create cross current_date current_time current_timestamp",
        "database default deferrable deferred delete desc detach distinct drop each else end escape except",
        "exclusive exists explain fail false for foreign from full glob group having if ignore immediate in index",
        "indexed initially inner insert instead intersect into is isnull join key left like limit match natural",
        "not notnull null of offset on or order outer plan pragma primary query raise references reindex rename",
        "replace restrict right rollback row select set table temp temporary then to transaction trigger true",
        "nothing returning union unique update using vacuum values view virtual when where",
    )
    for word in line.split()
)


def make_identifiers() -> IdentifierPreparer:
    """Return the writer of names. SQLite knows no longest name."""
    return IdentifierPreparer('"', reserved_words=RESERVED_WORDS)
