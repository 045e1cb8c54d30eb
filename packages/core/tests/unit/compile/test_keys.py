"""Statement keys: equal statements share a plan, and what shares a key is written the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lect import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    select,
    table,
    text,
    union,
    update,
    values,
)
from lect.compile.cache import PlanCache, PlanMismatch
from lect.sql.node import statement_key

people = Table("people", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(50)))
t = table("t", column("a"), column("b"))


def recursive(start: int) -> Any:
    numbers = select(people.c.id).where(people.c.id == start).cte("numbers", recursive=True)
    return select(numbers.union_all(select(numbers.c.id + 1).where(numbers.c.id < 10)))


def two_aliases(value: int) -> Any:
    one, other = people.alias(), people.alias()
    return select(one.c.id, other.c.id).where(one.c.id == other.c.id, one.c.id == value)


BUILDERS: list[Callable[[int], Any]] = [
    lambda v: select(people).where(people.c.id == v),
    lambda v: select(people).where(people.c.id.in_(list(range(v)))),
    lambda v: select(people.alias()).limit(v).offset(v),
    two_aliases,
    recursive,
    lambda v: select(select(people.c.id, func.count(), people.c.id + v).group_by(people.c.id).subquery()),
    lambda v: union(select(people.c.id), select(t.c.a).where(t.c.b == v)).order_by("id"),
    lambda v: select(t).where(exists().where(people.c.id == t.c.a, people.c.id == v)),
    lambda v: insert(people).values(name=str(v)),
    lambda v: insert(people).values([{"name": str(v)}, {"name": "x"}]),
    lambda v: update(people).values(name=str(v)).where(people.c.id == v),
    lambda v: delete(people).where(people.c.id == v),
    lambda v: select(values(column("n", Integer), name="v").data([(v,), (2,)])),
    lambda v: select(text("x")).where(text("y = :y").bindparams(y=v)),
    lambda v: select(people).where(people.c.id == bindparam("x", v)).with_for_update(),
]


@pytest.mark.parametrize("build", BUILDERS)
def test_other_values_same_key_same_text(build: Callable[[int], Any]) -> None:
    one, other = build(1), build(2)
    key, binds = statement_key(one)
    other_key, other_binds = statement_key(other)
    assert key is not None and key == other_key
    assert len(binds) == len(other_binds)
    assert str(one) == str(other)


def test_different_statements_have_different_keys() -> None:
    keys = [statement_key(build(1))[0] for build in BUILDERS]
    assert len(set(keys)) == len(keys)


def test_one_alias_used_twice_is_not_two_aliases() -> None:
    one, other = people.alias("p"), people.alias("p")
    assert statement_key(select(one.c.id, one.c.name))[0] != statement_key(select(one.c.id, other.c.name))[0]


def test_order_of_calls_may_cost_a_compilation_and_nothing_else() -> None:
    a = select(people).where(people.c.id == 1).order_by(people.c.id)
    b = select(people).order_by(people.c.id).where(people.c.id == 1)
    assert str(a) == str(b)
    assert statement_key(a)[0] == statement_key(b)[0]


def test_changed_table_changes_the_key() -> None:
    changing = Table("changing", MetaData(), Column("id", Integer))
    before = statement_key(select(changing))[0]
    changing.append_column(Column("more", Integer))
    assert statement_key(select(changing))[0] != before


def test_cache_is_bounded_and_counts() -> None:
    cache = PlanCache(10)
    for n in range(100):
        cache.put(n, object())
    assert len(cache) <= 15
    assert cache.get(99) is not None and cache.get(0) is None
    report = cache.report()
    assert report["misses"] == 100 and report["hits"] == 1 and report["evicted"] >= 85


def test_recently_used_plans_stay() -> None:
    cache = PlanCache(10)
    kept = object()
    cache.put("kept", kept)
    for n in range(100):
        cache.put(n, object())
        assert cache.get("kept") is kept


def test_audit_finds_a_wrong_key() -> None:
    cache = PlanCache(10)
    one, other = select(people.c.id).compile(), select(people.c.name).compile()
    cache.check("key", one, lambda: select(people.c.id).compile())
    with pytest.raises(PlanMismatch, match=r"people\.name"):
        cache.check("key", one, lambda: other)


def test_report_names_statements_with_many_keys() -> None:
    import lect

    engine = lect.create_mock_engine("sqlite://", lambda *a: None)
    cache = PlanCache(500)
    table = lect.table("t", lect.column("a"), lect.column("b"))
    statements = [lect.select(table).where(lect.text(f"a = {n}")) for n in range(10, 30)]
    statements += [lect.select(table).where(table.c.a == n) for n in range(20)]
    statements += [lect.select(lect.func.f(*range(n))) for n in range(2, 14)]
    for number, statement in enumerate(statements):
        compiled = statement.compile(dialect=engine.dialect)
        cache.put((lect.sql.node.statement_key(statement)[0], number), compiled)
    first, second, third = cache.report()["crowded"]
    assert first[0] == second[0] == 20
    assert "WHERE a = 10" in first[1]
    assert third[0] == 12
    assert cache.crowded(least=21) == []


def test_a_subquery_with_one_value_beside_another_value() -> None:
    """As many values as leaves, and yet one leaf is the subquery: its value must be found inside of it."""

    def statement(inner: int, outer: int) -> Any:
        s = select(people.c.id).where(people.c.id > inner).subquery()
        return select(s.c.id).where(s.c.id < outer)

    key, binds = statement_key(statement(1, 2))
    assert [b.value for b in binds] == [1, 2]
    assert statement_key(statement(3, 4))[0] == key


def test_code_for_sets_of_fields_is_written_once_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from lect.sql import _select, node

    monkeypatch.setattr(node, "MAX_WAYS", 4)
    written: list[Any] = []
    generate = node._generate_structure

    def counting(*given: Any) -> Any:
        written.append(given)
        return generate(*given)

    monkeypatch.setattr(node, "_generate_structure", counting)
    structure = node._sparse_structure(_select.Select, _select.Select._fields)
    base = select(people.c.id)
    many = [base.limit(1), base.offset(1), base.distinct(), base.order_by(people.c.id), base.where(people.c.id == 1)]
    for statement in many:
        structure(statement)
    before = len(written)
    assert before == len(many)
    for _ in range(5):
        structure(many[-1])
        structure(many[-2])
    assert len(written) <= before + 1


def test_fields_set_in_another_order_need_no_code_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from lect.sql import _select, node

    structure = node._sparse_structure(_select.Select, _select.Select._fields)
    one = structure(select(people.c.id).limit(1).distinct())
    monkeypatch.setattr(node, "_generate_structure", None)
    assert structure(select(people.c.id).distinct().limit(1)) is one
