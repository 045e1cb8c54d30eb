"""Concrete bases loaded from a UNION, and tables reflected later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect, select
from lect.exc import ArgumentError, InvalidRequestError
from lect_orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column, registry, relationship
from lect_orm.exc import UnmappedClassError
from lect_orm.ext.declarative import AbstractConcreteBase, ConcreteBase, DeferredReflection


@pytest.fixture
def base() -> Iterator[Any]:
    class Base(DeclarativeBase):
        registry = registry()

    yield Base
    Base.registry.dispose()


def test_concrete_base(base: Any) -> None:
    class Employee(ConcreteBase, base):  # type: ignore[misc]
        __tablename__ = "employee"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}

    class Manager(Employee):
        __tablename__ = "manager"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        car: Mapped[str | None]
        __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}

    engine = create_engine("sqlite://")
    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Employee(name="a"), Manager(name="b", car="c")])
        session.commit()
        session.expunge_all()
        # Both rows have the primary key 1, each in the space of its class.
        found = session.scalars(select(Employee).order_by(Employee.name)).all()
        assert [type(e) for e in found] == [Employee, Manager] and found[1].car == "c"
        assert [e.id for e in found] == [1, 1]
        session.expire_all()
        assert [e.name for e in found] == ["a", "b"]
        with pytest.raises(AttributeError, match="does not implement attribute 'type'"):
            found[1].type


def test_discriminator_that_is_taken(base: Any) -> None:
    class Employee(ConcreteBase, base):  # type: ignore[misc]
        __tablename__ = "employee"
        id: Mapped[int] = mapped_column(primary_key=True)
        type: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}

    with pytest.raises(InvalidRequestError, match="_concrete_discriminator_name"):
        configure_mappers()


@pytest.mark.parametrize("strict", [False, True])
def test_abstract_concrete_base(base: Any, strict: bool) -> None:
    class Document(AbstractConcreteBase, base):  # type: ignore[misc]
        strict_attrs = strict
        title: Mapped[str] = mapped_column(String(20))

    with pytest.raises(UnmappedClassError, match="mapping pending until all subclasses are defined"):
        select(Document)

    class Letter(Document):
        __tablename__ = "letter"
        id: Mapped[int] = mapped_column(primary_key=True)
        sender: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "letter", "concrete": True}

    class Bill(Document):
        __tablename__ = "bill"
        id: Mapped[int] = mapped_column(primary_key=True)
        amount: Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "bill", "concrete": True}

    base.registry.configure()
    assert inspect(Letter).inherits is inspect(Document)
    assert hasattr(Document, "amount") is not strict
    with pytest.raises(InvalidRequestError, match="polymorphic_abstract"):
        Document()
    engine = create_engine("sqlite://")
    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Letter(title="a", sender="s"), Bill(title="b", amount=3)])
        session.commit()
        session.expunge_all()
        found = session.scalars(select(Document).order_by(Document.title)).all()
        assert [(type(d).__name__, d.title) for d in found] == [("Letter", "a"), ("Bill", "b")]


@pytest.fixture
def engine() -> Any:
    engine = create_engine("sqlite://")
    metadata = MetaData()
    Table(
        "pets",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("kind", String(10)),
        Column("name", String(20)),
        Column("wings", Integer),
        Column("owner_id", ForeignKey("owners.id")),
    )
    Table("dogs", metadata, Column("id", ForeignKey("pets.id"), primary_key=True), Column("bark", String(10)))
    Table("owners", metadata, Column("id", Integer, primary_key=True))
    Table("clubs", metadata, Column("id", Integer, primary_key=True))
    Table("members", metadata, Column("o", ForeignKey("owners.id")), Column("c", ForeignKey("clubs.id")))
    metadata.create_all(engine)
    return engine


def test_deferred_reflection(base: Any, engine: Any) -> None:
    class Reflected(DeferredReflection):
        __abstract__ = True

    class Pet(Reflected, base):  # type: ignore[misc]
        __tablename__ = "pets"
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "pet"}
        owner = relationship("Owner", back_populates="pets")

    class Bird(Pet):
        wings: Mapped[int | None]
        __mapper_args__ = {"polymorphic_identity": "bird"}

    class Dog(Pet):
        __tablename__ = "dogs"
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Owner(Reflected, base):  # type: ignore[misc]
        __tablename__ = "owners"
        pets = relationship("Pet", back_populates="owner")
        clubs = relationship("Club", secondary="members")

    class Club(Reflected, base):  # type: ignore[misc]
        __tablename__ = "clubs"

    with pytest.raises(UnmappedClassError, match=r"until the \.prepare\(\) method is called"):
        Session(engine).query(Pet)
    Reflected.prepare(engine)
    with Session(engine) as session:
        session.add(Owner(pets=[Pet(name="a"), Bird(name="b", wings=2), Dog(name="c", bark="wuff")], clubs=[Club()]))
        session.commit()
        session.expunge_all()
        pets = session.scalars(select(Pet).order_by(Pet.id)).all()
        assert [type(p).__name__ for p in pets] == ["Pet", "Bird", "Dog"]
        assert pets[1].wings == 2 and pets[2].bark == "wuff" and len(pets[0].owner.clubs) == 1


def test_only_the_family_is_prepared(base: Any, engine: Any) -> None:
    class Here(DeferredReflection):
        __abstract__ = True

    class Elsewhere(DeferredReflection):
        __abstract__ = True

    class Club(Here, base):  # type: ignore[misc]
        __tablename__ = "clubs"

    class Nothing(Elsewhere, base):  # type: ignore[misc]
        __tablename__ = "nothing"

    Here.prepare(engine)
    assert inspect(Club).local_table.c.keys() == ["id"]
    with pytest.raises(InvalidRequestError, match="nothing"):
        Elsewhere.prepare(engine)


def test_prepare_takes_an_engine() -> None:
    with pytest.raises(ArgumentError, match="Expected Engine or Connection, got 'x'"):
        DeferredReflection.prepare("x")


def test_existing_column_cannot_be_known(base: Any) -> None:
    class Pet(DeferredReflection, base):  # type: ignore[misc]
        __tablename__ = "pets"

    with pytest.raises(ArgumentError, match="use_existing_column with deferred mappers"):

        class Bird(Pet):
            wings: Mapped[int] = mapped_column(use_existing_column=True)
