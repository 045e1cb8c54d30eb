"""The values of ranges, and what can be asked of them without a server."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Generic, Literal, TypeVar

from lect_postgresql.text_forms import quoted

__all__ = ["MultiRange", "Range"]

_T = TypeVar("_T")
Bounds = Literal["[)", "(]", "()", "[]"]

_RANGE: Final = re.compile(
    r'([\[(])(?:"((?:[^"\\]|\\.|"")*)"|([^,"\\)\]]*)),(?:"((?:[^"\\]|\\.|"")*)"|([^,"\\)\]]*))([\])])', re.DOTALL
)
_ESCAPED: Final = re.compile(r'\\(.)|""', re.DOTALL)


class Range(Generic[_T]):
    """Everything from `lower` to `upper`.

    Args:
        lower, upper: None: without end on that side.
        bounds: ``[`` and ``]`` take the end in, ``(`` and ``)`` leave it out.
        empty: nothing at all.
    """

    __slots__ = ("bounds", "empty", "lower", "upper")

    lower: _T | None
    upper: _T | None
    bounds: Bounds
    empty: bool

    def __init__(
        self, lower: _T | None = None, upper: _T | None = None, *, bounds: Any = "[)", empty: bool = False
    ) -> None:
        if bounds not in ("[)", "(]", "()", "[]"):
            raise ValueError(f"bounds must be one of '[)', '(]', '()', '[]', not {bounds!r}")
        put = object.__setattr__
        put(self, "lower", None if empty else lower)
        put(self, "upper", None if empty else upper)
        put(self, "bounds", bounds)
        put(self, "empty", empty)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Range cannot be changed: {name}")

    def __reduce__(self) -> Any:
        return (_make, (self.lower, self.upper, self.bounds, self.empty))

    # -- text ---------------------------------------------------------------------------------------------------------

    @classmethod
    def parse(cls, text: str, element: Callable[[str], _T]) -> Range[_T]:
        """Return the range that the server wrote as `text`, its ends read by `element`.

        Raises:
            ValueError: `text` is no range.
        """
        if text == "empty":
            return cls(empty=True)
        match = _RANGE.fullmatch(text)
        if match is None:
            raise ValueError(f"not the text of a range: {text[:40]!r}")
        return _from_match(match, element)

    def text(self) -> str:
        """Return the range as the server reads it."""
        if self.empty:
            return "empty"
        return f"{self.bounds[0]}{_end(self.lower)},{_end(self.upper)}{self.bounds[1]}"

    __str__ = text

    def __repr__(self) -> str:
        return f"Range(lower={self.lower!r}, upper={self.upper!r}, bounds={self.bounds!r}, empty={self.empty!r})"

    # -- ends ---------------------------------------------------------------------------------------------------------

    @property
    def isempty(self) -> bool:
        """Whether nothing is in it."""
        if self.empty:
            return True
        lower, upper = self._canonical()
        return lower is not None and upper is not None and lower >= upper

    is_empty = isempty

    @property
    def lower_inc(self) -> bool:
        """Whether the lower end is in it."""
        return self.lower is not None and self.bounds[0] == "["

    @property
    def upper_inc(self) -> bool:
        """Whether the upper end is in it."""
        return self.upper is not None and self.bounds[1] == "]"

    @property
    def lower_inf(self) -> bool:
        """Whether it has no lower end."""
        return not self.empty and self.lower is None

    @property
    def upper_inf(self) -> bool:
        """Whether it has no upper end."""
        return not self.empty and self.upper is None

    def _step(self) -> Any:
        """The distance between neighbours, for values that have neighbours."""
        value = self.lower if self.lower is not None else self.upper
        if isinstance(value, int):
            return 1
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return dt.timedelta(days=1)
        return None

    def _canonical(self) -> tuple[Any, Any]:
        """Return both ends as positions that can be compared; None: without end.

        A position is ``(value, 0)`` before the value and ``(value, 1)`` after it.
        """
        step: Any = self._step()
        lower: Any = None
        upper: Any = None
        if self.lower is not None:
            lower = (self.lower, 0 if self.bounds[0] == "[" else 1)
            if step is not None and lower[1]:
                lower = (self.lower + step, 0)
        if self.upper is not None:
            upper = (self.upper, 1 if self.bounds[1] == "]" else 0)
            if step is not None and upper[1]:
                upper = (self.upper + step, 0)
        return lower, upper

    @staticmethod
    def _between(lower: Any, upper: Any) -> Range[Any]:
        """Return the range between two positions."""
        if lower is not None and upper is not None and lower >= upper:
            return Range(empty=True)
        bounds = ("[" if lower is None or lower[1] == 0 else "(") + (")" if upper is None or upper[1] == 0 else "]")
        if lower is None:
            bounds = "(" + bounds[1]
        return Range(None if lower is None else lower[0], None if upper is None else upper[0], bounds=bounds)

    # -- comparing ----------------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Range):
            return NotImplemented
        if self.isempty or other.isempty:
            return self.isempty and other.isempty
        return self._canonical() == other._canonical()

    def __hash__(self) -> int:
        return hash("empty range" if self.isempty else self._canonical())

    def contains(self, value: Any) -> bool:
        """Whether the element, or every element of the other range, is in this one."""
        if isinstance(value, Range):
            return value.contained_by(self)
        if self.isempty:
            return False
        lower, upper = self._canonical()
        return (lower is None or lower <= (value, 0)) and (upper is None or (value, 1) <= upper)

    __contains__ = contains

    def contained_by(self, other: Range[_T]) -> bool:
        """Whether every element of this one is in the other."""
        if self.isempty:
            return True
        if other.isempty:
            return False
        (lower, upper), (least, most) = self._canonical(), other._canonical()
        return (least is None or (lower is not None and least <= lower)) and (
            most is None or (upper is not None and upper <= most)
        )

    def overlaps(self, other: Range[_T]) -> bool:
        """Whether both have an element in common."""
        return not self.intersection(other).isempty

    def strictly_left_of(self, other: Range[_T]) -> bool:
        """Whether this one ends before the other begins."""
        if self.isempty or other.isempty:
            return False
        upper, least = self._canonical()[1], other._canonical()[0]
        return upper is not None and least is not None and upper <= least

    __lshift__ = strictly_left_of

    def strictly_right_of(self, other: Range[_T]) -> bool:
        """Whether this one begins after the other ends."""
        return other.strictly_left_of(self)

    __rshift__ = strictly_right_of

    def not_extend_left_of(self, other: Range[_T]) -> bool:
        """Whether this one does not begin before the other."""
        if self.isempty or other.isempty:
            return False
        lower, least = self._canonical()[0], other._canonical()[0]
        return least is None or (lower is not None and lower >= least)

    def not_extend_right_of(self, other: Range[_T]) -> bool:
        """Whether this one does not end after the other."""
        if self.isempty or other.isempty:
            return False
        upper, most = self._canonical()[1], other._canonical()[1]
        return most is None or (upper is not None and upper <= most)

    def adjacent_to(self, other: Range[_T]) -> bool:
        """Whether one begins where the other ends, with nothing in between or in common."""
        if self.isempty or other.isempty:
            return False
        (lower, upper), (least, most) = self._canonical(), other._canonical()
        return (upper is not None and upper == least) or (most is not None and most == lower)

    # -- making others ------------------------------------------------------------------------------------------------

    def intersection(self, other: Range[_T]) -> Range[_T]:
        """Return what is in both."""
        if self.isempty or other.isempty:
            return Range(empty=True)
        (lower, upper), (least, most) = self._canonical(), other._canonical()
        if lower is None or (least is not None and least > lower):
            lower = least
        if upper is None or (most is not None and most < upper):
            upper = most
        return self._between(lower, upper)

    __mul__ = intersection

    def union(self, other: Range[_T]) -> Range[_T]:
        """Return what is in either.

        Raises:
            ValueError: there is something between the two.
        """
        if self.isempty:
            return other
        if other.isempty:
            return self
        if not self.overlaps(other) and not self.adjacent_to(other):
            raise ValueError("Adding non-overlapping and non-adjacent ranges is not implemented")
        (lower, upper), (least, most) = self._canonical(), other._canonical()
        if lower is not None and (least is None or least < lower):
            lower = least
        if upper is not None and (most is None or most > upper):
            upper = most
        return self._between(lower, upper)

    __add__ = union

    def difference(self, other: Range[_T]) -> Range[_T]:
        """Return what is in this one and not in the other.

        Raises:
            ValueError: two pieces would be left.
        """
        if self.isempty or other.isempty or not self.overlaps(other):
            return self
        (lower, upper), (least, most) = self._canonical(), other._canonical()
        begins = least is not None and (lower is None or lower < least)
        ends = most is not None and (upper is None or most < upper)
        if begins and ends:
            raise ValueError("Subtracting a strictly inner range is not implemented")
        if begins:
            return self._between(lower, least)
        if ends:
            return self._between(most, upper)
        return Range(empty=True)

    __sub__ = difference


class MultiRange(list[Range[_T]]):
    """Several ranges: a list whose class says so, for values that stand without a column."""

    @classmethod
    def parse(cls, text: str, element: Callable[[str], Any]) -> MultiRange[Any]:
        """Return the ranges that the server wrote as `text`.

        Raises:
            ValueError: `text` is no set of ranges.
        """
        if not (text.startswith("{") and text.endswith("}")):
            raise ValueError(f"not the text of a set of ranges: {text[:40]!r}")
        found = MultiRange[Any]()
        position, end = 1, len(text) - 1
        while position < end:
            match = _RANGE.match(text, position, end)
            if match is None:
                raise ValueError(f"not the text of a set of ranges: {text[:40]!r}")
            found.append(_from_match(match, element))
            position = match.end() + 1
        return found

    def text(self) -> str:
        """Return them as the server reads them."""
        return "{" + ",".join([each.text() for each in self]) + "}"


def _make(lower: Any, upper: Any, bounds: Any, empty: bool) -> Range[Any]:
    return Range(lower, upper, bounds=bounds, empty=empty)


def _end(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dt.date, dt.datetime)):
        return quoted(value.isoformat())
    if isinstance(value, (int, Decimal)):
        return str(value)
    return quoted(str(value))


def _from_match(match: re.Match[str], element: Callable[[str], Any]) -> Range[Any]:
    opening, quoted_lower, lower, quoted_upper, upper, closing = match.groups()

    def end(in_quotes: str | None, bare: str | None) -> Any:
        if in_quotes is not None:
            return element(_ESCAPED.sub(lambda m: m[1] or '"', in_quotes))
        return element(bare) if bare else None

    return Range(end(quoted_lower, lower), end(quoted_upper, upper), bounds=opening + closing)
