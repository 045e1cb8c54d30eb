"""JOIN of two FROM elements, and the ON condition that foreign keys imply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import and_ as and_operator
from typing import Any, ClassVar

from lect.exc import (
    AmbiguousForeignKeysError,
    NoForeignKeysError,
    NoReferencedColumnError,
    NoReferencedTableError,
)
from lect.shape import Shape, intern
from lect.sql.anonymous import anonymous_name
from lect.sql.arguments import condition, from_argument
from lect.sql.boolean import and_
from lect.sql.collection import ColumnSet
from lect.sql.from_clause import MAKE_FROM, FromClause, adapt_to
from lect.sql.naming import qualified_key
from lect.sql.node import Node, child, scalar

__all__ = ["Join", "join", "join_condition", "leaves", "outerjoin"]


class Join(FromClause):
    """``left JOIN right ON onclause``; its columns are those of both sides."""

    __visit_name__ = "join"
    _fields = (child("left"), child("right"), child("onclause"), scalar("isouter"), scalar("full"))
    _is_join: ClassVar[bool] = True

    def __init__(self, left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> None:
        self.left = from_argument(left, "the left side of a join")
        right = from_argument(right, "the right side of a join")
        # A join on the right is written in parentheses: joins associate to the left.
        self.right = FromGrouping(right) if right._is_join else right
        if onclause is None:
            self.onclause = join_condition(self.left, right, last_of(self.left))
        else:
            self.onclause = condition(onclause, "the ON clause of a join").self_group(against=and_operator)
        self.isouter = bool(isouter)
        self.full = bool(full)

    @property
    def description(self) -> str:
        return f"Join object on {self.left.description}({id(self.left)}) and {self.right.description}({id(self.right)})"

    def _structure(self) -> Shape:
        on = self.onclause
        shape = self._shape = intern(
            (
                type(self),
                self.left._shape or self.left._structure(),
                self.right._shape or self.right._structure(),
                None if on is None else (on._shape or on._structure()),
                self.isouter,
                self.full,
            )
        )
        # Two equal joins in one FROM list are two elements, one join named twice is one: identity counts.
        self._leaves = (self,)
        return shape

    def _inner_leaves(self) -> tuple[Node, ...]:
        on = self.onclause
        return self.left._leaves + self.right._leaves + (() if on is None else on._leaves)  # type: ignore[no-any-return]

    def _collect_columns(self) -> Iterable[tuple[str, Any]]:
        # Keyed with the table's name before the column's, as both sides may have columns of one name.
        for side in (self.left, self.right):
            for c in side.c:
                yield qualified_key(c), c

    def _init_keys(self, columns: Any) -> None:
        found = list(columns)
        keys = [c for c in found if c.primary_key]
        self.__dict__["_primary_key"] = ColumnSet(reduce_columns(keys, self.onclause))
        self.__dict__["_foreign_keys"] = {fk for c in found for fk in c.foreign_keys}

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self or self.left.is_derived_from(fromclause) or self.right.is_derived_from(fromclause)

    def self_group(self, against: Any = None) -> Any:
        return FromGrouping(self)

    def select(self) -> Any:
        """Return ``SELECT`` of both sides' columns from this join."""
        return MAKE_FROM.select(self.left, self.right).select_from(self)

    @property
    def _from_objects(self) -> list[Any]:
        return [self, *self.left._from_objects, *self.right._from_objects]

    @property
    def _hide_froms(self) -> Iterable[Any]:
        for side in (self.left, self.right):
            yield from side._from_objects
            yield from side._hide_froms

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        """Return this join as a subquery with a name; with `flat`, the join of its sides' aliases."""
        if not flat:
            return self.select().correlate(None).alias(name)
        return self._flat_alias(name)

    def _flat_alias(self, name: str | None) -> Any:
        sides = []
        for side in (self.left, self.right):
            inner = side.element if isinstance(side, FromGrouping) else side
            if inner._is_join:
                sides.append(inner.alias(name, flat=True))
                continue
            # A name that nobody gave cannot be part of one that somebody gives.
            unnamed = name is None or isinstance(getattr(inner, "name", None), anonymous_name)
            sides.append(inner.alias(None if unnamed else f"{name}_{inner.description}"))
        left, right = sides
        on = adapt_to(adapt_to(self.onclause, left), right)
        return type(self)(left, right, on, isouter=self.isouter, full=self.full)


def last_of(left: Any) -> Any:
    """Return the part of a join that was joined last: where foreign keys are looked for first. None when it is no
    join."""
    return left.right if left._is_join else None


class FromGrouping(FromClause):
    """A FROM element in parentheses."""

    __visit_name__ = "grouping"
    _fields = (child("element"),)

    def __init__(self, element: FromClause) -> None:
        self.element = element

    @property
    def c(self) -> Any:
        return self.element.c

    columns = c

    @property  # type: ignore[misc]
    def primary_key(self) -> Any:
        return self.element.primary_key

    @property  # type: ignore[misc]
    def foreign_keys(self) -> Any:
        return self.element.foreign_keys

    @property
    def description(self) -> str:
        return self.element.description

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self or self.element.is_derived_from(fromclause)

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        return FromGrouping(self.element.alias(name, flat))

    @property
    def _from_objects(self) -> list[Any]:
        return self.element._from_objects

    @property
    def _hide_froms(self) -> Iterable[Any]:
        return self.element._hide_froms


def leaves(element: Any) -> list[Any]:
    """Return the FROM elements that a join is made of, from left to right; of anything else, itself."""
    if element._is_join:
        return [*leaves(element.left), *leaves(element.right)]
    return leaves(element.element) if isinstance(element, FromGrouping) else [element]


def join_condition(
    left: Any,
    right: Any,
    left_subset: Any = None,
    consider_as_foreign_keys: Any = None,
) -> Any:
    """Return the ON condition that the foreign keys between `left` and `right` imply.

    Args:
        left_subset: when several foreign keys exist, only those of this part of `left` (usually its last table) count.
        consider_as_foreign_keys: columns whose foreign keys count; None for all.

    Raises:
        NoForeignKeysError: no foreign key joins both.
        AmbiguousForeignKeysError: several could.
    """
    constraints = _joinable(left, right, left_subset, consider_as_foreign_keys)
    if not constraints:
        hint = ""
        if getattr(right, "_is_join", False) or (isinstance(right, FromGrouping) and right.element._is_join):
            hint = " Perhaps you meant to convert the right side to a subquery using alias()?"
        raise NoForeignKeysError(
            f"Can't find any foreign key relationships between {left.description!r} and {right.description!r}.{hint}"
        )
    if len(constraints) > 1:
        constraints = _unambiguous(constraints, left, right, left_subset, consider_as_foreign_keys)
    pairs = next(iter(constraints.values()))
    return and_(*[a == b for a, b in pairs]) if len(pairs) > 1 else pairs[0][0] == pairs[0][1]


def _joinable(left: Any, right: Any, left_subset: Any, only: Any) -> dict[Any, list[tuple[Any, Any]]]:
    """Return constraint -> column pairs of the foreign keys between two elements."""
    found: dict[Any, list[tuple[Any, Any]]] = {}
    for side in (left_subset, left):
        if side is None:
            continue
        # A table joined to itself is looked at once.
        for owner, target in ((right, side),) if right is side else ((right, side), (side, right)):
            for fk in sorted(owner.foreign_keys, key=_creation_order):
                if only is not None and fk.parent not in only:
                    continue
                try:
                    column = fk.get_referent(target)
                except (NoReferencedColumnError, NoReferencedTableError) as error:
                    # A table that is not known yet, or another one that lacks the column, is none of both sides.
                    names = {getattr(t, "name", None) for t in target._from_objects}
                    if getattr(error, "table_name", None) in names:
                        raise
                    continue
                if column is not None:
                    found.setdefault(fk.constraint, []).append((column, fk.parent))
            if left is right:
                break
        if found:
            break
    return found


def _creation_order(fk: Any) -> int:
    return getattr(fk.parent, "_creation_order", 0)


def _unambiguous(
    constraints: dict[Any, list[tuple[Any, Any]]], left: Any, right: Any, left_subset: Any, only: Any
) -> dict[Any, list[tuple[Any, Any]]]:
    if only is not None:
        # Constraints that write exactly the columns asked for go before those that share some.
        exact = {c: p for c, p in constraints.items() if {fk.parent for fk in getattr(c, "elements", ())} == set(only)}
        constraints = exact or constraints
    if len(constraints) == 1:
        return constraints
    distinct = {tuple(pairs) for pairs in constraints.values()}
    if len(distinct) == 1:
        key = next(iter(constraints))
        return {key: constraints[key]}
    raise AmbiguousForeignKeysError(
        f"Can't determine join between {left.description!r} and {right.description!r}; tables have more than one "
        f"foreign "
        "key constraint relationship between them. Please specify the 'onclause' of this join explicitly."
    )


def can_join(left: Any, right: Any) -> bool:
    """Say whether a foreign key joins both, one way or the other."""
    return bool(_joinable(left, right, None, None))


def reduce_columns(columns: Sequence[Any], *clauses: Any) -> list[Any]:
    """Return `columns` without those that are equal to another one by a foreign key, or by ``=`` in `clauses`."""
    dropped: set[int] = set()
    ordered = list(columns)
    for column in ordered:
        for fk in column.foreign_keys:
            try:
                referred = fk.column
            except (NoReferencedTableError, NoReferencedColumnError):
                continue
            if any(referred.shares_lineage(c) for c in ordered if c is not column):
                dropped.add(id(column))
                break
    for clause in clauses:
        if clause is not None:
            _drop_equal(clause, ordered, dropped)
    return [c for c in ordered if id(c) not in dropped]


def _drop_equal(clause: Node, ordered: list[Any], dropped: set[int]) -> None:
    operator = getattr(clause, "operator", None)
    if getattr(operator, "__name__", "") == "eq" and hasattr(clause, "left"):
        kept = [c for c in ordered if id(c) not in dropped]
        lefts = [c for c in kept if c.shares_lineage(clause.left)]
        rights = [c for c in kept if c.shares_lineage(clause.right)]  # type: ignore[attr-defined]
        if lefts and rights:
            later = max((lefts[0], rights[0]), key=lambda c: next(i for i, o in enumerate(ordered) if o is c))
            dropped.add(id(later))
        return
    if getattr(operator, "__name__", "and_") == "and_":
        for part in clause.get_children():
            _drop_equal(part, ordered, dropped)


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """Return ``left JOIN right ON onclause``; without `onclause` it follows the foreign keys between both."""
    return Join(left, right, onclause, isouter, full)


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """Return ``left LEFT OUTER JOIN right ON onclause``."""
    return Join(left, right, onclause, True, full)


MAKE_FROM.join = Join
