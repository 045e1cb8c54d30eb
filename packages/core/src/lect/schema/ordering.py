"""The order in which tables can be created: those referred to first, cycles broken at foreign keys."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar

from lect.exc import CircularDependencyError, LectWarning

__all__ = ["find_cycles", "sort_tables", "sort_tables_and_constraints", "topological_order"]

_T = TypeVar("_T")


def topological_order(pairs: Collection[tuple[_T, _T]], items: Sequence[_T]) -> list[_T]:
    """Return `items` so that for each ``(before, after)`` in `pairs`, `before` comes first; otherwise in their order.

    Raises CircularDependencyError, which holds the items of the cycles, when there is no such order. Items are told
    apart by identity.
    """
    waiting: dict[int, set[int]] = {id(item): set() for item in items}
    for before, after in pairs:
        if id(before) in waiting and id(after) in waiting:
            waiting[id(after)].add(id(before))
    order: list[_T] = []
    left = list(items)
    while left:
        ready = [item for item in left if not waiting[id(item)]]
        if not ready:
            stuck = find_cycles(pairs, left)
            raise CircularDependencyError(
                "Circular dependency detected.", stuck, [(a, b) for a, b in pairs if a in stuck and b in stuck]
            )
        done = {id(item) for item in ready}
        order.extend(ready)
        left = [item for item in left if id(item) not in done]
        for item in left:
            waiting[id(item)] -= done
    return order


def find_cycles(pairs: Collection[tuple[_T, _T]], items: Sequence[_T]) -> list[_T]:
    """Return those of `items` that lie on a cycle of `pairs`, in their order."""
    after: dict[int, set[int]] = {id(item): set() for item in items}
    for first, second in pairs:
        if id(first) in after and id(second) in after:
            after[id(first)].add(id(second))

    def reaches_itself(start: int) -> bool:
        seen: set[int] = set()
        stack = list(after[start])
        while stack:
            here = stack.pop()
            if here == start:
                return True
            if here not in seen:
                seen.add(here)
                stack.extend(after[here])
        return False

    return [item for item in items if reaches_itself(id(item))]


def sort_tables(
    tables: Iterable[Any],
    skip_fn: Callable[[Any], bool] | None = None,
    extra_dependencies: Sequence[tuple[Any, Any]] | None = None,
) -> list[Any]:
    """Return `tables`, those that others refer to first; where they refer to each other, with a warning.

    Args:
        skip_fn: told of a ForeignKeyConstraint, says whether to leave it out of account.
        extra_dependencies: further (before, after) pairs.
    """
    leave_out: Callable[[Any], bool | None] | None = None
    if skip_fn is not None:
        skip = skip_fn

        def leave_out(constraint: Any) -> bool | None:
            return True if skip(constraint) else None

    return [
        table
        for table, _ in sort_tables_and_constraints(tables, leave_out, extra_dependencies, _warn_for_cycles=True)
        if table is not None
    ]


def sort_tables_and_constraints(
    tables: Iterable[Any],
    filter_fn: Callable[[Any], bool | None] | None = None,
    extra_dependencies: Sequence[tuple[Any, Any]] | None = None,
    _warn_for_cycles: bool = False,
) -> list[tuple[Any, Any]]:
    """Return ``[(table, its foreign keys that can be created with it), ..., (None, foreign keys to be added after)]``.

    Foreign keys that close a cycle of tables come last, as do those that `filter_fn` answers True for; False keeps one
    with its table come what may, and None decides by the order.
    """
    items = list(tables)
    fixed: list[tuple[Any, Any]] = []
    by_constraint: list[tuple[Any, Any]] = []
    later: list[Any] = []
    for table in items:
        for constraint in _in_order(table.foreign_key_constraints):
            if constraint.use_alter or (filter_fn is not None and filter_fn(constraint) is True):
                later.append(constraint)
                continue
            referred = constraint.referred_table
            if referred is not table:
                by_constraint.append((referred, table))
        fixed.extend((other, table) for other in table._extra_dependencies)
    if extra_dependencies is not None:
        fixed.extend(extra_dependencies)
    try:
        order = topological_order([*fixed, *by_constraint], items)
    except CircularDependencyError as circle:
        order = _break_cycles(items, fixed, by_constraint, later, circle, filter_fn, _warn_for_cycles)
    put_off = {id(c) for c in later}
    result: list[tuple[Any, Any]] = [
        (table, {c for c in table.foreign_key_constraints if id(c) not in put_off}) for table in order
    ]
    result.append((None, later))
    return result


def _in_order(constraints: Iterable[Any]) -> list[Any]:
    return sorted(constraints, key=lambda c: c._creation_order)


def _break_cycles(
    items: list[Any],
    fixed: list[tuple[Any, Any]],
    by_constraint: list[tuple[Any, Any]],
    later: list[Any],
    circle: Any,
    filter_fn: Callable[[Any], bool | None] | None,
    warn: bool,
) -> list[Any]:
    """Return an order in which no foreign key between two tables of a cycle counts; those keys are added to `later`."""
    stuck = list(circle.cycles)
    if warn:
        names = ", ".join(sorted(table.fullname for table in stuck))
        warnings.warn(
            f'Cannot correctly sort tables; there are unresolvable cycles between tables "{names}", which is usually '
            "caused by mutually dependent foreign key constraints.  Foreign key constraints involving these tables "
            "will not be considered; this warning may raise an error in a future release.",
            LectWarning,
            stacklevel=4,
        )
    in_cycle = {id(table) for table in stuck}
    dropped: set[tuple[int, int]] = set()
    staying: set[tuple[int, int]] = set()
    for table in items:
        if id(table) not in in_cycle:
            continue
        for constraint in _in_order(table.foreign_key_constraints):
            referred = constraint.referred_table
            if any(constraint is c for c in later) or referred is table or id(referred) not in in_cycle:
                continue
            if filter_fn is not None and filter_fn(constraint) is False:
                staying.add((id(referred), id(table)))
                continue
            later.append(constraint)
            dropped.add((id(referred), id(table)))
    # Of two foreign keys between the same tables one may stay, and with it the order.
    dropped -= staying
    kept = [(a, b) for a, b in by_constraint if (id(a), id(b)) not in dropped]
    return topological_order([*fixed, *kept], items)
