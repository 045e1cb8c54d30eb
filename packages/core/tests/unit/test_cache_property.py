"""The statement cache cannot be wrong: what shares a key is written the same and takes the same parameters; values
never enter a key; a shape of statement has one key.

Statements are generated; the oracle compiles each anew and compares with what a cache would have used. That the oracle
sees faults is proved by planting some in ``test_cache_faults.py``.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packages.core.tests.unit import statement_recipes as recipes
from packages.core.tests.unit.plan_checker import PlanChecker

from lect.compile import CompileOptions, compile_statement
from lect.dialects.capabilities import Upsert
from lect.dialects.default import StrDialect
from lect.exc import LectError
from lect.sql.node import statement_key

QUICK = settings(
    max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
LONG = settings(
    max_examples=int(os.environ.get("LECT_SOAK_EXAMPLES", "20000")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

DIALECT = StrDialect(paramstyle="qmark")
DIALECT.capabilities = DIALECT.capabilities.replace(upsert=Upsert.ON_CONFLICT)
#: What else changes the text of a statement, and so is a part of what its plan is kept under.
WAYS = (
    CompileOptions(),
    CompileOptions(schema_translate_map={"shelf": "board"}),
    CompileOptions(schema_translate_map={"shelf": "other", None: "some"}),
    CompileOptions(schema_translate_map={None: "some"}),
    CompileOptions(column_keys=("boss",)),
    CompileOptions(column_keys=("boss", "age")),
    CompileOptions(column_keys=("boss", "age"), for_executemany=True, batch=True),
)

# Types are put together at random; that some make no sense is nothing to be told here.
pytestmark = pytest.mark.filterwarnings("ignore")


def _built(recipe: Any, given: recipes.Values) -> Any:
    """Return the statement, None when an operator in it does not take its operands."""
    try:
        return recipes.build(recipe, given)
    except LectError:
        return None


def _written(statement: Any, way: CompileOptions = WAYS[0]) -> str | None:
    """Return the text, None when the statement is refused (correlation that leaves nothing to select from)."""
    try:
        return compile_statement(statement, DIALECT, way).string
    except LectError:
        return None


def _check_rebinding(recipe: Any) -> None:
    """Build one recipe several times: one key, one text, each time the parameters of its own."""
    checker = PlanChecker(DIALECT)
    for start in (1, 2, 3, 7):
        given = recipes.Values(start)
        statement = _built(recipe, given)
        if statement is None or _written(statement) is None:
            return
        checker.take(statement, given.given, recipe="the one")
    assert len(checker.plans) == 1


def _check_apart(pool: list[Any]) -> None:
    """Build many recipes: whatever two of them share a key share the text, whatever differ in text differ in key."""
    checker = PlanChecker(DIALECT)
    texts: dict[Any, set[str]] = {}
    for number, recipe in enumerate(pool):
        statement = _built(recipe, recipes.Values(number))
        text = None if statement is None else _written(statement)
        if text is None:
            continue
        key = checker.take(statement)
        texts.setdefault(key, set()).add(text)
    assert all(len(each) == 1 for each in texts.values())


def _check_ways(recipe: Any) -> None:
    """Compile one statement in several ways: what its plans are kept under tells them apart."""
    checker = PlanChecker(DIALECT)
    texts: dict[Any, str] = {}
    for start in (1, 2):
        for way in WAYS:
            statement = _built(recipe, recipes.Values(start))
            text = None if statement is None else _written(statement, way)
            if text is not None:
                assert texts.setdefault(checker.take(statement, options=way), text) == text


def _check_memoized(recipe: Any) -> None:
    """A statement extended after its key was asked has the key, and sends the values, of one built at once."""
    checker = PlanChecker(DIALECT)
    for start in (1, 2):
        for ask in (False, True):
            given = recipes.Values(start)
            statement = _built(recipe, given)
            if statement is None or not hasattr(statement, "where"):
                return
            if ask:
                statement_key(statement)
            statement = statement.where(recipes.people.c.age == given.take())
            if _written(statement) is None:
                return
            checker.take(statement, given.given, recipe="extended")


@QUICK
@given(recipes.statements)
def test_rebinding(recipe: Any) -> None:
    _check_rebinding(recipe)


@QUICK
@given(st.lists(recipes.statements, min_size=2, max_size=5))
def test_different_texts_have_different_keys(pool: list[Any]) -> None:
    _check_apart(pool)


@settings(QUICK, max_examples=50)
@given(recipes.selects)
def test_one_change_apart(facts: dict[str, Any]) -> None:
    """Neighbours of a statement: everything else equal, one fact changed."""
    neighbours = [facts]
    for key, others in (
        ("source", recipes.SOURCES),
        ("order", ["", "asc", "desc", "nulls"]),
        ("limit", ["", "limit", "offset", "both", "fetch"]),
        ("lock", ["", "update", "share", "nowait"]),
        ("prefix", ["", "SQL_A", "SQL_B"]),
        ("distinct", [True, False]),
        ("group", [True, False]),
        ("labels", [True, False]),
    ):
        neighbours.extend({**facts, key: other} for other in others)
    _check_apart([("select", each) for each in neighbours])


@settings(QUICK, max_examples=100)
@given(recipes.statements)
def test_ways_of_compiling_are_kept_apart(recipe: Any) -> None:
    _check_ways(recipe)


@QUICK
@given(recipes.statements)
def test_extended_statements(recipe: Any) -> None:
    _check_memoized(recipe)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@LONG
@given(recipes.statements)
def test_rebinding_for_long(recipe: Any) -> None:
    _check_rebinding(recipe)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@LONG
@given(recipes.statements)
def test_ways_of_compiling_for_long(recipe: Any) -> None:
    _check_ways(recipe)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@LONG
@given(st.lists(recipes.statements, min_size=2, max_size=8))
def test_different_texts_for_long(pool: list[Any]) -> None:
    _check_apart(pool)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@LONG
@given(recipes.statements)
def test_extended_statements_for_long(recipe: Any) -> None:
    _check_memoized(recipe)
