"""Names that nobody gave: written as ``base_1``, ``base_2`` … in the order in which they appear in a statement's "
"text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from lect.sql.names import truncated_label

__all__ = ["anonymous_base", "anonymous_name", "join_names", "new_name", "numbered", "resolve"]

# A token inside an anonymous name: a number that is never used twice, and the base. The delimiters are Unicode
# noncharacters, which no text may contain; they are removed from bases, so that no name can pretend to be a token.
_OPEN, _MIDDLE, _CLOSE = "\ufdd0", "\ufdd2", "\ufdd1"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_MIDDLE}([^{_OPEN}{_CLOSE}]*){_CLOSE}")  # the innermost ones
_UNFIT = re.compile("[%() $\ufdd0-\ufdd2]+")
_numbers = itertools.count(1)


def _base_of(match: re.Match[str]) -> str:
    return match.group(2)


class anonymous_name(truncated_label):
    """A name with at least one part that is numbered when the statement is written (see :func:`new_name`).

    As a string it is unique in the process; what is written in SQL is decided per statement.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<anonymous name {self.base}>"

    @property
    def base(self) -> str:
        """The name without its numbers, for people."""
        text = str(self)
        while _OPEN in text:
            text = _TOKEN.sub(_base_of, text)
        return text


def anonymous_base(text: str) -> str:
    """Return `text` made fit to be the base of an anonymous name: characters that would need care become ``_``."""
    return _UNFIT.sub("_", text).strip("_")


def new_name(base: str | None = None) -> anonymous_name:
    """Return a new anonymous name, written as ``<base>_<n>`` (``anon_<n>`` without a base)."""
    if base is None:
        fit = "anon"
    elif isinstance(base, anonymous_name):
        # An anonymous name as base (an alias of an anonymous subquery): its own base goes on.
        fit = base.base
    else:
        fit = anonymous_base(base)
    return anonymous_name(f"{_OPEN}{next(_numbers)}{_MIDDLE}{fit}{_CLOSE}")


def join_names(*parts: str) -> str:
    """Concatenate parts of a name; the result is anonymous when any part is, and may always be shortened."""
    whole = "".join(parts)
    for part in parts:
        if isinstance(part, anonymous_name):
            return anonymous_name(whole)
    return truncated_label(whole)


def resolve(name: str, number: Callable[[int, str], str]) -> str:
    """Return the text of an anonymous name; ``number(token, base)`` gives the text of each numbered part."""
    text = str(name)
    while _OPEN in text:  # a base may contain tokens itself
        text = _TOKEN.sub(lambda m: number(int(m.group(1)), m.group(2)), text)
    return text


def numbered(base: str) -> anonymous_name:
    """Return a new name that is `base` with a number, whatever is in `base`: ``a_`` gives ``a__1``; a base may be
    anonymous."""
    return anonymous_name(f"{_OPEN}{next(_numbers)}{_MIDDLE}{base}{_CLOSE}")
