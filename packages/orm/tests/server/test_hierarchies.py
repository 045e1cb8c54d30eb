"""Classes that inherit, on every database: one table, joined tables, tables of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lect import Engine, ForeignKey, MetaData, String, case, func, or_, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    mapped_column,
    relationship,
    selectin_polymorphic,
    selectinload,
    with_polymorphic,
)
from lect_orm.ext.declarative import ConcreteBase

Everywhere = Callable[[MetaData, Callable[[Engine], None]], None]


class Base(DeclarativeBase):
    pass


class Shape(ConcreteBase, Base):
    __tablename__ = "inh_shape"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime | None]
    __mapper_args__ = {"polymorphic_identity": "shape", "concrete": True}


class Circle(Shape):
    __tablename__ = "inh_circle"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime | None]
    radius: Mapped[float | None]
    __mapper_args__ = {"polymorphic_identity": "circle", "concrete": True}


class Square(Shape):
    __tablename__ = "inh_square"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime | None]
    width: Mapped[int | None]
    filled: Mapped[bool | None]
    __mapper_args__ = {"polymorphic_identity": "square", "concrete": True}


class Animal(Base):
    __tablename__ = "inh_animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(5))
    kind: Mapped[str] = column_property(case((code == "D", "dog"), (code == "C", "cat"), else_="animal"))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}


class Dog(Animal):
    tail: Mapped[bool | None]
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Cat(Animal):
    __tablename__ = "inh_cat"
    id: Mapped[int] = mapped_column(ForeignKey("inh_animal.id"), primary_key=True)
    lives: Mapped[int]
    toys: Mapped[list[Toy]] = relationship(cascade="all, delete-orphan", order_by="Toy.id")
    __mapper_args__ = {"polymorphic_identity": "cat"}


class Toy(Base):
    __tablename__ = "inh_toy"
    id: Mapped[int] = mapped_column(primary_key=True)
    cat_id: Mapped[int] = mapped_column(ForeignKey("inh_cat.id"))
    name: Mapped[str] = mapped_column(String(20))


def test_tables_of_their_own(everywhere: Everywhere) -> None:
    day = datetime(2024, 5, 6, 7, 8, 9)

    def work(engine: Engine) -> None:
        with Session(engine) as session:
            session.add_all(
                [Shape(name="s"), Circle(name="c", radius=1.5, at=day), Square(name="q", width=3, filled=True)]
            )
            session.commit()
            session.expunge_all()
            found = session.scalars(select(Shape).order_by(Shape.name)).all()
            assert [type(one) for one in found] == [Circle, Square, Shape]
            assert [(one.name, one.at) for one in found] == [("c", day), ("q", None), ("s", None)]
            square = found[1]
            assert isinstance(square, Square)
            assert (square.width, square.filled) == (3, True)
            assert session.scalars(select(Shape.name).where(Shape.at == day)).all() == ["c"]
            square.width = 4
            session.delete(found[0])
            session.commit()
            assert session.scalars(select(Square.width)).all() == [4]
            assert session.scalar(select(func.count()).select_from(Shape)) == 2

    everywhere(Base.metadata, work)


def test_a_computed_discriminator_and_joined_tables(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        with Session(engine) as session:
            session.add_all([Animal(code="X"), Dog(code="D", tail=True)])
            session.add(Cat(code="C", lives=9, toys=[Toy(name="ball"), Toy(name="mouse")]))
            session.commit()
            session.expunge_all()
            animals = select(Animal).order_by(Animal.code)
            assert [type(one) for one in session.scalars(animals)] == [Cat, Dog, Animal]
            both = with_polymorphic(Animal, [Cat])
            some = select(both).where(or_(both.Cat.lives > 5, both.kind == "dog")).order_by(both.code)
            assert [one.code for one in session.scalars(some)] == ["C", "D"]
            session.expunge_all()
            complete = animals.options(selectin_polymorphic(Animal, [Cat]), selectinload(Cat.toys))
            cat = session.scalars(complete).all()[0]
            assert isinstance(cat, Cat)
            assert (vars(cat)["lives"], [toy.name for toy in vars(cat)["toys"]]) == (9, ["ball", "mouse"])
            cat.lives, cat.code = 8, "CC"  # one change per table
            session.commit()
            assert session.execute(select(Cat.lives, Cat.code)).all() == [(8, "CC")]
            session.delete(cat)
            session.commit()
            left = [session.scalar(select(func.count()).select_from(t)) for t in (Animal.__table__, Toy.__table__)]
            assert left == [2, 0]

    everywhere(Base.metadata, work)
