"""Hierarchies that are selected from a union given to the mapper, and statements that name their columns otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect, select
from lect_orm import Session, polymorphic_union, registry, relationship


class Company:
    pass


class Person:
    pass


class Engineer(Person):
    pass


@pytest.fixture
def session() -> Any:
    metadata, mappers = MetaData(), registry()
    company = Table("company", metadata, Column("id", Integer, primary_key=True))
    person = Table(
        "person",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("company_id", ForeignKey("company.id")),
        Column("name", String(30)),
        Column("kind", String(30)),
    )
    engineer = Table(
        "engineer", metadata, Column("id", ForeignKey("person.id"), primary_key=True), Column("tool", String(30))
    )
    union = polymorphic_union(
        {
            "engineer": person.join(engineer),
            "person": select(person).where(person.c.kind == "person").subquery(),
        },
        None,
        "everybody",
    )
    mappers.map_imperatively(
        Person,
        person,
        with_polymorphic=("*", union),
        polymorphic_on=union.c.kind,
        polymorphic_identity="person",
    )
    mappers.map_imperatively(Engineer, engineer, inherits=Person, polymorphic_identity="engineer")
    mappers.map_imperatively(
        Company, company, properties={"people": relationship(Person, order_by=person.c.name.desc())}
    )
    database = create_engine("sqlite://")
    metadata.create_all(database)
    with Session(database) as made:
        members = [Person(name="ann"), Engineer(name="bob", tool="saw"), Engineer(name="cid", tool="file")]
        made.add(Company(id=1, people=members))
        made.commit()
        made.expunge_all()
        yield made
    database.dispose()
    mappers.dispose()


@pytest.mark.filterwarnings("error")
def test_columns_of_the_table_are_those_of_the_union(session: Session) -> None:
    table = inspect(Person).local_table
    names = [p.name for p in session.scalars(select(Person).where(table.c.name > "ann").order_by(table.c.name.desc()))]
    assert names == ["cid", "bob"]
    assert [p.name for p in session.get_one(Company, 1).people] == ["cid", "bob", "ann"]


@pytest.mark.filterwarnings("error")
def test_a_subclass_is_asked_by_attributes_of_its_base(session: Session) -> None:
    statement = select(Engineer).where(Person.name == "bob")
    assert "everybody" not in str(statement)
    assert [e.tool for e in session.scalars(statement)] == ["saw"]
    aside = inspect(Person).local_table.alias("aside")
    found = session.scalars(select(Engineer).where(aside.c.name == "cid", aside.c.id == Person.id))
    assert [e.tool for e in found] == ["file"]


@pytest.mark.filterwarnings("error")
def test_a_join_of_a_subclass_is_made_by_attributes_of_its_base(session: Session) -> None:
    joined = select(Engineer.tool).join(Company, Company.id == Person.company_id).order_by(Person.name)
    assert session.scalars(joined).all() == ["saw", "file"]
    on = (Engineer.company_id == 1) & (Person.name == "cid")
    outer = select(Company.id, Engineer.tool).select_from(Company).outerjoin(Engineer, on)
    assert session.execute(outer).all() == [(1, "file")]


def test_the_discriminator_of_the_union_is_written_to_the_table(session: Session) -> None:
    table = inspect(Person).local_table
    kinds = session.execute(select(table.c.kind).order_by(table.c.name)).scalars().all()
    assert kinds == ["person", "engineer", "engineer"]
