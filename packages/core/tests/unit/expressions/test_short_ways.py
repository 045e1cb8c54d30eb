"""Comparisons of columns that are made in a few steps are those that the ordinary way makes."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from typing import Any

import pytest

from lect import Column, Date, Integer, MetaData, Numeric, String, Table, column, not_, or_, quoted_name, select
from lect.sql.node import statement_key
from lect.types.type_engine import Comparator, TypeEngine


def _slow(type_: type[TypeEngine[Any]]) -> type[TypeEngine[Any]]:
    """A type like another one whose comparator does not leave operators alone, as far as anybody can tell."""

    class Own(type_.comparator_factory):  # type: ignore[misc, name-defined]
        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return super().operate(op, *other, **kwargs)

    return type(type_.__name__, (type_,), {"comparator_factory": Own, "__visit_name__": type_.__visit_name__})


def _columns(change: Callable[[Any], Any]) -> Any:
    return Table(
        "things",
        MetaData(),
        Column("id", change(Integer), primary_key=True),
        Column(quoted_name("name", True), change(String)),
        Column(quoted_name("note", None), change(String), key="remark"),
        Column("price", change(Numeric)),
        Column("day", change(Date)),
    ).c


QUICK, ORDINARY = _columns(lambda t: t), _columns(_slow)
DAY = datetime.date(2024, 2, 29)

COMPARISONS: list[Callable[[Any], Any]] = [
    lambda c: c.id.in_([1, 2, 3]),
    lambda c: c.id.in_((1,)),
    lambda c: c.id.not_in([4, 5]),
    lambda c: c.id.notin_([4, 5]),
    lambda c: c.id.in_([]),
    lambda c: c.id.in_([1, None]),
    lambda c: c.id.in_({1}),
    lambda c: c.id.in_([1, c.id]),
    lambda c: c.name.in_(["a", "b"]),
    lambda c: c.remark.in_(["a", "b"]),
    lambda c: c.day.in_([DAY]),
    lambda c: c.price.in_([decimal.Decimal("1.5")]),
    lambda c: c.id.between(1, 2),
    lambda c: c.id.between(1, 2, symmetric=True),
    lambda c: c.id.between(1, c.id),
    lambda c: c.id.between(None, 2),
    lambda c: c.remark.between("a", "b"),
    lambda c: c.day.between(DAY, DAY),
    lambda c: c.name.like("a%"),
    lambda c: c.name.like("a%", escape="/"),
    lambda c: c.name.like("a%", "/"),
    lambda c: c.name.like(None),
    lambda c: c.name.not_like("a%"),
    lambda c: c.name.notlike("a%"),
    lambda c: c.name.ilike("a%"),
    lambda c: c.name.startswith("a"),
    lambda c: c.name.startswith("a%", autoescape=True),
    lambda c: c.name.endswith("a"),
    lambda c: c.name.contains("a"),
    lambda c: c.remark.contains(c.name),
    lambda c: c.id.desc(),
    lambda c: c.name.asc(),
    lambda c: c.remark.desc().nulls_last(),
    lambda c: c.remark == "a",
]


@pytest.mark.parametrize("make", COMPARISONS)
def test_the_same_as_the_ordinary_way(make: Callable[[Any], Any]) -> None:
    for _ in range(2):  # the second one finds its structure
        quick, ordinary = make(QUICK), make(ORDINARY)
        assert quick.compare(ordinary)
        assert quick._is_implicitly_boolean is ordinary._is_implicitly_boolean
        given, expected = quick.compile(), ordinary.compile()
        assert str(given) == str(expected)
        assert given.params == expected.params
        if quick.operator is not None:
            assert str(not_(quick)) == str(not_(ordinary))
            assert str(or_(quick, QUICK.id == 1)) == str(or_(ordinary, ORDINARY.id == 1))


@pytest.mark.parametrize("make", COMPARISONS)
def test_structure_found_is_structure_made(make: Callable[[Any], Any]) -> None:
    first, second = make(QUICK), make(QUICK)
    fresh = second._clone()
    assert (first._shape or first._structure()) is (second._shape or second._structure()) is fresh._structure()
    assert len(second._leaves) == len(fresh._leaves)
    (key, binds), (other_key, others) = statement_key(select(first)), statement_key(select(second))
    assert key == other_key
    assert [b.value for b in binds] == [b.value for b in others]


def test_values_differ_and_structure_does_not() -> None:
    assert QUICK.id.in_([1])._shape is QUICK.id.in_([2, 3])._shape
    assert QUICK.id.in_([1])._shape is not QUICK.id.not_in([1])._shape
    assert QUICK.id.between(1, 2)._shape is QUICK.id.between(3, 4)._shape
    assert QUICK.remark.like("a")._shape is not QUICK.remark.ilike("a")._shape
    assert QUICK.id.desc()._shape is not QUICK.id.asc()._shape
    assert [b.value for b in statement_key(select(QUICK.id.between(3, 4)))[1]] == [3, 4]


def test_the_list_is_taken_as_it_is_now() -> None:
    given = [1, 2]
    condition = QUICK.id.in_(given)
    given.append(3)
    assert condition.right.value == [1, 2]


def test_own_operators_of_a_type_are_used() -> None:
    class Shouting(String):
        class comparator_factory(Comparator[str]):
            def in_(self, other: Any) -> Any:
                return super().in_([f"{o}!" for o in other])

            def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> Any:
                return super().between(f"{cleft}!", f"{cright}!")

            def like(self, other: Any, escape: str | None = None) -> Any:
                return super().like(f"{other}!")

            def desc(self) -> Any:
                return super().asc()

    word = column("word", Shouting())
    assert word.in_(["a"]).right.value == ["a!"]
    assert [b.value for b in word.between("a", "b").right.clauses] == ["a!", "b!"]
    assert word.like("a").right.value == "a!"
    assert str(word.desc()) == "word ASC"
