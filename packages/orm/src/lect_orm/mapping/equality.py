"""Which columns a condition makes equal, and which of the two refers to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import eq
from typing import Any

__all__ = ["binaries_of", "criterion_as_pairs", "iterate", "of_tables", "plain", "replace_columns"]


def iterate(node: Any) -> Iterator[Any]:
    """Yield a node and everything inside, outermost first."""
    todo = [node]
    seen: set[int] = set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo.extend(reversed(list(one.get_children())))


def binaries_of(condition: Any) -> Iterator[Any]:
    """Yield the comparisons inside a condition, those inside of function calls and subqueries too."""
    for node in iterate(condition):
        if hasattr(node, "left") and hasattr(node, "right") and hasattr(node, "operator"):
            yield node


def is_column(node: Any) -> bool:
    """Whether a node is a column of a table or alias."""
    return getattr(node, "table", None) is not None and getattr(node, "_is_column_element", False)


def criterion_as_pairs(
    expression: Any,
    consider_as_foreign_keys: Iterable[Any] | None = None,
    consider_as_referenced_keys: Iterable[Any] | None = None,
    any_operator: bool = False,
) -> list[tuple[Any, Any]]:
    """Return ``(referred column, referring column)`` for each ``a = b`` between two columns.

    Args:
        consider_as_foreign_keys: columns that refer, whether or not a foreign key says so.
        consider_as_referenced_keys: columns that are referred to.
        any_operator: other comparisons count as well.
    """
    pairs: list[tuple[Any, Any]] = []
    fks = None if consider_as_foreign_keys is None else list(consider_as_foreign_keys)
    refs = None if consider_as_referenced_keys is None else list(consider_as_referenced_keys)

    def among(column: Any, group: list[Any]) -> bool:
        return any(column is c for c in group)

    for binary in binaries_of(expression):
        if not any_operator and binary.operator is not eq:
            continue
        left, right = binary.left, binary.right
        if not (is_column(left) and is_column(right)):
            continue
        if fks is not None:
            if among(left, fks) and (left is right or not among(right, fks)):
                pairs.append((right, left))
            elif among(right, fks) and (left is right or not among(left, fks)):
                pairs.append((left, right))
        elif refs is not None:
            if among(left, refs) and (left is right or not among(right, refs)):
                pairs.append((left, right))
            elif among(right, refs) and (left is right or not among(left, refs)):
                pairs.append((right, left))
        elif left.foreign_keys and any(
            fk.references(right.table) and fk.column is plain(right) for fk in left.foreign_keys
        ):
            pairs.append((right, left))
        elif right.foreign_keys and any(
            fk.references(left.table) and fk.column is plain(left) for fk in right.foreign_keys
        ):
            pairs.append((left, right))
    return pairs


def plain(column: Any) -> Any:
    """Return a table's own column for one that carries annotations: a mapped attribute's, or marks of a join."""
    origin = column.__dict__.get("_origin")
    return column if origin is None else plain(origin)


def of_tables(expression: Any, keep: Iterable[str] = ()) -> Any:
    """Return a condition over mapped attributes as one over the tables' own columns; of their annotations, `keep` stay.

    A column that is written in a class body and has no table yet counts as one, too.
    """
    hook = getattr(expression, "__clause_element__", None)
    if hook is not None:
        expression = hook()

    def change(node: Any) -> Any:
        if not is_column(node) and not (hasattr(node, "constraints") and is_column(plain(node))):
            return None
        kept = {key: True for key in keep if key in node._annotations}
        own = plain(node)
        return own._annotate(kept) if kept else own

    return replace_columns(expression, change)


def replace_columns(node: Any, change: Callable[[Any], Any]) -> Any:
    """Return `node` with each column (or other part) for which ``change(part)`` gives something replaced by it."""

    def visit(part: Any) -> Any:
        new = change(part)
        if new is not None:
            return new
        return part._map_children(visit)

    return visit(node)
