"""Syntax of one's own at the places that statements keep for it, and statements written as functions."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Integer, column, delete, exc, insert, lambda_stmt, literal, select, table, update
from lect.compile.extension import compiles
from lect.sql.expression import ClauseElement, SyntaxExtension
from lect.sql.node import child, statement_key

t = table("t", column("a", Integer), column("b", Integer))


class Qualify(SyntaxExtension, ClauseElement):
    _fields = (child("condition"),)

    def __init__(self, condition: Any) -> None:
        self.condition = condition

    def apply_to_select(self, select_stmt: Any) -> None:
        select_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")


class Words(SyntaxExtension, ClauseElement):
    _fields = ()

    def __init__(self, position: Any) -> None:
        self.position = position

    def apply(self, statement: Any) -> None:
        statement.apply_syntax_extension_point(lambda existing: [*existing, self], self.position)

    apply_to_select = apply_to_insert = apply_to_update = apply_to_delete = apply


@compiles(Qualify)
def qualify(element: Any, compiler: Any, **kw: Any) -> str:
    return f"QUALIFY {compiler.process(element.condition, **kw)}"


@compiles(Words)
def words(element: Any, compiler: Any, **kw: Any) -> str:
    return element.position.upper().replace("_", " ")  # type: ignore[no-any-return]


def test_places_of_a_select() -> None:
    statement = select(t.c.a).where(t.c.b == 1).having(t.c.b > 2).order_by(t.c.a).limit(3).distinct()
    for position in ("post_body", "post_criteria", "pre_columns", "post_select"):
        statement = statement.ext(Words(position))
    assert str(statement) == (
        "SELECT POST SELECT DISTINCT PRE COLUMNS t.a \nFROM t \nWHERE t.b = :b_1 \nHAVING t.b > :b_2 POST CRITERIA "
        "ORDER BY t.a\n LIMIT :param_1 POST BODY"
    )


def test_places_of_other_statements() -> None:
    assert str(insert(t).values(a=1).ext(Words("post_values"))) == "INSERT INTO t (a) VALUES (:a) POST VALUES"
    assert str(update(t).values(a=1).ext(Words("post_criteria")).where(t.c.b == 2)) == (
        "UPDATE t SET a=:a WHERE t.b = :b_1 POST CRITERIA"
    )
    assert str(delete(t).ext(Words("post_criteria"))) == "DELETE FROM t POST CRITERIA"


def test_one_of_a_kind() -> None:
    statement = select(t.c.a).ext(Qualify(t.c.a > 1)).ext(Qualify(t.c.a > 2))
    assert str(statement) == "SELECT t.a \nFROM t QUALIFY t.a > :a_1"
    assert statement.compile().params == {"a_1": 2}


def test_values_inside_are_no_structure() -> None:
    one, other = select(t.c.a).ext(Qualify(t.c.a > 1)), select(t.c.a).ext(Qualify(t.c.a > 2))
    assert statement_key(one)[0] == statement_key(other)[0]
    assert statement_key(one)[0] != statement_key(select(t.c.a).ext(Qualify(t.c.b > 1)))[0]
    assert statement_key(one)[0] != statement_key(select(t.c.a))[0]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Unknown position 'post_values' for .*'post_select', 'pre_columns'"):
        select(t.c.a).ext(Words("post_values"))
    with pytest.raises(exc.ArgumentError, match="takes a SyntaxExtension"):
        select(t.c.a).ext(literal(5))  # type: ignore[arg-type]
    with pytest.raises(NotImplementedError, match="Extension Qualify cannot be applied to delete"):
        delete(t).ext(Qualify(t.c.a > 1))


def test_statements_as_functions() -> None:
    statement = lambda_stmt(lambda: select(t.c.a))
    statement += lambda s: s.where(lambda: t.c.b == 5)
    assert str(statement.spoil()) == "SELECT t.a \nFROM t \nWHERE t.b = :b_1"
    assert str(statement.add_criteria(lambda s: s.limit(1))).endswith("LIMIT :param_1")
    with pytest.raises(exc.ArgumentError, match="must return a statement, not 5"):
        lambda_stmt(lambda: 5)  # type: ignore[arg-type,return-value]
