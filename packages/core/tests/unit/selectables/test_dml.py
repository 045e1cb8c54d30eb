"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

import pytest

from lect import (
    ARRAY,
    Column,
    DefaultDialect,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    column,
    delete,
    from_dml_column,
    func,
    insert,
    select,
    table,
    update,
)
from lect.compile.options import CompileOptions
from lect.compile.writer import Writer
from lect.exc import ArgumentError, CompileError, InvalidRequestError

t = table("t", column("a"), column("b"))
u = table("u", column("a"), column("b"))
facts = Table(
    "facts",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("kind", Integer, default=7),
    Column("made", Integer, default=func.now(), onupdate=func.later()),
    Column("seen", Integer, server_default="5"),
)


def sql(statement: object) -> str:
    return str(statement).replace("\n", "")


def test_insert_without_values_writes_all_columns() -> None:
    assert sql(insert(t)) == "INSERT INTO t (a, b) VALUES (:a, :b)"


def test_insert_writes_columns_in_the_order_of_the_table() -> None:
    assert sql(insert(t).values(b=1, a=2)) == "INSERT INTO t (a, b) VALUES (:a, :b)"


def test_insert_of_an_expression() -> None:
    assert sql(insert(t).values(a=func.now())) == "INSERT INTO t (a) VALUES (now())"


def test_insert_of_several_rows() -> None:
    compiled = insert(t).values([{"a": 1, "b": 2}, {"a": 3, "b": 4}]).compile()
    assert compiled.string == "INSERT INTO t (a, b) VALUES (:a_m0, :b_m0), (:a_m1, :b_m1)"
    assert compiled.params == {"a_m0": 1, "b_m0": 2, "a_m1": 3, "b_m1": 4}


def test_insert_with_an_unknown_column_names_it() -> None:
    with pytest.raises(CompileError, match="Unconsumed column names: nme; did you mean 'name'"):
        str(insert(facts).values(nme="x"))


def test_unknown_name_given_for_the_execution() -> None:
    with pytest.raises(CompileError, match="Unconsumed column names: nope"):
        Writer(DefaultDialect(), CompileOptions(column_keys=["a", "nope"])).render(insert(t))
    # A statement that is only looked at takes the names it knows.
    assert sql(insert(t).compile(column_keys=["a", "nope"])) == "INSERT INTO t (a) VALUES (:a)"


def test_defaults_of_the_client_are_prefetched_and_expressions_written() -> None:
    compiled = insert(facts).values(name="x").compile()
    assert compiled.string == "INSERT INTO facts (name, kind, made) VALUES (:name, :kind, now())"
    assert [(c.name, name) for c, name in compiled.dml.prefetch] == [("kind", "kind")]
    assert [c.name for c in compiled.dml.postfetch] == ["made", "seen"]


def test_insert_from_select_takes_defaults_along() -> None:
    assert sql(insert(facts).from_select(["name"], select(t.c.a))) == (
        "INSERT INTO facts (name, kind, made) SELECT t.a, :kind AS anon_1, now() AS now_1 FROM t"
    )


def test_returning_of_expressions() -> None:
    assert sql(insert(t).values(a=1).returning(t.c.a, (t.c.b + 1).label("next"))).endswith(
        "RETURNING t.a, t.b + :b_1 AS next"
    )


def test_returning_is_refused_where_there_is_none() -> None:
    dialect = DefaultDialect()
    dialect.insert_returning = False
    with pytest.raises(CompileError, match=r"INSERT\.\.RETURNING is not supported by dialect 'default'"):
        insert(t).values(a=1).returning(t.c.a).compile(dialect=dialect)


def test_single_row_and_rows_do_not_mix() -> None:
    with pytest.raises(InvalidRequestError, match="Can't mix"):
        str(insert(t).values(a=1).values([{"a": 2}]))


def test_update_with_conditions_and_other_tables() -> None:
    statement = update(t).values(a=t.c.a + 5, b=u.c.b).where(t.c.a == u.c.a)
    assert sql(statement) == "UPDATE t SET a=(t.a + :a_1), b=u.b FROM u WHERE t.a = u.a"


def test_update_in_the_order_given() -> None:
    assert sql(update(t).ordered_values((t.c.b, 1), (t.c.a, 2))) == "UPDATE t SET b=:b, a=:a"


def test_update_writes_onupdate() -> None:
    assert sql(update(facts).values(name="x")) == "UPDATE facts SET name=:name, made=later()"


def test_update_with_a_parameter_named_like_a_column_is_refused() -> None:
    statement = update(facts).where(facts.c.id == bindparam("name")).values(name="x")
    with pytest.raises(CompileError, match="'b_name'"):
        str(statement)


def test_update_with_correlated_subquery() -> None:
    inner = select(u.c.a).where(u.c.b == t.c.b).scalar_subquery()
    assert sql(update(t).values(a=inner)) == "UPDATE t SET a=(SELECT u.a FROM u WHERE u.b = t.b)"


def test_delete_with_other_tables() -> None:
    assert sql(delete(t).where(t.c.a == u.c.a)) == "DELETE FROM t , u WHERE t.a = u.a"


def test_value_of_another_column() -> None:
    statement = insert(facts).values(name="x", kind=from_dml_column(facts.c.name) + "!")
    assert sql(statement).startswith("INSERT INTO facts (name, kind, made) VALUES (:name, (:name || :param_1), now()")
    assert sql(update(t).values(a=from_dml_column(t.c.b))) == "UPDATE t SET a=t.b"
    with pytest.raises(CompileError, match="Can't resolve referenced column name in INSERT statement: 'b'"):
        str(insert(t).values(a=from_dml_column(t.c.b)))
    with pytest.raises(CompileError, match=r"only inside of the values\(\)"):
        str(select(from_dml_column(t.c.b)))


def test_element_in_set() -> None:
    element = column("a", ARRAY(Integer))[5]
    assert sql(update(t).values({element: 7})) == "UPDATE t SET a[:a_1]=:param_1"


def test_columns_of_other_tables_in_set_are_refused() -> None:
    with pytest.raises(CompileError, match=r"Backend does not support additional tables .* 'u' in SET"):
        str(update(t).values({u.c.a: 1}).where(t.c.a == u.c.a))


def test_return_defaults_again_adds_columns() -> None:
    statement = insert(t).return_defaults(t.c.a).return_defaults(t.c.b)
    assert statement._return_defaults_columns == (t.c.a, t.c.b)
    assert insert(t).return_defaults().return_defaults(t.c.b)._return_defaults_columns == ()


def test_defaults_cannot_extend_a_union() -> None:
    union = select(t.c.a).union(select(u.c.a))
    with pytest.raises(CompileError, match=r"default-holding column\(s\) 'kind', 'made'"):
        str(insert(facts).from_select(["name"], union))


def test_on_conflict_is_refused_without_upsert() -> None:
    with pytest.raises(CompileError, match="on_conflict is not supported"):
        insert(t).values(a=1).on_conflict_do_nothing().compile(dialect=DefaultDialect())
    assert str(insert(t).values(a=1).on_conflict_do_nothing()).endswith("VALUES (:a) ON CONFLICT DO NOTHING")


def test_on_conflict_do_update() -> None:
    from lect.dialects.capabilities import Upsert

    class Upserting(DefaultDialect):
        default_capabilities = DefaultDialect.default_capabilities.replace(upsert=Upsert.ON_CONFLICT)

    statement = insert(t).values(a=1, b=2)
    statement = statement.on_conflict_do_update(
        index_elements=["a"], set_={"b": statement.excluded.b}, where=t.c.b != statement.excluded.b
    )
    assert statement.compile(dialect=Upserting()).string == (
        "INSERT INTO t (a, b) VALUES (:a, :b) ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.b != excluded.b"
    )


def test_on_conflict_do_update_needs_values() -> None:
    with pytest.raises(ArgumentError, match="set_ must be"):
        insert(t).on_conflict_do_update(index_elements=["a"], set_={})
