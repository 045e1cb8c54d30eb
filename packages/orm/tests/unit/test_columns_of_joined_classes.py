"""Columns of a class that is kept in several tables, inside of expressions and beside those of its bases: the statement
joins the tables rather than multiplying their rows.
"""

from __future__ import annotations

from typing import Any

import pytest

from lect import (
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    case,
    cast,
    create_engine,
    exists,
    func,
    literal,
    select,
    tuple_,
    union,
)
from lect.exc import InvalidRequestError
from lect_orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    mapped_column,
    polymorphic_union,
    relationship,
    with_polymorphic,
)
from lect_orm.ext.declarative import AbstractConcreteBase


class Base(DeclarativeBase):
    pass


class Firm(Base):
    __tablename__ = "jc_firm"

    id: Mapped[int] = mapped_column(primary_key=True)
    people: Mapped[list[Person]] = relationship()


class Person(Base):
    __tablename__ = "jc_person"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("jc_firm.id"))


class Coder(Person):
    __tablename__ = "jc_coder"
    __mapper_args__ = {"polymorphic_identity": "coder"}

    id: Mapped[int] = mapped_column(ForeignKey("jc_person.id"), primary_key=True)
    language: Mapped[str]


class Leader(Person):
    __tablename__ = "jc_leader"
    __mapper_args__ = {"polymorphic_identity": "leader"}

    id: Mapped[int] = mapped_column(ForeignKey("jc_person.id"), primary_key=True)
    budget: Mapped[int]


class Owner(Leader):
    __tablename__ = "jc_owner"
    __mapper_args__ = {"polymorphic_identity": "owner"}

    id: Mapped[int] = mapped_column(ForeignKey("jc_leader.id"), primary_key=True)
    shares: Mapped[int]


boats = Table("jc_boat", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
ferries = Table("jc_ferry", Base.metadata, *[c._copy() for c in boats.c], Column("cars", Integer))
tugs = Table("jc_tug", Base.metadata, *[c._copy() for c in boats.c], Column("power", Integer))
fleet = polymorphic_union({"boat": boats, "ferry": ferries, "tug": tugs}, "type", "fleet")


class Boat(Base):
    __table__ = boats
    __mapper_args__ = {
        "polymorphic_on": fleet.c.type,
        "with_polymorphic": ("*", fleet),
        "polymorphic_identity": "boat",
    }


class Ferry(Boat):
    __table__ = ferries
    __mapper_args__ = {"concrete": True, "polymorphic_identity": "ferry"}


class Tug(Boat):
    __table__ = tugs
    __mapper_args__ = {"concrete": True, "polymorphic_identity": "tug"}


class Plant(AbstractConcreteBase, Base):
    pass


class Tree(Plant):
    __tablename__ = "jc_tree"
    __mapper_args__ = {"polymorphic_identity": "tree", "concrete": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    height: Mapped[int]


class Herb(Plant):
    __tablename__ = "jc_herb"
    __mapper_args__ = {"polymorphic_identity": "herb", "concrete": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@pytest.fixture(scope="module")
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        people = [
            Person(id=1, name="x"),
            Coder(id=2, name="x", language="C"),
            Leader(id=3, name="x", budget=5),
            Leader(id=4, name="y", budget=7),
            Owner(id=5, name="x", budget=3, shares=1),
        ]
        made.add_all(
            [
                Firm(id=1, people=people),
                Firm(id=2),
                Boat(id=1, name="a"),
                Ferry(id=1, name="a", cars=9),
                Ferry(id=2, name="b", cars=4),
                Tug(id=1, name="a", power=8),
                Tree(id=1, name="a", height=3),
                Herb(id=1, name="a"),
            ]
        )
        made.commit()
        yield made
    engine.dispose()


def rows(session: Any, statement: Any) -> list[Any]:
    return sorted(map(tuple, session.execute(statement).all()), key=str)


PLAIN = {
    "label": (lambda: select(Leader.budget.label("b"), Leader.name.label("n")), [(3, "x"), (5, "x"), (7, "y")]),
    "operator": (lambda: select(Leader.budget + 1).where(Leader.name == "x"), [(4,), (6,)]),
    "function": (lambda: select(func.max(Leader.budget)).where(Leader.name == "x"), [(5,)]),
    "function of the base's column": (lambda: select(func.count(Leader.name)), [(3,)]),
    "function over two": (lambda: select(func.sum(Owner.shares)).where(Owner.budget > 1), [(1,)]),
    "case": (
        lambda: select(case((Leader.budget > 4, Leader.name), else_="n")).order_by(Leader.id),
        [("n",), ("x",), ("y",)],
    ),
    "scalar subquery": (
        lambda: select(Firm.id, select(func.sum(Leader.budget)).where(Leader.firm_id == Firm.id).scalar_subquery()),
        [(1, 15), (2, None)],
    ),
    "exists": (lambda: select(Firm.id).where(exists(Leader.budget).where(Leader.firm_id == Firm.id)), [(1,)]),
    "window": (
        lambda: select(func.row_number().over(partition_by=Leader.name, order_by=Leader.budget)),
        [(1,), (1,), (2,)],
    ),
    "flat alias": (
        lambda: (lambda a: select(func.max(a.budget)).where(a.name == "x"))(aliased(Leader, flat=True)),
        [(5,)],
    ),
    "bundle": (
        lambda: select(Bundle("b", Leader.budget, func.lower(Leader.name))).where(Leader.id == 3),
        [((5, "x"),)],
    ),
}


@pytest.mark.parametrize("form", PLAIN)
def test_a_class_of_several_tables(session: Any, form: str) -> None:
    make, wanted = PLAIN[form]
    assert rows(session, make()) == wanted


POLYMORPHIC: dict[str, tuple[Any, list[Any]]] = {
    "attribute": (lambda w: select(w.Leader.budget).where(w.name == "x"), [(3,), (5,), (None,), (None,)]),
    "label": (lambda w: select(w.Leader.budget.label("b")).where(w.name == "x"), [(3,), (5,), (None,), (None,)]),
    "operator": (lambda w: select(w.Leader.budget + 1).where(w.name == "y"), [(8,)]),
    "two sides": (
        lambda w: select(w.name + cast(w.Leader.budget, String)),
        [("x3",), ("x5",), ("y7",), (None,), (None,)],
    ),
    "function": (lambda w: select(func.sum(w.Leader.budget)).where(w.name == "x"), [(8,)]),
    "two functions": (lambda w: select(func.max(w.Leader.budget), func.max(w.name)), [(7, "y")]),
    "constant": (lambda w: select(literal(1)).where(w.Leader.budget > 4, w.name == "x"), [(1,)]),
    "group": (lambda w: select(func.count(w.Leader.budget)).group_by(w.name), [(1,), (2,)]),
    "having": (
        lambda w: select(w.Leader.budget).group_by(w.Leader.budget).having(func.max(w.name) == "y"),
        [(7,)],
    ),
    "subquery": (
        lambda w: select(select(func.sum(w.Leader.budget).label("s")).where(w.name == "x").subquery()),
        [(8,)],
    ),
    "scalar subquery": (
        lambda w: select(select(func.sum(w.Leader.budget)).where(w.name == "x").scalar_subquery()),
        [(8,)],
    ),
    "tuple": (lambda w: select(w.name).where(tuple_(w.Leader.budget, w.name).in_([(5, "x"), (7, "x")])), [("x",)]),
    "union": (
        lambda w: union(select(w.Leader.budget).where(w.name == "y"), select(w.Leader.id).where(w.name == "y")),
        [(4,), (7,)],
    ),
    "join": (
        lambda w: select(Firm.id, func.count(w.Leader.budget)).join(Firm.people.of_type(w)).group_by(Firm.id),
        [(1, 3)],
    ),
    "of another class": (lambda w: select(w.Leader.budget).where(w.Coder.language == "C"), [(None,)]),
}


@pytest.mark.parametrize("how", ["plain", "flat", "aliased"])
@pytest.mark.parametrize("form", POLYMORPHIC)
def test_with_polymorphic(session: Any, form: str, how: str) -> None:
    make, wanted = POLYMORPHIC[form]
    made = with_polymorphic(Person, "*", flat=how == "flat", aliased=how == "aliased")
    assert rows(session, make(made)) == wanted


def test_tables_that_are_there_already_are_not_joined_again() -> None:
    statement = select(func.sum(Leader.budget)).select_from(Leader.__table__).where(Leader.budget > 4)
    assert str(statement).count("JOIN") == 0
    assert str(select(literal(1)).where(Leader.budget > 4)).endswith(
        "FROM jc_leader \nWHERE jc_leader.budget > :budget_1"
    )


def test_a_part_of_a_polymorphic_alias_has_its_own_columns(session: Any) -> None:
    people = with_polymorphic(Person, "*")
    text = str(select(people.Leader))
    assert "jc_coder.language" not in text.split("FROM")[0]
    assert "jc_owner.shares" in text.split("FROM")[0]
    found = session.scalars(select(people.Leader).where(people.Leader.id > 0).order_by(people.id)).all()
    assert [(type(p), p.budget) for p in found] == [(Leader, 5), (Leader, 7), (Owner, 3)]


@pytest.mark.parametrize("name", [None, "alias"])
def test_a_class_of_a_union_is_no_other_class(session: Any, name: str | None) -> None:
    boat = with_polymorphic(Boat, "*", name=name)
    assert [b.cars for b in session.scalars(select(boat.Ferry).where(boat.name == "a"))] == [9]
    pairs = rows(session, select(boat.name, boat.Ferry.cars).where(boat.name == "b"))
    assert pairs == [("b", 4)]
    with pytest.raises(
        InvalidRequestError, match=r"refers to Mapper\[Tug.*not a sub-mapper of the requested Mapper\[Ferry"
    ):
        session.execute(select(boat, boat.Ferry).where(boat.name == "a", boat.Tug.power == 8)).all()


def test_a_class_of_the_union_of_an_abstract_base(session: Any) -> None:
    plant = with_polymorphic(Plant, "*")
    assert [(type(t), t.height) for t in session.scalars(select(plant.Tree).where(plant.name == "a"))] == [(Tree, 3)]


def test_a_join_to_a_class_that_conditions_name(session: Any) -> None:
    """The tables of what is joined are nothing that it could be joined to."""
    for statement in (
        select(Firm.id).join(Leader).where(Leader.budget > 6),
        select(Firm.id).join(Owner).where(Owner.shares == 1, Owner.name == "x"),
        select(Firm.id).join(Leader.__table__.join(Person.__table__)).where(Leader.budget > 6),
    ):
        assert session.scalars(statement).all() == [1]


def test_one_class_beside_its_base(session: Any) -> None:
    people = with_polymorphic(Person, Coder)
    assert session.scalars(select(people.Coder.language).where(people.name == "x", people.id == 2)).all() == ["C"]


def test_two_classes_that_share_a_table_are_joined_by_an_alias(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"table 'jc_person' is joined twice under one name.*aliased\(Class"):
        session.execute(select(Leader).join(Coder, Coder.firm_id == Leader.firm_id))
    coder = aliased(Coder, flat=True)
    pairs = select(Leader.name, coder.language).join(coder, coder.firm_id == Leader.firm_id).where(Leader.budget > 6)
    assert session.execute(pairs).all() == [("y", "C")]
