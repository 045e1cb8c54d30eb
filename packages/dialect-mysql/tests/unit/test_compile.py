"""SQL text of MySQL and MariaDB, one construct per test."""

from __future__ import annotations

from typing import Any

import pytest

import lect_mysql
from lect import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    Text,
    Time,
    Uuid,
    cast,
    delete,
    exc,
    extract,
    false,
    func,
    literal,
    select,
    true,
    update,
    values,
)
from lect import insert as portable_insert
from lect.compile.extension import compiles
from lect.sql.column import ColumnClause, column
from lect_mysql import capabilities, insert, mariadb, match
from lect_mysql import types as my

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
u = Table("u", m, Column("id", Integer, primary_key=True), Column("tid", Integer), Column("z", String(5)))
MYSQL = lect_mysql.dialect()
MARIADB = mariadb.dialect()
OLD_MYSQL = MYSQL.copy(capabilities=capabilities.mysql((5, 7)))


def sql(statement: Any, dialect: Any = MYSQL) -> str:
    return str(statement.compile(dialect=dialect))


def refused(statement: Any, dialect: Any = MYSQL) -> str:
    with pytest.raises(exc.CompileError) as caught:
        statement.compile(dialect=dialect)
    return str(caught.value)


# -- SELECT -----------------------------------------------------------------------------------------------------------


def test_limit() -> None:
    assert sql(select(t.c.id).limit(5)) == "SELECT t.id \nFROM t \n LIMIT %s"


def test_offset_without_limit() -> None:
    assert sql(select(t.c.id).offset(5)) == "SELECT t.id \nFROM t \n LIMIT %s, 18446744073709551615"


def test_offset_stands_before_limit() -> None:
    statement = select(t.c.id).limit(3).offset(5).compile(dialect=MYSQL)
    assert str(statement) == "SELECT t.id \nFROM t \n LIMIT %s, %s"
    assert [statement.params[name] for name in statement.positiontup] == [5, 3]


def test_fetch_is_limit() -> None:
    assert sql(select(t.c.id).fetch(3)) == "SELECT t.id \nFROM t \n LIMIT %s"


def test_fetch_with_ties() -> None:
    statement = select(t.c.id).order_by(t.c.y).fetch(3, with_ties=True)
    assert sql(statement, MARIADB) == "SELECT t.id \nFROM t ORDER BY t.y\n FETCH FIRST %s ROWS WITH TIES"
    assert refused(statement).startswith("fetch(with_ties=True) is not supported by dialect 'mysql'")


@pytest.mark.parametrize(
    ("options", "mysql", "maria"),
    [
        ({}, "FOR UPDATE", "FOR UPDATE"),
        ({"read": True}, "LOCK IN SHARE MODE", "LOCK IN SHARE MODE"),
        ({"nowait": True, "of": t}, "FOR UPDATE OF t NOWAIT", "FOR UPDATE NOWAIT"),
        ({"skip_locked": True, "of": t.c.x}, "FOR UPDATE OF t SKIP LOCKED", "FOR UPDATE SKIP LOCKED"),
        ({"read": True, "nowait": True}, "FOR SHARE NOWAIT", "LOCK IN SHARE MODE NOWAIT"),
    ],
)
def test_locking(options: Any, mysql: str, maria: str) -> None:
    statement = select(t.c.id).with_for_update(**options)
    assert sql(statement) == f"SELECT t.id \nFROM t {mysql}"
    assert sql(statement, MARIADB) == f"SELECT t.id \nFROM t {maria}"


def test_modes_of_match() -> None:
    assert sql(t.c.x.match("a")).endswith("AGAINST (%s IN BOOLEAN MODE)")
    assert sql(t.c.x.match("a", mysql_boolean_mode=False)).endswith("AGAINST (%s)")
    assert sql(t.c.x.match("a", mysql_boolean_mode=False, mysql_natural_language=True)).endswith(
        "AGAINST (%s IN NATURAL LANGUAGE MODE)"
    )


def test_limit_as_an_extension() -> None:
    assert sql(update(t).values(x="a").ext(lect_mysql.limit(5)).ext(lect_mysql.limit(3))).endswith(
        "LIMIT __[POSTCOMPILE_param_1]"
    )
    other = t.alias("other")
    several = delete(t).where(t.c.id == other.c.id).ext(lect_mysql.limit(3))
    assert refused(several).startswith("LIMIT of a statement that changes several tables is not supported")


def test_values() -> None:
    rows = values(column("a", Integer), column("b", Integer), name="v").data([(1, 2), (3, 4)])
    assert sql(select(rows)) == "SELECT v.a, v.b \nFROM (VALUES ROW(%s, %s), ROW(%s, %s)) AS v (a, b)"
    assert sql(select(rows), MARIADB) == (
        "SELECT v.a, v.b \nFROM (SELECT %s AS a, %s AS b UNION ALL SELECT %s, %s) AS v"
    )
    assert sql(select(rows.cte("c")), MARIADB).startswith("WITH c(a, b) AS \n(SELECT %s, %s UNION ALL SELECT %s, %s)")


def test_aggregates() -> None:
    assert sql(select(func.count().filter(t.c.x == "a"))) == (
        "SELECT count(CASE WHEN (t.x = %s) THEN 1 END) AS anon_1 \nFROM t"
    )
    assert refused(select(func.json_arrayagg(t.c.x).filter(t.c.x == "a"))).startswith("FILTER of json_arrayagg()")
    ordered = func.aggregate_strings(t.c.x, ",").aggregate_order_by(t.c.id)
    text = str(select(ordered).compile(dialect=MYSQL, compile_kwargs={"render_postcompile": True}))
    assert text == "SELECT group_concat(t.x ORDER BY t.id SEPARATOR ',') AS aggregate_strings_1 \nFROM t"


def test_frames() -> None:
    moving = select(func.sum(t.c.id).over(order_by=t.c.id, rows=(-1, 1)))
    written = {"render_postcompile": True}
    assert "ROWS BETWEEN %s PRECEDING AND %s FOLLOWING" in sql(moving)
    assert "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING" in str(moving.compile(dialect=MARIADB, compile_kwargs=written))


def test_with_before_update() -> None:
    named = select(t.c.id).cte("c")
    statement = update(t).where(t.c.id.in_(select(named.c.id))).values(x="a")
    assert sql(statement).startswith("WITH c AS")
    assert refused(statement, MARIADB).startswith("WITH before UPDATE is not supported by dialect 'mariadb'")


def test_locks_that_are_refused() -> None:
    u = t.alias("u")
    both = select(t.c.id).join(u, u.c.id == t.c.id)
    assert sql(both.with_for_update(of=[t, u]), MARIADB).endswith("FOR UPDATE")
    assert refused(both.with_for_update(of=u), MARIADB).startswith("with_for_update(of=...) is not supported")
    assert refused(both.with_for_update(of=u), OLD_MYSQL).startswith("with_for_update(of=...) is not supported")
    once = select(t.c.id)
    assert refused(once.with_for_update(nowait=True), OLD_MYSQL).startswith("with_for_update(nowait=True) is not")
    assert refused(once.with_for_update(skip_locked=True), OLD_MYSQL).startswith("with_for_update(skip_locked=True)")
    assert refused(once.with_for_update(key_share=True)).startswith("with_for_update(key_share=True) is not supported")
    assert sql(once.with_for_update(read=True), OLD_MYSQL).endswith("LOCK IN SHARE MODE")


def test_join() -> None:
    on = t.c.id == u.c.tid
    assert sql(select(t.c.id).join(u, on)) == "SELECT t.id \nFROM t INNER JOIN u ON t.id = u.tid"
    assert sql(select(t.c.id).outerjoin(u, on)) == "SELECT t.id \nFROM t LEFT OUTER JOIN u ON t.id = u.tid"
    assert "FULL OUTER JOIN is not supported" in refused(select(t.c.id).outerjoin(u, on, full=True))


def test_nulls_first_and_last() -> None:
    def order(by: Any) -> str:
        return sql(select(t.c.y).order_by(by)).partition("ORDER BY ")[2]

    assert order(t.c.y.nulls_first()) == "t.y"
    assert order(t.c.y.nulls_last()) == "t.y IS NULL, t.y"
    assert order(t.c.y.asc().nulls_last()) == "t.y IS NULL, t.y ASC"
    assert order(t.c.y.desc().nulls_first()) == "t.y IS NULL DESC, t.y DESC"
    assert order(t.c.y.desc().nulls_last()) == "t.y DESC"


def test_nulls_of_a_label() -> None:
    label = t.c.y.label("foo")
    assert sql(select(label).order_by(label.nulls_last())) == "SELECT t.y AS foo \nFROM t ORDER BY foo IS NULL, foo"


def test_rollup() -> None:
    statement = select(t.c.x).group_by(func.rollup(t.c.x, t.c.y))
    assert sql(statement) == "SELECT t.x \nFROM t GROUP BY t.x, t.y WITH ROLLUP"
    assert "give all columns to rollup()" in refused(select(t.c.x).group_by(t.c.x, func.rollup(t.c.y)))
    assert "cube() is not supported" in refused(select(t.c.x).group_by(func.cube(t.c.x)))


def test_hints() -> None:
    statement = select(t.c.id).with_hint(t, "USE INDEX (%(name)s_ix)", "mysql")
    assert sql(statement) == "SELECT t.id \nFROM t USE INDEX (t_ix)"
    assert sql(statement, MARIADB) == "SELECT t.id \nFROM t USE INDEX (t_ix)"
    assert sql(select(t.c.id).with_hint(t, "USE INDEX (i)", "mariadb")) == "SELECT t.id \nFROM t"


def test_prefixes() -> None:
    statement = select(t.c.id).prefix_with("SQL_NO_CACHE", dialect="mysql").distinct()
    assert sql(statement) == sql(statement, MARIADB) == "SELECT SQL_NO_CACHE DISTINCT t.id \nFROM t"


def test_select_without_tables() -> None:
    assert sql(select(literal(1)).where(literal(1) == 2)) == "SELECT %s AS anon_1 FROM DUAL \nWHERE %s = %s"


def test_members_of_a_union() -> None:
    statement = select(t.c.id).limit(3).union(select(u.c.id).order_by(u.c.id)).limit(4)
    assert sql(statement) == (
        "(SELECT t.id \nFROM t \n LIMIT %s) UNION (SELECT u.id \nFROM u ORDER BY u.id) \n LIMIT %s"
    )


def test_intersect_by_version() -> None:
    statement = select(t.c.id).intersect(select(u.c.id))
    assert sql(statement) == "SELECT t.id \nFROM t INTERSECT SELECT u.id \nFROM u"
    assert "it came with MySQL 8.0.31" in refused(statement, OLD_MYSQL)


def test_what_is_refused() -> None:
    assert "LATERAL is not supported by dialect 'mariadb'" in refused(
        select(t.c.id, select(u.c.id).where(u.c.tid == t.c.id).lateral("l").c.id), MARIADB
    )
    assert "WITH" in refused(select(select(t.c.id).cte("c")), OLD_MYSQL)


# -- operators and functions ------------------------------------------------------------------------------------------


def test_concat() -> None:
    assert sql(t.c.x + "a" + t.c.x) == "concat(t.x, %s, t.x)"
    assert sql(t.c.x.contains("a")) == "t.x LIKE concat('%%', %s, '%%')"
    assert sql(t.c.x.icontains("a")) == "lower(t.x) LIKE concat('%%', lower(%s), '%%')"


def test_regular_expressions() -> None:
    assert sql(t.c.x.regexp_match("a")) == "t.x REGEXP %s"
    assert sql(~t.c.x.regexp_match("a")) == "t.x NOT REGEXP %s"
    assert sql(t.c.x.regexp_match("a", flags="i")) == "REGEXP_LIKE(t.x, %s, 'i')"
    assert sql(~t.c.x.regexp_match("a", flags="i")) == "NOT REGEXP_LIKE(t.x, %s, 'i')"
    assert sql(t.c.x.regexp_match("a", flags="i"), MARIADB) == "t.x REGEXP CONCAT('(?', 'i', ')', %s)"
    assert sql(t.c.x.regexp_replace("a", "b")) == "REGEXP_REPLACE(t.x, %s, %s)"
    assert sql(t.c.x.regexp_replace("a", "b", flags="i")) == "REGEXP_REPLACE(t.x, %s, %s, 'i')"
    assert (
        sql(t.c.x.regexp_replace("a", "b", flags="i"), MARIADB) == "REGEXP_REPLACE(t.x, CONCAT('(?', 'i', ')', %s), %s)"
    )


def test_null_safe_comparison() -> None:
    assert sql(t.c.y.is_distinct_from(5)) == "NOT (t.y <=> %s)"
    assert sql(t.c.y.is_not_distinct_from(t.c.id)) == "t.y <=> t.id"


def test_division() -> None:
    assert sql(t.c.y / 3) == "t.y / %s"
    assert sql(t.c.y // 3) == "FLOOR(t.y / %s)"
    assert sql(t.c.y % 3) == "t.y %% %s"


def test_booleans() -> None:
    assert sql(select(true(), false())) == "SELECT true AS anon_1, false AS anon_2"
    assert sql(select(t.c.y).where(t.c.b)) == "SELECT t.y \nFROM t \nWHERE t.b = 1"
    assert sql(select(t.c.y).where(~t.c.b)) == "SELECT t.y \nFROM t \nWHERE t.b = 0"


def test_json() -> None:
    def null_as_null(conversion: str) -> str:
        return f"CASE JSON_EXTRACT(t.j, %s) WHEN 'null' THEN NULL {conversion} END"

    assert sql(t.c.j["a"]) == "JSON_EXTRACT(t.j, %s)"
    assert sql(t.c.j["a"].as_string()) == null_as_null("ELSE JSON_UNQUOTE(JSON_EXTRACT(t.j, %s))")
    assert sql(t.c.j["a"].as_integer()) == null_as_null("ELSE CAST(JSON_EXTRACT(t.j, %s) AS SIGNED INTEGER)")
    assert sql(t.c.j["a"].as_numeric(10, 2)) == null_as_null("ELSE CAST(JSON_EXTRACT(t.j, %s) AS DECIMAL(10, 2))")
    assert sql(t.c.j["a"].as_float()) == null_as_null("ELSE JSON_EXTRACT(t.j, %s)+0.0000000000000000000000")
    assert sql(t.c.j["a"].as_boolean()) == null_as_null("WHEN true THEN true ELSE false")


def test_json_paths() -> None:
    def path(index: Any, dialect: Any = MYSQL) -> Any:
        (bind,) = t.c.j[index].compile(dialect=dialect).binds.values()
        return bind.type._cached_bind_processor(dialect)(bind.value)

    assert path("a") == '$."a"'
    assert path(3) == "$[3]"
    assert path(-1) == "$[last]"
    assert path(("a b", -2, 'q"\\')) == '$."a b"[last-1]."q\\"\\\\"'
    assert path("é") == '$."\\u00e9"'
    assert path("-x") == '$."-x"'
    with pytest.raises(ValueError, match="begins with a minus sign"):
        path("-x", MARIADB)


def test_match() -> None:
    assert sql(t.c.x.match("foo")) == "MATCH (t.x) AGAINST (%s IN BOOLEAN MODE)"
    assert sql(~t.c.x.match("foo")) == "NOT MATCH (t.x) AGAINST (%s IN BOOLEAN MODE)"
    assert sql(match(t.c.x, t.c.y, against="foo")) == "MATCH (t.x, t.y) AGAINST (%s)"
    search = match(t.c.x, against="foo").in_natural_language_mode().with_query_expansion()
    assert sql(search) == "MATCH (t.x) AGAINST (%s IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION)"
    assert sql(select(t.c.id).where(match(t.c.x, against="foo"))).endswith("WHERE MATCH (t.x) AGAINST (%s)")
    with pytest.raises(exc.CompileError, match="Invalid MySQL match flags"):
        sql(match(t.c.x, against="foo").in_boolean_mode().with_query_expansion())
    with pytest.raises(exc.ArgumentError, match="against is required"):
        match(t.c.x)
    with pytest.raises(exc.ArgumentError, match="columns are required"):
        match(against="foo")


def test_functions() -> None:
    assert sql(func.random()) == "rand()"
    assert sql(func.sysdate()) == "SYSDATE()"
    assert sql(func.user()) == "USER()"
    assert sql(func.current_timestamp()) == "CURRENT_TIMESTAMP"
    separator = func.aggregate_strings(t.c.x, "'").compile(dialect=MYSQL, compile_kwargs={"literal_binds": True})
    assert str(separator) == "group_concat(t.x SEPARATOR '''')"
    assert sql(extract("milliseconds", t.c.d)) == "EXTRACT(millisecond FROM t.d)"


def test_literals_escape_backslashes() -> None:
    def text(dialect: Any) -> str:
        return str(literal("a\\'b").compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

    assert text(MYSQL) == "'a\\\\''b'"


def test_next_value() -> None:
    assert sql(Sequence("s", schema="x").next_value(), MARIADB) == "nextval(x.s)"
    assert "has no sequences" in refused(Sequence("s").next_value())


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (Integer, "SIGNED INTEGER"),
        (BigInteger, "SIGNED INTEGER"),
        (my.INTEGER(unsigned=True), "UNSIGNED INTEGER"),
        (String, "CHAR"),
        (String(5), "CHAR(5)"),
        (Text, "CHAR"),
        (my.VARCHAR(20, charset="utf8mb4"), "CHAR(20) CHARACTER SET utf8mb4"),
        (Enum("a", "b"), "CHAR"),
        (Date, "DATE"),
        (DateTime, "DATETIME"),
        (my.TIMESTAMP(fsp=3), "DATETIME(3)"),
        (Time, "TIME"),
        (Float, "FLOAT"),
        (Double, "DOUBLE"),
        (Numeric, "DECIMAL"),
        (Numeric(10, 2), "DECIMAL(10, 2)"),
        (LargeBinary, "BINARY"),
        (JSON, "JSON"),
        (Uuid, "CHAR(32)"),
        (my.YEAR, "YEAR"),
    ],
)
def test_cast(type_: Any, name: str) -> None:
    assert sql(cast(t.c.x, type_)) == f"CAST(t.x AS {name})"


def test_casts_in_other_words() -> None:
    assert sql(cast(t.c.x, Boolean)) == "(t.x <> 0)"
    assert sql(cast(t.c.x, JSON), MARIADB) == "JSON_COMPACT(t.x)"
    assert sql(cast(t.c.x, Uuid), MARIADB) == "CAST(t.x AS UUID)"
    assert "CAST to BIT is not supported" in refused(cast(t.c.x, my.BIT))
    assert "CAST to YEAR is not supported" in refused(cast(t.c.x, my.YEAR), MARIADB)
    assert "CAST to a float is not supported" in refused(cast(t.c.x, Float), OLD_MYSQL)


# -- INSERT, UPDATE, DELETE -------------------------------------------------------------------------------------------


def test_insert() -> None:
    assert sql(portable_insert(t).values()) == "INSERT INTO t () VALUES ()"
    assert sql(portable_insert(t).values([{"x": "a"}, {"x": "b"}])) == "INSERT INTO t (x) VALUES (%s), (%s)"
    assert sql(portable_insert(t).values(x="a").prefix_with("IGNORE")) == "INSERT IGNORE INTO t (x) VALUES (%s)"


def test_cte_stands_before_the_select() -> None:
    c = select(u.c.id).cte("c")
    assert sql(portable_insert(t).from_select(["id"], select(c))) == (
        "INSERT INTO t (id) WITH c AS \n(SELECT u.id AS id \nFROM u)\n SELECT c.id \nFROM c"
    )
    assert sql(delete(t).where(t.c.id.in_(select(c)))) == (
        "WITH c AS \n(SELECT u.id AS id \nFROM u)\n DELETE FROM t WHERE t.id IN (SELECT c.id \nFROM c)"
    )


def test_returning() -> None:
    statement = portable_insert(t).values(x="a").returning(t.c.id, (t.c.x + "b").label("q"))
    assert sql(statement, MARIADB) == "INSERT INTO t (x) VALUES (%s) RETURNING t.id, concat(t.x, %s) AS q"
    assert "INSERT..RETURNING is not supported" in refused(statement)
    assert "UPDATE..RETURNING is not supported" in refused(update(t).values(x="a").returning(t.c.id), MARIADB)
    assert "of several tables" in refused(delete(t).where(t.c.id == u.c.tid).returning(t.c.id), MARIADB)


def test_on_duplicate_key_update() -> None:
    statement = insert(t).values(x="a")
    updating = statement.on_duplicate_key_update(y=statement.inserted.y + t.c.y, x=statement.inserted.x)
    assert sql(updating) == (
        "INSERT INTO t (x) VALUES (%s) AS new ON DUPLICATE KEY UPDATE x = new.x, y = (new.y + t.y)"
    )
    assert sql(updating, MARIADB) == (
        "INSERT INTO t (x) VALUES (%s) ON DUPLICATE KEY UPDATE x = VALUES(x), y = (VALUES(y) + t.y)"
    )
    assert sql(updating, OLD_MYSQL) == sql(updating, MARIADB)


def test_on_duplicate_key_update_in_the_given_order() -> None:
    statement = insert(t).values(x="a").on_duplicate_key_update([("y", 4), ("x", "b")])
    assert sql(statement, MARIADB) == "INSERT INTO t (x) VALUES (%s) ON DUPLICATE KEY UPDATE y = %s, x = %s"


def test_on_duplicate_key_update_of_a_select() -> None:
    statement = insert(t).from_select(["x"], select(u.c.z))
    assert sql(statement.on_duplicate_key_update(x=statement.inserted.x)) == (
        "INSERT INTO t (x) SELECT u.z \nFROM u ON DUPLICATE KEY UPDATE x = VALUES(x)"
    )


@pytest.mark.parametrize("wrong", [({},), ({"x": 1}, {"y": 2}), (5,), ([1, 2],)])
def test_on_duplicate_key_update_refuses(wrong: Any) -> None:
    with pytest.raises(exc.ArgumentError):
        insert(t).values(x="a").on_duplicate_key_update(*wrong)


def test_portable_upsert() -> None:
    statement = portable_insert(t).values(id=1, x="a")
    assert sql(statement.on_conflict_do_nothing(), MARIADB) == (
        "INSERT INTO t (id, x) VALUES (%s, %s) ON DUPLICATE KEY UPDATE id = t.id"
    )
    updating = statement.on_conflict_do_update(index_elements=["id"], set_={"x": statement.excluded.x})
    assert sql(updating, MARIADB) == "INSERT INTO t (id, x) VALUES (%s, %s) ON DUPLICATE KEY UPDATE x = VALUES(x)"
    assert sql(updating) == "INSERT INTO t (id, x) VALUES (%s, %s) AS new ON DUPLICATE KEY UPDATE x = new.x"


def test_portable_upsert_means_one_of_several_keys() -> None:
    two = Table("two", MetaData(), Column("a", Integer, primary_key=True), Column("b", Integer, unique=True))
    statement = portable_insert(two).values(a=1, b=2)
    assert "looks at every unique key, and table 'two' has another one, (b)" in refused(
        statement.on_conflict_do_nothing(index_elements=["a"])
    )
    assert sql(statement.on_conflict_do_nothing(), MARIADB).endswith("ON DUPLICATE KEY UPDATE a = two.a")
    assert "takes no condition" in refused(statement.on_conflict_do_update(set_={"b": 1}, where=two.c.a > 1))


def test_update_of_several_tables() -> None:
    joined = t.c.id == u.c.tid
    assert sql(update(t).values(x=u.c.z).where(joined)) == "UPDATE t, u SET t.x=u.z WHERE t.id = u.tid"
    both = update(t).values({t.c.x: "a", u.c.z: "b"}).where(joined)
    assert sql(both) == "UPDATE t, u SET u.z=%s, t.x=%s WHERE t.id = u.tid"
    through = update(t.join(u, joined)).values({t.c.x: "a"})
    assert sql(through) == "UPDATE t INNER JOIN u ON t.id = u.tid SET t.x=%s"


def test_delete_of_several_tables() -> None:
    assert sql(delete(t).where(t.c.id == u.c.tid)) == "DELETE FROM t USING t, u WHERE t.id = u.tid"
    a = t.alias("a")
    assert sql(delete(a).where(a.c.id == 1)) == "DELETE FROM a USING t AS a WHERE a.id = %s"


def test_limit_of_update_and_delete() -> None:
    assert sql(update(t).values(x="a").with_dialect_options(mysql_limit=3)) == "UPDATE t SET x=%s LIMIT 3"
    statement = delete(t).where(t.c.id == 4).with_dialect_options(mysql_limit=3)
    assert sql(statement) == sql(statement, MARIADB) == "DELETE FROM t WHERE t.id = %s LIMIT 3"
    both = statement.with_dialect_options(mariadb_limit=7)
    assert sql(both, MARIADB) == "DELETE FROM t WHERE t.id = %s LIMIT 7"
    with pytest.raises(exc.CompileError, match="a number of rows is expected"):
        sql(update(t).values(x="a").with_dialect_options(mysql_limit="1; DROP TABLE t"))
    assert "several tables" in refused(delete(t).where(t.c.id == u.c.tid).with_dialect_options(mysql_limit=3))
    with pytest.raises(exc.ArgumentError, match="mysql_offset"):
        delete(t).with_dialect_options(mysql_offset=3)


def test_limits_are_part_of_the_statement() -> None:
    from lect.sql.node import statement_key

    one, two = (delete(t).with_dialect_options(mysql_limit=n) for n in (1, 2))
    assert statement_key(one)[0] != statement_key(two)[0]


# -- one dialect's things hold for the other --------------------------------------------------------------------------


def test_variants_for_mysql_hold_for_mariadb() -> None:
    type_ = Text().with_variant(my.LONGTEXT(), "mysql")
    assert type_.compile(dialect=MARIADB) == "LONGTEXT"
    own = type_.with_variant(my.MEDIUMTEXT(), "mariadb")
    assert (own.compile(dialect=MARIADB), own.compile(dialect=MYSQL)) == ("MEDIUMTEXT", "LONGTEXT")


def test_rules_for_mysql_hold_for_mariadb() -> None:
    class Shout(ColumnClause[str]):
        inherit_cache = True

    @compiles(Shout, "mysql")
    def shout(element: Any, compiler: Any, **kw: Any) -> str:
        return f"SHOUT({element.name})"

    assert sql(Shout("a")) == sql(Shout("a"), MARIADB) == "SHOUT(a)"
