"""UPDATE, DELETE and upserts of a class: rows and objects of the session say the same, on every database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect import Engine, ForeignKey, MetaData, String, case, delete, func, insert, select, update
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

Everywhere = Callable[[MetaData, Callable[[Engine], None]], None]


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "bulk_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    age: Mapped[int | None]
    seen: Mapped[int] = mapped_column(default=1, onupdate=7)
    letters: Mapped[list[Letter]] = relationship()


class Letter(Base):
    __tablename__ = "bulk_letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("bulk_person.id"))
    title: Mapped[str] = mapped_column(String(30))


AGES = {"ann": 10, "bob": 20, "eve": 30, "joe": None}


def people(session: Session) -> list[Person]:
    """Write all rows anew and return their objects, loaded."""
    session.execute(delete(Letter))
    session.execute(delete(Person))
    found = [Person(name=name, age=age) for name, age in AGES.items()]
    session.add_all(found)
    session.flush()
    session.add(Letter(person_id=found[0].id, title="t"))
    session.commit()
    assert {person.name: person.age for person in found} == AGES
    return found


def test_objects_follow_rows_in_every_mode(everywhere: Everywhere) -> None:
    some = Person.age > 15
    lower = func.lower(Person.name) == "bob"  # not to be decided in Python
    nobody = func.lower(Person.name) == "zoe"
    updates: list[tuple[Any, dict[Any, Any]]] = [
        (some, {"age": Person.age + 1}),
        (Person.name.in_(["bob", "eve"]), {Person.age: 1, "name": Person.name + "!"}),
        (Person.age.is_(None) | (Person.age < 15), {"age": case((Person.age > 5, 2), else_=3)}),
        (lower, {"age": select(func.max(Letter.id)).scalar_subquery() * 0}),
        (nobody, {"age": 1}),
        ((Person.id == Letter.person_id) & (Letter.title == "t"), {"age": 77}),
    ]

    def work(engine: Engine) -> None:
        with Session(engine) as session:
            objects = people(session)
            for where, values in updates:
                for mode in ("auto", "evaluate", "fetch"):
                    if mode == "evaluate" and (where in (lower, nobody) or values == {"age": 77}):
                        continue
                    _ = [(person.name, person.age) for person in objects]
                    statement = update(Person).where(where).values(values)
                    session.execute(statement, execution_options={"synchronize_session": mode})
                    rows = session.execute(select(Person.id, Person.name, Person.age, Person.seen)).all()
                    told = [(person.id, person.name, person.age, person.seen) for person in objects]
                    assert sorted(told) == sorted(tuple(row) for row in rows)
                    session.rollback()
            for where in (some, lower, nobody):
                for mode in ("auto", "fetch"):
                    _ = [person.age for person in objects]
                    statement = delete(Person).where(where).where(Person.name != "ann")
                    result = session.execute(statement, execution_options={"synchronize_session": mode})
                    left = set(session.scalars(select(Person.id)))
                    assert result.rowcount == 4 - len(left)
                    assert {person.id for person in objects if person in session} == left
                    session.rollback()

    everywhere(Base.metadata, work)


def test_a_delete_that_reads_other_tables(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        if engine.dialect.name == "sqlite":
            return  # has no such DELETE, and says so
        with Session(engine) as session:
            objects = people(session)
            letter = session.scalars(select(Letter)).one()
            result = session.execute(delete(Letter).where(Letter.person_id == Person.id, Person.name == "ann"))
            assert result.rowcount == 1
            assert letter not in session
            assert objects[0] in session

    everywhere(Base.metadata, work)


def test_an_upsert_of_many_rows_with_an_expression(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        if engine.dialect.name == "mssql":
            return  # has MERGE instead, and says so
        with Session(engine) as session:
            session.add(Person(id=1, name="ann", age=1))
            session.commit()
            new: Any = insert(Person)
            new = new.on_conflict_do_update(
                index_elements=[Person.id], set_={"name": new.excluded.name, "age": Person.age + 10}
            )
            rows = [{"id": 1, "name": "Ann", "age": 5}, {"id": 2, "name": "Bob", "age": 5}]
            session.execute(new, rows)
            session.execute(new, [*rows, {"id": 1, "name": "ANN", "age": 5}])
            found = session.execute(select(Person.id, Person.name, Person.age).order_by(Person.id)).all()
            assert found == [(1, "ANN", 31), (2, "Bob", 15)]

    everywhere(Base.metadata, work)
