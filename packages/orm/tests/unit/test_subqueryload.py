"""``subqueryload()``: a second statement around the first one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import ForeignKey, Integer, String, bindparam, create_engine, event, select, text
from lect.exc import InvalidRequestError
from lect_orm import (
    DeclarativeBase,
    Session,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    subqueryload,
    with_loader_criteria,
)


class Base(DeclarativeBase):
    pass


class Ship(Base):
    __tablename__ = "sq_ship"
    id = mapped_column(Integer, primary_key=True)
    harbour_id = mapped_column(ForeignKey("sq_harbour.id"))
    decks = relationship("Deck", order_by="Deck.id")
    harbour = relationship("Harbour")


class Deck(Base):
    __tablename__ = "sq_deck"
    id = mapped_column(Integer, primary_key=True)
    ship_id = mapped_column(ForeignKey("sq_ship.id"))
    cabins = relationship("Cabin", order_by="Cabin.id")


class Cabin(Base):
    __tablename__ = "sq_cabin"
    id = mapped_column(Integer, primary_key=True)
    deck_id = mapped_column(ForeignKey("sq_deck.id"))


class Harbour(Base):
    __tablename__ = "sq_harbour"
    id = mapped_column(Integer, primary_key=True)


@pytest.fixture
def session() -> Iterator[Any]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all(
            [
                Ship(id=1, harbour=Harbour(id=7), decks=[Deck(id=1, cabins=[Cabin(id=5), Cabin(id=6)]), Deck(id=2)]),
                Ship(id=2, decks=[Deck(id=3)]),
                Ship(id=3),
            ]
        )
        made.commit()
        made.expunge_all()
        yield made
    engine.dispose()


@pytest.fixture
def statements(session: Any) -> list[str]:
    found: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda c, cu, statement, *rest: found.append(statement))
    return found


def test_a_collection_is_loaded_around_the_first_statement(session: Any, statements: list[str]) -> None:
    ships = session.query(Ship).filter(Ship.id < 3).options(subqueryload(Ship.decks)).all()
    assert [[d.id for d in s.__dict__["decks"]] for s in ships] == [[1, 2], [3]]
    assert statements[1:] == [
        "SELECT sq_deck.id AS sq_deck_id, sq_deck.ship_id AS sq_deck_ship_id, anon_1.sq_ship_id AS anon_1_sq_ship_id \n"
        "FROM (SELECT sq_ship.id AS sq_ship_id \nFROM sq_ship \nWHERE sq_ship.id < ?) AS anon_1 "
        "JOIN sq_deck ON anon_1.sq_ship_id = sq_deck.ship_id ORDER BY sq_deck.id"
    ]


def test_a_second_level_starts_from_the_first_statement(session: Any, statements: list[str]) -> None:
    ships = session.query(Ship).options(subqueryload(Ship.decks).subqueryload(Deck.cabins)).all()
    assert [c.id for c in ships[0].decks[0].cabins] == [5, 6]
    assert len(statements) == 3
    assert "JOIN sq_deck AS sq_deck_1 ON anon_1.sq_ship_id = sq_deck_1.ship_id JOIN sq_cabin" in statements[2]


def test_behind_a_joined_relationship(session: Any, statements: list[str]) -> None:
    ships = session.query(Ship).order_by(Ship.id).options(joinedload(Ship.decks).subqueryload(Deck.cabins)).all()
    assert [c.id for c in ships[0].decks[0].cabins] == [5, 6]
    assert len(statements) == 2


def test_many_to_one_selects_each_key_once(session: Any, statements: list[str]) -> None:
    ships = session.query(Ship).options(subqueryload(Ship.harbour)).all()
    assert [s.__dict__["harbour"] and s.harbour.id for s in ships] == [7, None, None]
    assert "SELECT DISTINCT sq_ship.harbour_id" in statements[1]


def test_limit_and_order_stay_inside(session: Any, statements: list[str]) -> None:
    ships = session.query(Ship).order_by(Ship.id.desc()).limit(2).options(subqueryload(Ship.decks)).all()
    assert [len(s.__dict__["decks"]) for s in ships] == [0, 1]
    assert "ORDER BY sq_ship.id DESC\n LIMIT" in statements[1]


def test_values_given_by_name_reach_the_second_statement(session: Any) -> None:
    query = session.query(Ship).filter(Ship.id == bindparam("which")).options(subqueryload(Ship.decks))
    assert [len(s.__dict__["decks"]) for s in query.params(which=1)] == [2]
    session.expunge_all()
    assert [len(s.__dict__["decks"]) for s in query.params(which=2)] == [1]


def test_text_of_the_users_own_sends_keys(session: Any, statements: list[str]) -> None:
    ships = (
        session.query(Ship).from_statement(text("SELECT * FROM sq_ship ORDER BY id")).options(subqueryload(Ship.decks))
    )
    assert [len(s.__dict__["decks"]) for s in ships] == [2, 1, 0]
    assert "IN (" in statements[1]


def test_rows_in_pieces_are_refused(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="yield_per"):
        session.query(Ship).options(subqueryload(Ship.decks)).yield_per(1).all()


class Animal(Base):
    __tablename__ = "sq_animal"
    id = mapped_column(Integer, primary_key=True)
    kind = mapped_column(String(10))
    legs = relationship("Leg", order_by="Leg.id")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Horse(Animal):
    __mapper_args__ = {"polymorphic_identity": "horse"}


class Leg(Base):
    __tablename__ = "sq_leg"
    id = mapped_column(Integer, primary_key=True)
    animal_id = mapped_column(ForeignKey("sq_animal.id"))


def test_a_limit_counts_the_rows_that_the_statement_counts(session: Any) -> None:
    session.add_all([Animal(id=1, legs=[Leg(id=1)]), Horse(id=2, legs=[Leg(id=2)]), Horse(id=3, legs=[Leg(id=3)])])
    session.commit()
    first = select(Horse).order_by(Horse.id).limit(1).options(subqueryload(Horse.legs))
    assert [[leg.id for leg in horse.legs] for horse in session.scalars(first)] == [[2]]
    for n in (2, 1, 2):
        session.expunge_all()
        criteria = with_loader_criteria(Animal, Animal.id > n)
        chosen = select(Animal).order_by(Animal.id).limit(1).options(subqueryload(Animal.legs), criteria)
        assert [[leg.id for leg in animal.legs] for animal in session.scalars(chosen)] == [[n + 1]]


def test_an_alias_of_another_statement(session: Any, statements: list[str]) -> None:
    for number, decks in ((1, [1, 2]), (2, [3])):
        ship = aliased(Ship)
        statement = select(ship).where(ship.id == number).options(subqueryload(ship.decks))
        session.expunge_all()
        assert [d.id for d in session.scalars(statement).one().decks] == decks
    assert all(t.count("sq_ship AS sq_ship_1") == 1 and "sq_ship_2" not in t for t in statements)
