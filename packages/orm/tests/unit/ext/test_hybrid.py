"""Hybrids: Python on objects, SQL on classes and aliases, values in INSERT and UPDATE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import ForeignKey, create_engine, delete, func, insert, inspect, select, update
from lect.exc import ArgumentError, InvalidRequestError
from lect_orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship, synonym
from lect_orm.ext.hybrid import HYBRID_METHOD, HYBRID_PROPERTY, Comparator, hybrid_method, hybrid_property


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    people: Mapped[list[Person]] = relationship(back_populates="team")


class CaseInsensitive(Comparator[str]):
    def __eq__(self, other: Any) -> Any:
        return func.lower(self.__clause_element__()) == func.lower(other)


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str]
    last: Mapped[str]
    _age: Mapped[int | None] = mapped_column("age")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    team: Mapped[Team | None] = relationship(back_populates="people")

    @hybrid_property
    def name(self) -> str:
        "First and last name."
        return self.first + " " + self.last

    @name.inplace.setter
    def _set_name(self, value: str) -> None:
        self.first, self.last = value.split(" ", 1)

    @name.inplace.update_expression
    @classmethod
    def _update_name(cls, value: str) -> list[tuple[Any, Any]]:
        first, last = value.split(" ", 1)
        return [(cls.first, first), (cls.last, last)]

    @name.inplace.bulk_dml
    @classmethod
    def _bulk_name(cls, mapping: dict[str, Any], value: str) -> None:
        mapping["first"], mapping["last"] = value.split(" ", 1)

    @hybrid_property
    def full(self) -> Any:
        return self.name

    @hybrid_property
    def age(self) -> Any:
        return self._age

    @age.inplace.setter
    def _set_age(self, value: int) -> None:
        self._age = value

    @age.inplace.deleter
    def _del_age(self) -> None:
        self._age = None

    @hybrid_property
    def shout(self) -> Any:
        return self.first.upper()

    @shout.inplace.expression
    @classmethod
    def _shout(cls) -> Any:
        return func.upper(cls.first)

    @hybrid_property
    def word(self) -> Any:
        return self.first

    @word.inplace.comparator
    @classmethod
    def _word(cls) -> Any:
        return CaseInsensitive(cls.first)

    @hybrid_property
    def crew(self) -> Any:
        return self.team

    @hybrid_method
    def older_than(self, years: int) -> Any:
        return self.age > years

    years = synonym("age")


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Person(first="ann", last="lee", _age=30), Person(first="bob", last="ray", _age=50)])
        session.commit()
        yield session


def text_of(statement: Any) -> str:
    return str(statement).replace("\n", "")


def test_value_of_an_object() -> None:
    assert Person(first="ann", last="lee").name == "ann lee"


def test_setter_and_deleter() -> None:
    person = Person(first="", last="")
    person.name = "ann lee"
    person.age = 3
    assert (person.first, person.last, person._age) == ("ann", "lee", 3)
    del person.age
    assert person._age is None


def test_setting_without_setter_is_refused() -> None:
    with pytest.raises(AttributeError, match="'shout'"):
        Person(first="a", last="b").shout = 1
    with pytest.raises(AttributeError, match="no deleter"):
        del Person(first="a", last="b").shout


def test_select_names_the_expression_after_the_attribute() -> None:
    assert (
        text_of(select(Person.id, Person.name))
        == "SELECT person.id, person.first || :first_1 || person.last AS name FROM person"
    )
    assert select(Person.id, Person.name, Person.age).subquery().c.keys() == ["id", "name", "age"]


def test_in_where_and_order_by(session: Session) -> None:
    found = session.scalars(select(Person).where(Person.name == "bob ray").order_by(Person.shout)).all()
    assert [p.first for p in found] == ["bob"]
    assert session.scalars(select(Person.shout).order_by(Person.age.desc())).all() == ["BOB", "ANN"]
    assert session.scalars(select(Person).filter_by(name="ann lee")).one().first == "ann"


def test_on_an_alias() -> None:
    other = aliased(Person)
    assert text_of(select(other.shout).where(other.older_than(3))) == (
        "SELECT upper(person_1.first) AS upper_1 FROM person AS person_1 WHERE person_1.age > :age_1"
    )


def test_comparator(session: Session) -> None:
    assert text_of(Person.word == "ANN") == "lower(person.first) = lower(:lower_1)"
    assert session.scalars(select(Person).where(Person.word == "ANN")).one().last == "lee"


def test_hybrid_of_a_relationship(session: Session) -> None:
    assert text_of(select(Person.id).join(Person.crew)) == (
        "SELECT person.id FROM person JOIN team ON team.id = person.team_id"
    )
    assert "EXISTS" in str(Person.crew.has(id=3))


def test_method(session: Session) -> None:
    assert session.scalars(select(Person.first).where(Person.older_than(40))).all() == ["bob"]
    assert Person(first="a", last="b", _age=9).older_than(8)


def test_synonym_of_a_hybrid(session: Session) -> None:
    assert session.scalars(select(Person.first).where(Person.years == 50)).all() == ["bob"]


@pytest.mark.parametrize("key", ["name", "full"])
def test_update_expression(session: Session, key: str) -> None:
    statement = update(Person).where(Person.first == "ann").values({getattr(Person, key): "eve fox"})
    assert text_of(statement) == "UPDATE person SET first=:first, last=:last WHERE person.first = :first_1"
    ann = session.scalars(select(Person).where(Person.first == "ann")).one()
    session.execute(statement)
    assert ann.name == "eve fox"


def test_insert_by_name_of_the_hybrid() -> None:
    statement = insert(Person).values(name="eve fox", age=3)
    assert text_of(statement) == "INSERT INTO person (first, last, age) VALUES (:first, :last, :age)"
    assert statement.compile().params == {"first": "eve", "last": "fox", "age": 3}


def test_rows_of_a_bulk_insert_and_update(session: Session) -> None:
    session.execute(insert(Person), [{"id": 7, "name": "x y"}, {"id": 8, "name": "v w"}])
    session.execute(update(Person), [{"id": 7, "name": "p q"}])
    rows = session.execute(select(Person.first, Person.last).where(Person.id > 6).order_by(Person.id)).all()
    assert rows == [("p", "q"), ("v", "w")]


def test_bulk_rows_need_to_be_told_what_a_hybrid_means(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match=r"bulk_dml decorated function for the hybrid Person\.shout"):
        session.execute(insert(Person), [{"shout": "X"}, {"shout": "Y"}])


def test_relationship_as_value_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"relationship 'Person\.team' cannot be given a value"):
        update(Person).values(team=None)


def test_delete_by_hybrid() -> None:
    assert text_of(delete(Person).filter_by(shout="X")) == "DELETE FROM person WHERE upper(person.first) = :upper_1"


def test_subclass_overrides_parts() -> None:
    class Chief(Person):
        @Person.name.getter
        def name(self) -> str:
            return "chief " + self.first

        @Person.name.overrides.expression
        def full(cls) -> Any:
            return func.concat("chief ", cls.first)

    assert Chief(first="ann", last="lee").name == "chief ann"
    assert Person(first="ann", last="lee").name == "ann lee"
    assert "concat" in str(select(Chief.full))


def test_facts_of_the_user() -> None:
    descriptors = inspect(Person).all_orm_descriptors
    descriptors["name"].info["unit"] = "words"
    assert Person.name.info == {"unit": "words"}
    assert descriptors["name"].extension_type is HYBRID_PROPERTY
    assert descriptors["older_than"].extension_type is HYBRID_METHOD
    assert Person.name.__doc__ == "First and last name."


def test_function_that_returns_no_sql() -> None:
    class Odd(Base):
        __tablename__ = "odd"
        id: Mapped[int] = mapped_column(primary_key=True)

        @hybrid_property
        def flag(self) -> Any:
            return self.id is not None

    with pytest.raises(InvalidRequestError, match=r"\"Odd\.flag\" as a SQL expression"):
        select(Odd.flag)


def test_the_function_is_asked_anew() -> None:
    answers = iter([1, 2])

    class Clock(Base):
        __tablename__ = "clock"
        id: Mapped[int] = mapped_column(primary_key=True)

        @hybrid_property
        def late(self) -> Any:
            return self.id > next(answers)

    assert [select(Clock.late).compile().params for _ in range(2)] == [{"id_1": 1}, {"id_1": 2}]
