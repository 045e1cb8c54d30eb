"""Names in PostgreSQL: which words are reserved, how names are quoted, how long they may be."""

from __future__ import annotations

from lect.compile.identifiers import IdentifierPreparer

__all__ = ["MAX_LENGTH", "RESERVED_WORDS", "make_identifiers"]

#: Longest name the server keeps, in bytes (NAMEDATALEN - 1): postgresql.org/docs/current/sql-syntax-lexical.html
MAX_LENGTH = 63

#: Words that ``pg_get_keywords()`` calls reserved (catcode R and T), seen on 15 and 17:
#: postgresql.org/docs/current/sql-keywords-appendix.html
RESERVED_WORDS = frozenset(
    """all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like
    limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
    references returning right select session_user similar some symmetric system_user table tablesample then to
    trailing true union unique user using variadic verbose when where window with""".split()
)


def make_identifiers() -> IdentifierPreparer:
    """Return the writer of names."""
    return IdentifierPreparer('"', reserved_words=RESERVED_WORDS, max_identifier_length=MAX_LENGTH)
