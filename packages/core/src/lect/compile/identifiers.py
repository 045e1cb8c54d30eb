"""How names are written: quoted when they must be, escaped, refused when no quoting can save them, shortened to a "
"limit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from lect.exc import IdentifierError
from lect.sql.names import quoted_name

__all__ = ["RESERVED_WORDS", "IdentifierPreparer"]

#: Reserved words of the SQL standard that are reserved in practically every server.
RESERVED_WORDS: Final = frozenset(
    """all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate
    column constraint create cross current_date current_role current_time current_timestamp current_user default
    deferrable desc distinct do else end except false for foreign freeze from full grant group having ilike in initially
    inner intersect into is isnull join leading left like limit localtime localtimestamp natural new not notnull null
    off
    offset old on only or order outer overlaps placing primary references right select session_user set similar some
    symmetric table then to trailing true union unique user using verbose when where""".split()
)

_LEGAL: Final = re.compile(r"^[A-Z0-9_$]+$", re.IGNORECASE)
_ILLEGAL_INITIAL: Final = frozenset("0123456789$")
_SURROGATE: Final = "[\ud800-\udfff]"


class IdentifierPreparer:
    """Writes identifiers for one database.

    A dialect makes one (``dialect.identifiers``); it holds no state that changes. Names are the *final* names:
    anonymous
    and over-long names are settled by the writer before they come here.

    Args:
        initial_quote, final_quote: the quote characters; `final_quote` defaults to `initial_quote`.
        reserved_words: lower-case words that must be quoted; settled by server version where that matters.
        legal_characters: pattern of a name that needs no quotes (apart from case and reserved words).
        illegal_initial_characters: characters a name without quotes may not start with.
        max_identifier_length: longest name the database keeps, in characters.
        omit_schema: schema names are not written (the database has none).
        folds_case: unquoted names are case-insensitive, so that a name with capitals is quoted.
    """

    def __init__(
        self,
        initial_quote: str = '"',
        final_quote: str | None = None,
        *,
        reserved_words: Iterable[str] = RESERVED_WORDS,
        legal_characters: re.Pattern[str] = _LEGAL,
        illegal_initial_characters: Iterable[str] = _ILLEGAL_INITIAL,
        max_identifier_length: int = 9999,
        omit_schema: bool = False,
        folds_case: bool = True,
    ) -> None:
        self.initial_quote = initial_quote
        self.final_quote = final_quote or initial_quote
        self.reserved_words = frozenset(reserved_words)
        self.legal_characters = legal_characters
        self.illegal_initial_characters = frozenset(illegal_initial_characters)
        self.max_identifier_length = max_identifier_length
        self.omit_schema = omit_schema
        self.folds_case = folds_case
        self._quoted: dict[str, str] = {}  # plain strings only; bounded in quote()

    # -- one name ---------------------------------------------------------------------------------------------------

    def quote(self, name: str, force: object = None) -> str:
        """Return `name` as it is written in SQL, with quotes if it needs them.

        Raises:
            IdentifierError: the name is empty, or holds NUL or half of a surrogate pair, which no quoting can carry.
        """
        if name.__class__ is str:
            known = self._quoted.get(name)
            if known is not None:
                return known
        wanted = getattr(name, "quote", None)
        self._check(name)
        if wanted is None:
            wanted = self.requires_quotes(name)
        elif wanted is False:
            # Said by the programmer; still never a way to smuggle in something that is not a name.
            wanted = not self._is_plain(name)
        text = self.quote_identifier(name) if wanted else str(name)
        if name.__class__ is str:
            if len(self._quoted) >= 10_000:
                self._quoted.clear()
            self._quoted[name] = text
        return text

    def quote_identifier(self, name: str) -> str:
        """Return `name` in quotes, with the closing quote doubled inside."""
        self._check(name)
        return f"{self.initial_quote}{str(name).replace(self.final_quote, self.final_quote * 2)}{self.final_quote}"

    def requires_quotes(self, name: str) -> bool:
        """Say whether `name` means something else, or nothing, without quotes."""
        lower = str.lower(name)
        return (
            lower in self.reserved_words
            or name[0] in self.illegal_initial_characters
            or not self.legal_characters.match(name)
            or (self.folds_case and lower != name)
        )

    def _is_plain(self, name: str) -> bool:
        # quote=False is also used for names like "schema.name" and for names with national letters.
        return not any(
            ch in name for ch in (self.initial_quote, self.final_quote, ";", "'", '"', "`", "\\", "\n", "\r")
        ) and ("--" not in name and "/*" not in name)

    def _check(self, name: str) -> None:
        if not name:
            raise IdentifierError("a name in SQL cannot be empty")
        if "\x00" in name or (not name.isascii() and re.search(_SURROGATE, name)):
            raise IdentifierError(
                f"the name {name!r} holds a character that no SQL name may hold (NUL or half a surrogate pair)"
            )

    # -- names of things ----------------------------------------------------------------------------------------------

    def schema_of(self, thing: Any, translate: Mapping[str | None, str | None] | None = None) -> str | None:
        """Return the schema a table or sequence is written with, None for none."""
        if self.omit_schema:
            return None
        schema: str | None = getattr(thing, "schema", None)
        if translate and schema in translate:
            return translate[schema]
        return schema

    def quote_schema(self, schema: str) -> str:
        """Return a schema name as it is written."""
        return self.quote(schema)

    def format_table(
        self,
        table: Any,
        *,
        use_schema: bool = True,
        name: str | None = None,
        translate: Mapping[str | None, str | None] | None = None,
    ) -> str:
        """Return a table's name with its schema."""
        text = self.quote(table.name if name is None else name)
        schema = self.schema_of(table, translate) if use_schema else None
        return f"{self.quote_schema(schema)}.{text}" if schema else text

    #: A sequence, a view, a type are named like a table.
    format_sequence = format_table

    def format_column(self, column: Any, *, use_table: bool = False, name: str | None = None) -> str:
        """Return a column's name, with its table's when `use_table`."""
        text = self.quote(column.name if name is None else name)
        if use_table and column.table is not None:
            return f"{self.format_table(column.table)}.{text}"
        return text

    def format_schema(self, name: str) -> str:
        """Return a schema's name as it is written."""
        return self.quote(name)

    def format_collation(self, name: str) -> str:
        """Return a collation's name as it is written."""
        return self.quote(name)

    # -- limits -------------------------------------------------------------------------------------------------------

    def check_length(self, name: str, what: str = "identifier") -> None:
        """Refuse a name that was given by a person and is longer than the database keeps.

        Raises:
            IdentifierError: the name is too long; it would be cut silently, or refused later by the server.
        """
        if len(name) > self.max_identifier_length:
            raise IdentifierError(
                f"{what} {name!r} has {len(name)} characters; the database takes {self.max_identifier_length}"
            )

    def unformat_identifiers(self, text: str) -> list[str]:
        """Split ``schema."Table".column`` into its unquoted parts."""
        q, f = re.escape(self.initial_quote), re.escape(self.final_quote)
        parts = re.findall(rf"(?:{q}((?:{f}{f}|[^{f}])*){f}|([^.]+))(?=\.|$)", text)
        return [a.replace(self.final_quote * 2, self.final_quote) if a else b for a, b in parts]

    def unquoted(self, name: str) -> quoted_name:
        """Return `name` marked as never to be quoted."""
        return quoted_name(name, quote=False)
