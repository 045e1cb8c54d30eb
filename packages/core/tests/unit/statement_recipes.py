"""Statements of every kind, made from recipes: plain data that says the structure, with values put in separately.

A recipe and a :class:`Values` make one statement; the same recipe with other values makes one that differs by its
values only, built from new objects throughout.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from lect import (
    ARRAY,
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    all_,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    delete,
    desc,
    exists,
    func,
    insert,
    lateral,
    literal,
    literal_column,
    merge,
    not_,
    null,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
    update,
    values,
)
from lect.compile.extension import compiles
from lect.sql.element import ColumnElement
from lect.sql.node import child, scalar
from lect.types import TypeDecorator, UserDefinedType

metadata = MetaData()
people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(50)),
    Column("age", Integer),
    Column("boss", ForeignKey("people.id")),
)
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", ForeignKey("people.id")),
    Column("total", Numeric(10, 2)),
    Column("note", String(20)),
    Column("made", DateTime),
)
docs = Table(
    "docs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("body", JSON),
    Column("tags", ARRAY(Integer)),
    Column("word", String(20)),
    schema="shelf",
)


class Scaled(TypeDecorator[int]):
    """Numbers that are stored multiplied; the factor is part of the type."""

    impl = Integer
    cache_ok = True

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value * self.factor


class Wrapped(UserDefinedType[Any]):
    """A type whose values go through a function of the server."""

    cache_ok = True

    def __init__(self, function: str) -> None:
        self.function = function

    def get_col_spec(self, **kw: Any) -> str:
        return "WRAPPED"

    def bind_expression(self, bindvalue: Any) -> Any:
        return getattr(func, self.function)(bindvalue)

    def literal_processor(self, dialect: Any) -> Any:
        return repr


class Between(ColumnElement[bool]):
    """A construct of one's own, with a scalar and two operands."""

    inherit_cache = True
    _fields = (scalar("kind"), child("low"), child("high"))
    type = Integer()

    def __init__(self, kind: str, low: Any, high: Any) -> None:
        self.kind = kind
        self.low = low
        self.high = high


@compiles(Between)
def _between(element: Any, compiler: Any, **kw: Any) -> str:
    return f"{element.kind}({compiler.process(element.low, **kw)} TO {compiler.process(element.high, **kw)})"


TYPES = (Integer(), String(5), String(9), Numeric(5, 1), Numeric(5, 2))
#: Types of members of lists, with what makes one of a number.
MEMBERS: tuple[tuple[Any, Any], ...] = (
    (Integer(), int),
    (String(5), str),
    (Numeric(9, 2), Decimal),
    (Date(), lambda n: dt.date.fromordinal(700_000 + n % 9_999)),
    (Scaled(2), int),
    (Scaled(3), int),
    (Wrapped("unwrap"), str),
    (Wrapped("open"), str),
)
OPERATORS = ("+", "-", "*", "=", "<", ">=", "||", "is", "like", "like escaped")
FRAMES: tuple[dict[str, Any], ...] = (
    {},
    {"rows": (-1, 0)},
    {"range_": (None, 0)},
    {"groups": (-2, 2)},
    {"rows": (-2, 1), "exclude": "TIES"},
)
PATHS: tuple[Any, ...] = ("a", 0, ("a", "b"), ("a", 1))


class Values:
    """Values that occur nowhere else, and lengths of lists, different for every start."""

    def __init__(self, start: int) -> None:
        self.number = start * 1000
        self.start = start
        self.given: list[Any] = []

    def take(self, as_text: bool = False) -> Any:
        """Return the next value."""
        self.number += 1
        value: Any = f"value {self.number}" if as_text else 7_000_000 + self.number
        self.given.append(value)
        return value

    def some(self) -> list[Any]:
        """Return a list of values whose length depends on the start."""
        return [self.take() for _ in range(self.start % 4)]


# -- recipes -----------------------------------------------------------------------------------------------------------

_leaf = st.one_of(
    st.tuples(st.just("col"), st.integers(0, 3)),
    st.tuples(st.just("val"), st.booleans()),
    st.just(("null",)),
    st.tuples(st.just("typed"), st.sampled_from(range(len(TYPES)))),
    st.tuples(st.just("named"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("raw"), st.sampled_from(["1", "x.y"])),
)


def _wider(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    types = st.sampled_from(range(len(TYPES)))
    return st.one_of(
        st.tuples(st.just("bin"), st.sampled_from(OPERATORS), inner, inner),
        st.tuples(st.just("in"), st.booleans(), inner),
        st.tuples(st.just("in tuple"), inner, inner),
        st.tuples(st.just("in select"), inner, inner),
        st.tuples(st.just("func"), st.sampled_from(["lower", "coalesce"]), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("case"), inner, inner, inner),
        st.tuples(st.just("cast"), inner, types),
        st.tuples(st.just("coerce"), inner, types),
        st.tuples(st.just("and"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("or"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("neg"), inner),
        st.tuples(st.just("between"), inner, inner, inner),
        st.tuples(st.just("over"), inner, inner, st.sampled_from(range(len(FRAMES)))),
        st.tuples(st.just("filtered"), inner, inner),
        st.tuples(st.just("percentile"), inner, st.booleans()),
        st.tuples(st.just("json"), st.sampled_from(PATHS), st.sampled_from(["", "text", "number", "values"])),
        st.tuples(st.just("array"), inner, st.sampled_from(["any", "all", "index"])),
        st.tuples(
            st.just("members"), st.sampled_from(range(len(MEMBERS))), st.sampled_from(["", "expanding", "execute"])
        ),
        st.tuples(st.just("written"), inner),
        st.tuples(st.just("own"), st.sampled_from(["NEAR", "FAR"]), inner, inner),
        st.tuples(st.just("collate"), inner, st.sampled_from(["C", "de"])),
        st.tuples(st.just("match"), inner, st.sampled_from([None, "i"])),
        st.tuples(st.just("exists"), inner),
        st.tuples(st.just("scalar"), inner, st.booleans()),
        st.tuples(st.just("label"), st.sampled_from(["l", "m", None]), inner),
    )


expressions = st.recursive(_leaf, _wider, max_leaves=6)

SOURCES = (
    "table",
    "alias",
    "two aliases",
    "named alias",
    "subquery",
    "cte",
    "two ctes",
    "join",
    "outer join",
    "values",
    "recursive",
    "lateral",
    "sample",
    "function",
    "schema",
    "changed",
)

selects = st.fixed_dictionaries(
    {
        "source": st.sampled_from(SOURCES),
        "columns": st.lists(expressions, min_size=1, max_size=3),
        "where": st.lists(expressions, max_size=2),
        "group": st.booleans(),
        "order": st.sampled_from(["", "asc", "desc", "nulls"]),
        "distinct": st.booleans(),
        "limit": st.sampled_from(["", "limit", "offset", "both", "fetch"]),
        "lock": st.sampled_from(["", "update", "share", "nowait"]),
        "prefix": st.sampled_from(["", "SQL_A", "SQL_B"]),
        "union": st.sampled_from(["", "union", "union_all", "intersect", "except_", "nested"]),
        "added": st.booleans(),
        "labels": st.booleans(),
    }
)

changes = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            [
                "insert",
                "insert rows",
                "insert select",
                "update",
                "update from",
                "update in order",
                "delete",
                "delete using",
                "upsert",
                "upsert nothing",
                "merge",
            ]
        ),
        "value": expressions,
        "where": st.lists(expressions, max_size=2),
        "names": st.sampled_from([("name",), ("name", "age"), ("age",)]),
        "rows": st.integers(1, 3),
        "returning": st.booleans(),
        "with": st.booleans(),
    }
)

statements = st.one_of(
    st.tuples(st.just("select"), selects),
    st.tuples(st.just("select"), selects),
    st.tuples(st.just("change"), changes),
)


# -- building ----------------------------------------------------------------------------------------------------------


def build(recipe: Any, given: Values) -> Any:
    """Return the statement of a recipe with these values."""
    kind, facts = recipe
    return build_select(facts, given) if kind == "select" else build_change(facts, given)


def _source(kind: str, given: Values) -> tuple[Any, list[Any]]:
    """Return (what goes into FROM or None, four columns)."""
    if kind == "alias":
        a = people.alias()
        return None, list(a.c)
    if kind == "two aliases":
        a, b = people.alias(), people.alias()
        return None, [a.c.id, b.c.id, b.c.name, a.c.name]
    if kind == "named alias":
        a = people.alias("p")
        return None, list(a.c)
    if kind == "subquery":
        s = select(people).where(people.c.age > given.take()).subquery()
        return None, list(s.c)
    if kind == "cte":
        c = select(people).where(people.c.age > given.take()).cte()
        return None, list(c.c)
    if kind == "two ctes":
        c = select(people).where(people.c.age > given.take()).cte("first")
        d = select(c.c.id, c.c.name).where(c.c.age != given.take()).cte("second")
        return None, [c.c.id, d.c.id, d.c.name, c.c.name]
    if kind in ("join", "outer join"):
        joined = people.join(orders, people.c.id == orders.c.person, isouter=kind == "outer join")
        return joined, [people.c.id, orders.c.total, orders.c.note, people.c.name]
    if kind == "recursive":
        r = (
            select(people.c.id, people.c.name, people.c.boss)
            .where(people.c.id == given.take())
            .cte("r", recursive=True)
        )
        r = r.union_all(
            select(people.c.id, people.c.name, people.c.boss).where(
                people.c.boss == r.c.id, people.c.age < given.take()
            )
        )
        return None, [r.c.id, r.c.boss, r.c.id, r.c.name]
    if kind == "lateral":
        last = select(orders.c.note, orders.c.id).where(orders.c.person == people.c.id, orders.c.id > given.take())
        found = lateral(last, name="last")
        return people.join(found, found.c.id != given.take()), [people.c.id, found.c.id, found.c.note, people.c.name]
    if kind == "sample":
        sample = people.tablesample(func.bernoulli(5), name="some", seed=func.abs(given.take()))
        return None, list(sample.c)
    if kind == "function":
        numbers = func.generate_series(1, given.take()).table_valued("n", name="series")
        return numbers, [numbers.c.n, numbers.c.n, people.c.name, people.c.name]
    if kind == "schema":
        return None, [docs.c.id, docs.c.id, docs.c.word, docs.c.word]
    if kind == "changed":
        gone = delete(people).where(people.c.age > given.take()).returning(people.c.id, people.c.name).cte("gone")
        return None, [gone.c.id, gone.c.id, gone.c.name, gone.c.name]
    if kind == "values":
        v = values(column("id", Integer), column("name", String), name="v").data(
            [(given.take(), given.take(True)), (given.take(), given.take(True))]
        )
        return None, [v.c.id, v.c.name, v.c.id, v.c.name]
    return None, list(people.c)


def build_select(facts: dict[str, Any], given: Values) -> Any:
    """Return a SELECT."""
    from_, columns = _source(facts["source"], given)
    statement = select(*[express(e, columns, given) for e in facts["columns"]])
    if from_ is not None:
        statement = statement.select_from(from_)
    for condition in facts["where"]:
        statement = statement.where(express(condition, columns, given) == given.take())
    if facts["group"]:
        statement = statement.group_by(columns[0]).having(func.count() > given.take())
    if facts["order"]:
        key = {"asc": columns[0], "desc": desc(columns[1]), "nulls": columns[1].desc().nulls_last()}[facts["order"]]
        statement = statement.order_by(key)
    if facts["distinct"]:
        statement = statement.distinct()
    if facts["limit"] in ("limit", "both"):
        statement = statement.limit(given.take())
    if facts["limit"] in ("offset", "both"):
        statement = statement.offset(given.take())
    if facts["limit"] == "fetch":
        statement = statement.fetch(given.take(), with_ties=True)
    if facts["lock"]:
        statement = statement.with_for_update(read=facts["lock"] == "share", nowait=facts["lock"] == "nowait")
    if facts["prefix"]:
        statement = statement.prefix_with(facts["prefix"])
    if facts["union"]:
        other = select(*[literal(given.take()) for _ in facts["columns"]])
        statement = statement.order_by(None).limit(None)
        if facts["union"] == "nested":
            statement = statement.union(other.union_all(select(*[literal(given.take()) for _ in facts["columns"]])))
        else:
            statement = getattr(statement, facts["union"])(other)
    if facts["added"]:
        statement = statement.add_cte(select(orders.c.id).where(orders.c.id == given.take()).cte("added"))
    if facts["labels"]:
        from lect import LABEL_STYLE_TABLENAME_PLUS_COL

        statement = statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    return statement


def build_change(facts: dict[str, Any], given: Values) -> Any:
    """Return an INSERT, UPDATE or DELETE."""
    kind = facts["kind"]
    columns = list(people.c)
    where = [express(c, columns, given) == given.take() for c in facts["where"]]
    if kind == "delete":
        statement: Any = delete(people).where(*where)
    elif kind == "update":
        given_values = {name: express(facts["value"], columns, given) for name in facts["names"][1:]}
        statement = update(people).values({facts["names"][0]: given.take(True), **given_values}).where(*where)
    elif kind == "update from":
        statement = update(people).values(name=orders.c.note, age=express(facts["value"], columns, given))
        statement = statement.where(people.c.id == orders.c.person, orders.c.id == given.take(), *where)
    elif kind == "update in order":
        statement = update(people).ordered_values((people.c.age, given.take()), (people.c.name, given.take(True)))
    elif kind == "delete using":
        statement = delete(people).where(people.c.id == orders.c.person, orders.c.id == given.take(), *where)
    elif kind == "upsert nothing":
        statement = insert(people).values(name=given.take(True)).on_conflict_do_nothing(index_elements=facts["names"])
    elif kind == "upsert":
        plain = insert(people).values({name: given.take(True) for name in facts["names"]})
        set_ = {"name": plain.excluded.name + given.take(True), "age": express(facts["value"], columns, given)}
        statement = plain.on_conflict_do_update(index_elements=["id"], set_=set_, where=people.c.age < given.take())
    elif kind == "merge":
        source = select(orders).where(orders.c.id > given.take()).subquery("source")
        statement = merge(people).using(source, people.c.id == source.c.person)
        statement = statement.when_matched_then_update({"name": source.c.note}, people.c.age > given.take())
        statement = statement.when_not_matched_then_insert({"name": source.c.note, "age": given.take()})
    elif kind == "insert select":
        source = select(*[column(n) for n in facts["names"]]).select_from(orders).where(orders.c.id == given.take())
        statement = insert(people).from_select(list(facts["names"]), source)
    elif kind == "insert rows":
        statement = insert(people).values(
            [{name: given.take(True) for name in facts["names"]} for _ in range(facts["rows"])]
        )
    else:
        statement = insert(people).values({name: given.take(True) for name in facts["names"]})
    if facts["with"] and hasattr(statement, "add_cte"):
        statement = statement.add_cte(select(orders.c.id).where(orders.c.id == given.take()).cte("added"))
    if facts["returning"]:
        statement = statement.returning(people.c.id, people.c.age + given.take())
    return statement


def express(recipe: Any, columns: list[Any], given: Values) -> Any:
    """Return an expression."""
    kind, *rest = recipe

    def inner(each: Any) -> Any:
        return express(each, columns, given)

    if kind == "col":
        return columns[rest[0]]
    if kind == "val":
        return literal(given.take(rest[0]))
    if kind == "null":
        return null()
    if kind == "typed":
        return bindparam(None, given.take(), TYPES[rest[0]], unique=True)
    if kind == "named":
        return bindparam(rest[0], given.take(), Integer, unique=True)
    if kind == "raw":
        return literal_column(rest[0])
    if kind == "bin":
        return _binary(rest[0], inner(rest[1]), inner(rest[2]))
    if kind == "in":
        operand = inner(rest[1])
        return operand.in_(given.some()) if rest[0] else operand.not_in(given.some())
    if kind == "in tuple":
        return tuple_(inner(rest[0]), inner(rest[1])).in_([(given.take(), given.take()) for _ in given.some()])
    if kind == "in select":
        return inner(rest[0]).in_(select(orders.c.id).where(orders.c.note == inner(rest[1])))
    if kind == "func":
        return getattr(func, rest[0])(*[inner(e) for e in rest[1]])
    if kind == "case":
        return case((inner(rest[0]) == given.take(), inner(rest[1])), else_=inner(rest[2]))
    if kind in ("cast", "coerce"):
        return (cast if kind == "cast" else type_coerce)(inner(rest[0]), TYPES[rest[1]])
    if kind in ("and", "or"):
        parts = [inner(e) == given.take() for e in rest[0]]
        return and_(*parts) if kind == "and" else or_(*parts)
    if kind == "not":
        return not_(inner(rest[0]) == given.take())
    if kind == "neg":
        return -inner(rest[0])
    if kind == "between":
        return inner(rest[0]).between(inner(rest[1]), inner(rest[2]))
    if kind == "over":
        return func.sum(inner(rest[0])).over(partition_by=inner(rest[1]), order_by=columns[0], **FRAMES[rest[2]])
    if kind == "filtered":
        return func.count(inner(rest[0])).filter(inner(rest[1]) == given.take())
    if kind == "percentile":
        order = columns[0].desc() if rest[1] else columns[0]
        return func.percentile_cont(inner(rest[0])).within_group(order)
    if kind == "json":
        part = docs.c.body[rest[0]]
        return {"": part, "text": part.as_string(), "number": part.as_integer(), "values": part == {"a": given.take()}}[
            rest[1]
        ]
    if kind == "array":
        if rest[1] == "index":
            return docs.c.tags[given.take()]
        return inner(rest[0]) == (any_ if rest[1] == "any" else all_)(docs.c.tags)
    if kind == "members":
        type_, make = MEMBERS[rest[0]]
        members = [make(n) for n in given.some()]
        if not rest[1]:
            return type_coerce(columns[0], type_).in_(members)
        how: dict[str, Any] = {"literal_execute": True} if rest[1] == "execute" and make is not Decimal else {}
        return columns[0].in_(bindparam("these", members, type_, expanding=True, unique=True, **how))
    if kind == "written":
        return inner(rest[0]) > bindparam("now", given.take(), Integer, unique=True, literal_execute=True)
    if kind == "own":
        return Between(rest[0], inner(rest[1]), inner(rest[2]))
    if kind == "collate":
        return inner(rest[0]).collate(rest[1])
    if kind == "match":
        return inner(rest[0]).regexp_match("x", flags=rest[1])
    if kind == "exists":
        return exists().where(orders.c.note == inner(rest[0]), text("z = :z").bindparams(z=given.take()))
    if kind == "scalar":
        source = orders.alias() if rest[1] else orders
        return select(source.c.id).where(source.c.note == inner(rest[0])).scalar_subquery()
    assert kind == "label"
    return inner(rest[1]).label(rest[0])


def _binary(operator: str, left: Any, right: Any) -> Any:
    if operator == "is":
        return left.is_distinct_from(right)
    if operator == "like":
        return left.like(right)
    if operator == "like escaped":
        return left.like(right, escape="/")
    if operator == "=":
        return left == right
    if operator == "<":
        return left < right
    if operator == ">=":
        return left >= right
    return left.op(operator)(right)
