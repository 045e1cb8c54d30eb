"""INSERT, UPDATE and DELETE of mapped classes in a session: rows, objects in memory, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from lect import ForeignKey, column, create_engine, delete, insert, literal_column, text, update
from lect.exc import ArgumentError, InvalidRequestError
from lect_orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, synonym


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    age: Mapped[int] = mapped_column("age_int")
    called = synonym("name")
    known_as = synonym("called")


class Animal(Base):
    __tablename__ = "animal"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    legs: Mapped[int] = mapped_column(server_default="4")

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Bird(Animal):
    __tablename__ = "bird"

    id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
    wings: Mapped[int]

    __mapper_args__ = {"polymorphic_identity": "bird"}


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all([User(id=1, name="ed", age=30), User(id=2, name="wendy", age=40), User(id=3, name="mary", age=50)])
        made.flush()
        yield made
    engine.dispose()


@pytest.mark.parametrize("mode", ["auto", "evaluate", "fetch"])
def test_an_alias_is_updated_and_objects_follow(session: Session, mode: str) -> None:
    users = [session.get_one(User, n) for n in (1, 2, 3)]
    other = aliased(User)
    statement = update(other).where(other.name == "wendy").values(age=other.age + 1)
    session.execute(statement, execution_options={"synchronize_session": mode})
    assert [user.age for user in users] == [30, 41, 50]


@pytest.mark.parametrize("mode", ["auto", "evaluate", "fetch"])
def test_an_alias_is_deleted_and_only_its_rows(session: Session, mode: str) -> None:
    users = [session.get_one(User, n) for n in (1, 2, 3)]
    other = aliased(User)
    session.execute(delete(other).where(other.name == "wendy"), execution_options={"synchronize_session": mode})
    assert [user in session for user in users] == [True, False, True]


def test_names_that_stand_for_a_column(session: Session) -> None:
    mary = session.get_one(User, 3)
    session.query(User).filter(User.id == 3).update({User.known_as: "rose"})
    assert mary.name == "rose"
    session.query(User).filter(User.id == 3).update({"known_as": "lily"})
    assert mary.name == "lily"
    session.query(User).filter(User.id == 3).update({column("name"): "iris"})
    assert mary.name == "iris"


def test_a_query_of_a_table_is_updated(session: Session) -> None:
    table = User.__table__
    assert session.query(table).filter(table.c.id < 3).update({table.c.age_int: 1}) == 2


def test_what_a_query_cannot_update(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match=r"when limit\(\) has been called"):
        session.query(User).limit(2).update({"name": "x"})
    with pytest.raises(InvalidRequestError, match=r"when group_by\(\) has been called"):
        session.query(User).group_by(User.id).delete()
    with pytest.raises(ArgumentError, match="need a mapped class or a table to change rows of"):
        session.query(User.name == "x").update({"name": "x"})


def test_returning_star(session: Session) -> None:
    statement = update(User).where(User.id < 3).values(age=User.age + 1).returning(literal_column("*"))
    assert sorted(session.execute(statement).all()) == [(1, "ed", 31), (2, "wendy", 41)]


def test_rows_of_a_subclass_say_so(session: Session) -> None:
    session.execute(insert(Bird), [{"wings": 2}, {"wings": 3}])
    session.bulk_insert_mappings(Bird, [{"wings": 2}])
    assert session.execute(text("SELECT DISTINCT kind FROM animal")).all() == [("bird",)]


def test_rows_of_several_tables_come_back_in_order(session: Session) -> None:
    rows = [{"wings": n} for n in range(1200)]
    found = session.execute(insert(Bird).returning(Bird.wings, Bird.legs, Animal.kind), rows).all()
    assert found == [(n, 4, "bird") for n in range(1200)]
    birds = session.scalars(insert(Bird).returning(Bird), [{"wings": 7}, {"wings": 6, "legs": 2}]).all()
    assert [(type(b), b.wings, b.legs) for b in birds] == [(Bird, 7, 4), (Bird, 6, 2)]
    assert all(b in session for b in birds)
