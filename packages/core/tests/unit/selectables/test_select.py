"""SELECT: columns and their names, FROM, joins, correlation, grouping, ordering, limits."""

from __future__ import annotations

import pytest

from lect import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    column,
    desc,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
    true,
    union,
    union_all,
)
from lect.exc import (
    AmbiguousColumnError,
    AmbiguousForeignKeysError,
    ArgumentError,
    CompileError,
    InvalidRequestError,
    NoForeignKeysError,
)

t = table("t", column("a"), column("b"))
u = table("u", column("a"), column("b"))

metadata = MetaData()
parent = Table("parent", metadata, Column("id", Integer, primary_key=True), Column("name", String(50)))
child = Table("child", metadata, Column("id", Integer, primary_key=True), Column("pid", ForeignKey("parent.id")))
twice = Table(
    "twice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("p1", ForeignKey("parent.id")),
    Column("p2", ForeignKey("parent.id")),
)
lonely = Table("lonely", metadata, Column("id", Integer, primary_key=True))


def sql(statement: object) -> str:
    return str(statement).replace("\n", "")


def test_layout_of_a_whole_select() -> None:
    statement = (
        select(t)
        .join(u, t.c.a == u.c.a)
        .where(t.c.b == 5)
        .group_by(t.c.a)
        .having(func.count() > 2)
        .order_by(t.c.a.desc())
        .limit(5)
        .offset(10)
    )
    assert str(statement) == (
        "SELECT t.a, t.b \nFROM t JOIN u ON t.a = u.a \nWHERE t.b = :b_1 GROUP BY t.a \n"
        "HAVING count(*) > :count_1 ORDER BY t.a DESC\n LIMIT :param_1 OFFSET :param_2"
    )


def test_second_column_of_a_name_gets_a_number() -> None:
    assert sql(select(t.c.a, u.c.a)) == "SELECT t.a, u.a AS a_1 FROM t, u"


def test_same_column_twice_gets_a_number_behind_two_underscores() -> None:
    assert sql(select(t.c.a, t.c.a)) == "SELECT t.a, t.a AS a__1 FROM t"


def test_labels_with_the_table() -> None:
    statement = select(t.c.a, u.c.a).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    assert sql(statement) == "SELECT t.a AS t_a, u.a AS u_a FROM t, u"


def test_subquery_passes_columns_on_under_their_names() -> None:
    inner = select(t.c.a, (t.c.b + 1).label("next")).subquery()
    assert inner.c.keys() == ["a", "next"]
    assert sql(select(inner.c.next)) == "SELECT anon_1.next FROM (SELECT t.a AS a, t.b + :b_1 AS next FROM t) AS anon_1"


def test_subquery_finds_the_column_it_passes_on() -> None:
    inner = select(t.c.a, u.c.a).subquery()
    assert inner.corresponding_column(u.c.a) is list(inner.c)[1]


def test_selected_columns_have_distinct_keys() -> None:
    assert select(t.c.a, u.c.a).selected_columns.keys() == ["a", "a_1"]


def test_join_follows_the_foreign_key_both_ways() -> None:
    assert "FROM parent JOIN child ON parent.id = child.pid" in sql(select(parent).join(child))
    assert "FROM child JOIN parent ON parent.id = child.pid" in sql(select(child).join(parent))


def test_join_to_an_alias_follows_the_foreign_key() -> None:
    assert "FROM child JOIN parent AS p ON p.id = child.pid" in sql(select(child).join(parent.alias("p")))


def test_join_to_a_join_whose_parts_conditions_name() -> None:
    metadata = MetaData()
    firm = Table("firm", metadata, Column("id", Integer, primary_key=True))
    person = Table(
        "person", metadata, Column("id", Integer, primary_key=True), Column("firm_id", Integer, ForeignKey("firm.id"))
    )
    key = Column("id", Integer, ForeignKey("person.id"), primary_key=True)
    coder = Table("coder", metadata, key, Column("x", Integer))
    joined = select(firm).join(person.join(coder)).where(coder.c.x == 1, person.c.id == 2)
    assert "FROM firm JOIN (person JOIN coder ON person.id = coder.id) ON firm.id = person.firm_id" in sql(joined)


def test_join_with_two_foreign_keys_asks_for_the_condition() -> None:
    with pytest.raises(AmbiguousForeignKeysError, match="'parent' and 'twice'"):
        str(select(parent).join(twice))


def test_join_without_foreign_key_names_both() -> None:
    with pytest.raises(NoForeignKeysError, match="'parent' and 'lonely'"):
        parent.join(lonely)


def test_join_target_nobody_can_be_joined_to() -> None:
    with pytest.raises(InvalidRequestError, match="Don't know how to join to lonely"):
        str(select(parent).join(lonely))


def test_join_on_the_right_side_stands_in_parentheses() -> None:
    nested = t.join(u.join(t.alias("z"), true()), t.c.a == u.c.a)
    assert sql(nested) == "t JOIN (u JOIN t AS z ON true) ON t.a = u.a"


def test_exists_is_correlated_by_itself() -> None:
    statement = select(t).where(exists().where(u.c.a == t.c.a))
    assert sql(statement).endswith("WHERE EXISTS (SELECT * FROM u WHERE u.a = t.a)")


def test_correlate_none_keeps_the_table_inside() -> None:
    inner = select(u.c.b).where(u.c.a == t.c.a).correlate(None).scalar_subquery()
    assert "(SELECT u.b FROM u, t WHERE u.a = t.a)" in sql(select(t.c.a, inner))


def test_correlate_except_leaves_the_others_outside() -> None:
    inner = select(u.c.b).where(u.c.a == t.c.a).correlate_except(u).scalar_subquery()
    assert "(SELECT u.b FROM u WHERE u.a = t.a)" in sql(select(t.c.a, inner))


def test_correlation_that_leaves_nothing_is_refused() -> None:
    inner = select(t.c.a, u.c.a).where(t.c.a == u.c.a).scalar_subquery()
    with pytest.raises(InvalidRequestError, match="auto-correlation"):
        str(select(t, u).where(t.c.a == inner))


def test_lateral_sees_elements_before_it() -> None:
    lateral = select(u.c.b).where(u.c.a == t.c.a).lateral("l")
    assert sql(select(t.c.a, lateral.c.b)) == (
        "SELECT t.a, l.b FROM t, LATERAL (SELECT u.b AS b FROM u WHERE u.a = t.a) AS l"
    )


def test_members_of_a_union_with_order_or_limit_stand_in_parentheses() -> None:
    assert sql(union(select(t.c.a).limit(1), select(u.c.a))) == (
        "(SELECT t.a FROM t LIMIT :param_1) UNION SELECT u.a FROM u"
    )


def test_order_of_a_union_names_columns_without_tables() -> None:
    assert sql(union_all(select(t.c.a), select(u.c.a)).order_by(t.c.a)).endswith(" ORDER BY a")


def test_union_of_different_widths_is_refused() -> None:
    with pytest.raises(CompileError, match=r"select #1 has 1 columns, select #2 has 2"):
        str(union(select(t.c.a), select(u.c.a, u.c.b)))


def test_order_by_label_writes_its_name() -> None:
    total = (t.c.a + t.c.b).label("total")
    assert sql(select(total).order_by(total.desc(), desc("total"))).endswith("ORDER BY total DESC, total DESC")


def test_order_by_string_is_a_name() -> None:
    assert sql(select(t).order_by("b")).endswith("ORDER BY t.b")


@pytest.mark.parametrize("hostile", ["a; DROP TABLE t", "a desc", "1", "t.a", "(SELECT 1)", "a'--", ""])
def test_order_by_string_that_is_no_name_is_an_error_and_never_text(hostile: str) -> None:
    for statement in (select(t).order_by(hostile), select(t).group_by(hostile)):
        with pytest.raises(CompileError, match="Can't resolve label reference"):
            str(statement)


@pytest.mark.parametrize("hostile", ["1; DROP TABLE t", "1 UNION SELECT 2", "-1", 1.5, b"1", [1], {"a": 1}, True])
def test_limit_takes_whole_numbers_only(hostile: object) -> None:
    for method in ("limit", "offset", "fetch"):
        with pytest.raises(ArgumentError, match="whole number"):
            getattr(select(t), method)(hostile)


@pytest.mark.parametrize("argument", ["t.a", ["a"], {"a": 1}, object()])
def test_select_refuses_what_is_no_column(argument: object) -> None:
    with pytest.raises(ArgumentError):
        select(argument)


def test_where_refuses_strings() -> None:
    with pytest.raises(ArgumentError, match="should be explicitly declared as text"):
        select(t).where("a = 5")


def test_object_that_looks_like_sql_is_not_sql() -> None:
    class Sly:
        def __init__(self) -> None:
            self.__clause_element__ = lambda: literal_column("1; DROP TABLE t")

    with pytest.raises(ArgumentError):
        select(Sly())


def test_filter_by_looks_in_all_of_from() -> None:
    assert sql(select(parent).join(child).filter_by(pid=5)).endswith("WHERE child.pid = :pid_1")


def test_filter_by_of_a_name_that_two_have() -> None:
    with pytest.raises(AmbiguousColumnError, match='"id" is ambiguous'):
        select(parent).join(child).filter_by(id=5)


def test_filter_by_does_not_reach_methods_of_the_collection() -> None:
    for name in ("keys", "__class__", "as_readonly"):
        with pytest.raises(InvalidRequestError, match="None of the FROM clause entities"):
            select(parent).filter_by(**{name: 5})


def test_select_is_changed_in_copies() -> None:
    base = select(t.c.a)
    base.where(t.c.a == 5).limit(3)
    assert sql(base) == "SELECT t.a FROM t"


def test_text_as_column_and_from() -> None:
    assert sql(select(text("x, y")).select_from(text("somewhere"))) == "SELECT x, y FROM somewhere"


def test_text_with_columns_is_a_subquery() -> None:
    rows = text("SELECT 1 AS x").columns(column("x", Integer)).subquery("r")
    assert sql(select(rows.c.x)) == "SELECT r.x FROM (SELECT 1 AS x) AS r"


def test_reduce_columns_drops_what_a_foreign_key_makes_equal() -> None:
    both = select(parent.c.id, child.c.pid).select_from(parent.join(child))
    assert sql(both.reduce_columns()).startswith("SELECT parent.id FROM")


def test_a_slice_takes_the_place_of_fetch() -> None:
    t = table("t", column("a"))
    assert str(select(t.c.a).fetch(1).slice(2, 5)) == "SELECT t.a \nFROM t\n LIMIT :param_1 OFFSET :param_2"


def test_hints_of_exists() -> None:
    t = table("t", column("a"))
    inner = exists().where(t.c.a == 1).with_hint(t, "NOLOCK").with_statement_hint("FAST")
    assert str(select(inner)) == (
        "SELECT EXISTS (SELECT * \nFROM t [NOLOCK] \nWHERE t.a = :a_1 FAST) AS anon_1"
    )


def test_a_hint_about_a_table_is_not_one_about_its_aliases() -> None:
    t = table("t", column("a"))
    u = t.alias("u")
    assert str(select(t.c.a, u.c.a).with_hint(t, "NOLOCK").where(t.c.a == u.c.a)) == (
        "SELECT t.a, u.a AS a_1 \nFROM t [NOLOCK], t AS u \nWHERE t.a = u.a"
    )
