"""SQL text of SQL Server, one construct per test; each text is read by two parsers of T-SQL as well."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import lect_mssql
from lect import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    Unicode,
    and_,
    case,
    cast,
    delete,
    exc,
    exists,
    extract,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    union,
    update,
    values,
    window,
)
from lect.schema import CreateTable, CreateView, DropTable
from lect.sql.column import column, literal_column
from lect.sql.names import quoted_name

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


def refused(statement: Any) -> str:
    with pytest.raises(exc.CompileError) as caught:
        statement.compile(dialect=lect_mssql.dialect())
    return str(caught.value)


# -- number of rows -------------------------------------------------------------------------------------------------


def test_limit_is_top(check: Any) -> None:
    check(select(t.c.id).limit(5), "SELECT TOP __[POSTCOMPILE_param_1] t.id \nFROM t")
    check(select(t.c.id).limit(5), "SELECT TOP 5 t.id \nFROM t", literal_binds=True)
    check(select(t.c.id).distinct().limit(5), "SELECT DISTINCT TOP __[POSTCOMPILE_param_1] t.id \nFROM t")


def test_limit_of_an_expression(check: Any) -> None:
    check(select(t.c.id).limit(literal_column("5 + 1")), "SELECT TOP (5 + 1) t.id \nFROM t")


def test_offset_is_behind_order_by(check: Any) -> None:
    check(
        select(t.c.id).order_by(t.c.id).limit(5).offset(3),
        "SELECT t.id \nFROM t ORDER BY t.id\n OFFSET :param_1 ROWS\n FETCH FIRST :param_2 ROWS ONLY",
    )
    check(select(t.c.id).order_by(t.c.id).offset(3), "SELECT t.id \nFROM t ORDER BY t.id\n OFFSET :param_1 ROWS")


def test_offset_without_order_is_refused() -> None:
    assert refused(select(t.c.id).limit(5).offset(3)) == (
        "MSSQL requires an order_by when using an OFFSET or a non-simple LIMIT clause"
    )


def test_fetch(check: Any) -> None:
    ordered = select(t.c.id).order_by(t.c.id)
    check(ordered.fetch(3), "SELECT TOP __[POSTCOMPILE_param_1] t.id \nFROM t ORDER BY t.id")
    check(
        ordered.fetch(3, with_ties=True, percent=True),
        "SELECT TOP __[POSTCOMPILE_param_1] PERCENT WITH TIES t.id \nFROM t ORDER BY t.id",
    )
    assert "fetch(with_ties=True) with an offset is not supported" in refused(
        ordered.offset(1).fetch(3, with_ties=True)
    )


def test_limit_of_a_compound(check: Any) -> None:
    check(
        union(select(t.c.id), select(u.c.id)).order_by("id").limit(3),
        "SELECT t.id \nFROM t UNION SELECT u.id \nFROM u ORDER BY id\n OFFSET 0 ROWS\n FETCH FIRST :param_1 ROWS ONLY",
    )


def test_limit_cannot_be_a_string() -> None:
    with pytest.raises(exc.LectError):
        select(t.c.id).limit("5; DROP TABLE t")


# -- SELECT -----------------------------------------------------------------------------------------------------------


def test_order_by_of_a_subquery_is_left_out_without_a_limit(check: Any) -> None:
    inner = select(t.c.id).order_by(t.c.id)
    check(select(inner.subquery("s").c.id), "SELECT s.id \nFROM (SELECT t.id AS id \nFROM t) AS s")
    check(
        select(inner.limit(3).subquery("s").c.id),
        "SELECT s.id \nFROM (SELECT TOP __[POSTCOMPILE_param_1] t.id AS id \nFROM t ORDER BY t.id) AS s",
    )


def test_conditions(check: Any) -> None:
    check(select(t.c.id).where(t.c.b), "SELECT t.id \nFROM t \nWHERE t.b = 1")
    check(select(t.c.id).where(~t.c.b), "SELECT t.id \nFROM t \nWHERE t.b = 0")
    check(select(t.c.id).where(true()), "SELECT t.id \nFROM t \nWHERE 1 = 1")
    check(
        select(t.c.id).where(exists().where(u.c.tid == t.c.id)),
        "SELECT t.id \nFROM t \nWHERE EXISTS (SELECT * \nFROM u \nWHERE u.tid = t.id)",
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (t.c.y == 5, "CASE WHEN t.y = 5 THEN 1 WHEN NOT (t.y = 5) THEN 0 END"),
        (t.c.y.is_(None), "CASE WHEN t.y IS NULL THEN 1 ELSE 0 END"),
        (t.c.y.in_([1]), "CASE WHEN t.y IN (1) THEN 1 WHEN NOT (t.y IN (1)) THEN 0 END"),
        (t.c.x.like("a%"), "CASE WHEN t.x LIKE 'a%' THEN 1 WHEN NOT (t.x LIKE 'a%') THEN 0 END"),
        (and_(t.c.b, t.c.y > 1), "CASE WHEN t.b = 1 AND t.y > 1 THEN 1 WHEN NOT (t.b = 1 AND t.y > 1) THEN 0 END"),
        (func.sum(t.c.y > 1), "sum(CASE WHEN t.y > 1 THEN 1 WHEN NOT (t.y > 1) THEN 0 END)"),
        (cast(t.c.y.is_(None), Boolean), "CAST(CASE WHEN t.y IS NULL THEN 1 ELSE 0 END AS BIT)"),
        (case((t.c.b, t.c.y.is_(None))), "CASE WHEN t.b = 1 THEN CASE WHEN t.y IS NULL THEN 1 ELSE 0 END END"),
    ],
)
def test_conditions_as_values(check: Any, expression: Any, text: str) -> None:
    check(select(expression.label("q")), f"SELECT {text} AS q \nFROM t", literal_binds=True)


def test_exists_as_value(check: Any) -> None:
    inner = "EXISTS (SELECT * \nFROM u)"
    check(select(exists().select_from(u).label("q")), f"SELECT CASE WHEN {inner} THEN 1 ELSE 0 END AS q")
    check(select((~exists().select_from(u)).label("q")), f"SELECT CASE WHEN NOT ({inner}) THEN 1 ELSE 0 END AS q")


def test_conditions_that_are_written_and_sorted_by(check: Any) -> None:
    value = "CASE WHEN (t.y = :y_1) THEN 1 WHEN NOT (t.y = :y_1) THEN 0 END"
    check(update(t).values(b=t.c.y == 5), f"UPDATE t SET b={value}")
    check(
        select(t.c.id).order_by((t.c.y.is_(None)).desc()),
        "SELECT t.id \nFROM t ORDER BY CASE WHEN t.y IS NULL THEN 1 ELSE 0 END DESC",
    )


def test_is_true(check: Any) -> None:
    check(select(t.c.id).where(t.c.b.is_(True)), "SELECT t.id \nFROM t \nWHERE t.b = 1")
    check(select(t.c.id).where(t.c.b.is_not(True)), "SELECT t.id \nFROM t \nWHERE (t.b = 0 OR t.b IS NULL)")


def test_nulls_first_and_last(check: Any) -> None:
    start = "SELECT t.id \nFROM t ORDER BY "
    check(select(t.c.id).order_by(t.c.y.asc().nulls_first()), f"{start}t.y ASC")
    check(select(t.c.id).order_by(t.c.y.desc().nulls_last()), f"{start}t.y DESC")
    check(
        select(t.c.id).order_by(t.c.y.asc().nulls_last()), f"{start}CASE WHEN (t.y IS NULL) THEN 1 ELSE 0 END, t.y ASC"
    )
    check(
        select(t.c.id).order_by(t.c.y.desc().nulls_first()),
        f"{start}CASE WHEN (t.y IS NULL) THEN 0 ELSE 1 END, t.y DESC",
    )
    total = (t.c.y + t.c.id).label("total")
    check(
        select(total).order_by(total.desc().nulls_first()),
        "SELECT t.y + t.id AS total \nFROM t ORDER BY CASE WHEN (t.y + t.id IS NULL) THEN 0 ELSE 1 END, total DESC",
    )


@pytest.mark.parametrize("by_name", [False, True])
def test_grouped_values_are_written_into_the_text(check: Any, by_name: bool) -> None:
    kind = case((t.c.y >= 30, "old"), else_="it's").label("kind")
    by = "kind" if by_name else kind
    check(
        select(kind, func.count()).where(t.c.id > 5).group_by(by).order_by(by),
        "SELECT CASE WHEN (t.y >= 30) THEN 'old' ELSE 'it''s' END AS kind, count(*) AS count_1 \nFROM t \n"
        "WHERE t.id > :id_1 GROUP BY CASE WHEN (t.y >= 30) THEN 'old' ELSE 'it''s' END ORDER BY kind",
        render_postcompile=True,
    )
    check(
        select(func.coalesce(t.c.y, 0) + 1).group_by(func.coalesce(t.c.y, 0)),
        "SELECT coalesce(t.y, 0) + 1 AS anon_1 \nFROM t GROUP BY coalesce(t.y, 0)",
        render_postcompile=True,
    )


def test_locking_reads_are_hints(check: Any) -> None:
    check(select(t.c.id).with_for_update(), "SELECT t.id \nFROM t WITH (UPDLOCK, ROWLOCK)")
    check(select(t.c.id).with_for_update(read=True), "SELECT t.id \nFROM t WITH (REPEATABLEREAD, ROWLOCK)")
    check(select(t.c.id).with_for_update(nowait=True), "SELECT t.id \nFROM t WITH (UPDLOCK, ROWLOCK, NOWAIT)")
    check(
        select(t.c.id).with_for_update(skip_locked=True),
        "SELECT t.id \nFROM t WITH (UPDLOCK, ROWLOCK, READPAST)",
    )
    check(select(t.c.id).with_for_update().with_hint(t, "WITH (XLOCK)", "mssql"), "SELECT t.id \nFROM t WITH (XLOCK)")
    check(select(t.c.id).with_hint(t, "WITH (UPDLOCK)"), "SELECT t.id \nFROM t WITH (UPDLOCK)")
    check(select(t.c.id).with_statement_hint("OPTION (RECOMPILE)"), "SELECT t.id \nFROM t OPTION (RECOMPILE)")


def test_the_tables_locked(check: Any) -> None:
    a = t.alias("a")
    both = select(t.c.id).join(a, a.c.id == t.c.y)
    check(
        both.with_for_update(),
        "SELECT t.id \nFROM t WITH (UPDLOCK, ROWLOCK) JOIN t AS a WITH (UPDLOCK, ROWLOCK) ON a.id = t.y",
    )
    check(
        both.with_for_update(of=a, skip_locked=True),
        "SELECT t.id \nFROM t JOIN t AS a WITH (UPDLOCK, ROWLOCK, READPAST) ON a.id = t.y",
    )
    inside = select(t.c.id).where(t.c.y > 1).subquery("s")
    check(
        select(inside.c.id).with_for_update(),
        "SELECT s.id \nFROM (SELECT t.id AS id \nFROM t WITH (UPDLOCK, ROWLOCK) \nWHERE t.y > :y_1) AS s",
    )
    named = select(t.c.id).cte("c")
    check(
        select(named.c.id).with_for_update(),
        "WITH c AS \n(SELECT t.id AS id \nFROM t)\n SELECT c.id \nFROM c",
    )
    elsewhere = select(t.c.id).where(t.c.y.in_(select(a.c.id))).with_for_update()
    check(
        elsewhere,
        "SELECT t.id \nFROM t WITH (UPDLOCK, ROWLOCK) \nWHERE t.y IN (SELECT a.id \nFROM t AS a)",
    )


def test_locks_that_are_refused() -> None:
    a = t.alias("a")
    for statement, message in [
        (select(t.c.id).with_for_update(key_share=True), "with_for_update(key_share=True) is not supported"),
        (union(select(t.c.id), select(t.c.y)).with_for_update(), "with_for_update() of UNION is not supported"),
        (select(t.c.id).with_for_update(of=a), "with_for_update(of=...) names 'a', which is not in FROM"),
    ]:
        assert refused(statement).startswith(message)


def test_windows(check: Any) -> None:
    w = window("w", partition_by=t.c.x, order_by=t.c.id)
    check(
        select(func.sum(t.c.y).over(window=w)),
        "SELECT sum(t.y) OVER (PARTITION BY t.x ORDER BY t.id) AS anon_1 \nFROM t",
    )
    check(
        select(func.sum(t.c.y).over(order_by=t.c.id, rows=(-1, 2))),
        "SELECT sum(t.y) OVER (ORDER BY t.id ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) AS anon_1 \nFROM t",
        render_postcompile=True,
    )
    over = func.sum(t.c.y).over
    assert refused(select(over(order_by=t.c.id, range_=(-1, 2)))).startswith("a window frame of a range of values is")
    assert refused(select(over(order_by=t.c.id, groups=(-1, 2)))).startswith("a window frame of groups is not")
    assert refused(select(over(rows=(-1, 0), exclude="TIES"))).startswith("EXCLUDE in a window frame is not supported")


def test_aggregates(check: Any) -> None:
    check(
        select(func.count().filter(t.c.y > 5), func.sum(t.c.y).filter(t.c.b)),
        "SELECT count(CASE WHEN (t.y > :y_1) THEN 1 END) AS anon_1, "
        "sum(CASE WHEN t.b = 1 THEN t.y END) AS anon_2 \nFROM t",
    )
    check(
        select(func.aggregate_strings(t.c.x, ",").aggregate_order_by(t.c.y.desc())),
        "SELECT string_agg(t.x, ',') WITHIN GROUP (ORDER BY t.y DESC) AS aggregate_strings_1 \nFROM t",
        render_postcompile=True,
    )
    assert refused(select(func.array_agg(t.c.x).filter(t.c.y > 5))).startswith("FILTER of array_agg() is not")


def test_lateral_behind_a_comma(check: Any) -> None:
    last = select(u.c.id).where(u.c.tid == t.c.id).lateral("last")
    check(
        select(t.c.id, last.c.id),
        "SELECT t.id, last.id AS id_1 \nFROM t CROSS APPLY (SELECT u.id AS id \nFROM u \nWHERE u.tid = t.id) AS last",
    )


def test_parts_of_a_union_with_an_order(check: Any) -> None:
    one = select(t.c.id).order_by(t.c.y).limit(1)
    check(
        one.union_all(select(u.c.id)),
        "SELECT * FROM (SELECT TOP 1 t.id \nFROM t ORDER BY t.y) AS member_1 UNION ALL SELECT u.id \nFROM u",
        render_postcompile=True,
    )


def test_values_in_with(check: Any) -> None:
    rows = values(column("a", Integer), column("b", Integer), name="v").data([(1, 2)])
    check(
        select(rows.cte("c")),
        "WITH c(a, b) AS \n(SELECT * FROM (VALUES (:param_1, :param_2)) AS v (a, b))\n SELECT c.a, c.b \nFROM c",
    )


def test_what_has_no_words(check: Any) -> None:
    named = select(t.c.id).cte("c", nesting=True)
    around = select(named.c.id).cte("d")
    for statement, message in [
        (select(t.c.x).distinct(t.c.x), "DISTINCT ON is not supported"),
        (select(t.c.id).where(tuple_(t.c.x, t.c.y) > tuple_(literal("a"), literal(1))), "a row value (a, b) is not"),
        (select(around.c.id), "WITH inside of another statement is not supported"),
        (select(delete(t).returning(t.c.id).cte("gone").c.id), "DELETE in a common table expression is not supported"),
    ]:
        assert refused(statement).startswith(message)
    check(
        select(t.c.id).where(t.c.y.between(5, 1, symmetric=True)),
        "SELECT t.id \nFROM t \nWHERE (t.y BETWEEN :y_1 AND :y_2 OR t.y BETWEEN :y_2 AND :y_1)",
    )


def test_is_distinct_from(check: Any) -> None:
    check(
        select(t.c.id).where(t.c.y.is_distinct_from(5)),
        "SELECT t.id \nFROM t \nWHERE NOT EXISTS (SELECT t.y INTERSECT SELECT :y_1)",
    )


def test_concatenation(check: Any) -> None:
    check(select((t.c.x + "a").label("q")), "SELECT t.x + :x_1 AS q \nFROM t")
    check(select(t.c.id).where(t.c.x.contains("a")), "SELECT t.id \nFROM t \nWHERE (t.x LIKE '%' + :x_1 + '%')")


def test_autoescape_takes_brackets_for_themselves(check: Any) -> None:
    check(
        select(t.c.id).where(t.c.x.contains("50%[", autoescape=True)),
        "SELECT t.id \nFROM t \nWHERE (t.x LIKE '%' + REPLACE(:x_1, '[', '/[') + '%' ESCAPE '/')",
    )


def test_division(check: Any) -> None:
    check(select((t.c.y / 2).label("q")), "SELECT t.y / (:y_1 + 0.0) AS q \nFROM t")


def test_apply(check: Any) -> None:
    inner = select(u.c.id).where(u.c.tid == t.c.id).lateral("l")
    check(
        select(t.c.id, inner.c.id).join(inner, true()),
        "SELECT t.id, l.id AS id_1 \nFROM t CROSS APPLY (SELECT u.id AS id \nFROM u \nWHERE u.tid = t.id) AS l",
    )
    check(
        select(t.c.id).outerjoin(inner, true()),
        "SELECT t.id \nFROM t OUTER APPLY (SELECT u.id AS id \nFROM u \nWHERE u.tid = t.id) AS l",
    )
    assert "JOIN LATERAL ... ON condition is not supported by dialect 'mssql'" in refused(
        select(t.c.id).join(inner, inner.c.id > 5)
    )


def test_recursive_cte(check: Any) -> None:
    c = select(u.c.id, u.c.tid).where(u.c.id == 1).cte("c", recursive=True)
    c = c.union_all(select(u.c.id, u.c.tid).where(u.c.tid == c.c.id))
    check(
        select(c.c.id),
        "WITH c(id, tid) AS \n(SELECT u.id AS id, u.tid AS tid \nFROM u \nWHERE u.id = :id_1 UNION ALL "
        "SELECT u.id AS id, u.tid AS tid \nFROM u, c \nWHERE u.tid = c.id)\n SELECT c.id \nFROM c",
    )


def test_values(check: Any) -> None:
    v = values(column("a", Integer), column("b", String), name="v").data([(1, "x"), (2, "y")])
    check(
        select(v),
        "SELECT v.a, v.b \nFROM (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS v (a, b)",
    )


def test_tablesample(check: Any) -> None:
    check(
        select(t.tablesample(5, name="s").c.id),
        "SELECT s.id \nFROM t AS s TABLESAMPLE SYSTEM (5 PERCENT)",
        only="sqlfluff",
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (func.now(), "CURRENT_TIMESTAMP"),
        (func.current_date(), "CAST(CURRENT_TIMESTAMP AS DATE)"),
        (func.char_length(t.c.x), "(LEN(CAST(t.x AS NVARCHAR(max)) + N'.') - 1)"),
        (func.length(t.c.x), "LEN(t.x)"),
        (func.pow(t.c.y, 2), "POWER(t.y, 2)"),
        (func.aggregate_strings(t.c.x, ","), "string_agg(t.x, ',')"),
        (extract("year", t.c.d), "DATEPART(year, t.d)"),
        (extract("dow", t.c.d), "((DATEPART(weekday, t.d) + @@DATEFIRST - 1) % 7)"),
        (cast(t.c.x, Unicode(5)), "CAST(t.x AS NVARCHAR(5))"),
        (t.c.y.bitwise_xor(5), "t.y ^ 5"),
        (t.c.j["a"], "JSON_QUERY(t.j, '$.\"a\"')"),
        (t.c.j["a", 1], "JSON_QUERY(t.j, '$.\"a\"[1]')"),
        (
            t.c.j["it's"].as_integer(),
            "CASE JSON_VALUE(t.j, '$.\"it''s\"') WHEN NULL THEN NULL "
            "ELSE CAST(JSON_VALUE(t.j, '$.\"it''s\"') AS INTEGER) END",
        ),
        (literal("it's"), "'it''s'"),
        (literal("é"), "N'é'"),
        (literal("a\\\nb"), "'a\\\\\n\nb'"),
        (literal(dt.datetime(2024, 2, 13, 1, 2, 3, 456789)), "'2024-02-13T01:02:03.456'"),
        (literal(dt.datetime(2024, 2, 13)), "'2024-02-13T00:00:00'"),
        (literal(b"a\x00"), "0x6100"),
        (literal(True), "1"),
    ],
)
def test_expressions(check: Any, expression: Any, text: str) -> None:
    tables = " \nFROM t" if "t." in text else ""
    check(select(expression.label("q")), f"SELECT {text} AS q{tables}", literal_binds=True)


def test_next_value(check: Any) -> None:
    check(select(Sequence("s", schema="sc").next_value().label("q")), "SELECT NEXT VALUE FOR sc.s AS q")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (select(t.c.id).where(tuple_(t.c.x, t.c.y).in_([("a", 1)])), "T-SQL has no row values"),
        (select(t.c.id).intersect_all(select(u.c.id)), "INTERSECT ALL is not supported"),
        (select(t.c.id).where(t.c.x.regexp_match("a")), "SQL Server has regular expressions since 2025; use like()"),
        (select(extract("epoch", t.c.d)), "use func.datediff_big(text('second'), '1970-01-01', x)"),
        (values(column("a", Integer), name="v").data([(1,)] * 1001).select(), "VALUES of 1001 rows"),
    ],
)
def test_refusals(statement: Any, message: str) -> None:
    assert message in refused(statement)


def test_regular_expressions_of_2025() -> None:
    from lect_mssql.capabilities import capabilities

    newest = lect_mssql.dialect().copy(capabilities=capabilities((17, 0)))
    statement = select(t.c.id).where(~t.c.x.regexp_match("a", flags="i"))
    assert str(statement.compile(dialect=newest)) == "SELECT t.id \nFROM t \nWHERE NOT REGEXP_LIKE(t.x, :x_1, 'i')"


# -- data-changing statements -----------------------------------------------------------------------------------------


def test_output_of_insert(check: Any) -> None:
    check(
        insert(t).values(x="a").returning(t.c.id, t.c.x.label("foo")),
        "INSERT INTO t (x) OUTPUT inserted.id, inserted.x AS foo VALUES (:x)",
    )
    check(
        insert(t).values([{"x": "a"}, {"x": "b"}]).returning(t.c.id),
        "INSERT INTO t (x) OUTPUT inserted.id VALUES (:x_m0), (:x_m1)",
    )
    check(
        insert(t).from_select(["id"], select(u.c.id)).returning(func.lower(t.c.x).label("q")),
        "INSERT INTO t (id) OUTPUT lower(inserted.x) AS q SELECT u.id \nFROM u",
    )


def test_insert_of_defaults(check: Any) -> None:
    check(insert(t).values().inline(), "INSERT INTO t DEFAULT VALUES")


def test_output_of_update_and_delete(check: Any) -> None:
    check(update(t).values(x="a").returning(t.c.id), "UPDATE t SET x=:x OUTPUT inserted.id")
    check(
        delete(t).where(t.c.id == 5).returning(t.c.id),
        "DELETE FROM t OUTPUT deleted.id WHERE t.id = :id_1",
        only="sqlfluff",  # sqlglot 30 knows OUTPUT of DELETE at the end only
    )


def test_several_tables(check: Any) -> None:
    check(
        update(t).values(x="a").where(t.c.id == u.c.tid),
        "UPDATE t SET x=:x FROM t, u WHERE t.id = u.tid",
    )
    # sqlglot 30 knows one FROM in a DELETE
    check(delete(t).where(t.c.id == u.c.tid), "DELETE FROM t FROM t, u WHERE t.id = u.tid", only="sqlfluff")
    check(
        delete(t).where(t.c.id == u.c.tid).returning(t.c.id),
        "DELETE FROM t OUTPUT deleted.id FROM t, u WHERE t.id = u.tid",
        only="sqlfluff",
    )


def test_aliases_of_changed_tables(check: Any) -> None:
    a = t.alias("a")
    check(update(a).values(x="b").where(a.c.id == 5), "UPDATE a SET x=:x FROM t AS a WHERE a.id = :id_1")
    check(
        delete(a).where(a.c.id == u.c.tid),
        "DELETE FROM a FROM t AS a, u WHERE a.id = u.tid",
        only="sqlfluff",
    )


def test_cte_before_insert(check: Any) -> None:
    c = select(u.c.id).cte("c")
    check(
        insert(t).from_select(["id"], select(c.c.id)),
        "WITH c AS \n(SELECT u.id AS id \nFROM u)\n INSERT INTO t (id) SELECT c.id \nFROM c",
    )


def test_on_conflict_is_refused() -> None:
    assert "or MERGE" in refused(insert(t).values(id=1).on_conflict_do_nothing())


def test_identity_insert() -> None:
    dialect = lect_mssql.dialect()
    brackets = dialect.brackets(insert(t).values(id=5).compile(dialect=dialect))
    assert (brackets.before, brackets.after) == (("SET IDENTITY_INSERT t ON",), ("SET IDENTITY_INSERT t OFF",))
    assert dialect.brackets(insert(t).values(x="a").compile(dialect=dialect)) is None
    assert dialect.brackets(select(t).compile(dialect=dialect)) is None


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("owner", "owner.t"),
        ("db.owner", "db.owner.t"),
        ("[my.db].owner", "[my.db].owner.t"),
        ("a.b.owner", "[a.b].owner.t"),
        ("[srv].[db].owner", "[srv].[db].owner.t"),
        ("[a]]b.c]", "[a]]b.c].t"),
        ("select", "[select].t"),
        (quoted_name("a.b", True), "[a.b].t"),
        ("x; DROP TABLE t", "[x; DROP TABLE t].t"),
    ],
)
def test_schemas(check: Any, schema: str, text: str) -> None:
    table = Table("t", MetaData(), Column("id", Integer), schema=schema)
    only = "sqlglot" if "]]" in text else ""  # sqlfluff 4 does not know a doubled bracket
    check(select(func.count()).select_from(table), f"SELECT count(*) AS count_1 \nFROM {text}", only=only)


def test_closing_brackets_are_doubled(check: Any) -> None:
    table = Table("a]b", MetaData(), Column("c]; --", Integer))
    check(select(table), "SELECT [a]]b].[c]]; --] \nFROM [a]]b]", only="sqlglot")


def test_a_view_is_altered(check: Any) -> None:
    view = CreateView(select(t.c.id), "v", or_replace=True)
    check(view, "CREATE OR ALTER VIEW v AS SELECT t.id \nFROM t")


def test_temporary_is_said_by_the_name(check: Any) -> None:
    table = Table("tmp", MetaData(), Column("id", Integer), schema="owner", prefixes=["TEMPORARY"])
    check(select(table.c.id), "SELECT [#tmp].id \nFROM [#tmp]")
    check(CreateTable(table), "CREATE TABLE [#tmp] (\n\tid INTEGER NULL\n)")
    check(DropTable(table), "DROP TABLE [#tmp]")


def test_temporary_tables_have_no_schema(check: Any) -> None:
    table = Table("#tmp", MetaData(), Column("id", Integer), schema="owner")
    check(select(table.c.id), "SELECT [#tmp].id \nFROM [#tmp]")


def test_rows_of_many_parameter_sets(parsers: Any) -> None:
    """The server numbers the rows of an ordered SELECT in their order; what OUTPUT gives has none."""
    from lect.compile import CompileOptions, compile_statement

    statement = insert(t).returning(t.c.x, sort_by_parameter_order=True)
    options = CompileOptions(column_keys=("x", "y"), for_executemany=True, batch=True)
    batch = compile_statement(statement, lect_mssql.dialect(), options).dml.batch
    text = batch.text(2)
    assert text == (
        "INSERT INTO t (x, y) OUTPUT inserted.x, inserted.id SELECT p0, p1 "
        "FROM (VALUES (:x__0, :y__0, 0), (:x__1, :y__1, 1)) AS given_rows (p0, p1, nth) ORDER BY nth"
    )
    assert batch.sentinel.by_key
    parsers.check(text)
