"""FROM elements that nothing joins: the cartesian product somebody did not mean, told once, when it is compiled."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, Final

from lect.exc import LectWarning
from lect.operators import is_comparison
from lect.sql.from_clause import froms_of

__all__ = ["FROM_LINTING", "NO_LINTING", "check_froms"]

#: What ``statement.compile(linting=...)`` takes.
FROM_LINTING: Final = True
NO_LINTING: Final = False

_Edges = list[tuple[Any, Any]]


def check_froms(kind: str, froms: Iterable[Any], conditions: Iterable[Any]) -> None:
    """Warn when a statement's FROM elements fall into parts that no condition connects.

    Args:
        kind: the statement's keyword, for the message.
        froms: the FROM list.
        conditions: what stands in WHERE.
    """
    elements: dict[Any, str] = {}
    edges: _Edges = []
    for each in froms:
        _enter(each, elements, edges)
    if len(elements) < 2:
        return
    for condition in conditions:
        _connect(condition, edges)
    start = next(iter(elements))
    reached = _reached(start, elements, edges)
    rest = [name for element, name in elements.items() if element not in reached]
    if rest:
        names = ", ".join([f'"{name}"' for name in rest])
        warnings.warn(
            f"{kind} statement has a cartesian product between FROM element(s) {names} and FROM element "
            f'"{elements[start]}".  Apply join condition(s) between each element to resolve.',
            LectWarning,
            stacklevel=2,
        )


def _reached(start: Any, elements: dict[Any, str], edges: _Edges) -> set[Any]:
    """Return the elements that are connected to `start`, directly or through others."""
    neighbours: dict[Any, set[Any]] = {e: set() for e in elements}
    for a, b in edges:
        if a in neighbours and b in neighbours:
            neighbours[a].add(b)
            neighbours[b].add(a)
    reached = {start}
    stack = [start]
    while stack:
        for other in neighbours[stack.pop()]:
            if other not in reached:
                reached.add(other)
                stack.append(other)
    return reached


def _enter(element: Any, elements: dict[Any, str], edges: _Edges) -> None:
    """Enter a FROM element, a join as its parts with all of one side connected to all of the other."""
    while element.__visit_name__ == "grouping":
        element = element.element
    if element._is_text_clause:
        return
    if element._is_join:
        _enter(element.left, elements, edges)
        _enter(element.right, elements, edges)
        edges.extend([(a, b) for a in element.left._from_objects for b in element.right._from_objects])
        return
    elements[element] = str(element.description)
    inner = getattr(element, "element", None)
    if getattr(element, "joins_implicitly", False):
        edges.extend([(element, other) for other in froms_of(inner)])
    elif element._is_lateral and inner is not None:
        edges.extend([(element, other) for other in elements if other is not element and _mentions(inner, other)])


def _mentions(node: Any, element: Any) -> bool:
    """Say whether a column of `element` stands anywhere inside of `node`."""
    stack = [node]
    while stack:
        each = stack.pop()
        if each.__dict__.get("table") is element:
            return True
        stack.extend(each.get_children())
    return False


def _connect(condition: Any, edges: _Edges) -> None:
    """Note what the comparisons in a condition connect."""
    stack = [condition]
    while stack:
        node = stack.pop()
        operator = node.__dict__.get("operator")
        if node.__visit_name__ == "binary" and operator is not None and is_comparison(operator):
            found = froms_of(node)
            edges.extend([(a, b) for i, a in enumerate(found) for b in found[i + 1 :]])
        elif not node._is_returns_rows and node._own_froms is None:
            stack.extend(node.get_children())
