"""The FROM list of a SELECT: what its columns and conditions bring in, its joins, and what it leaves to the "
"SELECT around."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from lect.exc import InvalidRequestError
from lect.sql.from_clause import froms_of
from lect.sql.join import Join, can_join, join_condition, last_of

__all__ = ["display_froms", "explicit_froms", "first_join_from"]


def explicit_froms(select: Any) -> list[Any]:
    """Return what ``select_from()`` and ``join()`` say, joins built."""
    found: list[Any] = list(select._from_obj)
    for step in select._joins:
        _apply(select, step, found)
    return found


def _apply(select: Any, step: Any, found: list[Any]) -> None:
    """Build one join into the list of FROM elements."""
    right, on = step.target, step.onclause
    if step.left is not None:
        left, index = _stated_left(step.left, found)
        if on is None:
            on = join_condition(left, right, step.left if left is not step.left else last_of(left))
    else:
        left, index = _implicit_left(select, right, on, found)
    made = Join(left, right, on, isouter=step.isouter, full=step.full)
    if index is None:
        found.append(made)
    else:
        found[index] = made


def first_join_from(select: Any) -> Any:
    """Return the first join of a SELECT with the left side that its columns mean; unchanged where they mean none."""
    step = select._joins[0]
    try:
        left, _ = _implicit_left(select, step.target, step.onclause, [])
    except InvalidRequestError:
        return step
    return step._from(left)


def _stated_left(left: Any, found: list[Any]) -> tuple[Any, int | None]:
    """Return the left side of ``join_from()``: the join it is already part of, if any."""
    for index, each in enumerate(found):
        if each is left or (each._is_join and left in each._from_objects):
            return each, index
    return left, None


def _implicit_left(select: Any, right: Any, on: Any, found: list[Any]) -> tuple[Any, int | None]:
    if found:
        indexes = _joinable_from(found, right, on)
        if len(indexes) == 1:
            return found[indexes[0]], indexes[0]
        if len(indexes) > 1:
            raise InvalidRequestError(
                "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this "
                "entity. "
                "To help resolve the ambiguity, please use the .select_from() method to establish an explicit left "
                "side, "
                "as well as providing an explicit ON clause if not present already to help resolve the ambiguity."
            )
        # Nothing explicit can be joined; perhaps something that the columns bring in can.
        hidden = {id(f) for each in found for f in each._from_objects}
        others = [f for f in _implied_besides(select, right) if id(f) not in hidden]
        indexes = _joinable_from(others, right, on) if others else []
        if len(indexes) == 1:
            return others[indexes[0]], None
    else:
        others = _implied_besides(select, right)
        indexes = _joinable_from(others, right, on)
        if len(indexes) == 1:
            return others[indexes[0]], None
        if len(indexes) > 1:
            raise InvalidRequestError(
                "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this "
                "entity. "
                "To help resolve the ambiguity, please use the .select_from() method to establish an explicit left "
                "side, "
                "as well as providing an explicit ON clause if not present already to help resolve the ambiguity."
            )
    name = getattr(right, "description", None) or repr(right)
    raise InvalidRequestError(
        f"Don't know how to join to {name!s}. Please use the .select_from() method to establish an explicit left "
        f"side, as "
        "well as providing an explicit ON clause if not present already to help resolve the ambiguity."
    )


def _implied_besides(select: Any, right: Any) -> list[Any]:
    """Return the FROM elements that columns and conditions bring in, without what is joined and its parts."""
    joined = {id(right), *[id(f) for f in right._from_objects]}
    return [f for f in _implied(select) if id(f) not in joined]


def _implied(select: Any) -> list[Any]:
    found: dict[Any, None] = {}
    for node in (*select._raw_columns, *select._where):
        found.update(dict.fromkeys(froms_of(node)))
    return list(found)


def _columns_in(node: Any) -> list[Any]:
    out: list[Any] = []
    stack = [node]
    while stack:
        each = stack.pop()
        if each._is_column_element and each.__dict__.get("table") is not None:
            out.append(each)
        elif not each._is_returns_rows:
            stack.extend(each.get_children())
    return out


def _joinable_from(lefts: Sequence[Any], right: Any, on: Any) -> list[int]:
    """Return the positions of those FROM elements that `right` can be joined to."""
    indexes: list[int] = []
    surface = right._from_objects
    mentioned = {id(c.table) for c in _columns_in(on)} if on is not None and len(lefts) > 1 else None
    for index, left in enumerate(lefts):
        for part in surface:
            if part is left:
                continue
            if mentioned is not None:
                inside = {id(f) for f in left._from_objects} | {id(f) for f in surface}
                if mentioned <= inside and mentioned & {id(f) for f in left._from_objects}:
                    indexes.append(index)
                    break
            elif on is not None or can_join(left, part):
                indexes.append(index)
                break
    if len(indexes) > 1:
        hidden = {id(h) for left in lefts for h in left._hide_froms}
        indexes = [i for i in indexes if id(lefts[i]) not in hidden]
    if not indexes and on is not None:
        return list(range(len(lefts)))
    return indexes


def _listed(select: Any) -> list[Any]:
    """Return all FROM elements of a SELECT, those inside of joins left out."""
    found: dict[Any, None] = dict.fromkeys(explicit_froms(select))
    for node in (*select._raw_columns, *select._where):
        for f in froms_of(node):
            found.setdefault(f)
    hidden: set[Any] = set()
    for f in found:
        hidden.update(f._hide_froms if f._is_from_clause else ())
    return [f for f in found if f not in hidden]


def display_froms(
    select: Any,
    visible: Collection[Any] | None = None,
    surrounding: Collection[Any] | None = None,
) -> list[Any]:
    """Return the FROM list as it is written.

    Args:
        visible: FROM elements of all statements around, which the SELECT may be correlated to when it says so.
        surrounding: those of the statement directly around, to which it is correlated by itself; empty in a FROM list.

    Raises:
        InvalidRequestError: correlation leaves nothing to select from.
    """
    froms = _listed(select)
    correlation = select._correlation
    if correlation == "to":
        if visible and select._correlate:
            wanted = _flatten(select._correlate)
            froms = [f for f in froms if not (f in visible and f in wanted)]
    elif correlation == "except":
        if visible:
            kept = _flatten(select._correlate_except)
            froms = [f for f in froms if not (f in visible and f not in kept)]
    elif surrounding and len(froms) > 1:
        left = [f for f in froms if f not in surrounding]
        if not left:
            raise InvalidRequestError(
                f"Select statement '{select!s}' returned no FROM clauses due to auto-correlation; specify "
                "correlate(<tables>) to control correlation manually."
            )
        froms = left
    return froms


def _flatten(elements: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for each in elements:
        found.update(each._from_objects)
        found.add(each)
    return found
