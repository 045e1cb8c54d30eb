"""Reads CREATE TABLE, CREATE INDEX and CREATE VIEW as SQLite keeps them in ``sqlite_master``.

The pragmas tell everything but the names and texts of constraints; those are only in the statement. It was accepted by
SQLite, so this need not judge it: it splits text into tokens, which no quote, comment or bracket inside can confuse.
Grammar: https://sqlite.org/lang_createtable.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["Constraint", "CreateTable", "index_parts", "view_select"]

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
  | (?P<word>[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)

#: First words of a column constraint, or of a table constraint.
_CONSTRAINT_WORDS: Final = frozenset(
    "CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS FOREIGN".split()
)


class Token:
    """A word, name, string or mark, and where it stands in the text."""

    __slots__ = ("end", "is_name", "start", "text", "upper")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.is_name = kind in ("quoted", "word", "string")
        self.text = text if kind in ("word", "number", "mark") else _unquote(text)
        self.upper = text.upper() if kind in ("word", "mark") else ""


def _unquote(text: str) -> str:
    close = text[-1]
    inner = text[1:-1]
    return inner if close == "]" else inner.replace(close * 2, close)


def tokens(sql: str) -> list[Token]:
    """Return the tokens of `sql`, without space and comments."""
    found = []
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup or "mark"
        if kind != "space":
            found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


class Constraint:
    """A constraint as it is written.

    Attributes:
        kind: ``"primary key"``, ``"unique"``, ``"check"``, ``"foreign key"`` or ``"generated"``.
        name: None when it has none.
        columns: of the key; the column itself for a constraint of a column.
        text: condition of a CHECK, expression of a generated column.
        referred_table: of a foreign key.
        words: the words behind, in upper case (``DEFERRABLE INITIALLY DEFERRED``, ``ON CONFLICT IGNORE``, ``STORED``).
    """

    __slots__ = ("columns", "kind", "name", "referred_table", "text", "words")

    def __init__(self, kind: str, name: str | None, columns: list[str]) -> None:
        self.kind = kind
        self.name = name
        self.columns = columns
        self.text = ""
        self.referred_table = ""
        self.words: tuple[str, ...] = ()


class _Reader:
    """A position in a list of tokens."""

    def __init__(self, sql: str, found: Sequence[Token]) -> None:
        self.sql = sql
        self.tokens = found
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """Return the upper-case text of a token to come; empty for names in quotes and at the end."""
        place = self.at + ahead
        return self.tokens[place].upper if place < len(self.tokens) else ""

    @property
    def ended(self) -> bool:
        return self.at >= len(self.tokens)

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def skip_words(self, *words: str) -> None:
        while self.peek() in words and not self.ended:
            self.at += 1

    def brackets(self) -> tuple[list[Token], str]:
        """Take ``( ... )``; return the tokens inside and their text."""
        depth, first = 1, self.at + 1
        self.at = first
        while depth and not self.ended:
            mark = self.take().upper
            depth += (mark == "(") - (mark == ")")
        inside = list(self.tokens[first : self.at - 1])
        text = self.sql[inside[0].start : inside[-1].end] if inside else ""
        return inside, text


class CreateTable:
    """What a CREATE TABLE says about constraints and options.

    Attributes:
        constraints: in the order in which they are written.
        options: what follows the closing bracket, words in upper case (``WITHOUT ROWID``, ``STRICT``).
    """

    def __init__(self, sql: str) -> None:
        self.constraints: list[Constraint] = []
        self.options: tuple[str, ...] = ()
        reader = _Reader(sql, tokens(sql))
        while not reader.ended and reader.peek() != "(":
            reader.take()
        if reader.ended:  # CREATE VIRTUAL TABLE ... USING module without arguments
            return
        inside, _ = reader.brackets()
        self.options = tuple(token.upper for token in reader.tokens[reader.at :])
        for part in split(inside):
            self._definition(_Reader(sql, part))

    def _definition(self, reader: _Reader) -> None:
        """Read one column or table constraint."""
        if reader.ended:
            return
        column: list[str] | None = None
        first = reader.peek()
        if first not in ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
            column = [reader.take().text]
            while not reader.ended and reader.peek() not in _CONSTRAINT_WORDS:  # the type
                reader.brackets() if reader.peek() == "(" else reader.take()
        name: str | None = None
        while not reader.ended:
            word = reader.take().upper
            if word == "CONSTRAINT":
                name = reader.take().text if not reader.ended else None
                continue
            self._constraint(word, name, column, reader)
            if word in _CONSTRAINT_WORDS:
                name = None

    def _constraint(self, word: str, name: str | None, column: list[str] | None, reader: _Reader) -> None:
        made: Constraint | None = None
        if word in ("PRIMARY", "UNIQUE"):
            reader.skip_words("KEY")
            columns = column if column is not None else self._columns(reader)
            made = Constraint("unique" if word == "UNIQUE" else "primary key", name, list(columns))
        elif word == "CHECK" and reader.peek() == "(":
            made = Constraint("check", name, list(column or ()))
            made.text = reader.brackets()[1]
        elif word == "FOREIGN":
            reader.skip_words("KEY")
            made = Constraint("foreign key", name, self._columns(reader))
            reader.skip_words("REFERENCES")
            self._reference(made, reader)
        elif word == "REFERENCES" and column is not None:
            made = Constraint("foreign key", name, list(column))
            self._reference(made, reader)
        elif word == "AS" and reader.peek() == "(":
            made = Constraint("generated", name, list(column or ()))
            made.text = reader.brackets()[1]
        elif word == "DEFAULT" and reader.peek() == "(":
            reader.brackets()
        if made is not None:
            made.words = self._words(reader)
            self.constraints.append(made)

    @staticmethod
    def _columns(reader: _Reader) -> list[str]:
        if reader.peek() != "(":
            return []
        return [part[0].text for part in split(reader.brackets()[0]) if part]

    @staticmethod
    def _reference(made: Constraint, reader: _Reader) -> None:
        if not reader.ended:
            made.referred_table = reader.take().text
        if reader.peek() == "(":
            reader.brackets()

    @staticmethod
    def _words(reader: _Reader) -> tuple[str, ...]:
        """Take what belongs to a constraint, up to the next one."""
        words: list[str] = []
        while not reader.ended:
            word = reader.peek()
            after_on = words[-2:-1] == ["ON"] or words[-1:] in (["SET"], ["NOT"])
            starts_next = word in _CONSTRAINT_WORDS and not after_on
            if starts_next and not (word == "NOT" and reader.peek(1) == "DEFERRABLE"):
                break
            words.append(word)
            reader.take()
        return tuple(words)


def split(found: Sequence[Token]) -> list[list[Token]]:
    """Split tokens at commas that are in no brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.upper == "(") - (token.upper == ")")
        if token.upper == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def index_parts(sql: str) -> tuple[list[str], str | None]:
    """Return the texts of what a CREATE INDEX indexes, and the condition behind WHERE or None."""
    reader = _Reader(sql, tokens(sql))
    while not reader.ended and reader.peek() != "ON":
        reader.take()
    while not reader.ended and reader.peek() != "(":
        reader.take()
    if reader.ended:
        return [], None
    parts = []
    for part in split(reader.brackets()[0]):
        end = len(part)
        while end > 1 and part[end - 1].upper in ("ASC", "DESC"):
            end -= 1
        if end > 2 and part[end - 2].upper == "COLLATE":
            end -= 2
        parts.append(sql[part[0].start : part[end - 1].end])
    condition = None
    if reader.peek() == "WHERE":
        reader.take()
        condition = sql[reader.tokens[reader.at].start :].rstrip().rstrip(";")
    return parts, condition


def view_select(sql: str) -> str:
    """Return what stands behind AS in a CREATE VIEW."""
    reader = _Reader(sql, tokens(sql))
    while not reader.ended:
        if reader.peek() == "(":
            reader.brackets()
        elif reader.take().upper == "AS" and not reader.ended:
            return sql[reader.tokens[reader.at].start :]
    return sql
