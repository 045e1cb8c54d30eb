"""The order of tables."""

from __future__ import annotations

import pytest

from lect import exc
from lect.schema import Column, ForeignKey, MetaData, Table, sort_tables, sort_tables_and_constraints
from lect.schema.ordering import topological_order
from lect.types import Integer


def tables(**references: list[str]) -> dict[str, Table]:
    metadata = MetaData()
    for name, targets in references.items():
        Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            *[Column(f"{target}_id", ForeignKey(f"{target}.id", name=f"fk_{name}_{target}")) for target in targets],
        )
    return dict(metadata.tables)


def test_referred_tables_come_first() -> None:
    t = tables(a=["b"], b=["c"], c=[])
    assert [x.name for x in t["a"].metadata.sorted_tables] == ["c", "b", "a"]


def test_a_table_may_refer_to_itself() -> None:
    t = tables(a=["a"], b=["a"])
    assert [x.name for x in sort_tables(t.values())] == ["a", "b"]


def test_a_circle_is_warned_about_and_the_rest_is_sorted() -> None:
    t = tables(z=["a"], a=["b"], b=["a"])
    with pytest.warns(exc.LectWarning, match='unresolvable cycles between tables "a, b"'):
        order = [x.name for x in t["a"].metadata.sorted_tables]
    assert order.index("z") > order.index("a")


def test_keys_that_close_a_circle_come_last() -> None:
    t = tables(a=["b"], b=["a"], c=["a"])
    found = sort_tables_and_constraints(t.values())
    assert [None if x is None else x.name for x, _ in found] == ["a", "b", "c", None]
    assert [c.name for c in found[-1][1]] == ["fk_a_b", "fk_b_a"]
    assert [c.name for c in found[2][1]] == ["fk_c_a"]


def test_a_filter_sends_a_key_to_the_end() -> None:
    t = tables(a=[], b=["a"])
    found = sort_tables_and_constraints(t.values(), filter_fn=lambda constraint: constraint.name == "fk_b_a" or None)
    assert [c.name for c in found[-1][1]] == ["fk_b_a"]


def test_extra_dependencies_count() -> None:
    t = tables(a=[], b=[])
    assert [x.name for x in sort_tables([t["a"], t["b"]], extra_dependencies=[(t["b"], t["a"])])] == ["b", "a"]
    t["a"].add_is_dependent_on(t["b"])
    assert [x.name for x in t["a"].metadata.sorted_tables] == ["b", "a"]


def test_skipped_keys_do_not_count() -> None:
    t = tables(a=["b"], b=[])
    assert [x.name for x in sort_tables([t["a"], t["b"]], skip_fn=lambda constraint: True)] == ["a", "b"]


def test_a_circle_of_plain_things_holds_its_members() -> None:
    one, two, three = object(), object(), object()
    with pytest.raises(exc.CircularDependencyError) as caught:
        topological_order([(one, two), (two, one), (one, three)], [one, two, three])
    assert list(caught.value.cycles) == [one, two]
