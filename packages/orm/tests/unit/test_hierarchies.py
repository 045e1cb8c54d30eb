"""Classes that inherit, as they are declared: conditions and discriminators over columns of the class body."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from lect import ForeignKey, String, case, create_engine, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    configure_mappers,
    mapped_column,
    selectin_polymorphic,
)


def test_a_discriminator_computed_from_columns_of_the_class_body() -> None:
    class Base(DeclarativeBase):
        pass

    class Animal(Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str] = mapped_column(String(5))
        kind: Mapped[str] = column_property(
            case(
                (code == "D", "dog"),
                (code.in_(["C"]), "cat"),
                (code.like("B%"), "bird"),
                (code.between("F", "G"), "fish"),
                else_="animal",
            )
        )
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}

    class Dog(Animal):
        __mapper_args__ = {"polymorphic_identity": "dog"}

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Animal(code="X"), Dog(code="D")])
        session.commit()
        found = session.scalars(select(Animal).order_by(Animal.code)).all()
        assert [(type(a).__name__, a.kind) for a in found] == [("Dog", "dog"), ("Animal", "animal")]
    engine.dispose()


@pytest.mark.parametrize("foreign_keys", [False, True])
def test_an_inherit_condition_over_attributes(foreign_keys: bool) -> None:
    class Base(DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)

    with warnings.catch_warnings():
        warnings.simplefilter("error")

        class Engineer(Person):
            __tablename__ = "engineer"
            id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
            boss_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
            __mapper_args__ = {
                "inherit_condition": id == Person.id,
                **({"inherit_foreign_keys": [id]} if foreign_keys else {}),
            }

        configure_mappers()
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Engineer())
        session.commit()
        assert session.scalars(select(Engineer.id)).all() == session.scalars(select(Person.id)).all()
    engine.dispose()


def test_an_option_leaves_classes_that_are_always_completed() -> None:
    class Base(DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        type: Mapped[str] = mapped_column(String(10))
        __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "person"}

    class Engineer(Person):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        language: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    class Manager(Person):
        __tablename__ = "manager"
        id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        golf: Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "manager", "polymorphic_load": "selectin"}

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Engineer(language="SQL"), Manager(golf=5)])
        session.commit()
        session.expunge_all()
        statement = select(Person).order_by(Person.id).options(selectin_polymorphic(Person, [Engineer]))
        loaded: list[Any] = [vars(person) for person in session.scalars(statement)]
        assert loaded[0]["language"] == "SQL"
        assert loaded[1]["golf"] == 5
    engine.dispose()
