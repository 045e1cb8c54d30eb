"""Relationships as conditions and joins: membership that can be negated, aliases of aliases, loaders under a limit."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, ForeignKey, MetaData, Table, create_engine, event, func, not_, or_, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    foreign,
    immediateload,
    joinedload,
    mapped_column,
    relationship,
    remote,
    selectinload,
    subqueryload,
)


class Base(DeclarativeBase):
    pass


between = Table(
    "between", Base.metadata, Column("order_id", ForeignKey("orders.id")), Column("item_id", ForeignKey("item.id"))
)


class Item(Base):
    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    orders: Mapped[list[Order]] = relationship()


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    items: Mapped[list[Item]] = relationship(secondary=between)


class Node(Base):
    __tablename__ = "node"

    name: Mapped[str] = mapped_column(primary_key=True)
    parent_name: Mapped[str | None] = mapped_column(ForeignKey("node.name"))
    parent: Mapped[Node | None] = relationship(remote_side=name)
    below: Mapped[list[Node]] = relationship(
        viewonly=True,
        order_by=name,
        primaryjoin=lambda: remote(foreign(Node.name)).like(Node.name.concat("/%")),
    )


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        items = [Item(id=n) for n in range(1, 6)]
        made.add_all([Order(id=1, items=items[:3]), Order(id=2, items=items[:3]), Order(id=3, items=items[2:])])
        made.add_all([Order(id=4, items=items[:1]), Order(id=5, items=items[4:]), User(id=1)])
        made.add(Node(name="/a/b/c", parent=Node(name="/a/b", parent=Node(name="/a"))))
        made.flush()
        user = made.get_one(User, 1)
        user.orders.append(made.get_one(Order, 1))
        made.flush()
        yield made
    engine.dispose()


def ids(session: Any, *where: Any) -> list[int]:
    return list(session.scalars(select(Order.id).where(*where).order_by(Order.id)))


def test_contains_of_many_to_many(session: Session) -> None:
    third, fifth = session.get_one(Item, 3), session.get_one(Item, 5)
    assert ids(session, Order.items.contains(third)) == [1, 2, 3]
    assert ids(session, ~Order.items.contains(third)) == [4, 5]
    assert ids(session, Order.items.contains(third), Order.items.contains(fifth)) == [3]
    assert ids(session, not_(Order.items.contains(third)), Order.items.contains(fifth)) == [5]
    assert ids(session, or_(Order.items.contains(third), Order.items.contains(fifth))) == [1, 2, 3, 5]
    other = aliased(Order)
    found = session.scalars(select(other.id).where(~other.items.contains(third)).order_by(other.id)).all()
    assert found == [4, 5]


def test_aliases_of_aliases_have_their_own_columns(session: Session) -> None:
    parent, above = aliased(Node), aliased(Node)
    inner = (
        select(Node, parent, above).join(parent, Node.parent).join(above, parent.parent).where(Node.name == "/a/b/c")
    ).subquery()
    statement = select(aliased(Node, inner), aliased(parent, inner), aliased(above, inner))
    assert [node.name for node in session.execute(statement).one()] == ["/a/b/c", "/a/b", "/a"]


@pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload, immediateload])
def test_one_row_of_a_relationship_to_itself(session: Session, load: Any) -> None:
    session.expunge_all()
    found = session.query(Node).filter_by(name="/a").options(load(Node.below)).first()
    assert found is not None
    assert [node.name for node in found.below] == ["/a/b", "/a/b/c"]


def test_a_join_goes_on_from_columns_given_up() -> None:
    statement = select(User).join(Order).with_only_columns(Order.id)
    assert str(statement) == "SELECT orders.id \nFROM users JOIN orders ON users.id = orders.user_id"
    counted = select(User).join(User.orders).with_only_columns(func.count(Order.id))
    assert str(counted).endswith("FROM users JOIN orders ON users.id = orders.user_id")


@pytest.mark.parametrize("load", [selectinload, subqueryload, immediateload])
def test_loaders_have_the_options_of_the_execution(session: Session, load: Any) -> None:
    session.expunge_all()
    seen = []
    engine = session.get_bind()

    def note(connection: Any, cursor: Any, statement: Any, parameters: Any, context: Any, many: Any) -> None:
        seen.append(context.execution_options.get("purpose"))

    event.listen(engine, "before_cursor_execute", note)
    session.scalars(select(User).options(load(User.orders)), execution_options={"purpose": "report"}).all()
    assert seen == ["report", "report"]


@pytest.mark.parametrize("load", [selectinload, subqueryload, joinedload, immediateload])
def test_loaders_translate_schemas(load: Any) -> None:
    class Tenant(DeclarativeBase):
        metadata = MetaData(schema="tenant")

    class Parent(Tenant):
        __tablename__ = "parent"

        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list[Child]] = relationship("Child")

    class Child(Tenant):
        __tablename__ = "child"

        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("tenant.parent.id"))

    options = {"schema_translate_map": {"tenant": None}}
    engine = create_engine("sqlite://")
    with engine.connect().execution_options(**options) as connection:
        Tenant.metadata.create_all(connection)
        connection.commit()
    with Session(engine.execution_options(**options)) as session:
        session.add(Parent(children=[Child()]))
        session.commit()
    with Session(engine) as session:
        statement = select(Parent).options(load(Parent.children))
        found = session.scalars(statement, execution_options=options).unique().one()
        assert len(found.children) == 1
    engine.dispose()
