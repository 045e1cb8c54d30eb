"""SQL text of SQLite, one construct per test."""

from __future__ import annotations

from typing import Any

import pytest

import lect_sqlite
from lect import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    all_,
    any_,
    case,
    cast,
    delete,
    exc,
    extract,
    func,
    insert,
    join,
    select,
    true,
    try_cast,
    tuple_,
    union_all,
    update,
    values,
)
from lect.sql.column import column

m = MetaData()
t = Table(
    "t",
    m,
    Column("id", Integer, primary_key=True),
    Column("x", String(20)),
    Column("y", Integer),
    Column("d", DateTime),
    Column("j", JSON),
    Column("b", Boolean),
    Column("n", Numeric(10, 2)),
)
u = Table("u", m, Column("id", Integer, primary_key=True), Column("tid", Integer))
DIALECT = lect_sqlite.dialect()


def sql(statement: Any, **options: Any) -> str:
    return str(statement.compile(dialect=DIALECT, compile_kwargs=options))


def refused(statement: Any) -> str:
    with pytest.raises(exc.CompileError) as caught:
        statement.compile(dialect=DIALECT)
    return str(caught.value)


def test_limit() -> None:
    assert sql(select(t.c.id).limit(5)) == "SELECT t.id \nFROM t\n LIMIT ?"


def test_offset_without_limit() -> None:
    assert sql(select(t.c.id).offset(5)) == "SELECT t.id \nFROM t\n LIMIT -1 OFFSET ?"


def test_fetch_is_limit() -> None:
    statement = select(t.c.id).where(t.c.y == 5).fetch(3).offset(2)
    assert sql(statement) == "SELECT t.id \nFROM t \nWHERE t.y = ?\n LIMIT ? OFFSET ?"
    assert statement.compile(dialect=DIALECT).positiontup == ["y_1", "param_1", "param_2"]


def test_fetch_with_ties_is_refused() -> None:
    assert refused(select(t.c.id).fetch(3, with_ties=True)).startswith(
        "fetch(with_ties=True) is not supported by dialect 'sqlite' (server version 3.45); compare with"
    )
    assert "fetch(percent=True)" in refused(select(t.c.id).fetch(3, percent=True))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (select(t.c.id).where(t.c.id == any_(select(t.c.id).scalar_subquery())), "ANY is not supported"),
        (select(t.c.id).where(t.c.id > all_(select(t.c.id).scalar_subquery())), "ALL is not supported"),
        (select(try_cast(t.c.id, Integer)), "TRY_CAST is not supported"),
        (select(func.count()).group_by(func.cube(t.c.id)), "cube() is not supported"),
        (select(func.mode().within_group(t.c.id)), "WITHIN GROUP is not supported"),
        (select(insert(t).values(id=1).returning(t.c.id).cte("c").c.id), "INSERT in a common table expression is not"),
    ],
)
def test_what_sqlite_has_no_words_for(statement: Any, message: str) -> None:
    with pytest.raises(exc.CompileError) as caught:
        sql(statement)
    assert str(caught.value).startswith(message)


def test_between_either_way() -> None:
    assert sql(select(t.c.id).where(t.c.id.between(5, 1, symmetric=True))) == (
        "SELECT t.id \nFROM t \nWHERE (t.id BETWEEN ? AND ? OR t.id BETWEEN ? AND ?)"
    )


def test_for_update_is_left_out() -> None:
    assert sql(select(t.c.id).with_for_update()) == "SELECT t.id \nFROM t"


def test_conditions() -> None:
    assert sql(select(t.c.id).where(t.c.b)) == "SELECT t.id \nFROM t \nWHERE t.b = 1"
    assert sql(select(t.c.id).where(~t.c.b)) == "SELECT t.id \nFROM t \nWHERE t.b = 0"
    assert sql(select(t.c.id).where(true())) == "SELECT t.id \nFROM t \nWHERE 1 = 1"


def test_is_distinct_from() -> None:
    assert sql(select(t.c.y.is_distinct_from(5))) == "SELECT t.y IS NOT ? AS anon_1 \nFROM t"


def test_division() -> None:
    assert sql(select(t.c.y / 2)) == "SELECT t.y / (? + 0.0) AS anon_1 \nFROM t"
    assert sql(select(t.c.y // 2)) == "SELECT t.y / ? AS anon_1 \nFROM t"


def test_exclusive_or() -> None:
    assert sql(select(t.c.y.bitwise_xor(5))) == "SELECT ((t.y | ?) - (t.y & ?)) AS anon_1 \nFROM t"


def test_regular_expressions() -> None:
    assert sql(select(t.c.x.regexp_match("a"))) == "SELECT t.x REGEXP ? AS anon_1 \nFROM t"
    assert sql(select(~t.c.x.regexp_match("a"))) == "SELECT t.x NOT REGEXP ? AS anon_1 \nFROM t"
    assert "write the flags into the pattern" in refused(select(t.c.x.regexp_match("a", flags="i")))
    assert "sqlite dialect does not support regular expression replacements" in refused(
        select(t.c.x.regexp_replace("a", "b"))
    )


def test_match() -> None:
    assert sql(select(t.c.x.match("a"))) == "SELECT t.x MATCH ? AS anon_1 \nFROM t"


def test_in() -> None:
    assert sql(select(t.c.y.in_([1, 2])), render_postcompile=True) == "SELECT t.y IN (?, ?) AS anon_1 \nFROM t"
    assert sql(select(t.c.y.in_([])), render_postcompile=True) == (
        "SELECT t.y IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1) AS anon_1 \nFROM t"
    )


def test_tuple_in() -> None:
    rows = tuple_(t.c.x, t.c.y).in_([("a", 1), ("b", 2)])
    assert sql(select(rows), render_postcompile=True) == (
        "SELECT (t.x, t.y) IN (VALUES (?, ?), (?, ?)) AS anon_1 \nFROM t"
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (func.now(), "CURRENT_TIMESTAMP AS now_1"),
        (func.localtimestamp(), "DATETIME(CURRENT_TIMESTAMP, 'localtime') AS localtimestamp_1"),
        (func.char_length("x"), "length(?) AS char_length_1"),
        (func.aggregate_strings("x", ","), "group_concat(?, ',') AS aggregate_strings_1"),
    ],
)
def test_functions(expression: Any, text: str) -> None:
    assert sql(select(expression), render_postcompile=True) == f"SELECT {text}"


def test_extract() -> None:
    assert sql(select(extract("year", t.c.d))) == "SELECT CAST(STRFTIME('%Y', t.d) AS INTEGER) AS anon_1 \nFROM t"
    assert refused(select(extract("yaer", t.c.d))) == "yaer is not a valid extract argument.; did you mean 'year'?"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (t.c.j["a"], "JSON_QUOTE(JSON_EXTRACT(t.j, '$.\"a\"'))"),
        (t.c.j[0], "JSON_QUOTE(JSON_EXTRACT(t.j, '$[0]'))"),
        (t.c.j[-1], "JSON_QUOTE(JSON_EXTRACT(t.j, '$[#-1]'))"),
        (t.c.j["a", 1, "b"], 'JSON_QUOTE(JSON_EXTRACT(t.j, \'$."a"[1]."b"\'))'),
        (t.c.j["it's"].as_integer(), "CAST(JSON_EXTRACT(t.j, '$.\"it''s\"') AS INTEGER)"),
        (t.c.j["a"].as_boolean(), "CAST(JSON_EXTRACT(t.j, '$.\"a\"') AS BOOLEAN)"),
        (t.c.j["a"].as_numeric(10, 2), "CAST(JSON_EXTRACT(t.j, '$.\"a\"') AS NUMERIC(10, 2))"),
    ],
)
def test_json(expression: Any, text: str) -> None:
    assert sql(select(expression), literal_binds=True) == f"SELECT {text} AS anon_1 \nFROM t"


def test_a_json_key_that_no_path_can_hold() -> None:
    with pytest.raises(exc.CompileError) as caught:
        sql(select(t.c.j['a" , $']), literal_binds=True)
    assert "holds a double quote, which a path of SQLite cannot" in str(caught.value.__cause__)


def test_joins() -> None:
    assert sql(select(t.c.id).select_from(join(t, u, t.c.id == u.c.tid, full=True))) == (
        "SELECT t.id \nFROM t FULL OUTER JOIN u ON t.id = u.tid"
    )


def test_full_join_is_refused_before_3_39() -> None:
    from lect_sqlite.capabilities import capabilities

    old = DIALECT.copy(capabilities=capabilities((3, 38)))
    with pytest.raises(exc.CompileError, match=r"FULL OUTER JOIN is not .* 'sqlite' \(server version 3\.38\)"):
        select(t.c.id).select_from(join(t, u, t.c.id == u.c.tid, full=True)).compile(dialect=old)


def test_compound_members_with_limits_become_subqueries() -> None:
    statement = union_all(select(t.c.id).limit(1), select(u.c.id).order_by(u.c.id).limit(2))
    assert sql(statement) == (
        "SELECT * FROM (SELECT t.id \nFROM t\n LIMIT ?) UNION ALL "
        "SELECT * FROM (SELECT u.id \nFROM u ORDER BY u.id\n LIMIT ?)"
    )


def test_intersect_all_is_refused() -> None:
    assert "INTERSECT ALL is not supported" in refused(select(t.c.id).intersect_all(select(u.c.id)))


def test_values() -> None:
    v = values(column("a", Integer), column("b", String), name="v").data([(1, "x"), (2, "y")])
    assert sql(select(v)) == (
        "SELECT v.a, v.b \nFROM (SELECT column1 AS a, column2 AS b FROM (VALUES (?, ?), (?, ?))) AS v"
    )


def test_case_and_cast() -> None:
    assert sql(select(case((t.c.y > 5, "a"), else_="b"))) == (
        "SELECT CASE WHEN (t.y > ?) THEN ? ELSE ? END AS anon_1 \nFROM t"
    )
    assert sql(select(cast(t.c.x, Integer))) == "SELECT CAST(t.x AS INTEGER) AS x \nFROM t"


# -- data-changing statements ---------------------------------------------------------------------------------------


def test_insert_of_defaults() -> None:
    assert sql(insert(t).values()) == "INSERT INTO t DEFAULT VALUES"


def test_returning_names_no_table() -> None:
    assert sql(insert(t).values(x="a").returning(t.c.id)) == "INSERT INTO t (x) VALUES (?) RETURNING id"
    assert sql(update(t).values(x="b").returning(t.c.id, t.c.x)) == "UPDATE t SET x=? RETURNING id, x"
    assert sql(delete(t).returning(func.lower(t.c.x))) == "DELETE FROM t RETURNING lower(x) AS lower_1"


def test_returning_is_refused_before_3_35() -> None:
    from lect_sqlite.capabilities import capabilities

    old = DIALECT.copy(capabilities=capabilities((3, 34)))
    with pytest.raises(
        exc.CompileError, match=r"INSERT\.\.RETURNING is not supported by dialect 'sqlite' \(server version 3\.34\)"
    ):
        insert(t).values(x="a").returning(t.c.id).compile(dialect=old)


def test_update_from() -> None:
    assert sql(update(t).values(x="a").where(t.c.id == u.c.tid)) == "UPDATE t SET x=? FROM u WHERE t.id = u.tid"


def test_delete_from_several_tables_is_refused() -> None:
    assert "DELETE that reads several tables is not supported" in refused(delete(t).where(t.c.id == u.c.tid))


def test_on_conflict_do_nothing() -> None:
    statement = lect_sqlite.insert(t).values(id=1)
    assert sql(statement.on_conflict_do_nothing()) == "INSERT INTO t (id) VALUES (?) ON CONFLICT DO NOTHING"
    assert sql(statement.on_conflict_do_nothing(index_elements=["id"])) == (
        "INSERT INTO t (id) VALUES (?) ON CONFLICT (id) DO NOTHING"
    )


def test_on_conflict_do_update() -> None:
    statement = lect_sqlite.insert(t).values(id=1, x="a")
    statement = statement.on_conflict_do_update(
        index_elements=[t.c.id],
        index_where=t.c.y > 5,
        set_={"x": statement.excluded.x, "y": t.c.y + 1},
        where=t.c.x == "q",
    )
    assert sql(statement) == (
        "INSERT INTO t (id, x) VALUES (?, ?) ON CONFLICT (id) WHERE y > 5 "
        "DO UPDATE SET x = excluded.x, y = (t.y + ?) WHERE t.x = ?"
    )


def test_several_conflicts() -> None:
    statement = (
        lect_sqlite.insert(t)
        .values(id=1)
        .on_conflict_do_nothing(index_elements=["id"])
        .on_conflict_do_update(index_elements=["x"], set_={"y": 1})
    )
    assert sql(statement) == (
        "INSERT INTO t (id) VALUES (?) ON CONFLICT (id) DO NOTHING ON CONFLICT (x) DO UPDATE SET y = ?"
    )


def test_insert_or_replace() -> None:
    assert sql(insert(t).values(id=1).prefix_with("OR REPLACE")) == "INSERT OR REPLACE INTO t (id) VALUES (?)"


def test_str_speaks_sqlite() -> None:
    statement = lect_sqlite.insert(t).values(id=1).on_conflict_do_nothing()
    assert str(statement) == "INSERT INTO t (id) VALUES (?) ON CONFLICT DO NOTHING"
