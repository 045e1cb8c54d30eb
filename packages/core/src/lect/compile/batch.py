"""INSERT of many parameter sets in few statements: the texts, and how the rows that come back are told apart.

A server does not promise to return rows in the order of the VALUES. A :class:`Sentinel` says how the row of each
parameter set is known all the same: by values that the row has and the parameter set had, or by a key that the server
counts up while it takes the rows in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lect.compile.writer import MARK_CLOSE, MARK_OPEN

__all__ = ["HOLE", "MARK", "ROWS", "BatchTemplate", "Columnwise", "Sentinel", "escape_name"]

#: A parameter's mark in text that is not complete yet; group 1 is the name.
MARK: Final = re.compile(f"{MARK_OPEN}([^{MARK_CLOSE}]*){MARK_CLOSE}")
#: Where the number of the row goes: in a name of a batched row, or in the row's text.
HOLE: Final = "\ufdd5"
#: Where the rows go in the text of a statement for many rows.
ROWS: Final = "\ufdd6"
#: A numbered placeholder in text whose numbers are not known yet.
_NUMBERED: Final = "\ufdd4"

#: Characters that drivers take amiss inside a parameter's name, and what is written for them.
_ESCAPES: Final = {"%": "P", "(": "A", ")": "Z", ":": "C", ".": "_", "[": "_", "]": "_", " ": "_"}
ESCAPE: Final = re.compile(r"[%():.\[\] ]")


def escape_name(name: str) -> str:
    """Return a parameter's name without the characters that drivers take amiss."""
    return ESCAPE.sub(lambda m: _ESCAPES[m.group()], name)


class Sentinel:
    """What tells rows of a batch apart.

    Attributes:
        by_key: the server numbers rows in the order it takes them, and `positions` has the one place of that number:
            the rows are in order when they are sorted by it. Else rows are matched by value.
        positions: places in the returned row.
        columns: the columns there.
        names: by value: the parameters that the places equal.
        makers: by value: for each what makes the value that comes back of the one that was given, None: it is the same.
        may_lack: by value: the statement may leave rows out (ON CONFLICT DO NOTHING).
    """

    __slots__ = ("by_key", "columns", "makers", "may_lack", "names", "positions")

    def __init__(
        self,
        positions: tuple[int, ...],
        columns: tuple[Any, ...],
        *,
        names: tuple[str, ...] = (),
        makers: tuple[Callable[[Any], Any] | None, ...] = (),
        may_lack: bool = False,
    ) -> None:
        self.by_key = not names
        self.positions = positions
        self.columns = columns
        self.names = names
        self.makers = makers
        self.may_lack = may_lack

    def keys(self, sets: Sequence[Mapping[str, Any]]) -> list[Any] | None:
        """Return for each parameter set what its row is known by; None when one of them lacks a value."""
        parts = []
        for name, make in zip(self.names, self.makers, strict=True):
            values = [each[name] for each in sets]
            if None in values:
                return None
            parts.append(values if make is None else [make(value) for value in values])
        return parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))


def _write(text: str, style: str, suffix: str) -> tuple[str, tuple[str, ...]]:
    """Return marked text with the placeholders of a style, and the parameters' names in order."""
    pieces = MARK.split(text)
    names = tuple(pieces[1::2])
    if style in ("format", "pyformat"):
        pieces[::2] = [p.replace("%", "%%") for p in pieces[::2]]
    for i in range(1, len(pieces), 2):
        escaped = escape_name(pieces[i]) + suffix
        pieces[i] = {"named": f":{escaped}", "pyformat": f"%({escaped})s", "qmark": "?", "format": "%s"}.get(
            style, _NUMBERED
        )
    return "".join(pieces), names


def _number(text: str, sign: str) -> str:
    pieces = text.split(_NUMBERED)
    return pieces[0] + "".join([f"{sign}{number}{piece}" for number, piece in enumerate(pieces[1:], 1)])


_SIGNS: Final = {"numeric": ":", "numeric_dollar": "$"}


class Columnwise:
    """An INSERT of many rows whose text does not depend on their number: one parameter per column, an array.

    Args:
        text: marked text.
        arrays: name of a parameter -> what makes the driver's value of the values of a column, None when these values
            cannot be given so. Parameters without an entry have one value for all rows.
        style: the paramstyle.
    """

    __slots__ = ("arrays", "names", "text")

    def __init__(self, text: str, arrays: Mapping[str, Callable[[list[Any]], Any]], style: str) -> None:
        self.arrays = arrays
        self.text, self.names = _write(text, style, "")
        if style in _SIGNS:
            self.text = _number(self.text, _SIGNS[style])


class BatchTemplate:
    """An INSERT of any number of rows: the text is ``head + ", ".join([row] * n) + tail``.

    Attributes:
        head, row, tail: text pieces; use :meth:`text`. For named styles the parameters of row `i` (from 0) are called
            ``name__<i>``.
        row_names: names of the parameters of one row, in order of their placeholders.
        head_names, tail_names: names of parameters outside the rows, in order.
        sentinel: how the rows that come back are told apart; None: they come as they do.
        columnwise: the same with one array per column, where the dialect has that; else None.
    """

    __slots__ = (
        "columnwise",
        "head",
        "head_names",
        "numbered",
        "positional",
        "row",
        "row_names",
        "sentinel",
        "tail",
        "tail_names",
    )

    def __init__(self, text: str, row: str, style: str, sentinel: Sentinel | None = None) -> None:
        """Make the template of marked texts: the statement with :data:`ROWS` in the place of the rows, and one row."""
        head, tail = text.split(ROWS)
        self.positional = style in ("qmark", "format", "numeric", "numeric_dollar")
        self.head, self.head_names = _write(head, style, "")
        self.row, self.row_names = _write(row, style, f"__{HOLE}")
        self.tail, self.tail_names = _write(tail, style, "")
        self.numbered: str | None = _SIGNS.get(style)
        self.sentinel = sentinel
        self.columnwise: Columnwise | None = None

    def text(self, count: int) -> str:
        """Return the statement for `count` rows."""
        row = self.row
        rows = [row.replace(HOLE, str(i)) for i in range(count)] if HOLE in row else [row] * count
        text = f"{self.head}{', '.join(rows)}{self.tail}"
        return text if self.numbered is None else _number(text, self.numbered)
