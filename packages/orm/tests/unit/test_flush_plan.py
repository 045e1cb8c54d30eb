"""``session.flush_plan()``: the flush told before it happens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from shop import Category, Customer, Order, Tag, new_engine, statements

from lect_orm import Session


@pytest.fixture
def session() -> Any:
    with Session(new_engine()) as session:
        yield session


def shown(plan: Any) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", str(plan))


def test_nothing_to_do(session: Any) -> None:
    plan = session.flush_plan()
    assert not plan
    assert str(plan) == "flush: nothing to do"


def test_mappers_batches_and_dependencies(session: Any) -> None:
    session.add(Customer(name="c", orders=[Order(text="o", tags=[Tag(label="t")]), Order(text="p")]))
    assert shown(session.flush_plan()) == (
        "flush: 4 objects\n"
        "├─ save Customer\n"
        "│  └─ insert Customer (1 object) into customers\n"
        "│     └─ new <Customer at 0x>\n"
        "├─ save Tag\n"
        "│  └─ insert Tag (1 object) into tags\n"
        "│     └─ new <Tag at 0x>\n"
        "├─ save Order\n"
        "│  ├─ after Customer\n"
        "│  └─ insert Order (2 objects) into orders\n"
        "│     ├─ new <Order at 0x>\n"
        "│     └─ new <Order at 0x>\n"
        "└─ rows of order_tag for Tag.orders: 1 added, 0 removed"
    )


def test_changes_and_deletions(session: Any) -> None:
    customer = Customer(name="c", orders=[Order(text="o")])
    session.add(customer)
    session.commit()
    session.delete(customer.orders[0])
    customer.name = "d"
    assert shown(session.flush_plan()) == (
        "flush: 2 objects\n"
        "├─ save Customer\n"
        "│  └─ update Customer (1 object) of customers: name\n"
        "│     └─ Customer 1\n"
        "└─ delete Order (1 object)\n"
        "   └─ Order 1"
    )


def test_rows_where_mappers_form_a_circle(session: Any) -> None:
    root = Category(name="root", children=[Category(name="leaf")])
    session.add(root)
    plan = shown(session.flush_plan())
    assert "cycle between Category: sorted row by row" in plan
    assert "<Category at 0x> before <Category at 0x> (Category.children)" in plan
    assert "save Category in 2 batches" in plan


def test_a_plan_writes_nothing_and_comes_true(session: Any) -> None:
    session.add_all([Customer(name=str(n)) for n in range(30)])
    engine = session.get_bind()
    with statements(engine) as seen:
        plan = session.flush_plan()
    assert seen == []
    assert plan.count_of("insert", Customer) == 30
    assert "… and 20 more" in str(plan)
    session.flush()
    assert not session.flush_plan()
