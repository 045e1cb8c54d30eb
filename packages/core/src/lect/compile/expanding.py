"""Parameters that hold a list: how an IN list is written for a given number of members, and for none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from lect.compile.bind_cast import BindCast
from lect.compile.table import ANSI
from lect.exc import InvalidRequestError
from lect.sql.column import literal_column

__all__ = ["EmptySet", "Expansion", "literal_list", "make_expansion"]


class EmptySet:
    """Stands for the content of an IN list without members; rendered by the rule table, so that a dialect can differ.

    Attributes:
        types: one type per column of the left side.
        negated: True for NOT IN, False for IN, None when it stands alone, as a set.
        row: members are rows (tuples), even if of one column.
    """

    __slots__ = ("negated", "row", "types")

    def __init__(self, types: Sequence[Any], negated: bool | None, row: bool) -> None:
        self.types = tuple(types)
        self.negated = negated
        self.row = row


@ANSI.rule(EmptySet)
def empty_set(node: EmptySet, writer: Any) -> str:
    """Write a list of NULL that matches nothing (or, negated, everything), whatever the left side is."""
    if node.negated is None:
        return "SELECT 1 WHERE 1!=1" if not node.row else f"SELECT {', '.join(['1'] * len(node.types))} WHERE 1!=1"
    nulls = ", ".join(["NULL"] * len(node.types))
    if node.row:
        nulls = f"({nulls})"
    return f"{nulls}) OR (1 = 1" if node.negated else f"{nulls}) AND (1 != 1"


_HOLE: Final = "\ufdd3"  # where a member's placeholder goes in a template


class Expansion:
    """How one expanding parameter is written, prepared at compile time so that no writer is needed at execution.

    Attributes:
        name: final name of the parameter.
        param: the parameter met at compile time.
        types: types of a member's columns (one for plain members).
        row: members are tuples.
        templates: text before and after each column's placeholder.
        around: text before and after each column's literal.
        empty: what stands between the parentheses when there is no member.
        literal: members are written as literals (`literal_execute`); then `render` writes one.
    """

    __slots__ = (
        "around",
        "empty",
        "literal",
        "name",
        "param",
        "prefix",
        "render",
        "row",
        "single",
        "taken",
        "templates",
        "types",
    )

    def __init__(
        self,
        name: str,
        param: Any,
        types: tuple[Any, ...],
        row: bool,
        templates: tuple[tuple[str, str], ...],
        empty: str,
        literal: bool,
        render: Callable[[object, Any], str],
        single: bool,
        prefix: str = "",
        around: tuple[tuple[str, str], ...] | None = None,
    ) -> None:
        self.name = name
        self.param = param
        self.types = types
        self.row = row
        self.templates = templates
        self.empty = empty
        self.literal = literal
        self.render = render
        self.single = single
        self.prefix = prefix
        self.around = around if around is not None else (("", ""),) * len(types)
        #: Names of the statement's parameters, which no member may take.
        self.taken: Collection[str] = ()

    def member_name(self, name: str) -> str:
        """Return the name of one member, made different from all names of the statement."""
        while name in self.taken:
            name += "__1"
        return name

    def values(self, value: Any) -> list[Any]:
        """Return the members as a list.

        Raises:
            InvalidRequestError: `value` is not a list of values (None, a string or a single value was given).
        """
        if self.single:
            return [value]
        if value is None:
            raise InvalidRequestError(
                f"'expanding' parameter {self.name!r} can't be None; give it a list of values, which may be empty"
            )
        if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
            raise InvalidRequestError(
                f"'expanding' parameter {self.name!r} needs a list of values, not {type(value).__name__}"
            )
        members = value if isinstance(value, list) else list(value)
        if self.row:
            width = len(self.types)
            for member in members:
                if isinstance(member, (str, bytes)) or not hasattr(member, "__len__") or len(member) != width:
                    raise InvalidRequestError(
                        f"each member of {self.name!r} must be a tuple of {width} values, got {member!r}"
                    )
        return members

    def width(self, members: Sequence[Any]) -> int:
        """Return how many columns a member has."""
        return len(self.types) if self.row else 1

    def as_literals(self) -> Expansion:
        """Return how the list is written when it is longer than the database takes parameters.

        Raises:
            InvalidRequestError: its values must not be seen, so that they cannot stand in the text.
        """
        if any(type_.sensitive for type_ in self.types):
            raise InvalidRequestError(
                f"the list of {self.name!r} is longer than the database takes parameters, and its values are "
                "sensitive, so that they cannot be written into the statement; give it in several parts"
            )
        return Expansion(
            self.name,
            self.param,
            self.types,
            self.row,
            self.templates,
            self.empty,
            True,
            self.render,
            self.single,
            self.prefix,
            self.around,
        )

    def write(self, members: list[Any], placeholder: Callable[[str], str]) -> tuple[str, list[str]]:
        """Return the text that replaces the parameter for these members, and the names of the new parameters in
        order."""
        if not members:
            return self.empty, []
        if self.literal:
            return self._write_literal(members), []
        names: list[str] = []
        pieces: list[str] = []
        if not self.row:
            before, after = self.templates[0]
            for i in range(1, len(members) + 1):
                name = self.member_name(f"{self.name}_{i}")
                names.append(name)
                pieces.append(f"{before}{placeholder(name)}{after}")
            return ", ".join(pieces), names
        for i in range(1, len(members) + 1):
            cells = []
            for j, (before, after) in enumerate(self.templates, 1):
                name = self.member_name(f"{self.name}_{i}_{j}")
                names.append(name)
                cells.append(f"{before}{placeholder(name)}{after}")
            pieces.append(f"({', '.join(cells)})")
        return f"{self.prefix}{', '.join(pieces)}", names

    def _write_literal(self, members: list[Any]) -> str:
        if not self.row:
            type_ = self.types[0]
            before, after = self.around[0]
            return ", ".join([f"{before}{self.render(m, type_)}{after}" for m in members])
        cells = list(zip(self.types, self.around, strict=True))
        rows = ", ".join(
            f"({', '.join([f'{b}{self.render(v, t)}{a}' for v, (t, (b, a)) in zip(m, cells, strict=True)])})"
            for m in members
        )
        return f"{self.prefix}{rows}"


def _member_types(param: Any) -> tuple[tuple[Any, ...], bool]:
    types = getattr(param.type, "types", None)
    if types is not None and getattr(param.type, "_is_tuple_type", True):
        return tuple(types), True
    return (param.type,), False


def _negated(param: Any) -> bool | None:
    operator = getattr(param, "expand_op", None)
    if operator is None:
        return None
    return getattr(operator, "__name__", "").startswith(("not_in", "notin"))


def empty_text(writer: Any, param: Any) -> str:
    """Return what stands in an IN list of `param` that has no members."""
    types, row = _member_types(param)
    return writer.render(EmptySet(types, _negated(param), row))  # type: ignore[no-any-return]


def cast_template(writer: Any, type_: Any) -> tuple[str, str]:
    """Return the text before and after a placeholder of this type."""
    text = _HOLE
    if writer.bind_cast is not None:
        text = writer.bind_cast(BindCast(text, type_), writer)
    return expression_template(writer, type_, text)


def expression_template(writer: Any, type_: Any, text: str = _HOLE) -> tuple[str, str]:
    """Return what the type's `bind_expression` puts before and after a value that is written as `text`."""
    if type_._has_bind_expression:
        around = type_.dialect_impl(writer.dialect).bind_expression(literal_column(text, type_))
        if around is not None:
            # The text is made once for all members: a value of the expression's own is written into it.
            with writer.literals():
                text = writer.render(around)
    before, _, after = text.partition(_HOLE)
    return (before, after)


def make_expansion(writer: Any, param: Any, name: str) -> Expansion:
    """Prepare how `param`, which holds a list or is written as a literal at execution, will be written."""
    single = not param.expanding
    types, row = ((param.type,), False) if single else _member_types(param)
    literals = writer.dialect.literals

    def render(value: object, type_: Any) -> str:
        return literals.render(value, type_, writer)  # type: ignore[no-any-return]

    return Expansion(
        name,
        param,
        types,
        row,
        tuple([cast_template(writer, t) for t in types]),
        "" if single else empty_text(writer, param),
        bool(param.literal_execute),
        render,
        single,
        "VALUES " if row and getattr(writer.dialect, "tuple_in_values", False) else "",
        # What stands alone has its expression around it already, where the parameter is written.
        None if single else tuple([expression_template(writer, t) for t in types]),
    )


def literal_list(writer: Any, param: Any, values: Any) -> str:
    """Write an IN list's members as literals, for statements compiled with `literal_binds`."""
    expansion = make_expansion(writer, param, str(param.key))
    members = expansion.values(values)
    if not members:
        return expansion.empty
    return expansion._write_literal(members)
