"""The statement cache is right for every dialect: generated statements, written anew beside the plans kept."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from packages.core.tests.unit import statement_recipes as recipes
from packages.core.tests.unit.plan_checker import PlanChecker

from lect.compile import CompileOptions, compile_statement
from lect.exc import LectError

DIALECTS = ("lect_sqlite", "lect_postgresql", "lect_mysql", "lect_mssql")
WAYS = (
    CompileOptions(),
    CompileOptions(schema_translate_map={"shelf": "board"}),
    CompileOptions(column_keys=("boss", "age"), for_executemany=True, batch=True),
)

pytestmark = pytest.mark.filterwarnings("ignore")


def check(dialect: Any, recipe: Any) -> None:
    """Build one recipe with several values, in several ways: one plan for each way, right for all values."""
    checker = PlanChecker(dialect)
    for way in WAYS:
        for start in (1, 2, 3):
            values = recipes.Values(start)
            try:
                statement = recipes.build(recipe, values)
                compile_statement(statement, dialect, way)
            except LectError:  # not for this database
                break
            checker.take(statement, values.given, recipe=way.key, options=way)


@pytest.mark.parametrize("package", DIALECTS)
def test_plans(package: str) -> None:
    dialect = import_module(package).dialect()

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(recipes.statements)
    def run(recipe: Any) -> None:
        check(dialect, recipe)

    run()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("package", DIALECTS)
def test_plans_for_long(package: str) -> None:
    dialect = import_module(package).dialect()
    examples = int(os.environ.get("LECT_SOAK_EXAMPLES", "20000"))

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(recipes.statements)
    def run(recipe: Any) -> None:
        check(dialect, recipe)

    run()
