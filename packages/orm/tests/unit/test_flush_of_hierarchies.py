"""Flushes of classes that inherit: whose discriminator, whose key, whose version, whose columns."""

from __future__ import annotations

from typing import Any

import pytest

from lect import ForeignKey, Integer, String, create_engine, event, insert, inspect
from lect_orm import DeclarativeBase, Session, mapped_column


def engine_with(base: Any) -> Any:
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda c, _record: c.execute("PRAGMA foreign_keys=ON"))
    base.metadata.create_all(engine)
    return engine


@pytest.fixture
def Base() -> Any:
    class Base(DeclarativeBase):
        pass

    yield Base
    Base.registry.dispose()


def joined(Base: Any, key: Any = Integer, versioned: bool = False) -> tuple[Any, Any]:
    class Animal(Base):
        __tablename__ = "animal"
        id = mapped_column(key, primary_key=True)
        kind = mapped_column(String(10))
        name = mapped_column(String(30))
        version = mapped_column(Integer)
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"} | (
            {"version_id_col": version} if versioned else {}
        )

    class Dog(Animal):
        __tablename__ = "dog"
        id = mapped_column(ForeignKey("animal.id", onupdate="CASCADE"), primary_key=True)
        breed = mapped_column(String(30))
        __mapper_args__ = {"polymorphic_identity": "dog"}

    return Animal, Dog


def test_rows_inserted_in_bulk_are_of_the_class_that_was_named(Base: Any) -> None:
    _animal, Dog = joined(Base)
    with Session(engine_with(Base)) as session:
        session.execute(insert(Dog), [{"name": "rex"}, {"name": "fido"}])
        session.bulk_insert_mappings(Dog, [{"name": "bello"}])
        kinds = session.connection().exec_driver_sql("SELECT DISTINCT kind FROM animal").scalars().all()
    assert kinds == ["dog"]


def test_a_class_with_a_table_to_itself_takes_over_its_own_rows(Base: Any) -> None:
    class Paper(Base):
        __tablename__ = "paper"
        id = mapped_column(Integer, primary_key=True)
        text = mapped_column(String(30))

    class Archived(Paper):
        __tablename__ = "archived"
        id = mapped_column(Integer, primary_key=True)
        text = mapped_column(String(30))
        __mapper_args__ = {"concrete": True}

    with Session(engine_with(Base)) as session:
        old = Archived(id=1, text="old")
        session.add(old)
        session.commit()
        session.delete(old)
        session.add(Archived(id=1, text="new"))
        session.commit()
        assert session.get(Archived, 1).text == "new"


def test_a_key_that_the_database_carries_into_the_sub_table(Base: Any) -> None:
    _animal, Dog = joined(Base, String(10))
    with Session(engine_with(Base)) as session:
        dog = Dog(id="a", name="rex", breed="collie")
        session.add(dog)
        session.commit()
        dog.id, dog.breed = "b", "pug"
        session.commit()
        assert session.get(Dog, "b") is dog
        assert dog.breed == "pug"


def test_a_version_that_is_not_in_memory_is_read_before_the_first_row_goes(Base: Any) -> None:
    _animal, Dog = joined(Base, versioned=True)
    with Session(engine_with(Base)) as session:
        dog = Dog(name="rex")
        session.add(dog)
        session.commit()
        session.delete(dog)
        session.commit()
        assert session.connection().exec_driver_sql("SELECT count(*) FROM animal").scalar() == 0


def test_columns_that_a_single_table_subclass_adds_are_its_own(Base: Any) -> None:
    Animal, Dog = joined(Base)

    class Cat(Animal):
        lives = mapped_column(Integer)
        __mapper_args__ = {"polymorphic_identity": "cat"}

    class Puppy(Dog):
        __tablename__ = "puppy"
        id = mapped_column(ForeignKey("dog.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "puppy"}

    class Horse(Animal):
        __tablename__ = "horse"
        id = mapped_column(ForeignKey("animal.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "horse"}

    class Terrier(Dog):
        digs = mapped_column(Integer)
        __mapper_args__ = {"polymorphic_identity": "terrier"}

    assert "lives" in inspect(Cat).attrs
    assert "digs" in inspect(Terrier).attrs
    for mapped in (Animal, Dog, Puppy, Horse, Terrier):
        assert "lives" not in inspect(mapped).attrs
    with Session(engine_with(Base)) as session:
        session.add_all([Cat(name="c", lives=9), Puppy(name="p", breed="pug"), Horse(name="h")])
        session.commit()
        assert sorted(type(a).__name__ for a in session.query(Animal)) == ["Cat", "Horse", "Puppy"]
