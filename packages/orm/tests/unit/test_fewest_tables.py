"""Columns that are read later come from the tables of the class that have them, and from no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from shop import statements

from lect import ForeignKey, ForeignKeyConstraint, create_engine, delete, func, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    joinedload,
    load_only,
    mapped_column,
    relationship,
)
from lect_orm.exc import ObjectDeletedError


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "ft_thing"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    notes: Mapped[str | None] = mapped_column(deferred=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("ft_thing.id"))
    parts: Mapped[list[Thing]] = relationship()


class Vehicle(Thing):
    __tablename__ = "ft_vehicle"
    __mapper_args__ = {"polymorphic_identity": "vehicle"}

    id: Mapped[int] = mapped_column("vehicle_id", ForeignKey("ft_thing.id"), primary_key=True)
    wheels: Mapped[int]
    manual: Mapped[str | None] = mapped_column(deferred=True)


class Truck(Vehicle):
    __tablename__ = "ft_truck"
    __mapper_args__ = {"polymorphic_identity": "truck"}

    id: Mapped[int] = mapped_column(ForeignKey("ft_vehicle.vehicle_id"), primary_key=True)
    load: Mapped[int]
    papers: Mapped[str | None] = mapped_column(deferred=True)


class Van(Truck):
    __mapper_args__ = {"polymorphic_identity": "van"}


class Stock(Base):
    __tablename__ = "ft_stock"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "stock"}

    hall: Mapped[int] = mapped_column(primary_key=True)
    shelf: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    label: Mapped[str]


class Cold(Stock):
    __tablename__ = "ft_cold"
    __table_args__ = (ForeignKeyConstraint(["hall", "shelf"], ["ft_stock.hall", "ft_stock.shelf"]),)
    __mapper_args__ = {"polymorphic_identity": "cold"}

    hall: Mapped[int] = mapped_column(primary_key=True)
    shelf: Mapped[int] = mapped_column(primary_key=True)
    degrees: Mapped[int]


class Loose(Base):
    """A class whose subclass's table has a key of its own beside the reference to the base."""

    __tablename__ = "ft_loose"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "loose"}

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    label: Mapped[str]


class Looser(Loose):
    __tablename__ = "ft_looser"
    __mapper_args__ = {"polymorphic_identity": "looser"}

    own: Mapped[int] = mapped_column(primary_key=True)
    of: Mapped[int] = mapped_column(ForeignKey("ft_loose.number"))
    size: Mapped[int]


truck, thing, vehicle = Truck.__table__, Thing.__table__, Vehicle.__table__
Truck.double = column_property(truck.c.load * 2, deferred=True)
Truck.shown = column_property(thing.c.name + func.hex(truck.c.load), deferred=True)
Truck.count = column_property(
    select(func.count()).select_from(thing.alias()).where(vehicle.c.wheels > 1).scalar_subquery(), deferred=True
)


@pytest.fixture
def engine() -> Any:
    made = create_engine("sqlite://")
    Base.metadata.create_all(made)
    with Session(made) as session, session.begin():
        session.add_all(
            [
                Vehicle(id=1, name="v", wheels=3, manual="m"),
                Truck(id=2, name="t", wheels=6, manual="n", load=7, papers="p", notes="o"),
                Van(id=3, name="w", wheels=4, load=1),
                Cold(hall=1, shelf=2, label="c", degrees=4),
                Looser(number=1, own=9, label="l", size=5),
            ]
        )
    yield made
    made.dispose()


def tables(texts: list[str]) -> list[list[str]]:
    """Return the tables of each statement, without their prefix."""
    found = []
    for text in texts:
        source = " ".join(text.split()).split(" FROM ")[-1].split(" WHERE ")[0]
        found.append(
            [word.removeprefix("ft_") for word in source.split() if word.startswith("ft_") and "." not in word]
        )
    return found


def check(engine: Any, get: Callable[[Any], Any], read: Callable[[Any], Any], value: Any, wanted: list[str]) -> None:
    with Session(engine) as session:
        obj = get(session)
        with statements(engine) as texts:
            assert read(obj) == value
        assert tables(texts) == [wanted], texts


def as_thing(key: int) -> Callable[[Any], Any]:
    return lambda session: session.scalars(select(Thing).where(Thing.id == key)).one()


def expired(cls: Any, key: Any, *names: str) -> Callable[[Any], Any]:
    def get(session: Any) -> Any:
        obj = session.get(cls, key)
        session.expire(obj, names or None)
        return obj

    return get


def test_columns_of_a_subclass(engine: Any) -> None:
    check(engine, as_thing(1), lambda v: v.wheels, 3, ["vehicle"])
    check(engine, as_thing(2), lambda t: (t.load, t.wheels), (7, 6), ["vehicle", "truck"])
    check(engine, as_thing(3), lambda t: (t.load, t.wheels), (1, 4), ["vehicle", "truck"])


def test_a_deferred_column_of_a_subclass_waits_until_it_is_read(engine: Any) -> None:
    with Session(engine) as session:
        found = as_thing(2)(session)
        assert found.load == 7
        assert "papers" not in found.__dict__ and "manual" not in found.__dict__ and "count" not in found.__dict__
        with statements(engine) as texts:
            assert (found.papers, found.manual) == ("p", "n")
        assert tables(texts) == [["truck"], ["vehicle"]]


def test_deferred_columns(engine: Any) -> None:
    def get(session: Any) -> Any:
        return session.get(Truck, 2)

    check(engine, get, lambda t: t.papers, "p", ["truck"])
    check(engine, get, lambda t: t.manual, "n", ["vehicle"])
    check(engine, get, lambda t: t.notes, "o", ["thing"])
    check(engine, get, lambda t: t.double, 14, ["truck"])
    check(engine, get, lambda t: t.shown, "t37", ["thing", "truck"])


def test_a_subquery_may_refer_to_any_table(engine: Any) -> None:
    with Session(engine) as session:
        assert session.get(Truck, 2).count == 3


def test_expired_columns(engine: Any) -> None:
    check(engine, expired(Truck, 2, "name"), lambda t: t.name, "t", ["thing"])
    check(engine, expired(Truck, 2, "load"), lambda t: t.load, 7, ["truck"])
    check(engine, expired(Van, 3, "load"), lambda t: t.load, 1, ["truck"])
    check(engine, expired(Truck, 2, "name", "load"), lambda t: (t.name, t.load), ("t", 7), ["thing", "truck"])
    check(engine, expired(Truck, 2, "id"), lambda t: t.id, 2, ["thing"])
    check(engine, expired(Truck, 2), lambda t: t.load, 7, ["thing", "vehicle", "truck"])


def test_keys_of_several_columns_and_of_other_names(engine: Any) -> None:
    check(engine, expired(Cold, (1, 2), "degrees"), lambda c: c.degrees, 4, ["cold"])
    check(engine, expired(Cold, (1, 2), "label"), lambda c: c.label, "c", ["stock"])
    check(engine, expired(Looser, 1, "size"), lambda c: c.size, 5, ["looser"])
    check(engine, expired(Looser, 1, "own"), lambda c: c.own, 9, ["looser"])
    check(engine, expired(Looser, 1, "label", "size"), lambda c: (c.label, c.size), ("l", 5), ["loose", "looser"])


def test_refresh(engine: Any) -> None:
    with Session(engine) as session:
        found = session.get(Truck, 2)
        session.connection().execute(truck.update().values(load=8))
        with statements(engine) as texts:
            session.refresh(found, ["load"])
            session.refresh(found, ["name", "wheels"])
            session.refresh(found)
        assert tables(texts) == [["truck"], ["thing", "vehicle"], ["thing", "vehicle", "truck"]]
        assert found.load == 8


def test_columns_left_out_by_an_option(engine: Any) -> None:
    check(
        engine,
        lambda session: session.scalars(select(Truck).where(Truck.id == 2).options(load_only(Truck.load))).one(),
        lambda t: t.name,
        "t",
        ["thing"],
    )


def test_a_row_that_is_gone(engine: Any) -> None:
    with Session(engine) as session:
        found = as_thing(2)(session)
        session.connection().execute(delete(truck).where(truck.c.id == 2))
        with pytest.raises(ObjectDeletedError):
            found.load


def test_a_change_stays(engine: Any) -> None:
    with Session(engine) as session:
        found = session.get(Truck, 2)
        found.name = "changed"
        session.expire(found, ["load"])
        assert (found.load, found.name) == (7, "changed")
        session.commit()
        assert session.scalar(select(Truck.name).where(Truck.id == 2)) == "changed"


def test_behind_a_joined_collection(engine: Any) -> None:
    with Session(engine) as session:
        session.add(Thing(id=10, name="whole", parts=[session.get(Truck, 2), session.get(Vehicle, 1)]))
        session.commit()
        session.expunge_all()
        whole = select(Thing).where(Thing.id == 10).options(joinedload(Thing.parts))
        found = session.scalars(whole).unique().one()
        with statements(engine) as texts:
            assert sorted(p.wheels for p in found.parts) == [3, 6]
        assert sorted(tables(texts)) == [["vehicle"], ["vehicle", "truck"]]
