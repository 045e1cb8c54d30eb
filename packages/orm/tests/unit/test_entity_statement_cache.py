"""Statements of mapped classes: what a cached translation and plan send and load is what new ones would.

Statements are generated. Each is run with some values, which fills the caches, then with others; then the caches are
emptied and the second is run again.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop import Base, Category, Customer, Order, Tag

from lect import and_, case, create_engine, event, exists, func, literal, or_, select
from lect.compile.cache import PlanMismatch
from lect.compile.extension import compiles
from lect.exc import LectError
from lect.sql.element import ColumnElement
from lect_orm import (
    Bundle,
    Session,
    aliased,
    contains_eager,
    joinedload,
    lazyload,
    load_only,
    selectinload,
    subqueryload,
    with_loader_criteria,
)
from lect_orm.query import criteria_functions, execute

QUICK = settings(
    max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
LONG = settings(
    max_examples=int(os.environ.get("LECT_SOAK_EXAMPLES", "20000")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

CONDITIONS = ("id", "name", "in", "any", "any in", "has", "none", "or", "exists", "scalar", "compare", "self")
LOADERS = (
    "",
    "joined",
    "selectin",
    "joined deep",
    "only",
    "criteria",
    "lazy",
    "contains",
    "inner criteria",
    "criteria function",
    "criteria of all",
    "subquery",
    "selectin deep",
    "lazy criteria",
)

statements = st.fixed_dictionaries(
    {
        "what": st.sampled_from(
            ["entity", "alias", "named alias", "columns", "both", "bundle", "count", "subquery", "cte", "case", "twice"]
        ),
        "conditions": st.lists(st.sampled_from(CONDITIONS), max_size=3),
        "join": st.sampled_from(["", "join", "outer", "to alias", "on"]),
        "load": st.sampled_from(LOADERS),
        "order": st.sampled_from(["id", "desc", "name"]),
        "limit": st.booleans(),
        "distinct": st.booleans(),
        "union": st.booleans(),
    }
)


@pytest.fixture(scope="module")
def engine() -> Any:
    made = create_engine("sqlite://")
    Base.metadata.create_all(made)
    with Session(made) as session:
        tags = [Tag(id=n, label=f"t{n}") for n in range(4)]
        for n in range(1, 7):
            orders = [Order(id=n * 10 + k, text=f"o{k}", tags=tags[: k + 1]) for k in range(n % 4)]
            session.add(Customer(id=n, name=f"n{n}", orders=orders))
        session.add(Category(id=1, name="c", children=[Category(id=2, name="d")]))
        session.commit()
    yield made
    made.dispose()


def condition(kind: str, c: Any, n: int) -> Any:
    """Return a condition on customers, with values of the number `n`."""
    return {
        "id": lambda: c.id >= n,
        "name": lambda: c.name != f"n{n}",
        "in": lambda: c.id.in_(range(1, 3 + n)),
        "any": lambda: c.orders.any(Order.id > n * 10),
        "any in": lambda: c.orders.any(Order.tags.any(Tag.id.in_([n, n + 1]))),
        "has": lambda: exists().where(Order.customer_id == c.id, Order.customer.has(Customer.id > n)),
        "none": lambda: ~c.orders.any(),
        "or": lambda: or_(c.id == n, and_(c.name == f"n{n + 1}", c.id < n + 5)),
        "exists": lambda: select(Order.id).where(Order.customer_id == c.id, Order.text == f"o{n}").exists(),
        "scalar": lambda: select(func.count(Order.id)).where(Order.customer_id == c.id).scalar_subquery() >= n - 1,
        "compare": lambda: c.id + literal(n) > n + 1,
        "self": lambda: c.id != select(func.max(Customer.id)).where(Customer.id < n + 2).scalar_subquery(),
    }[kind]()


def loader(kind: str, c: Any, n: int) -> Any:
    return {
        "joined": lambda: joinedload(c.orders),
        "selectin": lambda: selectinload(c.orders.and_(Order.id > n * 10)),
        "joined deep": lambda: joinedload(c.orders).joinedload(Order.tags),
        "only": lambda: load_only(c.name),
        "criteria": lambda: with_loader_criteria(Customer, Customer.id != n),
        "inner criteria": lambda: with_loader_criteria(Order, Order.id != n * 10 + 1),
        "criteria function": lambda: with_loader_criteria(Order, lambda cls: cls.text != f"o{n - 1}"),
        "criteria of all": lambda: with_loader_criteria(Base, lambda cls: cls.id != n, include_aliases=True),
        "subquery": lambda: subqueryload(c.orders.and_(Order.id != n * 10 + 1)).subqueryload(Order.tags),
        "selectin deep": lambda: selectinload(c.orders).joinedload(Order.tags.and_(Tag.id != n)),
        "lazy criteria": lambda: lazyload(c.orders.and_(Order.id != n * 10)),
        "lazy": lambda: lazyload(c.orders),
        "contains": lambda: contains_eager(c.orders),
    }[kind]()


def build(facts: dict[str, Any], n: int) -> Any:
    """Return the statement of a recipe; no two calls share an object."""
    what = facts["what"]
    c: Any = Customer
    if what == "alias":
        c = aliased(Customer)
    elif what == "named alias":
        c = aliased(Customer, name="client")
    elif what in ("subquery", "cte"):
        inner = select(Customer).where(Customer.id > n - 1)
        c = aliased(Customer, inner.subquery() if what == "subquery" else inner.cte("some"))
    columns: dict[str, Any] = {
        "columns": lambda: [c.id, c.name.label("called")],
        "both": lambda: [c, c.name, literal(n).label("number")],
        "bundle": lambda: [Bundle("pair", c.id, c.name)],
        "count": lambda: [c.name, func.count(c.id)],
        "case": lambda: [case((c.id == n, "same"), else_=c.name)],
        "twice": lambda: [c, aliased(Customer, name="twin")],
    }
    statement = select(*columns.get(what, lambda: [c])())
    if facts["join"] == "join":
        statement = statement.join(c.orders)
    elif facts["join"] == "outer":
        statement = statement.outerjoin(c.orders)
    elif facts["join"] == "to alias":
        statement = statement.join(c.orders.of_type(aliased(Order, name="bought")))
    elif facts["join"] == "on":
        statement = statement.join(Order, and_(Order.customer_id == c.id, Order.id > n * 10 - 1))
    for kind in facts["conditions"]:
        statement = statement.where(condition(kind, c, n))
    if what == "count":
        statement = statement.group_by(c.name).having(func.count(c.id) > n - 2)
    statement = statement.order_by({"id": c.id, "desc": c.id.desc(), "name": c.name}[facts["order"]])
    if facts["distinct"]:
        statement = statement.distinct()
    if facts["limit"]:
        statement = statement.limit(n + 1).offset(n - 1)
    entity = what not in ("columns", "bundle", "count", "case")
    if facts["load"] and (entity or "criteria" in facts["load"]):
        if facts["load"] != "contains" or facts["join"] in ("join", "outer"):
            statement = statement.options(loader(facts["load"], c, n))
    if facts["union"] and what in ("entity", "columns") and not facts["load"]:
        other = select(Customer.id, Customer.name).where(Customer.id == n)
        statement = select(Customer.id).from_statement(other.union(other.where(Customer.name != f"n{n}")))
    return statement


def shown(value: Any) -> Any:
    if isinstance(value, Customer):
        return ("customer", value.id, value.name, [(o.id, o.text, [t.id for t in o.tags]) for o in value.orders])
    return tuple(map(shown, value)) if isinstance(value, tuple) else value


def run(engine: Any, statement: Any) -> tuple[list[Any], Any]:
    """Return what is sent, and what is loaded or the refusal."""
    sent: list[Any] = []

    def hear(conn: Any, cursor: Any, text: str, parameters: Any, *rest: Any) -> None:
        sent.append((text, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        with Session(engine) as session:
            found: Any = [shown(tuple(row)) for row in session.execute(statement).unique().all()]
    except LectError as error:
        found = (type(error), str(error))
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return sent, found


def check(engine: Any, facts: dict[str, Any]) -> None:
    for n in (1, 2, 3):
        cached = run(engine, build(facts, n))
        if n == 1:
            continue
        execute._PLANS.clear()
        criteria_functions._ASKED.clear()
        engine._plans.clear()
        assert run(engine, build(facts, n)) == cached
        run(engine, build(facts, 1))


@pytest.mark.filterwarnings("ignore")
@QUICK
@given(facts=statements)
def test_what_is_cached_is_what_would_be_made(engine: Any, facts: dict[str, Any]) -> None:
    check(engine, facts)


@pytest.mark.filterwarnings("ignore")
@settings(QUICK, max_examples=60)
@given(one=statements, other=statements)
def test_statements_do_not_take_the_place_of_each_other(
    engine: Any, one: dict[str, Any], other: dict[str, Any]
) -> None:
    first = run(engine, build(one, 1))
    run(engine, build(other, 2))
    assert run(engine, build(one, 1)) == first


class Forgetful(ColumnElement[Any]):
    """Says that there is nothing to know of it, and writes something that there is."""

    inherit_cache = True
    _fields = ()

    def __init__(self, word: str) -> None:
        self.word = word


@compiles(Forgetful)
def _forgetful(element: Any, compiler: Any, **kw: Any) -> str:
    return str(element.word)


def test_an_audit_looks_behind_the_translation() -> None:
    engine = create_engine("sqlite://", cache_audit=1.0)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for _ in range(2):
            session.execute(select(Customer, Forgetful("1")))
        with pytest.raises(PlanMismatch, match=r"SELECT customers\.id, customers\.name, 2 AS anon_1"):
            session.execute(select(Customer, Forgetful("2")))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.soak
@pytest.mark.timeout(3600)
@LONG
@given(facts=statements)
def test_what_is_cached_for_long(engine: Any, facts: dict[str, Any]) -> None:
    check(engine, facts)
