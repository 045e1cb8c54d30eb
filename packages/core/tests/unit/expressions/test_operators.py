"""Operators, their precedence and their negation, as SQL shows them."""

from __future__ import annotations

import pytest

from lect import (
    ARRAY,
    JSON,
    Boolean,
    Integer,
    String,
    all_,
    and_,
    any_,
    between,
    column,
    exc,
    false,
    literal,
    not_,
    null,
    or_,
    select,
    table,
    text,
    true,
    tuple_,
)

t = table(
    "t",
    column("x", Integer),
    column("s", String),
    column("b", Boolean),
    column("j", JSON),
    column("a", ARRAY(Integer)),
)
x, s, b, j, a = t.c.x, t.c.s, t.c.b, t.c.j, t.c.a


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda: x + (x + x), "t.x + t.x + t.x"),
        (lambda: x - (x - x), "t.x - (t.x - t.x)"),
        (lambda: (x - x) - x, "(t.x - t.x) - t.x"),
        (lambda: (x + x) * x, "(t.x + t.x) * t.x"),
        (lambda: (-x).__neg__(), "-(-t.x)"),
        (lambda: x / 5, "t.x / CAST(:x_1 AS NUMERIC)"),
        (lambda: x // 5, "t.x / :x_1"),
        (lambda: 2**x, "pow(:pow_1, t.x)"),
        (lambda: x.bitwise_or(5) + 1, "(t.x | :x_1) + :param_1"),
        (lambda: s + "a" + "b", "t.s || :s_1 || :param_1"),
        (lambda: x.op("&&")(5) == 6, "(t.x && :x_1) = :param_1"),
        (lambda: x.op("&&", precedence=6)(x + 5), "t.x && t.x + :x_1"),
        (lambda: (x == 5) == (x == 6), "(t.x = :x_1) = (t.x = :x_2)"),
        (lambda: s.collate("de_DE") == "x", '(t.s COLLATE "de_DE") = :param_1'),
    ],
)
def test_precedence(expression, expected):
    assert str(expression()) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda: x == None, "t.x IS NULL"),
        (lambda: x != null(), "t.x IS NOT NULL"),
        (lambda: b == True, "t.b = true"),
        (lambda: x.is_distinct_from(5), "t.x IS DISTINCT FROM :x_1"),
        (lambda: x.between(1, 2, symmetric=True), "t.x BETWEEN SYMMETRIC :x_1 AND :x_2"),
        (lambda: between(5, x, x), ":param_1 BETWEEN t.x AND t.x"),
        (lambda: s.like("a", escape="/"), "t.s LIKE :s_1 ESCAPE '/'"),
        (lambda: s.not_ilike("a"), "lower(t.s) NOT LIKE lower(:s_1)"),
        (lambda: s.startswith("a"), "t.s LIKE :s_1 || '%'"),
        (lambda: s.icontains("a"), "lower(t.s) LIKE '%' || lower(:s_1) || '%'"),
        (lambda: s.endswith(s + "x"), "t.s LIKE '%' || t.s || :s_1"),
        (lambda: 5 == any_(a), ":param_1 = ANY (t.a)"),
        (lambda: x < all_(a), "t.x < ALL (t.a)"),
        (lambda: a[5] + 1, "t.a[:a_1] + :param_1"),
        (lambda: j["x"]["y"], "t.j[:j_1][:param_1]"),
        (lambda: tuple_(x, s) == (1, "a"), "(t.x, t.s) = (:param_1, :param_2)"),
        (lambda: and_(text("x = :y"), x == 5), "x = :y AND t.x = :x_1"),
    ],
)
def test_comparison(expression, expected):
    assert str(expression()) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda: ~(x == 5), "t.x != :x_1"),
        (lambda: ~(x < 5), "t.x >= :x_1"),
        (lambda: ~~(x == 5), "t.x = :x_1"),
        (lambda: ~s.like("a"), "t.s NOT LIKE :s_1"),
        (lambda: not_(b), "NOT t.b"),
        (lambda: not_(not_(b)), "t.b"),
        (lambda: ~or_(x == 1, x == 2), "NOT (t.x = :x_1 OR t.x = :x_2)"),
        (lambda: ~(x + x + x), "NOT (t.x + t.x + t.x)"),
        (lambda: ~(x == any_(a)), "NOT (t.x = ANY (t.a))"),
        (lambda: not_(true()), "false"),
    ],
)
def test_negation(expression, expected):
    assert str(expression()) == expected


def test_constants_leave_conjunctions():
    assert str(and_(True, x == 1)) == "t.x = :x_1"
    assert str(and_(false(), x == 1)) == "false"
    assert str(or_(False, x == 1)) == "t.x = :x_1"
    assert str(or_(true(), x == 1)) == "true"


def test_in_is_one_expanding_parameter():
    expression = x.in_([1, 2])
    assert str(expression) == "t.x IN (__[POSTCOMPILE_x_1])"
    assert expression.compile().params == {"x_1": [1, 2]}
    assert str(x.not_in([1])) == "(t.x NOT IN (__[POSTCOMPILE_x_1]))"


def test_in_with_expressions_and_with_a_select():
    assert str(x.in_([1, x])) == "t.x IN (:x_1, t.x)"
    assert str(x.in_(select(x))) == "t.x IN (SELECT t.x \nFROM t)"


@pytest.mark.parametrize("wrong", ["abc", None, 5, {"a": 1}])
def test_in_refuses_what_is_no_list(wrong):
    with pytest.raises(exc.ArgumentError, match="IN expression list, SELECT construct"):
        x.in_(wrong)


def test_autoescape_makes_wildcards_plain():
    expression = s.contains("50%_/", autoescape=True)
    assert str(expression) == "t.s LIKE '%' || :s_1 || '%' ESCAPE '/'"
    assert expression.compile().params == {"s_1": "50/%/_//"}


def test_none_is_compared_by_equality_only():
    with pytest.raises(exc.ArgumentError, match="None/True/False"):
        _ = x > None


def test_a_dictionary_is_a_value_and_never_sql():
    for value in ({"a": 1}, {"__clause_element__": "1=1"}):
        expression = s == value
        assert str(expression) == "t.s = :s_1"
        assert expression.compile().params == {"s_1": value}


def test_negative_literals_do_not_begin_a_comment():
    text_ = str((-literal(-5)).compile(compile_kwargs={"literal_binds": True}))
    assert text_ == "-(-5)"
    assert "--" not in text_


def test_operators_outside_of_a_types_group_warn():
    with pytest.warns(exc.LectDeprecationWarning, match="does not include operator 'like_op'"):
        x.like("a")


def test_custom_operators_are_equal_by_value():
    first, second = x.op("&&")(5), x.op("&&")(6)
    assert first.operator == second.operator
    assert first._structure() is second._structure()
    assert x.op("||")(5)._structure() is not first._structure()


def test_unknown_attribute_names_both_places():
    with pytest.raises(AttributeError, match="Neither 'ColumnClause' object nor 'Comparator' object"):
        x.nothing


def test_columns_work_as_dictionary_keys():
    assert {x: 1}[x] == 1
    assert x in [s, x]
    assert x not in [s, b]


def test_comparison_shares_structure_whatever_the_value():
    assert (x == 5)._structure() is (x == 7)._structure()
    assert (x == 5)._structure() is not (x != 5)._structure()
    assert (x == 5)._structure() is not (x == s)._structure()
