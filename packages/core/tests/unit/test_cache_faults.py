"""Faults that an author of constructs and dialects can make about the statement cache, planted one by one: the oracle
of ``test_cache_property.py`` sees each, and nothing wrong in the toy without a fault.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from packages.core.tests.unit.plan_checker import CacheFault, PlanChecker

from lect import Column, Integer, MetaData, String, Table, literal, select
from lect.compile.lenient import LENIENT
from lect.compile.options import CompileOptions
from lect.compile.table import RuleTable
from lect.dialects.default import StrDialect
from lect.shape import intern
from lect.sql.element import ColumnElement
from lect.sql.names import quoted_name
from lect.sql.node import child, children, pairs, scalar, typed

people = Table("people", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(50)))

FIELDS = (
    child("left"),
    children("items"),
    pairs("options"),
    scalar("word"),
    scalar("flag"),
    scalar("count"),
    typed("type"),
)


class Toy(ColumnElement[Any]):
    """A construct with a field of every kind. Declares them all, rightly."""

    _fields = FIELDS

    def __init__(self, choice: dict[str, Any], values: list[Any]) -> None:
        self.word = choice["word"]
        self.flag = choice["flag"]
        self.count = choice["count"]
        self.type = choice["type"]
        self.left = choice["column"] == literal(values[0])
        self.items = tuple([literal(v) for v in values[1 : 1 + choice["items"]]])
        named = [("a", literal(values[5])), ("b", literal(values[6]))]
        self.options = tuple(named if choice["order"] else named[::-1])


def rule(node: Any, writer: Any) -> str:
    """Writes every field."""
    items = ", ".join([writer.render(i) for i in node.items])
    options = ", ".join([f"{k} = {writer.render(v)}" for k, v in node.options])
    flag = " FLAGGED" if node.flag else ""
    text = f"TOY {writer.quote(node.word)} {node.count}{flag} ({writer.render(node.left)}; {items}; {options})"
    return f"{text} AS {writer.render(node.type)}"


def without(name: str) -> tuple[Any, ...]:
    return tuple([f for f in FIELDS if f.name != name])


class World:
    """A toy construct and a toy dialect, with a fault or without.

    Attributes:
        cls: the construct. `write` its rule. `options` of compilation. `change` what is done to a statement that was
            built and whose structure may have been asked for, before it is executed.
    """

    def __init__(self) -> None:
        self.cls: type[Any] = Toy
        self.write: Callable[[Any, Any], str] = rule
        self.options: Callable[[int], CompileOptions] = lambda number: CompileOptions()
        self.change: Callable[[Any, int], Any] | None = None
        self.declare: dict[str, Any] = {}


FAULTS: dict[str, Callable[[World], None]] = {}


def fault(plant: Callable[[World], None]) -> Callable[[World], None]:
    FAULTS[plant.__name__] = plant
    return plant


# -- fields that are not declared ------------------------------------------------------------------------------------


def _undeclared(name: str) -> Callable[[World], None]:
    def plant(world: World) -> None:
        world.declare = {"_fields": without(name)}

    return plant


for _name in ("left", "items", "options", "word", "flag", "count", "type"):
    FAULTS[f"{_name} is not declared"] = _undeclared(_name)


# -- structure written by hand, wrongly --------------------------------------------------------------------------------


def _by_hand(parts: Callable[[Any], tuple[Any, ...]], leaves: Callable[[Any], tuple[Any, ...]]) -> dict[str, Any]:
    def _structure(self: Any) -> Any:
        for node in (self.left, *self.items, *[v for _, v in self.options]):
            if node._shape is None:
                node._structure()
        self._shape = shape = intern(parts(self))
        self._leaves = leaves(self)
        return shape

    return {"_structure": _structure}


def _right_parts(self: Any) -> tuple[Any, ...]:
    return (
        type(self),
        self.left._shape,
        len(self.items),
        tuple([k for k, _ in self.options]),
        self.word,
        getattr(self.word, "quote", None),
        self.flag,
        self.count,
        type(self.count),
        self.type._shape or self.type._structure(),
    )


def _right_leaves(self: Any) -> tuple[Any, ...]:
    found = self.left._leaves
    for node in (*self.items, *[v for _, v in self.options]):
        found += node._leaves
    return found  # type: ignore[no-any-return]


@fault
def leaves_are_sorted_by_value(world: World) -> None:
    world.declare = _by_hand(
        _right_parts, lambda self: tuple(sorted(_right_leaves(self), key=lambda b: hash(str(b.value))))
    )


@fault
def leaves_are_left_out(world: World) -> None:
    world.declare = _by_hand(_right_parts, lambda self: _right_leaves(self)[:1])


@fault
def leaves_come_twice_for_some(world: World) -> None:
    world.declare = _by_hand(
        _right_parts,
        lambda self: _right_leaves(self)[::-1] if self.items and self.items[0].value % 2 else _right_leaves(self),
    )


@fault
def a_value_is_structure(world: World) -> None:
    world.declare = _by_hand(lambda self: (*_right_parts(self), self.left.right.value), _right_leaves)


@fault
def the_object_itself_is_structure(world: World) -> None:
    world.declare = _by_hand(lambda self: (*_right_parts(self), id(self)), _right_leaves)


@fault
def the_class_is_left_out(world: World) -> None:
    world.declare = _by_hand(lambda self: ("toy", len(self.items)), _right_leaves)


@fault
def options_are_taken_for_a_set(world: World) -> None:
    world.declare = _by_hand(
        lambda self: (*_right_parts(self)[:3], frozenset([k for k, _ in self.options]), *_right_parts(self)[4:]),
        _right_leaves,
    )


@fault
def only_how_many_items_matters_modulo_two(world: World) -> None:
    world.declare = _by_hand(
        lambda self: (*_right_parts(self)[:2], len(self.items) % 2, *_right_parts(self)[3:]), _right_leaves
    )


# -- rules that look at what is no structure ---------------------------------------------------------------------------


@fault
def a_rule_writes_a_value(world: World) -> None:
    world.write = lambda node, writer: f"{rule(node, writer)} /* {node.left.right.value} */"


@fault
def a_rule_looks_at_the_sign_of_a_value(world: World) -> None:
    world.write = lambda node, writer: f"{rule(node, writer)}{' ODD' if node.left.right.value % 2 else ''}"


@fault
def a_rule_counts(world: World) -> None:
    calls: list[int] = []

    def write(node: Any, writer: Any) -> str:
        calls.append(1)
        return f"{rule(node, writer)} {len(calls)}"

    world.write = write


@fault
def a_rule_writes_which_object_it_is(world: World) -> None:
    kept: list[Any] = []  # so that no number is used twice

    def write(node: Any, writer: Any) -> str:
        kept.append(node)
        return f"{rule(node, writer)} {id(node)}"

    world.write = write


@fault
def a_rule_looks_at_annotations(world: World) -> None:
    def change(statement: Any, number: int) -> Any:
        (toy,) = statement._raw_columns
        return select(toy._annotate({"loud": bool(number % 2)}))

    world.change = change
    world.write = lambda node, writer: f"{rule(node, writer)}{' LOUD' if node._annotations.get('loud') else ''}"


@fault
def a_rule_looks_at_options_that_are_in_no_key(world: World) -> None:
    world.options = lambda number: CompileOptions(extra={"loud": number % 2})
    world.write = lambda node, writer: f"{rule(node, writer)}{' LOUD' if writer.options.extra['loud'] else ''}"


# -- nodes that change -------------------------------------------------------------------------------------------------


@fault
def a_node_is_changed_in_place(world: World) -> None:
    def change(statement: Any, number: int) -> Any:
        from lect.sql.node import statement_key

        statement_key(statement)
        statement._raw_columns[0].flag = bool(number % 2)
        return statement

    world.change = change


@fault
def a_copy_keeps_the_structure_of_its_origin(world: World) -> None:
    def _clone(self: Any) -> Any:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)  # with _shape and _leaves
        return copy

    def change(statement: Any, number: int) -> Any:
        (toy,) = statement._raw_columns
        toy._structure()
        copy = toy._clone()
        copy.flag = bool(number % 2)
        return select(copy)

    world.declare = {"_clone": _clone, "inherit_cache": True}
    world.change = change


@fault
def a_subclass_adds_what_it_does_not_declare(world: World) -> None:
    def __init__(self: Any, choice: dict[str, Any], values: list[Any]) -> None:
        Toy.__init__(self, choice, values)
        self.more = choice["more"]

    world.declare = {"__init__": __init__, "inherit_cache": True}
    world.write = lambda node, writer: f"{rule(node, writer)}{' MORE' if node.more else ''}"


# -- the test ----------------------------------------------------------------------------------------------------------


def make(plant: Callable[[World], None] | None) -> tuple[World, Any]:
    world = World()
    if plant is not None:
        plant(world)
    if world.declare:
        world.cls = type("FaultyToy", (Toy,), world.declare)
    rules = RuleTable("toy", parent=LENIENT)
    rules.rule(world.cls)(lambda node, writer: world.write(node, writer))
    dialect = type("ToyDialect", (StrDialect,), {"rules": rules, "name": "toy", "spi_version": 1})
    return world, dialect(paramstyle="qmark")


def run(world: World, dialect: Any, rounds: int = 300) -> None:
    """Give the oracle statements of few shapes and many values."""
    chance = random.Random(5)
    checker = PlanChecker(dialect)
    types = [String(5), String(6), Integer()]
    for number in range(rounds):
        choice = {
            "word": chance.choice(["a", "b", quoted_name("a", True)]),
            "flag": chance.choice([True, False]),
            "count": chance.choice([0, 1]),
            "type": chance.choice(types),
            "column": chance.choice([people.c.id, people.c.name]),
            "items": chance.choice([0, 1, 2, 3]),
            "order": chance.choice([True, False]),
            "more": chance.choice([True, False]),
        }
        values = [9_000_000 + number * 10 + i + chance.choice([0, 1]) for i in range(7)]
        checker.options = world.options(number)
        recipe = tuple([(k, repr(v), getattr(v, "quote", None)) for k, v in choice.items() if k != "more"])
        statement = select(world.cls(choice, values))
        if world.change is None:
            checker.take(statement, values, recipe=recipe)
        else:
            checker.take(world.change(statement, number), values)


def test_the_right_toy_passes() -> None:
    run(*make(None))


def test_a_toy_with_its_structure_written_by_hand_passes() -> None:
    world, dialect = make(lambda world: world.declare.update(_by_hand(_right_parts, _right_leaves)))
    run(world, dialect)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_fault_is_seen(name: str) -> None:
    world, dialect = make(FAULTS[name])
    with pytest.raises(CacheFault):
        run(world, dialect)


def test_there_are_twenty_faults_at_least() -> None:
    assert len(FAULTS) >= 20


def test_a_construct_that_says_nothing_is_never_kept() -> None:
    """A subclass without `_fields` or `inherit_cache` is compiled each time: slow, never wrong."""

    class Silent(Toy):
        pass

    world = World()
    world.cls = Silent
    rules = RuleTable("toy", parent=LENIENT)
    rules.rule(Silent)(rule)
    dialect: Any = type("ToyDialect", (StrDialect,), {"rules": rules, "name": "toy", "spi_version": 1})
    checker = PlanChecker(dialect(paramstyle="qmark"))
    choice = {"word": "a", "flag": True, "count": 1, "type": Integer(), "items": 1, "order": True}
    assert checker.take(select(Silent({**choice, "column": people.c.id}, list(range(7))))) is None
    assert not checker.plans
