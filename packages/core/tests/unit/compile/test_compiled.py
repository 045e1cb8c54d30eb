"""Compiled statements: parameters in every style, lists, literals, names."""

from __future__ import annotations

from typing import Any

import pytest

from lect import (
    DefaultDialect,
    Integer,
    String,
    TypeDecorator,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    tuple_,
    type_coerce,
)
from lect.compile import CompileOptions, compile_statement
from lect.exc import CompileError, IdentifierError, InvalidRequestError
from lect.sql.node import statement_key

t = table("t", column("a"), column("b"))


def plan_of(statement: Any, style: str = "named", **options: Any) -> Any:
    dialect = DefaultDialect(paramstyle=style)
    dialect.supports_multivalues_insert = True
    return compile_statement(statement, dialect, CompileOptions(**options), statement_key(statement)[1])


@pytest.mark.parametrize(
    ("style", "where", "parameters"),
    [
        ("named", "t.a = :a_1 AND t.b = :b_1", {"a_1": 1, "b_1": 2}),
        ("pyformat", "t.a = %(a_1)s AND t.b = %(b_1)s", {"a_1": 1, "b_1": 2}),
        ("qmark", "t.a = ? AND t.b = ?", (1, 2)),
        ("format", "t.a = %s AND t.b = %s", (1, 2)),
        ("numeric", "t.a = :1 AND t.b = :2", (1, 2)),
        ("numeric_dollar", "t.a = $1 AND t.b = $2", (1, 2)),
    ],
)
def test_paramstyles(style: str, where: str, parameters: object) -> None:
    statement = select(t.c.a).where(t.c.a == 1, t.c.b == 2)
    plan = plan_of(statement, style)
    assert plan.string.endswith(where)
    assert plan.collect(statement_key(statement)[1]) == parameters


def test_values_of_another_statement_with_the_same_key() -> None:
    plan = plan_of(select(t.c.a).where(t.c.a == 1, t.c.b == 2), "qmark")
    other = select(t.c.a).where(t.c.a == 10, t.c.b == 20)
    assert plan.collect(statement_key(other)[1]) == (10, 20)


def test_positions_follow_the_text_also_with_a_cte_in_front() -> None:
    found = select(t.c.a).where(t.c.b == "cte").cte("found")
    statement = select(t.c.a).where(t.c.a == "outer", t.c.b.in_(select(found.c.a)))
    plan = plan_of(statement, "qmark")
    assert plan.collect(statement_key(statement)[1]) == ("cte", "outer")


def test_one_number_for_a_parameter_used_twice() -> None:
    same = bindparam("x", 5)
    statement = select(t.c.a).where(t.c.a == same, t.c.b == same)
    plan = plan_of(statement, "numeric")
    assert plan.string.endswith("t.a = :1 AND t.b = :1")
    assert plan.collect(statement_key(statement)[1]) == (5,)


def test_missing_value_names_the_parameter() -> None:
    statement = select(t.c.a).where(t.c.a == bindparam("wanted"))
    with pytest.raises(InvalidRequestError, match="'wanted'"):
        plan_of(statement).collect(statement_key(statement)[1])


def test_value_of_the_execution_goes_before_the_statements() -> None:
    statement = select(t.c.a).where(t.c.a == bindparam("x", 1))
    plan = plan_of(statement, "qmark", column_keys=["x"])
    assert plan.collect(statement_key(statement)[1], {"x": 2}) == (2,)


def test_many_rows_and_the_row_that_lacks_a_value() -> None:
    plan = plan_of(insert(t), "qmark", column_keys=["a", "b"], for_executemany=True)
    assert plan.collect_many((), [{"a": 1, "b": 2}, {"b": 4, "a": 3}]) == [(1, 2), (3, 4)]
    with pytest.raises(InvalidRequestError, match="'b', in parameter group 1"):
        plan.collect_many((), [{"a": 1, "b": 2}, {"a": 3}])


def test_list_is_written_for_its_length() -> None:
    statement = select(t.c.a).where(t.c.a.in_([1, 2, 3]), t.c.b == 4)
    plan = plan_of(statement, "qmark")
    assert plan.expands
    assert "IN (__[POSTCOMPILE_a_1])" in plan.string
    sent, parameters = plan.expand(statement_key(statement)[1])
    assert sent.endswith("t.a IN (?, ?, ?) AND t.b = ?")
    assert parameters == (1, 2, 3, 4)
    shorter = select(t.c.a).where(t.c.a.in_([9]), t.c.b == 8)
    assert plan.expand(statement_key(shorter)[1])[1] == (9, 8)


def test_empty_list_matches_nothing() -> None:
    statement = select(t.c.a).where(t.c.a.in_([]))
    sent, parameters = plan_of(statement).expand(statement_key(statement)[1])
    assert sent.endswith("WHERE t.a IN (NULL) AND (1 != 1)")
    assert parameters == {}


def test_list_of_rows() -> None:
    statement = select(t.c.a).where(tuple_(t.c.a, t.c.b).in_([(1, 2), (3, 4)]))
    sent, parameters = plan_of(statement, "format").expand(statement_key(statement)[1])
    assert sent.endswith("(t.a, t.b) IN ((%s, %s), (%s, %s))")
    assert parameters == (1, 2, 3, 4)


def test_long_list() -> None:
    statement = select(t.c.a).where(t.c.a.in_(list(range(100_000))))
    sent, parameters = plan_of(statement, "qmark").expand(statement_key(statement)[1])
    assert sent.count("?") == len(parameters) == 100_000


def test_members_of_a_list_do_not_take_the_name_of_another_parameter() -> None:
    statement = select(t.c.a).where(t.c.a.in_(bindparam("q", [1, 2], expanding=True)), t.c.b == bindparam("q_1", 9))
    sent, parameters = plan_of(statement).expand(statement_key(statement)[1])
    assert sent.endswith("t.a IN (:q_1__1, :q_2) AND t.b = :q_1")
    assert parameters == {"q_1__1": 1, "q_2": 2, "q_1": 9}


@pytest.mark.parametrize("wrong", [None, "abc", b"abc", {"a": 1}, 5])
def test_what_is_no_list_is_refused(wrong: object) -> None:
    statement = select(t.c.a).where(t.c.a.in_(bindparam("q", expanding=True)))
    plan = plan_of(statement, column_keys=["q"])
    with pytest.raises(InvalidRequestError, match="'q'"):
        plan.expand(statement_key(statement)[1], {"q": wrong})


@pytest.mark.parametrize("style", ["format", "pyformat"])
def test_percent_signs_are_doubled_once(style: str) -> None:
    statement = select(literal_column("'5%'")).where(text("x LIKE '%y'"), t.c.a == 5)
    string = plan_of(statement, style).string
    assert "'5%%'" in string and "'%%y'" in string


@pytest.mark.parametrize("hostile", ["x:y", "x%(a)s", "a ? b", "$1", "__[POSTCOMPILE_a_1]", "\ufdd0deadbeef:a_1\ufdd1"])
def test_literal_text_that_looks_like_a_parameter_stays_text(hostile: str) -> None:
    statement = select(t.c.a).where(t.c.b == bindparam("b", hostile, String()), t.c.a.in_([1]))
    compiled = statement.compile(compile_kwargs={"literal_binds": True})
    assert hostile in compiled.string
    assert compiled.params == {}


def test_names_with_odd_characters_do_not_become_one() -> None:
    odd = table("odd", column("a.b"), column("a_b"))
    compiled = select(odd.c.a_b).where(odd.c["a.b"] == 1, odd.c.a_b == 2).compile()
    assert compiled.params == {"a_b_1": 1, "a_b_2": 2}


def test_parameter_of_the_same_name_as_an_anonymous_one() -> None:
    statement = select(t.c.a).where(t.c.a == 5, t.c.b == bindparam("a_1", 7))
    with pytest.raises(CompileError, match="'a_1'"):
        str(statement)


@pytest.mark.parametrize("name", ['a"b', "a b", "select", "A", "a`b", "a]b", "a;--", "1a", "ü", "a.b", "*/"])
def test_identifiers_are_quoted_and_escaped(name: str) -> None:
    written = str(select(column(name)))
    assert written == f'SELECT "{name.replace(chr(34), chr(34) * 2)}"'


@pytest.mark.parametrize("name", ["", "a\x00b", "a\ud800"])
def test_names_that_no_quoting_can_save(name: str) -> None:
    with pytest.raises(IdentifierError):
        str(select(column(name)))


def test_long_labels_are_shortened_to_the_limit() -> None:
    long = table("long_table_name", column("long_column_name_one"), column("long_column_name_two"))
    from lect import LABEL_STYLE_TABLENAME_PLUS_COL

    statement = select(long).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    written = statement.compile(dialect=DefaultDialect(label_length=20)).string
    assert "AS long_table_nam_1" in written and "AS long_table_nam_2" in written


def test_schema_translation() -> None:
    inside = table("t", column("a"), schema="one")
    outside = table("u", column("b"))
    translate = {"one": "two", None: "other"}
    statement = select(inside.c.a, outside.c.b)
    written = statement.compile(schema_translate_map=translate, render_schema_translate=True)
    assert written.string == "SELECT two.t.a, other.u.b \nFROM two.t, other.u"
    shown = statement.compile(schema_translate_map=translate)
    assert shown.string == (
        "SELECT __[SCHEMA_one].t.a, __[SCHEMA__none].u.b \nFROM __[SCHEMA_one].t, __[SCHEMA__none].u"
    )


def test_unjoined_tables_are_told() -> None:
    from lect.exc import LectWarning

    other = table("u", column("a"))
    with pytest.warns(LectWarning, match='cartesian product between FROM element.* "u" and FROM element "t"'):
        select(t.c.a, other.c.a).compile(linting=True)
    select(t.c.a, other.c.a).where(t.c.a == other.c.a).compile(linting=True)


def test_batch_of_rows() -> None:
    plan = plan_of(insert(t), "qmark", column_keys=["a", "b"], for_executemany=True, batch=True)
    assert plan.dml.batch.text(3) == "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?)"
    assert plan.dml.batch.row_names == ("a", "b")


def test_function_of_no_rows() -> None:
    assert str(select(func.count())) == "SELECT count(*) AS count_1"


class Doubled(TypeDecorator[int]):
    """A type whose values stand inside of SQL of its own."""

    impl = Integer
    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        return type_coerce(bindvalue, Integer) * 2


def test_members_of_a_list_stand_inside_of_what_their_type_wants() -> None:
    d = table("d", column("a", Doubled), column("b", Integer))
    listed = select(d.c.b).where(d.c.a.in_([1, 2]))
    assert str(listed.compile(compile_kwargs={"literal_binds": True})).endswith("d.a IN (1 * 2, 2 * 2)")
    assert str(listed.compile(compile_kwargs={"render_postcompile": True})).endswith("d.a IN (:a_1_1 * 2, :a_1_2 * 2)")
    later = select(d.c.b).where(d.c.a.in_(bindparam("q", [1], type_=Doubled, expanding=True, literal_execute=True)))
    assert str(later.compile(compile_kwargs={"render_postcompile": True})).endswith("d.a IN (1 * 2)")
    rows = select(d.c.b).where(tuple_(d.c.a, d.c.b).in_([(1, 5)]))
    assert str(rows.compile(compile_kwargs={"literal_binds": True})).endswith("(d.a, d.b) IN ((1 * 2, 5))")


def test_a_list_that_is_longer_than_the_database_takes() -> None:
    dialect = DefaultDialect(paramstyle="qmark")
    dialect.capabilities = dialect.capabilities.replace(max_list_parameters=2)
    statement = select(t.c.a).where(t.c.a == 5, t.c.b.in_([1, 2, 3]))
    binds = statement_key(statement)[1]
    plan = compile_statement(statement, dialect, CompileOptions(), binds)
    assert plan.expand(binds) == ("SELECT t.a \nFROM t \nWHERE t.a = ? AND t.b IN (1, 2, 3)", (5,))
    shorter = select(t.c.a).where(t.c.a == 5, t.c.b.in_([1, 2]))
    assert plan.expand(statement_key(shorter)[1]) == (
        "SELECT t.a \nFROM t \nWHERE t.a = ? AND t.b IN (?, ?)",
        (5, 1, 2),
    )
    hidden = table("h", column("a", String().as_sensitive()))
    listed = select(hidden.c.a).where(hidden.c.a.in_(["x", "y", "z"]))
    binds = statement_key(listed)[1]
    with pytest.raises(InvalidRequestError, match="its values are sensitive"):
        compile_statement(listed, dialect, CompileOptions(), binds).expand(binds)
