"""Many rows in one INSERT, UPDATE or DELETE: one array per column, which the server unnests.

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

__all__ = [
    "ROWS",
    "RowChange",
    "RowInsert",
    "array_list",
    "array_text",
    "change_columnwise",
    "form_of",
    "insert_columnwise",
    "row_change",
    "row_insert",
]

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


#: A name without quotes, or with some and nothing inside that is an end.
_NAME: Final = r'(?:[a-z_][a-z0-9_$]*|"[^"%()]+")'
_VALUE: Final = r"%\([^()%]+\)s(?:::[A-Z0-9 ]+)?"
_EQUAL: Final = rf"{_NAME}(?:\.{_NAME})+ = {_VALUE}"
#: ``UPDATE t SET a=%(a)s WHERE t.id = %(t_id)s``
_UPDATE: Final = re.compile(
    rf"UPDATE ({_NAME}(?:\.{_NAME})?) SET ({_NAME}={_VALUE}(?:, {_NAME}={_VALUE})*) WHERE ({_EQUAL}(?: AND {_EQUAL})*)"
)
_DELETE: Final = re.compile(rf"DELETE FROM ({_NAME}(?:\.{_NAME})?) WHERE ({_EQUAL}(?: AND {_EQUAL})*)")
_SET: Final = re.compile(rf"({_NAME})=%\(([^()%]+)\)s")
_WHERE: Final = re.compile(rf"((?:{_NAME}\.)+({_NAME})) = %\(([^()%]+)\)s")
#: Types by whose values rows are found: an array's element is compared as the value by itself is.
_KEYS: Final = (t.Integer, t.Uuid, t.Date, t.String)


class RowChange:
    """An UPDATE or DELETE of the rows with given values in some columns, taken apart.

    Attributes:
        set, where: (column as written, name of the parameter).
    """

    __slots__ = ("keys", "names", "text")

    def __init__(self, table: str, set_: list[tuple[str, str]], where: list[tuple[str, str, str]]) -> None:
        self.names = [name for _, name in set_] + [name for _, _, name in where]
        self.keys = [name for _, _, name in where]
        places = ", ".join(["%s::{}[]"] * len(self.names))
        columns = ", ".join([f"p{i}" for i in range(len(self.names))])
        given = f"unnest({places}) AS given_rows ({columns})"
        found = " AND ".join([f"{c} = given_rows.p{i}" for i, (c, _, _) in enumerate(where, len(set_))])
        if set_:
            changed = ", ".join([f"{c}=given_rows.p{i}" for i, (c, _) in enumerate(set_)])
            self.text = f"UPDATE {table} SET {changed} FROM {given} WHERE {found}"
        else:
            self.text = f"DELETE FROM {table} USING {given} WHERE {found}"

    def columnwise(self, types: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]] | None:
        """Return ``(statement, one text of an array per column)``; None when there is no safe such form, or when two
        rows have one key: the second would not see what the first did."""
        casts, arrays = [], []
        for name in self.names:
            type_ = types.get(name)
            form = None if type_ is None else form_of(type_)
            if form is None:
                return None
            if name in self.keys and (not isinstance(type_, _KEYS) or isinstance(type_, t.CHAR)):
                return None
            array = array_text([row[name] for row in rows], form)
            if array is None:
                return None
            casts.append(form.cast)
            arrays.append(array)
        if len(set(zip(*[[row[name] for row in rows] for name in self.keys], strict=True))) != len(rows):
            return None
        return self.text.format(*casts), arrays


_changes: dict[str, RowChange | None] = {}


def row_change(statement: str) -> RowChange | None:
    """Return `statement` taken apart; None when it is anything but an UPDATE or DELETE of rows by plain values."""
    try:
        return _changes[statement]
    except KeyError:
        made = None
        match = None if "{" in statement else _UPDATE.fullmatch(statement) or _DELETE.fullmatch(statement)
        if match is not None:
            set_ = _SET.findall(match[2]) if match.re is _UPDATE else []
            where = _WHERE.findall(match.groups()[-1])
            if not {column for column, _ in set_} & {column for _, column, _ in where}:
                made = RowChange(match[1], set_, where)
        if len(_changes) >= _REMEMBERED:
            _changes.clear()
        _changes[statement] = made
        return made


def change_columnwise(request: Any) -> int | None:
    """Update or delete the rows of a request column by column; returns how many there were, None when nothing was done.

    Nothing is done where the order of the rows could matter.
    """
    change = row_change(request.statement) if request.independent else None
    if change is None or not isinstance(request.types, Mapping):
        return None
    made = change.columnwise(request.types, request.parameters)
    if made is None:
        return None
    request.cursor.execute(*made)
    return int(request.cursor.rowcount)


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
