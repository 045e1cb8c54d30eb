"""Sorting: strongly connected components, and objects in generations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lect.exc import CircularDependencyError
from lect_orm.unitofwork.order import generations, strongly_connected

graphs = st.integers(1, 8).flatmap(
    lambda n: st.tuples(st.just(list(range(n))), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
)


def reachable(edges: set[tuple[int, int]], start: int) -> set[int]:
    seen: set[int] = set()
    todo = [start]
    while todo:
        node = todo.pop()
        for a, b in edges:
            if a == node and b not in seen:
                seen.add(b)
                todo.append(b)
    return seen


@given(graphs)
def test_components_are_the_circles_in_order(graph: tuple[list[int], set[tuple[int, int]]]) -> None:
    nodes, edges = graph
    components = strongly_connected(nodes, edges)
    assert sorted(n for c in components for n in c) == nodes
    where = {n: i for i, c in enumerate(components) for n in c}
    for a, b in edges:
        assert where[a] <= where[b]
    for a in nodes:
        for b in nodes:
            together = a == b or (b in reachable(edges, a) and a in reachable(edges, b))
            assert (where[a] == where[b]) is together


@given(graphs)
def test_generations_respect_edges_or_name_a_circle(graph: tuple[list[int], set[tuple[int, int]]]) -> None:
    nodes, edges = graph
    circular = any(a != b and a in reachable(edges, b) for a, b in edges)
    if circular:
        with pytest.raises(CircularDependencyError):
            generations(nodes, edges)  # type: ignore[type-var,arg-type]
        return
    batches = generations(nodes, edges)  # type: ignore[arg-type]
    where = {n: i for i, batch in enumerate(batches) for n in batch}
    assert sorted(where) == nodes
    for a, b in edges:
        assert a == b or where[a] < where[b]


def test_ties_keep_the_given_order() -> None:
    assert strongly_connected(["c", "a", "b"], [("b", "c")]) == [["a"], ["b"], ["c"]]
