"""SQL from template strings; the tests bring an object with the interface of PEP 750, which Python has since 3.14."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

import pytest

from lect import (
    Integer,
    String,
    bindparam,
    column,
    create_engine,
    exc,
    func,
    select,
    table,
    text,
    tstring,
)
from lect.sql.node import statement_key

t = table("t", column("id", Integer), column("name", String))


@dataclass
class Interpolation:
    value: Any
    expression: str = "value"
    conversion: str | None = None
    format_spec: str = ""


class Template:
    """``t"..."``, given as its parts: strings, and everything else interpolated."""

    def __init__(self, *parts: Any) -> None:
        strings, interpolations = [""], []
        for part in parts:
            if isinstance(part, str):
                strings[-1] += part
            else:
                interpolations.append(part if isinstance(part, Interpolation) else Interpolation(part))
                strings.append("")
        self.strings = tuple(strings)
        self.interpolations = tuple(interpolations)


def shown(*parts: Any) -> str:
    return str(tstring(Template(*parts)))


def test_values_are_parameters_and_colons_are_colons() -> None:
    assert shown("SELECT ", 5, " WHERE x = ':now' AND y = '12:30'") == (
        "SELECT :param_1 WHERE x = ':now' AND y = '12:30'"
    )
    assert tstring(Template("SELECT ", Interpolation("x'; DROP"))).compile().params == {"param_1": "x'; DROP"}


def test_expressions_are_sql() -> None:
    a = t.alias("a")
    assert shown("SELECT ", a.c.name, ", ", func.lower(a.c.name), " FROM ", a) == (
        "SELECT a.name, lower(a.name) FROM t AS a"
    )
    assert shown("SELECT ", select(func.count(t.c.id)).scalar_subquery()) == (
        "SELECT (SELECT count(t.id) AS count_1 \nFROM t)"
    )
    assert shown("SELECT * FROM ", select(t.c.id).subquery("s")) == "SELECT * FROM (SELECT t.id AS id \nFROM t) AS s"
    assert shown("SELECT ", text(":a"), tstring(Template(", ", 5))) == "SELECT :a, :param_1"


def test_a_part_of_another_statement() -> None:
    assert str(select(t.c.id).where(tstring(Template(t.c.name, " = ", Interpolation("x"))))) == (
        "SELECT t.id \nFROM t \nWHERE t.name = :param_1"
    )


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: tstring("SELECT 1"), exc.ArgumentError, "tstring() takes a template string"),
        (lambda: shown("SELECT ", Interpolation(5, "n", "r")), exc.ArgumentError, "{n} in a tstring() goes into SQL"),
        (lambda: shown("SELECT ", Interpolation(5, "n", None, "03d")), exc.ArgumentError, "{n} in a tstring() goes"),
        (lambda: shown("SELECT ", t.c.id.label("x")), exc.CompileError, "Using label() directly inside tstring"),
        (lambda: tstring(Template("x")).bindparams(x=5), exc.ArgumentError, "a tstring() has its values already"),
    ],
)
def test_what_is_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_execution() -> None:
    with create_engine("sqlite://").connect() as connection:
        statement = tstring(Template("SELECT ", 5, " AS n, '%:x' AS s, ", bindparam("p", type_=Integer), " AS p"))
        row = connection.execute(statement.columns(n=Integer, s=String), {"p": 7}).one()
        assert (row.n, row.s, row.p) == (5, "%:x", 7)


def test_structure_and_pickling() -> None:
    one, other = tstring(Template("SELECT ", 1)), tstring(Template("SELECT ", 2))
    assert statement_key(one)[0] == statement_key(other)[0]
    assert statement_key(one)[0] != statement_key(tstring(Template("select ", 1)))[0]
    assert str(pickle.loads(pickle.dumps(one))) == "SELECT :param_1"
