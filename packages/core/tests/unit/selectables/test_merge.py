"""MERGE."""

from __future__ import annotations

import pytest

from lect import DefaultDialect, column, merge, table
from lect.exc import CompileError, InvalidRequestError

t = table("t", column("id"), column("n"))
s = table("s", column("id"), column("n"))


def test_all_branches() -> None:
    statement = (
        merge(t)
        .using(s, t.c.id == s.c.id)
        .when_matched_then_delete(where=s.c.n == 0)
        .when_matched_then_update({"n": s.c.n + 1})
        .when_not_matched_then_insert({t.c.id: s.c.id, "n": 7})
        .when_not_matched_by_source_then_delete()
    )
    compiled = statement.compile()
    assert compiled.string == (
        "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.n = :n_1 THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET n = (s.n + :n_2) "
        "WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id, :param_1) WHEN NOT MATCHED BY SOURCE THEN DELETE"
    )
    assert compiled.params == {"n_1": 0, "n_2": 1, "param_1": 7}


def test_unknown_column() -> None:
    statement = merge(t).using(s, t.c.id == s.c.id).when_matched_then_update({"nope": 1})
    with pytest.raises(CompileError, match="nope"):
        str(statement)


def test_branch_that_would_never_apply() -> None:
    statement = merge(t).using(s, t.c.id == s.c.id).when_matched_then_delete()
    with pytest.raises(InvalidRequestError, match="never apply"):
        statement.when_matched_then_update({"n": 1})


def test_incomplete() -> None:
    with pytest.raises(CompileError, match="using"):
        str(merge(t))


def test_refused_where_there_is_none() -> None:
    class Without(DefaultDialect):
        default_capabilities = DefaultDialect.default_capabilities.replace(merge=False)

    statement = merge(t).using(s, t.c.id == s.c.id).when_matched_then_delete()
    with pytest.raises(CompileError, match="MERGE is not supported by dialect 'default'"):
        statement.compile(dialect=Without())
