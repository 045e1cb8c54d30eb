"""Walking through statements, and copies of them with parts replaced."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lect.operators import is_comparison
from lect.sql.from_clause import FromClause, _adapt
from lect.sql.node import Node

__all__ = [
    "ClauseAdapter",
    "ClauseVisitor",
    "CloningVisitor",
    "ReplacingVisitor",
    "adapt_criterion_to_null",
    "cloned_traverse",
    "find_columns",
    "find_tables",
    "iterate",
    "replacement_traverse",
    "traverse",
    "traverse_using",
    "visit_binary_product",
]

Options = Mapping[str, Any]
_NONE: Options = {}


def iterate(obj: Any, opts: Options = _NONE) -> Iterator[Any]:
    """Yield `obj` and every node inside of it, outer ones before inner ones.

    Columns do not lead to their tables: a column's table is where it comes from, not a part of it.
    """
    if obj is None:
        return
    yield obj
    stack = deque([obj.get_children()])
    while stack:
        for child in stack.popleft():
            yield child
            stack.append(child.get_children())


def traverse_using(iterator: Iterable[Any], obj: Any, visitors: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Call the visitor of each node that `iterator` yields; return `obj`."""
    for target in iterator:
        visit = visitors.get(target.__visit_name__)
        if visit is not None:
            visit(target)
    return obj


def traverse(obj: Any, opts: Options, visitors: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Call ``visitors[node.__visit_name__](node)`` for `obj` and every node inside; return `obj`."""
    return traverse_using(iterate(obj, opts), obj, visitors)


def cloned_traverse(obj: Any, opts: Options, visitors: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Return a copy of `obj` in which visitors may change nodes in place: each gets the copy of a node.

    Nodes for which no visitor exists, and that contain no such node, are shared with the original.
    """
    stop = {id(each) for each in opts.get("stop_on", ())}
    done: dict[int, Any] = {}
    keep: list[Any] = []

    def copy(node: Any) -> Any:
        if id(node) in stop:
            return node
        known = done.get(id(node))
        if known is None:
            visit = visitors.get(node.__visit_name__)
            known = node._map_children(copy)
            if visit is not None:
                if known is node:
                    known = node._clone()
                visit(known)
                _forget_structure(known)
            done[id(node)] = known
            keep.append(node)
        return known

    return None if obj is None else copy(obj)


def _forget_structure(node: Any) -> None:
    node.__dict__.pop("_shape", None)
    node.__dict__.pop("_leaves", None)
    node._children_changed()


def replacement_traverse(obj: Any, opts: Options, replace: Callable[..., Any]) -> Any:
    """Return a copy of `obj` in which every node for which ``replace(node)`` returns another is replaced by that.

    What was put in is not searched further. `replace` returns None to leave a node as it is.
    """
    stop = {id(each) for each in opts.get("stop_on", ())}
    done: dict[int, Any] = {}
    keep: list[Any] = []

    def copy(node: Any) -> Any:
        if id(node) in stop or "no_replacement_traverse" in getattr(node, "_annotations", ()):
            return node
        known = done.get(id(node))
        if known is None:
            known = replace(node)
            if known is None:
                known = node._map_children(copy)
            done[id(node)] = known
            keep.append(node)
        return known

    return None if obj is None else copy(obj)


class ClauseVisitor:
    """Base of visitors: methods ``visit_<name>`` are called for nodes of that ``__visit_name__``."""

    __traverse_options__: Options = _NONE

    def traverse_single(self, obj: Any, **kw: Any) -> Any:
        """Call the method for `obj` alone, of this visitor or of one chained to it."""
        for visitor in self.visitor_iterator:
            method = getattr(visitor, f"visit_{obj.__visit_name__}", None)
            if method is not None:
                return method(obj, **kw)
        return None

    def iterate(self, obj: Any) -> Iterator[Any]:
        """Yield `obj` and every node inside."""
        return iterate(obj, self.__traverse_options__)

    def traverse(self, obj: Any) -> Any:
        """Visit `obj` and every node inside."""
        return traverse(obj, self.__traverse_options__, self._visitors)

    @property
    def _visitors(self) -> dict[str, Callable[[Any], Any]]:
        found: dict[str, Callable[[Any], Any]] = {}
        for name in dir(self):
            if name.startswith("visit_") and name != "visitor_iterator":
                found[name[6:]] = getattr(self, name)
        return found

    @property
    def visitor_iterator(self) -> Iterator[ClauseVisitor]:
        """Yield this visitor and those chained to it."""
        visitor: ClauseVisitor | None = self
        while visitor is not None:
            yield visitor
            visitor = visitor.__dict__.get("_next")

    def chain(self, visitor: ClauseVisitor) -> ClauseVisitor:
        """Put `visitor` at the end of the chain; return this one."""
        tail = list(self.visitor_iterator)[-1]
        tail.__dict__["_next"] = visitor
        return self


class CloningVisitor(ClauseVisitor):
    """Visitor that changes a copy."""

    def copy_and_process(self, list_: Iterable[Any]) -> list[Any]:
        """Return changed copies of several nodes."""
        return [self.traverse(x) for x in list_]

    def traverse(self, obj: Any) -> Any:
        """Return a changed copy of `obj`."""
        return cloned_traverse(obj, self.__traverse_options__, self._visitors)


class ReplacingVisitor(CloningVisitor):
    """Visitor that returns replacements: override :meth:`replace`."""

    def replace(self, elem: Any) -> Any:
        """Return what takes the place of `elem`, None to leave it."""
        return None

    def traverse(self, obj: Any) -> Any:
        """Return a copy of `obj` with replacements."""

        def replace(node: Any) -> Any:
            for visitor in self.visitor_iterator:
                found = visitor.replace(node)  # type: ignore[attr-defined]
                if found is not None:
                    return found
            return None

        return replacement_traverse(obj, self.__traverse_options__, replace)


class ClauseAdapter(ReplacingVisitor):
    """Replaces columns by those of a selectable that stand for them, and FROM elements that it is made of by itself.

    Args:
        selectable: what the columns are to come from.
        equivalents: column -> columns known to be equal to it, tried when the column itself is not found.
        include_fn, exclude_fn: which nodes are looked at.
        adapt_on_names: columns that are not found by lineage are found by name.
    """

    def __init__(
        self,
        selectable: Any,
        equivalents: Mapping[Any, Iterable[Any]] | None = None,
        include_fn: Callable[[Any], bool] | None = None,
        exclude_fn: Callable[[Any], bool] | None = None,
        adapt_on_names: bool = False,
        adapt_from_selectables: Iterable[Any] | None = None,
    ) -> None:
        self.selectable = selectable
        self.equivalents = equivalents or {}
        self.include_fn = include_fn
        self.exclude_fn = exclude_fn
        self.adapt_on_names = adapt_on_names
        self.adapt_from = None if adapt_from_selectables is None else frozenset(adapt_from_selectables)
        self.__traverse_options__ = {"stop_on": [selectable]}

    def _corresponding(self, column: Any, require_embedded: bool, seen: frozenset[Any] = frozenset()) -> Any:
        found = self.selectable.corresponding_column(column, require_embedded)
        if found is None and column in self.equivalents and column not in seen:
            for equivalent in self.equivalents[column]:
                found = self._corresponding(equivalent, require_embedded, seen | {column})
                if found is not None:
                    return found
        if found is None and self.adapt_on_names and column.key is not None:
            found = self.selectable.exported_columns.get(getattr(column, "name", None) or column.key)
        return found

    def replace(self, elem: Any) -> Any:
        if elem._is_from_clause and not elem._is_join and isinstance(elem, FromClause):
            if (
                self.selectable._is_from_clause
                and elem is not self.selectable
                and self.selectable.is_derived_from(elem)
            ):
                if self.adapt_from is not None and elem not in self.adapt_from:
                    return None
                return self.selectable
            return None
        if not elem._is_column_element or elem.__visit_name__ not in ("column", "label", "table_valued_column"):
            return None
        if elem.__visit_name__ == "column" and elem.table is None and not self.adapt_on_names:
            return None
        if self.include_fn is not None and not self.include_fn(elem):
            return None
        if self.exclude_fn is not None and self.exclude_fn(elem):
            return None
        if self.adapt_from is not None and elem.__dict__.get("table") not in self.adapt_from:
            return None
        return self._corresponding(elem, True)


def adapt(element: Any, selectable: Any) -> Any:
    """Return `element` with columns replaced by those of `selectable` that stand for them."""
    return ClauseAdapter(selectable).traverse(element)


def find_tables(
    clause: Any,
    *,
    check_columns: bool = False,
    include_aliases: bool = False,
    include_joins: bool = False,
    include_selects: bool = False,
    include_crud: bool = False,
) -> list[Any]:
    """Return the tables inside of a statement or expression; those of columns too with `check_columns`."""
    found: list[Any] = []
    for node in iterate(clause):
        name = node.__visit_name__
        if (
            name == "table"
            or (include_aliases and name in ("alias", "subquery", "tablesample", "lateral"))
            or (include_joins and name == "join")
            or (include_selects and name in ("select", "compound_select"))
        ):
            found.append(node)
        elif (include_crud and name in ("insert", "update", "delete")) or (
            check_columns and name == "column" and node.table is not None
        ):
            found.append(node.table)
    return found


def find_columns(clause: Any) -> set[Any]:
    """Return the columns inside of an expression."""
    return {node for node in iterate(clause) if node.__visit_name__ == "column"}


def visit_binary_product(fn: Callable[[Any, Any, Any], Any], expr: Any) -> None:
    """Call ``fn(comparison, left column, right column)`` for each pair of columns on both sides of each comparison."""

    stack: list[Any] = []

    def visit(element: Any) -> Iterator[Any]:
        if element.__visit_name__ == "scalar_select":
            return
        if element.__visit_name__ == "binary" and is_comparison(element.operator):
            stack.insert(0, element)
            rights = list(visit(element.right))
            for left in visit(element.left):
                for right in rights:
                    fn(stack[0], left, right)
            stack.pop(0)
            for each in element.get_children():
                visit(each)
            return
        if element.__visit_name__ == "column":
            yield element
        for each in element.get_children():
            yield from visit(each)

    list(visit(expr))


def adapt_criterion_to_null(crit: Any, nulls: Iterable[Any]) -> Any:
    """Return a condition with comparisons to the parameters `nulls` replaced by IS NULL."""
    wanted = set(nulls)

    def change(node: Node) -> Any:
        if node.__visit_name__ != "binary":
            return None
        left, right = node.left, node.right  # type: ignore[attr-defined]
        for param, other in ((left, right), (right, left)):
            if param.__visit_name__ == "bindparam" and (param in wanted or param.key in wanted):
                return other.is_(None)
        return None

    return replacement_traverse(crit, {}, change)


_adapt[:] = [adapt]
