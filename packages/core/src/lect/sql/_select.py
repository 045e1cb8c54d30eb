"""SELECT."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar, overload

from lect.exc import ArgumentError
from lect.sql.arguments import (
    column_argument,
    condition,
    flatten_one,
    from_argument,
    group_argument,
    resolve,
)
from lect.sql.boolean import and_
from lect.sql.collection import ColumnCollection
from lect.sql.element import ClauseElement
from lect.sql.entity import named
from lect.sql.executable import HasPrefixes, HasSuffixes, Hint
from lect.sql.filtering import named_attribute, namespaces
from lect.sql.from_clause import MAKE_FROM, froms_of
from lect.sql.join import reduce_columns
from lect.sql.naming import unique_keys
from lect.sql.node import Node, child, children, pairs, scalar
from lect.sql.select_base import GenerativeSelect
from lect.sql.select_froms import display_froms, first_join_from
from lect.sql.syntax_extension import HasSyntaxExtensions

if TYPE_CHECKING:
    from lect.sql.element import SQLColumnExpression

__all__ = ["JoinStep", "Select", "select"]

_T = TypeVar("_T")
_T0 = TypeVar("_T0")
_T1 = TypeVar("_T1")
_T2 = TypeVar("_T2")
_T3 = TypeVar("_T3")
_T4 = TypeVar("_T4")
_T5 = TypeVar("_T5")
_T6 = TypeVar("_T6")
_T7 = TypeVar("_T7")
_T8 = TypeVar("_T8")
_T9 = TypeVar("_T9")
_S = TypeVar("_S", bound="Select[Any]")


class JoinStep(Node):
    """One call of ``select.join()``: what is joined, how, and (if it was said) to what."""

    _fields = (child("target"), child("onclause"), child("left"), scalar("isouter"), scalar("full"))

    def __init__(self, target: Any, onclause: Any, left: Any, isouter: bool, full: bool) -> None:
        self.target = target
        self.onclause = onclause
        self.left = left
        self.isouter = isouter
        self.full = full

    def _from(self, left: Any) -> JoinStep:
        """Return this step with its left side said."""
        return JoinStep(self.target, self.onclause, left, self.isouter, self.full)


class Select(HasPrefixes, HasSuffixes, HasSyntaxExtensions, GenerativeSelect, Generic[_T]):
    """A SELECT statement; made with :func:`select`, completed by its methods, each of which returns a changed copy."""

    __visit_name__ = "select"
    _fields = (
        children("_raw_columns"),
        children("_from_obj"),
        children("_joins"),
        children("_where"),
        children("_group_by"),
        children("_having"),
        children("_order_by"),
        child("_limit"),
        child("_offset"),
        child("_fetch"),
        scalar("_fetch_ties"),
        scalar("_fetch_percent"),
        scalar("_distinct"),
        children("_distinct_on"),
        children("_correlate"),
        children("_correlate_except"),
        scalar("_correlation"),
        children("_prefixes"),
        children("_suffixes"),
        children("_hints"),
        child("_for_update"),
        scalar("_label_style"),
        children("_added_ctes"),
        children("_with_options"),
        pairs("_extensions"),
    )

    _raw_columns: tuple[Any, ...] = ()
    _from_obj: tuple[Any, ...] = ()
    _joins: tuple[JoinStep, ...] = ()
    _where: tuple[Any, ...] = ()
    _having: tuple[Any, ...] = ()
    _distinct: bool = False
    _distinct_on: tuple[Any, ...] = ()
    _correlate: tuple[Any, ...] = ()
    _correlate_except: tuple[Any, ...] = ()
    #: "auto", "to" (only to `_correlate`), "except" (to all but `_correlate_except`).
    _correlation: str = "auto"

    _is_select_statement: ClassVar[bool] = True
    _extension_points: ClassVar[tuple[str, ...]] = ("post_select", "pre_columns", "post_criteria", "post_body")

    def __init__(self, *entities: Any) -> None:
        self._raw_columns = columns = columns_of(entities)
        self._note_entities(columns)

    # -- columns ----------------------------------------------------------------------------------------------------

    def _column_expressions(self) -> Sequence[Any]:
        found: list[Any] = []
        for each in self._raw_columns:
            if each._is_from_clause:
                found.extend(each._select_columns())
            elif getattr(each, "_is_entity", False):
                found.extend(each.entity_columns)
            elif getattr(each, "_is_column_list", False):
                found.extend(each.clauses)
            else:
                found.append(each)
        return found

    @property
    def inner_columns(self) -> Iterable[Any]:
        """The expressions selected, in order."""
        return iter(self._all_selected_columns)

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """One dictionary per thing selected, as it was given: name, type, expr; with entities also entity and
        aliased."""
        if self._plugin is not None and hasattr(self._plugin, "column_descriptions"):
            return self._plugin.column_descriptions(self)  # type: ignore[no-any-return]
        named = [n for n in self._named_columns(False) if n.column._is_column_element]
        keys = iter(unique_keys(named, self._label_style))
        return [{"name": None if n.key is None else next(keys), "type": n.column.type, "expr": n.column} for n in named]

    def add_columns(self: _S, *entities: Any) -> _S:
        """Return this SELECT with further columns."""
        copy = self._generate()
        added = columns_of(entities)
        copy._raw_columns = self._raw_columns + added
        copy._note_entities(added)
        return copy

    def column(self: _S, column: Any) -> _S:
        """Return this SELECT with one further column."""
        return self.add_columns(column)

    def with_only_columns(self: _S, *entities: Any, maintain_column_froms: bool = False) -> _S:
        """Return this SELECT with these columns in the place of its own.

        Args:
            maintain_column_froms: keep the FROM elements that the columns given up brought in.
        """
        copy = self._generate()
        if maintain_column_froms:
            # What the join steps already contain stays theirs; the rest becomes explicit.
            copy._from_obj = tuple(dict.fromkeys([*self._from_obj, *self.columns_clause_froms]))
        elif self._joins and self._joins[0].left is None and not self._from_obj:
            # The join goes on from what the columns given up brought in.
            left_of_first = getattr(self._plugin, "first_join_from", first_join_from)
            copy._joins = (left_of_first(self), *self._joins[1:])
        copy._raw_columns = columns = columns_of(flatten_one(entities))
        copy._note_entities(columns)
        return copy

    def reduce_columns(self: _S, only_synonyms: bool = True) -> _S:
        """Return this SELECT without columns that are equal to another by a foreign key or by its WHERE."""
        clauses = list(self._where) if only_synonyms else [*self._where, *[s.onclause for s in self._joins]]
        return self.with_only_columns(*reduce_columns(list(self._all_selected_columns), *clauses))

    def distinct(self: _S, *expr: Any) -> _S:
        """Return this SELECT with DISTINCT; with expressions, DISTINCT ON where the database has it."""
        copy = self._generate()
        copy._distinct = True
        if expr:
            copy._distinct_on = self._distinct_on + tuple([group_argument(e) for e in expr])
        return copy

    # -- FROM -------------------------------------------------------------------------------------------------------

    def select_from(self: _S, *froms: Any) -> _S:
        """Return this SELECT with these elements in FROM."""
        copy = self._generate()
        found = tuple([from_argument(f) for f in froms])
        copy._from_obj = tuple(dict.fromkeys(self._from_obj + found))
        copy._note_entities(found)
        return copy

    def join(self: _S, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False) -> _S:
        """Return this SELECT with ``JOIN target ON onclause``; without `onclause` it follows the foreign keys.

        The left side is the element of FROM that `target` can be joined to.
        """
        return self._join(None, target, onclause, isouter, full)

    def outerjoin(self: _S, target: Any, onclause: Any = None, *, full: bool = False) -> _S:
        """Return this SELECT with ``LEFT OUTER JOIN target ON onclause``."""
        return self._join(None, target, onclause, True, full)

    def join_from(
        self: _S, from_: Any, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False
    ) -> _S:
        """Return this SELECT with ``from_ JOIN target ON onclause``."""
        return self._join(from_argument(from_), target, onclause, isouter, full)

    def outerjoin_from(self: _S, from_: Any, target: Any, onclause: Any = None, *, full: bool = False) -> _S:
        """Return this SELECT with ``from_ LEFT OUTER JOIN target ON onclause``."""
        return self._join(from_argument(from_), target, onclause, True, full)

    def _join(self: _S, left: Any, target: Any, onclause: Any, isouter: bool, full: bool) -> _S:
        right = join_target(target)
        on = None if onclause is None else join_onclause(onclause)
        copy = self._generate()
        copy._joins = (*self._joins, JoinStep(right, on, left, bool(isouter), bool(full)))
        if self._plugin is None:
            copy._note_entities([n for n in (left, right, on) if n is not None])
        return copy

    @property
    def froms(self) -> Sequence[Any]:
        """The elements of FROM, as this SELECT writes them at the top level."""
        return self.get_final_froms()

    def get_final_froms(self) -> Sequence[Any]:
        """Return the elements of FROM, as this SELECT writes them at the top level."""
        return display_froms(self._translated())

    @property
    def columns_clause_froms(self) -> list[Any]:
        """The elements of FROM that the columns bring in."""
        found: dict[Any, None] = {}
        for column in self._translated()._raw_columns:
            found.update(dict.fromkeys(froms_of(column)))
        return list(found)

    def is_derived_from(self, fromclause: Any) -> bool:
        if fromclause is self:
            return True
        return any(f.is_derived_from(fromclause) for f in self.get_final_froms())

    # -- WHERE, HAVING ----------------------------------------------------------------------------------------------

    def where(self: _S, *whereclause: Any) -> _S:
        """Return this SELECT with these conditions; all of them, and those set before, must hold."""
        copy = self._generate()
        added: tuple[Any, ...]
        if len(whereclause) == 1:
            added = (condition(whereclause[0]),)
        else:
            added = tuple([condition(c) for c in whereclause])
        copy._where = self._where + added
        if self._plugin is None:
            copy._note_entities(added)
        return copy

    filter = where

    def filter_by(self: _S, **kwargs: Any) -> _S:
        """Return this SELECT with ``column = value`` for each argument; the column is looked for in all of FROM."""
        given: list[Any] = [each for step in self._joins for each in (step.target, step.left) if each is not None]
        spaces = namespaces([*given, *self._from_obj, *self._raw_columns, *self._where])
        return self.where(*[named_attribute(spaces, key) == value for key, value in kwargs.items()])

    @property
    def whereclause(self) -> Any:
        """The condition of WHERE as one expression, None when there is none."""
        return and_(*self._where) if self._where else None

    def having(self: _S, *having: Any) -> _S:
        """Return this SELECT with these conditions on its groups."""
        copy = self._generate()
        copy._having = self._having + tuple([condition(c, "HAVING criteria") for c in having])
        return copy

    # -- correlation --------------------------------------------------------------------------------------------------

    def correlate(self: _S, *fromclauses: Any) -> _S:
        """Return this SELECT so that, inside another, it leaves these elements of FROM to it (and no others).
        None: none."""
        copy = self._generate()
        copy._correlation = "to"
        copy._correlate_except = ()
        if fromclauses and (fromclauses[0] is None or fromclauses[0] is False):
            copy._correlate = ()
        else:
            copy._correlate = self._correlate + tuple([_correlated(f) for f in flatten_one(fromclauses)])
        return copy

    def correlate_except(self: _S, *fromclauses: Any) -> _S:
        """Return this SELECT so that, inside another, it leaves all elements of FROM to it that both have, but
        these."""
        copy = self._generate()
        copy._correlation = "except"
        copy._correlate = ()
        if fromclauses and (fromclauses[0] is None or fromclauses[0] is False):
            copy._correlate_except = ()
        else:
            copy._correlate_except = self._correlate_except + tuple([_correlated(f) for f in flatten_one(fromclauses)])
        return copy

    # -- hints --------------------------------------------------------------------------------------------------------

    def with_hint(self: _S, selectable: Any, text: str, dialect_name: str = "*") -> _S:
        """Return this SELECT with a hint about one element of FROM; ``%(name)s`` in it becomes the element's name."""
        if not isinstance(text, str):
            raise ArgumentError(f"a hint must be a string, not {text!r}")
        copy = self._generate()
        copy._hints = (
            *self._hints,
            Hint(None if selectable is None else from_argument(selectable), text, dialect_name),
        )
        return copy

    def with_statement_hint(self: _S, text: str, dialect_name: str = "*") -> _S:
        """Return this SELECT with a hint about the statement as a whole."""
        return self.with_hint(None, text, dialect_name)

    # -- set operations -----------------------------------------------------------------------------------------------

    def union(self, *other: Any) -> Any:
        """Return ``this UNION other``."""
        return MAKE_FROM.compound("UNION", (self, *other))

    def union_all(self, *other: Any) -> Any:
        """Return ``this UNION ALL other``."""
        return MAKE_FROM.compound("UNION ALL", (self, *other))

    def except_(self, *other: Any) -> Any:
        """Return ``this EXCEPT other``."""
        return MAKE_FROM.compound("EXCEPT", (self, *other))

    def except_all(self, *other: Any) -> Any:
        """Return ``this EXCEPT ALL other``."""
        return MAKE_FROM.compound("EXCEPT ALL", (self, *other))

    def intersect(self, *other: Any) -> Any:
        """Return ``this INTERSECT other``."""
        return MAKE_FROM.compound("INTERSECT", (self, *other))

    def intersect_all(self, *other: Any) -> Any:
        """Return ``this INTERSECT ALL other``."""
        return MAKE_FROM.compound("INTERSECT ALL", (self, *other))

    def self_group(self, against: Any = None) -> Any:
        if getattr(against, "_is_compound_keyword", False) and not self._needs_parentheses:
            return self
        return super().self_group(against)

    @property
    def _needs_parentheses(self) -> bool:
        """True when this SELECT as a part of a UNION must stand in parentheses."""
        return bool(self._order_by) or self._has_row_limit or self._for_update is not None

    @property
    def entity_namespace(self) -> Any:
        froms = self.get_final_froms()
        if not froms:
            raise AttributeError("this SELECT has no FROM element to filter by")
        return froms[0].entity_namespace


def columns_of(entities: Iterable[Any]) -> tuple[Any, ...]:
    """Return the nodes for the arguments of a SELECT's columns; a collection of columns stands for its columns."""
    found: list[Any] = []
    for each in entities:
        if isinstance(each, ClauseElement) and (each._is_column_element or each._is_from_clause):
            found.append(each)
        elif isinstance(each, ColumnCollection):
            found.extend(each)
        else:
            found.append(column_argument(each))
    return tuple(found)


def _correlated(value: Any) -> Any:
    """Return the FROM element for something given to ``correlate()``."""
    node = named(value)
    return from_argument(value if node is None else node)


def join_target(target: Any) -> Any:
    """Return the node for something given to ``select.join()``."""
    node = resolve(target)
    if isinstance(node, Node) and (getattr(node, "_is_from_clause", False) or getattr(node, "_is_entity", False)):
        return node
    if isinstance(node, Node) and getattr(node, "_is_returns_rows", False):
        return node._as_from_element()  # type: ignore[attr-defined]
    if isinstance(node, Node) and getattr(node, "_annotations", None) and "entity" in node._annotations:  # type: ignore[attr-defined]
        return node
    raise ArgumentError(
        f"Join target, typically a FROM expression, or ORM relationship attribute expected, got {target!r}."
    )


def join_onclause(onclause: Any) -> Any:
    """Return the node for an ON condition: an expression, or a relationship of a mapper."""
    return condition(onclause, "the ON clause of a join")


if TYPE_CHECKING:
    #: What has a type that a row will have: a column expression, an attribute of a mapped class, a mapped class.
    _Typed: TypeAlias = SQLColumnExpression[_T] | type[_T]


@overload
def select(e0: _Typed[_T0], /) -> Select[tuple[_T0]]: ...


@overload
def select(e0: _Typed[_T0], e1: _Typed[_T1], /) -> Select[tuple[_T0, _T1]]: ...


@overload
def select(e0: _Typed[_T0], e1: _Typed[_T1], e2: _Typed[_T2], /) -> Select[tuple[_T0, _T1, _T2]]: ...


@overload
def select(
    e0: _Typed[_T0],
    e1: _Typed[_T1],
    e2: _Typed[_T2],
    e3: _Typed[_T3],
    /,
) -> Select[tuple[_T0, _T1, _T2, _T3]]: ...


@overload
def select(
    e0: _Typed[_T0],
    e1: _Typed[_T1],
    e2: _Typed[_T2],
    e3: _Typed[_T3],
    e4: _Typed[_T4],
    /,
) -> Select[tuple[_T0, _T1, _T2, _T3, _T4]]: ...


@overload
def select(
    e0: _Typed[_T0],
    e1: _Typed[_T1],
    e2: _Typed[_T2],
    e3: _Typed[_T3],
    e4: _Typed[_T4],
    e5: _Typed[_T5],
    /,
) -> Select[tuple[_T0, _T1, _T2, _T3, _T4, _T5]]: ...


@overload
def select(
    e0: _Typed[_T0],
    e1: _Typed[_T1],
    e2: _Typed[_T2],
    e3: _Typed[_T3],
    e4: _Typed[_T4],
    e5: _Typed[_T5],
    e6: _Typed[_T6],
    /,
) -> Select[tuple[_T0, _T1, _T2, _T3, _T4, _T5, _T6]]: ...


@overload
def select(
    e0: _Typed[_T0],
    e1: _Typed[_T1],
    e2: _Typed[_T2],
    e3: _Typed[_T3],
    e4: _Typed[_T4],
    e5: _Typed[_T5],
    e6: _Typed[_T6],
    e7: _Typed[_T7],
    /,
) -> Select[tuple[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]]: ...


@overload
def select(
    e0: _Typed[_T0],
    e1: _Typed[_T1],
    e2: _Typed[_T2],
    e3: _Typed[_T3],
    e4: _Typed[_T4],
    e5: _Typed[_T5],
    e6: _Typed[_T6],
    e7: _Typed[_T7],
    e8: _Typed[_T8],
    /,
) -> Select[tuple[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8]]: ...


@overload
def select(
    e0: _Typed[_T0],
    e1: _Typed[_T1],
    e2: _Typed[_T2],
    e3: _Typed[_T3],
    e4: _Typed[_T4],
    e5: _Typed[_T5],
    e6: _Typed[_T6],
    e7: _Typed[_T7],
    e8: _Typed[_T8],
    e9: _Typed[_T9],
    /,
) -> Select[tuple[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8, _T9]]: ...


@overload
def select(*entities: Any) -> Select[Any]: ...
def select(*entities: Any) -> Select[Any]:
    """Return ``SELECT`` of columns, tables, expressions or mapped classes."""
    return Select(*entities)


def _select_from_element(*elements: Any) -> Select[Any]:
    return Select(*elements)


MAKE_FROM.select = _select_from_element
