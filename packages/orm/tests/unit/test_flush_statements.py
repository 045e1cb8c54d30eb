"""What a flush sends: how many statements, in which order, and what it checks."""

from __future__ import annotations

from typing import Any

import pytest
from shop import Base, Category, Customer, Document, Order, Tag, new_engine, statements

from lect import create_engine
from lect.exc import CircularDependencyError, LectWarning
from lect_orm import Session
from lect_orm.exc import FlushError, StaleDataError


@pytest.fixture
def engine() -> Any:
    return new_engine()


@pytest.fixture
def session(engine: Any) -> Any:
    with Session(engine) as session:
        yield session


def kinds(seen: list[str]) -> list[str]:
    return [" ".join(s.split()[:3]).removesuffix(" SET") for s in seen]


def test_a_graph_goes_in_few_statements(session: Any, engine: Any) -> None:
    session.add_all([Customer(name=f"c{n}", orders=[Order(text=f"o{m}") for m in range(5)]) for n in range(2000)])
    with statements(engine) as seen:
        session.flush()
    assert len([s for s in seen if "INTO customers" in s]) <= 12
    assert len([s for s in seen if "INTO orders" in s]) <= 30
    assert len(seen) <= 42
    rows = session.connection().exec_driver_sql(
        "SELECT c.name, count(*), min(o.text), max(o.text) FROM customers c JOIN orders o ON o.customer_id = c.id "
        "GROUP BY c.id ORDER BY c.id"
    )
    assert [tuple(r) for r in rows] == [(f"c{n}", 5, "o0", "o4") for n in range(2000)]


def test_objects_get_their_own_keys(session: Any) -> None:
    customers = [Customer(name=f"c{n}") for n in range(3000)]
    session.add_all(customers)
    session.flush()
    rows = dict(tuple(r) for r in session.connection().exec_driver_sql("SELECT id, name FROM customers"))
    assert {c.id: c.name for c in customers} == rows


def test_keys_given_by_the_application_need_one_executemany(session: Any, engine: Any) -> None:
    session.add_all([Customer(id=n, name=f"c{n}") for n in range(1, 1001)])
    with statements(engine) as seen:
        session.flush()
    assert kinds(seen) == ["INSERT INTO customers"]


def test_updates_are_batched_by_what_changed(session: Any, engine: Any) -> None:
    orders = [Order(text=f"o{n}") for n in range(100)]
    customer = Customer(name="c")
    session.add_all([customer, *orders])
    session.commit()
    for order in orders:
        order.text = "changed"
    for order in orders[:10]:
        order.customer = customer
    with statements(engine) as seen:
        session.flush()
    assert len([s for s in seen if s.startswith("UPDATE orders")]) == 2


def test_no_net_change_sends_nothing(session: Any, engine: Any) -> None:
    customer = Customer(name="c")
    session.add(customer)
    session.commit()
    assert customer.name == "c"
    customer.name = "d"
    customer.name = "c"
    with statements(engine) as seen:
        session.flush()
    assert seen == []


def test_many_deletes_use_in_lists(session: Any, engine: Any) -> None:
    tags = [Tag(label=str(n), orders=[]) for n in range(1000)]
    session.add_all(tags)
    session.commit()
    for tag in tags:
        session.delete(tag)
    with statements(engine) as seen:
        session.flush()
    assert len([s for s in seen if s.startswith("DELETE FROM tags")]) == 2


def test_parents_first_children_last(session: Any, engine: Any) -> None:
    customer = Customer(name="c", orders=[Order(text="o", tags=[Tag(label="t")])])
    session.add(customer)
    with statements(engine) as seen:
        session.flush()
    assert kinds(seen)[-1] == "INSERT INTO order_tag"
    assert kinds(seen).index("INSERT INTO customers") < kinds(seen).index("INSERT INTO orders")
    session.delete(customer)
    with statements(engine) as seen:
        session.flush()
    deletes = [k for k in kinds(seen) if k.startswith("DELETE")]
    assert deletes == ["DELETE FROM order_tag", "DELETE FROM orders", "DELETE FROM customers"]


def test_a_tree_is_sorted_row_by_row_in_levels(session: Any, engine: Any) -> None:
    root = Category(name="root")
    for a in range(3):
        branch = Category(name=f"b{a}", parent=root)
        for b in range(3):
            Category(name=f"l{a}{b}", parent=branch)
    session.add(root)
    with statements(engine) as seen:
        session.flush()
    assert kinds(seen) == ["INSERT INTO categories"] * 3
    session.delete(root)
    with statements(engine) as seen:
        session.flush()
    assert len([s for s in seen if s.startswith("DELETE")]) == 3


def test_rows_that_refer_to_each_other(session: Any) -> None:
    a, b = Category(name="a"), Category(name="b")
    a.parent, b.parent = b, a
    session.add_all([a, b])
    with pytest.raises(CircularDependencyError, match="Circular dependency detected"):
        session.flush()


def test_a_row_changed_by_somebody_else(session: Any) -> None:
    document = Document(title="a")
    session.add(document)
    session.commit()
    assert document.version == 1
    session.connection().exec_driver_sql("UPDATE documents SET version = 7")
    document.title = "b"
    with pytest.raises(StaleDataError, match=r"'documents' expected to update 1 row\(s\); 0 were matched"):
        session.flush()


def test_versions_count(session: Any) -> None:
    documents = [Document(title=str(n)) for n in range(3)]
    session.add_all(documents)
    session.commit()
    for document in documents:
        document.title += "!"
    session.commit()
    assert [d.version for d in documents] == [2, 2, 2]


def test_deleting_a_row_of_another_version(session: Any) -> None:
    document = Document(title="a")
    session.add(document)
    session.commit()
    document.title
    session.connection().exec_driver_sql("UPDATE documents SET version = 7")
    session.delete(document)
    with pytest.raises(StaleDataError, match="expected to delete 1"):
        session.flush()


def test_deleting_a_row_that_is_gone_warns(session: Any) -> None:
    tag = Tag(label="x")
    session.add(tag)
    session.commit()
    tag.label, tag.orders
    session.connection().exec_driver_sql("DELETE FROM tags")
    session.delete(tag)
    with pytest.warns(LectWarning, match="expected to delete 1"):
        session.flush()


def test_updating_a_row_that_is_gone(session: Any) -> None:
    tags = [Tag(label="x"), Tag(label="y")]
    session.add_all(tags)
    session.commit()
    [tag.label for tag in tags]
    session.connection().exec_driver_sql("DELETE FROM tags")
    for tag in tags:
        tag.label = "z"
    with pytest.raises(StaleDataError, match="expected to update 2"):
        session.flush()


def test_a_new_object_takes_over_the_row_of_a_deleted_one(session: Any, engine: Any) -> None:
    old = Customer(id=5, name="old")
    session.add(old)
    session.commit()
    session.delete(old)
    new = Customer(id=5, name="new")
    session.add(new)
    with statements(engine) as seen:
        session.flush()
    assert "UPDATE customers" in kinds(seen)
    assert not any(k.startswith(("DELETE", "INSERT")) for k in kinds(seen))
    session.commit()
    assert session.get(Customer, 5) is new
    assert new.name == "new"


def test_a_key_cannot_be_null(session: Any) -> None:
    from lect import Column, Integer, Table
    from lect.exc import LectWarning
    from lect_orm import registry

    class Thing:
        pass

    mapping = registry()
    table = Table("things", mapping.metadata, Column("id", Integer, primary_key=True, autoincrement=False))
    mapping.map_imperatively(Thing, table)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE things (id INTEGER)")
    with Session(engine) as other:
        other.add(Thing())
        with (
            pytest.warns(LectWarning, match="no Python-side or server-side default generator"),
            pytest.raises(FlushError, match="NULL identity key"),
        ):
            other.flush()


def test_expressions_as_values(session: Any) -> None:
    from lect import func

    customer = Customer(name=func.upper("ada"))
    session.add(customer)
    session.flush()
    assert customer.name == "ADA"
    customer.name = Customer.name + "!"
    session.flush()
    assert customer.name == "ADA!"


def test_flush_of_chosen_objects(session: Any) -> None:
    a, b = Customer(name="a"), Customer(name="b")
    session.add_all([a, b])
    session.flush([a])
    assert a not in session.new
    assert b in session.new


def test_listeners_may_change_what_is_flushed(session: Any) -> None:
    from lect import event

    def stamp(s: Any, context: Any, instances: Any) -> None:
        for obj in s.new:
            obj.name = obj.name.title()

    event.listen(session, "before_flush", stamp)
    customer = Customer(name="ada")
    session.add(customer)
    session.commit()
    assert customer.name == "Ada"


def test_tables_are_dropped_in_the_end(engine: Any) -> None:
    Base.metadata.drop_all(engine)
