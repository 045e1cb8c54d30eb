"""Query tags: what is sent, and what no tag can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import create_engine, event, exc, text
from lect.bundled.query_tags import comment, tagged

pytest.importorskip("lect_sqlite")


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def engine(sent: list[str]) -> Iterator[Any]:
    made = create_engine("sqlite://", plugins=["query_tags"], query_tags={"app": "shop", "n": lambda: len(sent)})
    event.listen(made, "before_cursor_execute", lambda c, cu, statement, *rest: sent.append(statement))
    yield made
    made.dispose()


def test_tags_of_engine_statement_and_block(engine: Any, sent: list[str]) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with tagged(route="/orders/new", n=None):
            connection.execute(text("SELECT :x"), {"x": 5}, execution_options={"query_tags": {"job": 7}})
        connection.execute(text("SELECT 3;"))
    assert sent == [
        "SELECT 1 /* app=shop, n=0 */",
        "SELECT ? /* app=shop, job=7, route=/orders/new */",
        "SELECT 3 /* app=shop, n=2 */;",
    ]


@pytest.mark.parametrize(
    "value",
    ["*/ DROP TABLE t; --", "/* x", "a*/", "?%s%(x)s:y$1", "a\nb\0c", "*\u200b/", "é", "'\"`;\\", "/*!50000 x*/"],
)
def test_no_value_leaves_the_comment(engine: Any, sent: list[str], value: str) -> None:
    found = comment({"k": value})
    assert found.startswith("/* k=")
    assert found.count("*") == 2
    assert set(found[5:-3]) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@/+-")
    with engine.connect() as connection, tagged(k=value):
        assert connection.execute(text("SELECT :x"), {"x": 5}).scalar() == 5


@pytest.mark.parametrize("key", ["a b", "a*/", "", "1a", 5])
def test_keys_are_words(key: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="query tag is a word"):
        comment({key: 1})
    with pytest.raises(exc.ArgumentError):
        create_engine("sqlite://", plugins=["query_tags"], query_tags={key: 1})


def test_tags_must_be_a_dictionary() -> None:
    with pytest.raises(exc.ArgumentError, match="query_tags must be a dictionary"):
        create_engine("sqlite://", plugins=["query_tags"], query_tags="app")


def test_without_the_plugin_the_argument_is_unknown() -> None:
    with pytest.raises(exc.ArgumentError, match="'query_tags'"):
        create_engine("sqlite://", query_tags={"app": "x"})


def test_long_values_are_cut() -> None:
    assert len(comment({"k": "x" * 5000})) < 250
