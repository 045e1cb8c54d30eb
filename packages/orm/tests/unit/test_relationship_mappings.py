"""Mappings of relationships that are less ordinary, and when they are settled."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, String, Table, create_engine, exc, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    configure_mappers,
    immediateload,
    joinedload,
    lazyload,
    mapped_column,
    registry,
    relationship,
    selectinload,
    subqueryload,
)


@pytest.fixture
def Base() -> Any:
    class Base(DeclarativeBase):
        pass

    yield Base
    Base.registry.dispose()


def session_of(metadata: Any) -> Session:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    return Session(engine)


def test_a_join_stands_between_that_has_the_target_in_it() -> None:
    metadata, mappers = MetaData(), registry()
    d = Table("d", metadata, Column("id", Integer, primary_key=True), Column("name", String(10)))
    b = Table("b", metadata, Column("id", Integer, primary_key=True), Column("d_id", ForeignKey("d.id")))
    a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("b_id", ForeignKey("b.id")))
    c = Table("c", metadata, Column("a_id", ForeignKey("a.id")), Column("d_id", ForeignKey("d.id")))
    between = b.join(d, b.c.d_id == d.c.id).join(c, c.c.d_id == d.c.id)
    A, D = type("A", (), {}), type("D", (), {})
    mappers.map_imperatively(
        A,
        a,
        properties={
            "d": relationship(
                D,
                secondary=between,
                primaryjoin=(a.c.b_id == b.c.id) & (a.c.id == c.c.a_id),
                secondaryjoin=d.c.id == b.c.d_id,
                uselist=False,
                viewonly=True,
            )
        },
    )
    mappers.map_imperatively(D, d)
    session = session_of(metadata)
    run = session.connection().exec_driver_sql
    run("INSERT INTO d VALUES (1, 'd1'), (2, 'd2')")
    run("INSERT INTO b VALUES (1, 1), (2, 1), (3, 2), (4, 2)")
    run("INSERT INTO a VALUES (1, 1), (2, 2), (3, 3), (4, 4)")
    run("INSERT INTO c VALUES (1, 1), (2, 2), (2, 1), (4, 2)")
    expected = {1: "d1", 2: "d1", 3: None, 4: "d2"}
    rows = session.execute(select(A.id, D.name).outerjoin(A.d)).all()
    assert dict(rows) == expected
    for options in ((), (joinedload(A.d),)):
        session.expunge_all()
        found = session.scalars(select(A).options(*options)).unique().all()
        assert {one.id: one.d and one.d.name for one in found} == expected
    mappers.dispose()


def test_a_column_that_equals_itself_is_not_taken_away(Base: Any) -> None:
    class Employee(Base):
        __tablename__ = "employee"
        company: Mapped[int] = mapped_column(primary_key=True)
        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        boss_id: Mapped[int | None] = mapped_column()
        __table_args__ = (ForeignKeyConstraint(["company", "boss_id"], ["employee.company", "employee.id"]),)
        boss = relationship("Employee", remote_side=[company, id], back_populates="team")
        team = relationship("Employee", remote_side=[company, boss_id], back_populates="boss")

    with session_of(Base.metadata) as session:
        first = Employee(company=1, id=1, boss=None)
        session.add_all([first, Employee(company=1, id=2, boss=first), Employee(company=2, id=1, boss=None)])
        session.commit()
        second = session.get_one(Employee, (1, 2))
        assert second.boss is first and first.team == [second]
        second.boss = None
        session.commit()
        assert (second.company, second.boss_id, first.team) == (1, None, [])


def test_a_statement_is_made_before_all_classes_are_there(Base: Any) -> None:
    class Early(Base):
        __tablename__ = "early"
        id: Mapped[int] = mapped_column(primary_key=True)
        late: Mapped[list[Any]] = relationship("Late")

    statement = select(Early).join(Early.late).where(Early.id > 1)

    class Counted(Base):
        __tablename__ = "counted"
        id: Mapped[int] = mapped_column(primary_key=True)
        known = column_property(select(Early.id).correlate_except(Early).limit(1).scalar_subquery())

    class Late(Base):
        __tablename__ = "late"
        id: Mapped[int] = mapped_column(primary_key=True)
        early_id: Mapped[int] = mapped_column(ForeignKey("early.id"))

    assert "(SELECT early.id" in str(select(Counted))
    assert " ".join(str(statement).split()) == (
        "SELECT early.id FROM early JOIN late ON early.id = late.early_id WHERE early.id > :id_1"
    )


def test_a_backref_takes_a_foreign_key_that_is_one_column() -> None:
    metadata, mappers = MetaData(), registry()
    user = Table("user", metadata, Column("id", Integer, primary_key=True))
    address = Table("address", metadata, Column("id", Integer, primary_key=True), Column("user_id", Integer))
    User, Address = type("User", (), {}), type("Address", (), {})
    mappers.map_imperatively(
        User,
        user,
        properties={
            "addresses": relationship(
                Address,
                primaryjoin=address.c.user_id == user.c.id,
                foreign_keys=address.c.user_id,
                backref="user",
            )
        },
    )
    mappers.map_imperatively(Address, address)
    mappers.configure()
    one = User(addresses=[Address()])
    assert one.addresses[0].user is one
    mappers.dispose()


def test_secondary_is_a_name_and_nothing_is_evaluated(Base: Any) -> None:
    Table("pairs", Base.metadata, Column("a_id", ForeignKey("a.id")), Column("b_id", ForeignKey("b.id")))

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs = relationship("B", secondary="pairs.c.a_id.table")

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(exc.InvalidRequestError, match=r"secondary table 'pairs.c.a_id.table' .* not found"):
        configure_mappers()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"order_by": ["id"]}, "Column expression expected for argument 'order_by'; got 'id'"),
        ({"foreign_keys": ["a_id"]}, "Column expression expected for argument 'foreign_keys'; got 'a_id'"),
        ({"primaryjoin": False}, "SQL expression expected for argument 'primaryjoin'; got False"),
        ({"back_populates": object()}, "Invalid back_populates value: <object"),
    ],
)
def test_arguments_that_are_no_columns(Base: Any, arguments: Any, message: str) -> None:
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs = relationship("B", **arguments)

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    with pytest.raises(exc.ArgumentError, match=message):
        Base.registry.configure()


def test_a_remote_column_of_this_side_is_told(Base: Any) -> None:
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs = relationship("B", remote_side="A.id")

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    with pytest.warns(exc.LectWarning, match=r"Expression a.id is marked as 'remote', but these column\(s\) are local"):
        Base.registry.configure()


def test_columns_all_of_one_side_join_nothing(Base: Any) -> None:
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs = relationship("B", remote_side="[A.id, B.a_id]", viewonly=True)

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    with pytest.raises(exc.ArgumentError, match="could not determine any unambiguous local/remote column pairs"):
        Base.registry.configure()


def test_a_reference_that_is_a_list(Base: Any) -> None:
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[int | None] = mapped_column(ForeignKey("b.id"))
        bs = relationship("B", uselist=True)

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)

    with session_of(Base.metadata) as session:
        session.add(B(id=1))
        session.add(A(id=1, b_id=1, bs=[]))
        session.commit()
        assert session.get_one(A, 1).b_id == 1


def test_a_query_settles_its_classes() -> None:
    """The other side of a relationship is there once a class has been asked for."""
    mappers = registry()
    left = Table("qs_left", mappers.metadata, Column("id", Integer, primary_key=True))
    right = Table(
        "qs_right",
        mappers.metadata,
        Column("id", Integer, primary_key=True),
        Column("left_id", ForeignKey("qs_left.id")),
    )

    class Left:
        pass

    class Right:
        pass

    mappers.map_imperatively(Left, left, properties={"rights": relationship(Right, backref="left")})
    mappers.map_imperatively(Right, right)
    assert not hasattr(Right, "left")
    query = Session().query(Right)
    assert "JOIN qs_left" in str(query.options(joinedload(Right.left)))  # type: ignore[attr-defined]
    mappers.dispose()


RANGES = {
    "between": (
        "foreign(remote(Address.ip)).between(Network.low, Network.high)",
        {1: [9], 2: [15, 17], 3: [15, 17, 27]},
    ),
    "between and equality": (
        "and_(Network.zone == foreign(remote(Address.zone)), "
        "foreign(remote(Address.ip)).between(Network.low, Network.high))",
        {1: [9], 2: [15], 3: [17, 27]},
    ),
    "sum": ("Network.low + Network.high == foreign(remote(Address.ip))", {1: [15], 2: [40], 3: []}),
}


@pytest.mark.parametrize("load", [lazyload, immediateload, joinedload, selectinload, subqueryload])
@pytest.mark.parametrize("condition", RANGES)
def test_a_column_is_compared_with_two_of_the_other_side(Base: Any, condition: str, load: Any) -> None:
    text, expected = RANGES[condition]

    class Network(Base):
        __tablename__ = "network"
        id: Mapped[int] = mapped_column(primary_key=True)
        zone: Mapped[int]
        low: Mapped[int]
        high: Mapped[int]
        addresses: Mapped[list[Address]] = relationship(
            "Address", primaryjoin=text, viewonly=True, order_by="Address.ip"
        )

    class Address(Base):
        __tablename__ = "address"
        ip: Mapped[int] = mapped_column(primary_key=True)
        zone: Mapped[int]

    with session_of(Base.metadata) as session:
        for id_, zone, low, high in ((1, 1, 6, 9), (2, 1, 15, 25), (3, 2, 15, 35)):
            session.add(Network(id=id_, zone=zone, low=low, high=high))
        session.add_all([Address(ip=ip, zone=zone) for ip, zone in ((9, 1), (15, 1), (17, 2), (27, 2), (40, 1))])
        session.commit()
        found = session.scalars(select(Network).options(load(Network.addresses))).unique()
        assert {n.id: [a.ip for a in n.addresses] for n in found} == expected
        joined = session.execute(select(Network.id, Address.ip).join(Network.addresses).order_by(Address.ip)).all()
        assert {id_: [ip for i, ip in joined if i == id_] for id_ in (1, 2, 3)} == expected
