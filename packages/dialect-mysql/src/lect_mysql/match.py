"""``match()``: full-text search with the words of MySQL, in its three modes."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError, CompileError
from lect.sql.coercions import column_or_value
from lect.sql.element import ColumnElement
from lect.sql.node import Field, child, children, scalar
from lect.types.boolean import MATCHTYPE

__all__ = ["match"]

_M = TypeVar("_M", bound="match")


class match(ColumnElement[Any]):
    """``MATCH (columns) AGAINST (expression modifier)``: how well rows fit a search, and whether they do.

    https://dev.mysql.com/doc/refman/8.4/en/fulltext-search.html

    Args:
        cols: columns of one FULLTEXT index.
        against: what is searched for.
        in_boolean_mode, in_natural_language_mode, with_query_expansion: how; also as methods of the same names.
    """

    __visit_name__ = "mysql_match"
    inherit_cache = True
    _fields: ClassVar[tuple[Field, ...]] = (
        children("columns_searched"),
        child("against"),
        scalar("boolean_mode"),
        scalar("natural_language_mode"),
        scalar("query_expansion"),
    )
    type = MATCHTYPE
    _is_implicitly_boolean = True

    def __init__(
        self,
        *cols: Any,
        against: Any = None,
        in_boolean_mode: bool = False,
        in_natural_language_mode: bool = False,
        with_query_expansion: bool = False,
    ) -> None:
        if not cols:
            raise ArgumentError("columns are required")
        if against is None:
            raise ArgumentError("against is required")
        self.columns_searched = tuple([column_or_value(c, "match") for c in cols])
        self.against = column_or_value(against, None)
        self.boolean_mode = bool(in_boolean_mode)
        self.natural_language_mode = bool(in_natural_language_mode)
        self.query_expansion = bool(with_query_expansion)

    def _with(self: _M, **modes: bool) -> _M:
        copy = self._clone()
        copy.__dict__.update(modes)
        return copy

    def in_boolean_mode(self: _M) -> _M:
        """Return this search with operators in what is searched for: ``+must -must_not``."""
        return self._with(boolean_mode=True)

    def in_natural_language_mode(self: _M) -> _M:
        """Return this search with what is searched for as plain words, which is the default too."""
        return self._with(natural_language_mode=True)

    def with_query_expansion(self: _M) -> _M:
        """Return this search made a second time with words of the first results."""
        return self._with(query_expansion=True)

    def modifier_text(self) -> str:
        """Return the words behind what is searched for; CompileError for modes that exclude each other."""
        modes = (self.boolean_mode, self.natural_language_mode, self.query_expansion)
        if self.boolean_mode and (self.natural_language_mode or self.query_expansion):
            names = ("in_boolean_mode", "in_natural_language_mode", "with_query_expansion")
            shown = ", ".join([f"{name}={mode}" for name, mode in zip(names, modes, strict=True)])
            raise CompileError(f"Invalid MySQL match flags: {shown}")
        words = []
        if self.boolean_mode:
            words.append("IN BOOLEAN MODE")
        if self.natural_language_mode:
            words.append("IN NATURAL LANGUAGE MODE")
        if self.query_expansion:
            words.append("WITH QUERY EXPANSION")
        return " ".join(words)

    def self_group(self, against: Any = None) -> Any:
        """It stands for itself beside every operator."""
        return self
