"""In which order rows are written: mappers sorted by who refers to whom, objects where mappers refer to each other.

The order of a set of mappers is worked out once and kept; only objects of mappers that form a cycle are sorted one by
one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from lect.exc import CircularDependencyError
from lect_orm.mapping import configure
from lect_orm.unitofwork.dependencies import dependencies_of

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["Component", "generations", "mapper_order", "strongly_connected"]

_T = TypeVar("_T", bound=Hashable)

#: (mappers of one flush) -> their order; emptied when it has grown too far.
_ORDERS: dict[tuple[Any, ...], tuple[Component, ...]] = {}
MAX_ORDERS = 500
configure.EMPTY_CACHES.append(_ORDERS.clear)


class Component(NamedTuple):
    """Base mappers that are written together: one mapper, or several that refer to each other in a circle."""

    mappers: tuple[Any, ...]
    cyclic: bool
    edges: tuple[tuple[Any, Any], ...]  # (first, then), for reports


def mapper_order(mappers: Sequence[Any]) -> tuple[Component, ...]:
    """Return the components of the given mappers in the order of INSERT; DELETE goes the other way.

    Args:
        mappers: exact mappers of the objects in a flush, each once.
    """
    # Mappers configured later may bring relationships that matter: their number is part of the key.
    key = (*mappers, *[len(m.memo.get("dependencies", ())) for m in mappers])
    found = _ORDERS.get(key)
    if found is None:
        if len(_ORDERS) >= MAX_ORDERS:
            _ORDERS.clear()
        found = _ORDERS[key] = _sort_mappers(mappers)
    return found


def _sort_mappers(mappers: Sequence[Any]) -> tuple[Component, ...]:
    bases = sorted({m.base_mapper for m in mappers}, key=_table_position)
    present = set(bases)
    edges: set[tuple[Any, Any]] = set()
    for mapper in mappers:
        for dependency in dependencies_of(mapper):
            edge = dependency.mapper_edge()
            if edge is not None and edge[0] in present and edge[1] in present:
                edges.add(edge)
    components = strongly_connected(bases, edges)
    order: list[Component] = []
    for members in components:
        inside = tuple([edge for edge in edges if edge[0] in members and edge[1] in members])
        order.append(Component(tuple(members), bool(inside), tuple([e for e in edges if e[1] in members])))
    return tuple(order)


def _table_position(mapper: Any) -> tuple[int, int]:
    """Where no relationship says otherwise, tables that others refer to by foreign keys come first."""
    table = mapper.local_table
    metadata = getattr(table, "metadata", None)
    if metadata is None:
        return (0, mapper.number)
    positions = mapper.memo.get("table_positions")
    if positions is None:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cycles of tables are said elsewhere
            positions = {t: n for n, t in enumerate(metadata.sorted_tables)}
        mapper.memo["table_positions"] = positions
    return (positions.get(table, 0), mapper.number)


def strongly_connected(nodes: Sequence[_T], edges: Iterable[tuple[_T, _T]]) -> list[list[_T]]:
    """Return the strongly connected components, sorted so that edges point forwards; ties keep the order of `nodes`."""
    after: dict[_T, list[_T]] = {node: [] for node in nodes}
    for first, then in edges:
        after[first].append(then)
    position = {node: n for n, node in enumerate(nodes)}
    component_of = _tarjan(nodes, after)
    members: dict[int, list[_T]] = {}
    for node in nodes:
        members.setdefault(component_of[node], []).append(node)
    waiting: dict[int, set[int]] = {c: set() for c in members}
    for first, thens in after.items():
        for then in thens:
            if component_of[first] != component_of[then]:
                waiting[component_of[then]].add(component_of[first])
    result: list[list[_T]] = []
    left = dict(waiting)
    done: set[int] = set()
    while left:
        ready = [c for c, before in left.items() if before <= done]
        chosen = min(ready, key=lambda c: min(position[n] for n in members[c]))
        result.append(members[chosen])
        done.add(chosen)
        del left[chosen]
    return result


def _tarjan(nodes: Sequence[_T], after: dict[_T, list[_T]]) -> dict[_T, int]:
    """Number the strongly connected components (Tarjan's algorithm, without recursion)."""
    index: dict[_T, int] = {}
    low: dict[_T, int] = {}
    stack: list[_T] = []
    on_stack: set[_T] = set()
    component: dict[_T, int] = {}
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter(after[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(after[successor])))
                    break
                if successor in on_stack:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    number = len(component)
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component[member] = number
                        if member is node:
                            break
    return component


def generations(
    states: Sequence[InstanceState], edges: Iterable[tuple[InstanceState, InstanceState]]
) -> list[list[InstanceState]]:
    """Sort objects into batches: each batch depends on earlier ones only.

    Raises:
        CircularDependencyError: rows refer to each other in a circle (``post_update=True`` on one relationship breaks
        it).
    """
    waiting: dict[InstanceState, int] = dict.fromkeys(states, 0)
    after: dict[InstanceState, list[InstanceState]] = {}
    kept: set[tuple[InstanceState, InstanceState]] = set()
    for edge in edges:
        first, then = edge
        if edge in kept or first not in waiting or then not in waiting:
            continue
        if first is then:
            continue  # a row that refers to itself waits for nobody
        kept.add(edge)
        waiting[then] += 1
        after.setdefault(first, []).append(then)
    batches: list[list[InstanceState]] = []
    ready = [state for state, count in waiting.items() if not count]
    done = 0
    while ready:
        batches.append(ready)
        done += len(ready)
        following: dict[InstanceState, None] = {}
        for state in ready:
            for then in after.get(state, ()):
                waiting[then] -= 1
                if not waiting[then]:
                    following[then] = None
        ready = list(following)
    if done != len(waiting):
        left = [state for state, count in waiting.items() if count]
        cycle = [
            c for c in strongly_connected(left, [e for e in kept if waiting[e[0]] and waiting[e[1]]]) if len(c) > 1
        ]
        raise CircularDependencyError(
            "Circular dependency detected.",
            [s for c in cycle for s in c],
            [e for e in kept if waiting[e[0]] and waiting[e[1]]],
        )
    return batches
