"""The text form of arrays, HSTORE and intervals, for drivers that pass them as strings.

postgresql.org/docs/current/arrays.html#ARRAYS-IO, .../hstore.html, .../datatype-datetime.html#DATATYPE-INTERVAL-OUTPUT.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

__all__ = [
    "array_text",
    "hstore_text",
    "interval_text",
    "parse_array",
    "parse_datetime",
    "parse_hstore",
    "parse_interval",
    "quoted",
]


def quoted(text: str) -> str:
    """Return `text` in double quotes, as elements of arrays, ranges and HSTORE are written."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def array_text(value: Sequence[Any], element: Callable[[Any], str] = str) -> str:
    """Return ``{1,NULL,"a b"}``; nested lists are further dimensions."""
    return "{" + ",".join([_element(each, element) for each in value]) + "}"


def _element(value: Any, element: Callable[[Any], str]) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (list, tuple)):
        return array_text(value, element)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return quoted(f"\\x{bytes(value).hex()}")
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return quoted(value.isoformat())
    return quoted(element(value))


#: A quoted element, a bare one, or a bracket or comma. Each alternative begins with another character: no backtracking.
_ARRAY: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"\\\s][^{},"\\]*)|([{},])|\s+', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
#: ``[0:2]={...}``: bounds other than 1 come first.
_BOUNDS: Final = re.compile(r"^(?:\[-?\d+:-?\d+\])+=")


def parse_array(text: str, element: Callable[[str], Any] | None = None) -> list[Any]:
    """Return the list that an array's text stands for; nested lists for further dimensions.

    Raises:
        ValueError: `text` is no array.
    """
    start = _BOUNDS.match(text)
    position = start.end() if start is not None else 0
    root: list[Any] = []
    stack = [root]
    while position < len(text):
        match = _ARRAY.match(text, position)
        if match is None:
            raise ValueError(f"not the text of an array: {text[:40]!r}")
        position = match.end()
        inside, bare, sign = match.groups()
        if sign == "{":
            deeper: list[Any] = []
            stack[-1].append(deeper)
            stack.append(deeper)
        elif sign == "}":
            stack.pop()
            if not stack:
                raise ValueError(f"not the text of an array: {text[:40]!r}")
        elif inside is not None:
            plain = _ESCAPED.sub(r"\1", inside)
            stack[-1].append(plain if element is None else element(plain))
        elif bare is not None:
            bare = bare.rstrip()
            stack[-1].append(None if bare == "NULL" else bare if element is None else element(bare))
    if len(stack) != 1 or len(root) != 1 or not isinstance(root[0], list):
        raise ValueError(f"not the text of an array: {text[:40]!r}")
    return root[0]


def hstore_text(value: Mapping[str, str | None]) -> str:
    """Return ``"a"=>"1", "b"=>NULL``.

    Raises:
        TypeError: a key is no string, or a value neither a string nor None.
    """
    parts = []
    for key, each in value.items():
        if not isinstance(key, str) or not (each is None or isinstance(each, str)):
            raise TypeError(f"HSTORE holds strings by string; got {key!r}: {each!r}")
        parts.append(f"{quoted(key)}=>{'NULL' if each is None else quoted(each)}")
    return ", ".join(parts)


_PAIR: Final = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*=>\s*(?:NULL|"((?:[^"\\]|\\.)*)")\s*(?:,|$)', re.DOTALL)


def parse_hstore(text: str) -> dict[str, str | None]:
    """Return the dictionary that an HSTORE's text stands for.

    Raises:
        ValueError: `text` is no HSTORE.
    """
    found: dict[str, str | None] = {}
    position = 0
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None:
            raise ValueError(f"not the text of an HSTORE: {text[position : position + 40]!r}")
        key, value = match.groups()
        found[_ESCAPED.sub(r"\1", key)] = None if value is None else _ESCAPED.sub(r"\1", value)
        position = match.end()
    return found


def interval_text(value: dt.timedelta) -> str:
    """Return ``3 days 18007.000001 seconds``."""
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"


_INTERVAL: Final = re.compile(
    r"^(?:(?P<years>[+-]?\d+) years? ?)?(?:(?P<months>[+-]?\d+) mons? ?)?(?:(?P<days>[+-]?\d+) days? ?)?"
    r"(?:(?P<sign>[+-])?(?P<hours>\d+):(?P<minutes>\d\d)(?::(?P<seconds>\d\d(?:\.\d+)?))?)?$"
)


def parse_interval(text: str) -> dt.timedelta:
    """Return the duration of an interval written in the style ``postgres``: a year has 365 days, a month 30.

    Raises:
        ValueError: `text` is no such interval.
    """
    match = _INTERVAL.match(text.strip())
    if match is None:
        raise ValueError(f"not an interval in the style postgres: {text[:40]!r}")
    part = match.groupdict(default="0")
    days = 365 * int(part["years"]) + 30 * int(part["months"]) + int(part["days"])
    seconds, _, fraction = part["seconds"].partition(".")
    clock = dt.timedelta(
        hours=int(part["hours"]),
        minutes=int(part["minutes"]),
        seconds=int(seconds),
        microseconds=int(fraction.ljust(6, "0")[:6]) if fraction else 0,
    )
    return dt.timedelta(days=days) + (-clock if match["sign"] == "-" else clock)


_OFFSET: Final = re.compile(r"([+-]\d\d)$")


def parse_datetime(text: str) -> dt.datetime:
    """Return the point in time of a timestamp, whose offset may be hours alone."""
    return dt.datetime.fromisoformat(_OFFSET.sub(r"\1:00", text))
