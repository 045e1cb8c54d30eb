"""Names given to ``filter_by()``: which column of which FROM element is meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lect.exc import AmbiguousColumnError, InvalidRequestError, nearest
from lect.sql.from_clause import froms_of

__all__ = ["named_attribute", "namespaces"]


def namespaces(nodes: Iterable[Any]) -> list[Any]:
    """Return the entities and FROM elements that `nodes` (of a statement's FROM, columns and conditions) bring in."""
    found: dict[int, Any] = {}
    for node in nodes:
        entity = node._annotations.get("entity") if node._annotations else None
        if entity is not None:
            found.setdefault(id(entity), entity)
        elif node._is_entity:
            found.setdefault(id(node), node)
        else:
            for f in froms_of(node):
                if not f._is_join:
                    found.setdefault(id(f), f)
    return list(found.values())


def _names(namespace: Any) -> list[str]:
    """Names that could have been meant, for messages."""
    keys = getattr(namespace, "keys", None)
    if callable(keys) and not isinstance(namespace, type):
        return [str(key) for key in keys()]
    return [name for name in dir(namespace) if not name.startswith("_")]


def named_attribute(spaces: Sequence[Any], key: str) -> Any:
    """Return the attribute that ``filter_by(key=...)`` means.

    Raises:
        InvalidRequestError: nothing in FROM has it.
        AmbiguousColumnError: several do.
    """
    found: list[tuple[Any, Any]] = []
    for space in spaces:
        namespace = space.entity_namespace
        attribute = _attribute(namespace, key)
        if attribute is not None:
            found.append((space, attribute))
    if not found:
        names = ", ".join([describe(s) for s in spaces[:3]])
        if len(spaces) > 3:
            names += f", ... ({len(spaces)} total)"
        known = [name for space in spaces for name in _names(space.entity_namespace)]
        raise InvalidRequestError(
            f'None of the FROM clause entities have a property "{key}". Searched entities: {names or "none"}'
            f"{nearest(key, known)}"
        )
    if len(found) > 1:
        names = ", ".join(describe(s) for s, _ in found)
        raise AmbiguousColumnError(
            f'Attribute name "{key}" is ambiguous; it exists in multiple FROM clause entities ({names}). '
            "Use filter() with explicit column references instead of filter_by()."
        )
    return found[0][1]


def _attribute(namespace: Any, key: str) -> Any:
    if hasattr(namespace, "contains_column"):  # a collection of columns: names of its methods are no columns
        return namespace.get(key, None)
    if key.startswith("__"):
        return None
    return getattr(namespace, key, None)


def describe(element: Any) -> str:
    """Return a name for people."""
    return str(getattr(element, "description", None) or element)
