"""Operators of PostgreSQL's types as SQL text."""

from __future__ import annotations

from typing import Any

import pytest

import lect_postgresql as pg
from lect import Integer, String, cast, func, literal_column, select
from lect.sql.column import column
from lect.sql.from_clause import table

t = table(
    "t",
    column("a", pg.ARRAY(Integer)),
    column("b", pg.JSONB),
    column("j", pg.JSON),
    column("h", pg.HSTORE),
    column("r", pg.INT4RANGE),
    column("s", String),
    column("v", pg.TSVECTOR),
    column("bits", pg.BIT(3)),
)
R = pg.Range(1, 2)

EXPRESSIONS: list[tuple[Any, str]] = [
    (t.c.a.contains([1]), "t.a @> %(a_1)s::INTEGER[]"),
    (t.c.a.contained_by([1]), "t.a <@ %(a_1)s::INTEGER[]"),
    (t.c.a.overlap([1]), "t.a && %(a_1)s::INTEGER[]"),
    (t.c.a[1], "t.a[%(a_1)s::INTEGER]"),
    (t.c.a[1:2], "t.a[%(a_1)s::INTEGER:%(a_2)s::INTEGER]"),
    (t.c.a.concat([1]), "t.a || %(a_1)s::INTEGER[]"),
    (pg.array([1, t.c.a[1]]), "ARRAY[%(param_1)s::INTEGER, t.a[%(a_1)s::INTEGER]]"),
    (pg.array([1])[1], "(ARRAY[%(param_1)s::INTEGER])[%(param_2)s::INTEGER]"),
    (pg.array([], type_=Integer), "ARRAY[]::INTEGER[]"),
    (
        pg.array([pg.array([1]), pg.array([2])]),
        "ARRAY[ARRAY[%(param_1)s::INTEGER], ARRAY[%(param_2)s::INTEGER]]",
    ),
    (pg.array_agg(pg.aggregate_order_by(t.c.s, t.c.s.desc())), "array_agg(t.s ORDER BY t.s DESC)"),
    (
        func.string_agg(t.c.s, pg.aggregate_order_by(literal_column("','"), t.c.s)),
        "string_agg(t.s, ',' ORDER BY t.s)",
    ),
    (t.c.b["x"], "t.b[%(b_1)s::TEXT]"),
    (t.c.b["x"]["y"], "t.b[%(b_1)s::TEXT][%(param_1)s::TEXT]"),
    (t.c.b["x"].astext, "t.b ->> %(b_1)s::TEXT"),
    (t.c.b["x", 1], "t.b #> %(b_1)s"),
    (t.c.b["x", 1].astext, "t.b #>> %(b_1)s"),
    (t.c.b["x"].as_integer(), "CAST(t.b ->> %(b_1)s::TEXT AS INTEGER)"),
    (t.c.j["x"], "t.j -> %(j_1)s::TEXT"),
    (t.c.j["x"]["y"], "(t.j -> %(j_1)s::TEXT) -> %(param_1)s::TEXT"),
    (t.c.j["x"].astext == "y", "(t.j ->> %(j_1)s::TEXT) = %(param_1)s::VARCHAR"),
    (cast(t.c.s, pg.JSONB)["x"], "(CAST(t.s AS JSONB))[%(param_1)s::TEXT]"),
    (t.c.b.has_key("x"), "t.b ? %(b_1)s::VARCHAR"),
    (t.c.b.has_all(["x"]), "t.b ?& %(b_1)s::TEXT[]"),
    (t.c.b.has_any(pg.array(["x"])), "t.b ?| ARRAY[%(param_1)s::VARCHAR]"),
    (t.c.b.contains({"x": 1}), "t.b @> %(b_1)s::JSONB"),
    (t.c.b.contained_by({"x": 1}), "t.b <@ %(b_1)s::JSONB"),
    (t.c.b.delete_path(["x", "y"]), "t.b #- CAST(ARRAY[%(param_1)s::VARCHAR, %(param_2)s::VARCHAR] AS TEXT[])"),
    (t.c.b.path_exists("$.x"), "t.b @? %(b_1)s"),
    (t.c.b.path_match("$.x > 1"), "t.b @@ %(b_1)s"),
    (t.c.b + {"x": 1}, "t.b || %(b_1)s::JSONB"),
    (t.c.h["x"], "t.h[%(h_1)s::VARCHAR]"),
    (t.c.h.has_key("x"), "t.h ? %(h_1)s::VARCHAR"),
    (t.c.h.defined("x"), "defined(t.h, %(defined_1)s::VARCHAR)"),
    (t.c.h.keys(), "akeys(t.h)"),
    (t.c.h + {"x": "1"}, "t.h || %(h_1)s"),
    (pg.hstore("a", "b"), "hstore(%(hstore_1)s::VARCHAR, %(hstore_2)s::VARCHAR)"),
    (t.c.r.contains(5), "t.r @> %(r_1)s::INTEGER"),
    (t.c.r.contains(R), "t.r @> %(r_1)s::INT4RANGE"),
    (t.c.r.contained_by(R), "t.r <@ %(r_1)s::INT4RANGE"),
    (t.c.r.overlaps(R), "t.r && %(r_1)s::INT4RANGE"),
    (t.c.r << R, "t.r << %(r_1)s::INT4RANGE"),
    (t.c.r >> R, "t.r >> %(r_1)s::INT4RANGE"),
    (t.c.r.not_extend_right_of(R), "t.r &< %(r_1)s::INT4RANGE"),
    (t.c.r.not_extend_left_of(R), "t.r &> %(r_1)s::INT4RANGE"),
    (t.c.r.adjacent_to(R), "t.r -|- %(r_1)s::INT4RANGE"),
    (t.c.r.union(R), "t.r + %(r_1)s::INT4RANGE"),
    (t.c.r.intersection(R), "t.r * %(r_1)s::INT4RANGE"),
    (t.c.r.difference(R), "t.r - %(r_1)s::INT4RANGE"),
    (t.c.bits & "101", "t.bits & %(bits_1)s::BIT VARYING"),
    (~t.c.bits, "~t.bits"),
    (t.c.v.match("x"), "t.v @@ plainto_tsquery(%(v_1)s::VARCHAR)"),
    (
        t.c.s.match("x", postgresql_regconfig="english"),
        "t.s @@ plainto_tsquery('english', %(s_1)s::VARCHAR)",
    ),
    (t.c.s.ilike("x"), "t.s ILIKE %(s_1)s::VARCHAR"),
    (t.c.s.regexp_match("x"), "t.s ~ %(s_1)s::VARCHAR"),
    (t.c.s.regexp_match("x", flags="i"), "t.s ~* %(s_1)s::VARCHAR"),
]


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS, ids=[sql for _, sql in EXPRESSIONS])
def test_expression(expression: Any, expected: str) -> None:
    assert str(expression.compile(dialect=pg.dialect())) == expected


def test_configuration_of_a_text_search_is_one() -> None:
    text = str(select(func.to_tsvector("english", t.c.s)).compile(dialect=pg.dialect()))
    assert text == "SELECT to_tsvector(%(to_tsvector_2)s::REGCONFIG, t.s) AS to_tsvector_1 \nFROM t"


QUESTION_MARKS = [
    (t.c.b.has_key("x"), "jsonb_exists(t.b, ?::VARCHAR)"),
    (t.c.b.has_all(["x"]), "jsonb_exists_all(t.b, ?::TEXT[])"),
    (t.c.h.has_any(["x"]), "exists_any(t.h, ?::TEXT[])"),
    (t.c.b.path_exists("$.x"), "jsonb_path_exists_opr(t.b, ?)"),
]


@pytest.mark.parametrize(("expression", "expected"), QUESTION_MARKS, ids=[sql for _, sql in QUESTION_MARKS])
def test_no_question_mark_where_it_is_a_parameter(expression: Any, expected: str) -> None:
    assert str(expression.compile(dialect=pg.dialect(paramstyle="qmark"))) == expected
