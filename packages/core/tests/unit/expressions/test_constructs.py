"""CASE, casts, functions, windows, text, parameters: what is written and what is refused."""

from __future__ import annotations

import pickle

import pytest

from lect import (
    DateTime,
    Integer,
    Numeric,
    String,
    aggregate_order_by,
    bindparam,
    case,
    cast,
    column,
    distinct,
    exc,
    extract,
    func,
    literal,
    literal_column,
    null,
    select,
    table,
    text,
    try_cast,
    tuple_,
    type_coerce,
)
from lect.sql.functions import GenericFunction
from lect.sql.window import FrameClause, FrameClauseType

t = table("t", column("x", Integer), column("s", String))
x, s = t.c.x, t.c.s


def test_case_with_conditions():
    assert str(case((x == 1, "a"), else_="b")) == "CASE WHEN (t.x = :x_1) THEN :param_1 ELSE :param_2 END"


def test_case_with_a_value():
    assert str(case({1: "a"}, value=x, else_=s)) == "CASE t.x WHEN :param_1 THEN :param_2 ELSE t.s END"


def test_case_refuses_a_list_of_pairs():
    with pytest.raises(exc.ArgumentError, match="series of positional elements"):
        case([(x == 1, "a")])


def test_casts():
    assert str(cast(x, String(5))) == "CAST(t.x AS VARCHAR(5))"
    assert str(try_cast(x, Numeric(5, 2))) == "TRY_CAST(t.x AS NUMERIC(5, 2))"
    assert str(cast(None, Integer)) == "CAST(NULL AS INTEGER)"
    assert str(type_coerce(x, String) + "a") == "t.x || :param_1"


@pytest.mark.parametrize("hostile", ["year FROM x)--", "year; DROP", "", "1", "a b c", None])
def test_extract_takes_words_only(hostile):
    with pytest.raises(exc.ArgumentError, match="extract"):
        extract(hostile, x)


def test_functions_know_their_type():
    assert isinstance(func.count(x).type, Integer)
    assert isinstance(func.max(s).type, String)
    assert isinstance(func.now().type, DateTime)
    assert func.anything(x).type._isnull


def test_function_text():
    assert str(func.count()) == "count(*)"
    assert str(func.pkg.foo(1)) == "pkg.foo(:foo_1)"
    assert str(func.current_timestamp()) == "CURRENT_TIMESTAMP"
    assert str(func.count(distinct(x))) == "count(DISTINCT t.x)"
    assert str(func.grouping_sets(tuple_(x, s), x)) == "GROUPING SETS((t.x, t.s), t.x)"


def test_function_names_are_quoted_when_they_are_no_word():
    assert str(getattr(func, 'x"; DROP TABLE t--')()) == '"x""; DROP TABLE t--"()'


def test_a_generic_function_is_found_by_name():
    class shout_it(GenericFunction):
        type = String()
        inherit_cache = True

    assert isinstance(func.shout_it(s), shout_it)
    assert isinstance(func.SHOUT_IT(s).type, String)


def test_windows():
    assert (
        str(func.sum(x).over(partition_by=s, order_by=x.desc(), rows=(None, 0)))
        == "sum(t.x) OVER (PARTITION BY t.s ORDER BY t.x DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    )
    frame = FrameClause(1, 2, FrameClauseType.PRECEDING, FrameClauseType.FOLLOWING)
    assert (
        str(func.row_number().over(rows=frame, exclude="TIES"))
        == "row_number() OVER (ROWS BETWEEN :param_1 PRECEDING AND :param_2 FOLLOWING EXCLUDE TIES)"
    )


def test_a_window_has_one_frame_of_numbers():
    with pytest.raises(exc.ArgumentError, match="only one of"):
        func.sum(x).over(rows=(0, 1), range_=(0, 1))
    with pytest.raises(exc.ArgumentError, match="Integer or None expected for values in rows/groups frame"):
        func.sum(x).over(rows=("1; DROP", 0))
    with pytest.raises(exc.ArgumentError, match="exclude must be one of"):
        func.sum(x).over(rows=(0, 1), exclude="TIES) --")


def test_aggregate_forms():
    assert str(func.sum(x).filter(x > 5)) == "sum(t.x) FILTER (WHERE t.x > :x_1)"
    assert str(func.mode().within_group(x.desc())) == "mode() WITHIN GROUP (ORDER BY t.x DESC)"
    assert str(aggregate_order_by(func.array_agg(x), x)) == "array_agg(t.x ORDER BY t.x)"


@pytest.mark.parametrize(
    ("sql", "expected", "names"),
    [
        ("x = :y", "x = :y", ["y"]),
        ("time='12:30:00'", "time='12:30:00'", []),
        (":this:that", ":this:that", []),
        (r"x\:y :z", "x:y :z", ["z"]),
        ("x::int = :y", "x::int = :y", ["y"]),
    ],
)
def test_text_finds_its_parameters(sql, expected, names):
    clause = text(sql)
    assert str(clause) == expected
    assert list(clause.compile().params) == names


def test_text_names_the_nearest_parameter():
    with pytest.raises(exc.ArgumentError, match=r"no_such.*|did you mean 'name'"):
        text("x = :name").bindparams(nmae=5)


def test_values_that_look_like_parameters_are_values():
    statement = select(literal(":x %(y)s ? $1"))
    assert str(statement) == "SELECT :param_1 AS anon_1"
    assert statement.compile().params == {"param_1": ":x %(y)s ? $1"}


def test_anonymous_names_are_made_when_it_is_written():
    first = x == 5
    assert str(first) == str(first) == "t.x = :x_1"
    assert str((x == 5) & (x == 6)) == "t.x = :x_1 AND t.x = :x_2"


def test_params_gives_values_to_named_parameters():
    expression = x == bindparam("q")
    assert expression.params(q=7).compile().params == {"q": 7}
    assert expression.compile().params == {"q": None}


def test_compare():
    assert (x == 5).compare(x == 5)
    assert not (x == 5).compare(x == 6)
    assert func.foo(x).compare(func.foo(x))
    assert not func.foo(x).compare(func.bar(x))


def test_expressions_are_pickled():
    expression = (column("x", Integer) == 5) & func.foo(literal_column("y")).is_(null())
    again = pickle.loads(pickle.dumps(expression))
    assert str(again) == str(expression)
    assert again.compile().params == {"x_1": 5}
