"""SQL written by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from operator import and_, or_
from typing import Any, ClassVar, Final

from lect.exc import ArgumentError, nearest
from lect.operators import OperatorType, in_op
from lect.sql.bind import BindParameter
from lect.sql.column import ColumnClause
from lect.sql.element import MAKE, ClauseElement
from lect.sql.entity import registered
from lect.sql.grouping import Grouping
from lect.sql.node import pairs, scalar
from lect.types.null import NULLTYPE
from lect.types.type_engine import Comparator, TypeEngine

__all__ = ["PARTS", "TextClause", "set_columns_maker", "text", "verbatim"]

#: ``:name``, unless a colon, a backslash or a word's character stands before it, or a colon after it.
_BIND: Final = re.compile(r"(?<![:\w\\]):(\w+)(?![:\w])")
#: The same, or a colon that a backslash marks as none.
PARTS: Final = re.compile(r"\\(:[\w$]*)(?![:\w$])|(?<![:\w\\]):(\w+)(?![:\w])")

_columns_maker: list[Callable[..., Any]] = []


def set_columns_maker(maker: Callable[..., Any]) -> None:
    """Say what makes a select of a text with columns. Called once, by :mod:`lect.sql.textual_select`."""
    _columns_maker[:] = [maker]


class TextClause(ClauseElement):
    """SQL as it was written, with places for values: ``text("x = :x")``. It must never come from a user.

    A colon that is no place for a value is written ``\\:``.
    """

    __visit_name__ = "textclause"
    _fields = (scalar("text"), pairs("_bind_pairs"))

    is_text: ClassVar[bool] = True
    _is_text_clause: ClassVar[bool] = True
    _is_implicitly_boolean = True
    supports_execution: ClassVar[bool] = True
    _kind: ClassVar[str] = "text"
    _execution_options: Mapping[str, Any] = {}
    _with_options: tuple[Any, ...] = ()
    _plugin: Any = None

    key: Any = None
    type: TypeEngine[Any] = NULLTYPE

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise ArgumentError(f"text() takes a string of SQL, not {text!r}")
        binds: dict[str, BindParameter[Any]] = {}

        def note(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in binds:
                binds[name] = BindParameter(name)
            return f":{name}"

        self.text = _BIND.sub(note, text)
        self._bind_pairs: tuple[tuple[str, BindParameter[Any]], ...] = tuple(binds.items())

    @property
    def _bindparams(self) -> Mapping[str, BindParameter[Any]]:
        """The places for values, by name."""
        return dict(self._bind_pairs)

    def get_children(self) -> Iterator[Any]:
        return iter([b for _, b in self._bind_pairs])

    # -- values --------------------------------------------------------------------------------------------------------

    def bindparams(self, *binds: BindParameter[Any], **names_to_values: Any) -> TextClause:
        """Return this text with types or values for its places: ``bindparam("x", type_=...)`` or ``x=5``."""
        known = dict(self._bind_pairs)
        for bind in binds:
            if not isinstance(bind, BindParameter):
                raise ArgumentError(f"bindparams() takes bindparam() objects and name=value, not {bind!r}")
            if bind.key not in known:
                raise ArgumentError(self._unknown(bind.key, known))
            known[bind.key] = bind
        for name, value in names_to_values.items():
            if name not in known:
                raise ArgumentError(self._unknown(name, known))
            known[name] = known[name]._with_value(value, required=False)
        copy = self._clone()
        copy._bind_pairs = tuple(known.items())
        return copy

    def _unknown(self, name: str, known: Mapping[str, Any]) -> str:
        return f"This text() construct doesn't define a bound parameter named {name!r}{nearest(name, known)}"

    def columns(self, *cols: Any, **types: Any) -> Any:
        """Return this text as a SELECT whose columns are known: by position, or by name with their types."""
        by_position = [c if c.__class__ is ColumnClause else _column(c) for c in cols]
        named = {c.key: c for c in by_position if c.key in types}
        listed = [ColumnClause(c.key, type_=types[c.key]) if c.key in named else c for c in by_position]
        keyed: list[ColumnClause[Any]] = [
            ColumnClause(name, type_=type_) for name, type_ in types.items() if name not in named
        ]
        return _columns_maker[0](self, [*listed, *keyed], bool(listed) and not keyed)

    def execution_options(self, **kw: Any) -> TextClause:
        """Return this text with options for its execution."""
        if "isolation_level" in kw or "compiled_cache" in kw:
            name = "isolation_level" if "isolation_level" in kw else "compiled_cache"
            raise ArgumentError(
                f"{name!r} execution option may only be specified on Connection.execution_options(), not per statement."
            )
        copy = self._clone()
        copy._execution_options = {**self._execution_options, **kw}
        return copy

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options for the execution."""
        return dict(self._execution_options)

    def options(self, *options: Any) -> TextClause:
        """Return this text with options for a mapper."""
        nodes = [o if isinstance(o, ClauseElement) else (registered(o) or o) for o in options]
        copy = self._clone()
        copy._with_options = (*self._with_options, *nodes)
        return copy

    # -- in an expression ----------------------------------------------------------------------------------------------

    @property
    def comparator(self) -> Any:
        """Operators of an expression of unknown type."""
        return Comparator(self)

    def _apply(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        return MAKE.apply(self, op, *other, **kwargs)

    def _as_expression(self) -> Any:
        return self

    def _as_in_list(self) -> Any:
        return self.self_group(against=in_op)

    @property
    def _from_objects(self) -> list[Any]:
        return []

    def self_group(self, against: OperatorType | None = None) -> Any:
        return Grouping(self) if against is in_op else self

    def __and__(self, other: Any) -> Any:
        return MAKE.apply(self, and_, other)

    def __or__(self, other: Any) -> Any:
        return MAKE.apply(self, or_, other)

    @property
    def description(self) -> str:
        return self.text if len(self.text) <= 60 else self.text[:57] + "..."

    def _bind_param(self, operator: OperatorType | None, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        return BindParameter(None, obj, type_=type_, unique=True, expanding=expanding)


def _column(given: Any) -> Any:
    element = given if isinstance(given, ClauseElement) else registered(given)
    if element is None and hasattr(type(given), "__clause_element__"):
        element = given.__clause_element__()
    if element is None or not element._is_column_element:
        raise ArgumentError(f"columns() takes columns, and name=type, not {given!r}")
    return element


def text(text: str) -> TextClause:
    """Return SQL as it is written, with places for values: ``text("SELECT * FROM t WHERE x = :x")``."""
    return TextClause(text)


def verbatim(sql: str) -> TextClause:
    """Return SQL that is written as it stands: the database's own, in which no colon is a place for a value."""
    return TextClause(PARTS.sub(lambda part: f"\\{part[0]}", sql))
