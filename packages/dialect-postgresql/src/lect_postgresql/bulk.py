"""Many rows in one INSERT: one array per column, which the server unnests.

The text is the same whatever the number of rows, and a column is written by one join instead of one quoting per value.
postgresql.org/docs/current/functions-array.html (unnest).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lect import types as t
from lect.types.enumerated import Enum
from lect.types.numeric import Float, Numeric

__all__ = ["ROWS", "RowInsert", "array_list", "array_text", "form_of", "insert_columnwise", "row_insert"]

#: Rows per statement: bounds the memory for one statement's text.
ROWS: Final = 10_000
#: Statements read are remembered, so many of them.
_REMEMBERED: Final = 256

#: ``INSERT INTO t (a, b) VALUES (%(a)s, %(b)s::INTEGER)``: only places for values inside, no quoted name that could
#: hold a percent sign or a bracket. ON CONFLICT may do nothing; DO UPDATE may not meet a row twice in a statement.
_INSERT: Final = re.compile(
    r'(INSERT INTO [^()"%\']+ \([^()"%\']+\)) VALUES '
    r"\(((?:%\([^()%]+\)s(?:::[A-Z0-9 ]+)?(?:, )?)+)\)( ON CONFLICT(?: [^%]*)? DO NOTHING)?"
)
_PLACE: Final = re.compile(r"%\(([^()%]+)\)s(?:::[A-Z0-9 ]+)?")


class RowInsert:
    """An INSERT of plain values, taken apart.

    Attributes:
        head, tail: what stands before VALUES and behind the row.
        row: the row as it was, ``(%(a)s, %(b)s)``.
        names: the parameters of a row, in order.
    """

    __slots__ = ("head", "names", "row", "tail")

    def __init__(self, head: str, row: str, tail: str, names: tuple[str, ...]) -> None:
        self.head = head
        self.row = row
        self.tail = tail
        self.names = names

    def columnwise(self, types: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]] | None:
        """Return ``(statement, one text of an array per column)``; None when a column's values have no safe such form.

        The places in the statement are ``%s``.
        """
        places, arrays = [], []
        for name in self.names:
            type_ = types.get(name)
            form = None if type_ is None else form_of(type_)
            if form is None:
                return None
            array = array_text([row[name] for row in rows], form)
            if array is None:
                return None
            places.append(f"%s::{form.cast}[]")
            arrays.append(array)
        return f"{self.head} SELECT * FROM unnest({', '.join(places)}){self.tail}", arrays


_read: dict[str, RowInsert | None] = {}


def row_insert(statement: str) -> RowInsert | None:
    """Return `statement` taken apart; None when it is anything but an INSERT of one row of plain values."""
    try:
        return _read[statement]
    except KeyError:
        match = _INSERT.fullmatch(statement)
        made = None
        if match is not None:
            head, row, tail = match.groups(default="")
            made = RowInsert(head, f"({row})", tail, tuple(_PLACE.findall(row)))
        if len(_read) >= _REMEMBERED:
            _read.clear()
        _read[statement] = made
        return made


class _Form:
    """How a column's values become the text of an array: `cast` of its elements, `write` for values of `classes`."""

    __slots__ = ("cast", "classes", "write")

    def __init__(self, cast: str, classes: tuple[type, ...], write: Callable[[Any], str]) -> None:
        self.cast = cast
        self.classes = frozenset(classes)
        self.write = write


def _iso(value: Any) -> str:
    return value.isoformat()  # type: ignore[no-any-return]


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


def _hex(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def _make_forms() -> list[tuple[type, _Form]]:
    import datetime as dt
    from decimal import Decimal
    from uuid import UUID

    return [
        (t.Integer, _Form("int8", (int,), int.__repr__)),
        (Float, _Form("float8", (float, int), repr)),
        (Numeric, _Form("numeric", (Decimal, int, float), str)),
        (t.Boolean, _Form("bool", (bool,), str)),
        (t.String, _Form("text", (str,), _quoted)),
        (t.DateTime, _Form("timestamp", (dt.datetime,), _iso)),
        (t.Date, _Form("date", (dt.date,), _iso)),
        (t.Time, _Form("time", (dt.time,), _iso)),
        (t.Uuid, _Form("uuid", (UUID, str), str)),
        (t.LargeBinary, _Form("bytea", (bytes,), _hex)),
    ]


_TEXTS: Final = (t.VARCHAR, t.CHAR, t.Text, t.Unicode)
_AWARE: Final = {"timestamp": "timestamptz", "time": "timetz"}
_forms: list[tuple[type, _Form]] = []


def form_of(type_: Any) -> _Form | None:
    """Return the form of a type's values as they are bound, None for types that have none."""
    if isinstance(type_, Enum) or type_._is_type_decorator or type_.render_bind_cast:
        return None  # the server has no assignment from text to an enumeration
    if not _forms:
        _forms.extend(_make_forms())
    for cls, form in _forms:
        if isinstance(type_, cls):
            if cls is t.String and type(type_) is not cls and not isinstance(type_, _TEXTS):
                return None  # a type of text search, or somebody's own
            if isinstance(type_, t.Uuid) and not type_.native_uuid:
                return None
            if getattr(type_, "timezone", False):
                return _Form(_AWARE[form.cast], tuple(form.classes), form.write)
            return form
    return None


def array_list(values: list[Any], form: _Form) -> list[Any] | None:
    """Return the values as they are, for a driver that sends lists as arrays; None when one has no place in it."""
    classes = set(map(type, values))
    classes.discard(type(None))
    return values if classes <= form.classes else None


def array_text(values: list[Any], form: _Form) -> str | None:
    """Return the text of an array, None when a value has no form in it."""
    classes = set(map(type, values))
    if classes <= form.classes:
        return "{" + ",".join(map(form.write, values)) + "}"
    classes.discard(type(None))
    if not classes <= form.classes:
        return None
    write = form.write
    return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"


def insert_columnwise(cursor: Any, statement: str, types: Any, rows: Sequence[Mapping[str, Any]]) -> int | None:
    """Insert `rows` column by column; returns how many rows were inserted, None when nothing was done.

    Nothing is done for statements of another form, and for values that have no safe form as elements of an array.
    """
    insert = row_insert(statement)
    if insert is None or not isinstance(types, Mapping):
        return None
    parts = []
    for start in range(0, len(rows), ROWS):
        part = insert.columnwise(types, rows[start : start + ROWS])
        if part is None:
            return None
        parts.append(part)
    inserted = 0
    for text, arrays in parts:
        cursor.execute(text, arrays)
        inserted += cursor.rowcount
    return inserted
