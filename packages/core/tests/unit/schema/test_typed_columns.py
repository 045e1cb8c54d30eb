"""Tables whose columns a class declares."""

import datetime as dt
import decimal

import pytest

from lect import Column, ForeignKey, Index, Integer, MetaData, Named, String, Table, TypedColumns, exc, select


class WithId(TypedColumns):
    id = Column(Integer, primary_key=True)


class Person(WithId):
    name: Named[str]
    age: Named[int | None] = Column("years")
    nickname: Named[str] = Column(String(10), unique=True, nullable=True)
    since: Column[dt.date] = Column(index=True)
    balance: "Named[decimal.Decimal]"


def facts(table: Table) -> list[tuple[str, str, str, bool]]:
    return [(c.key, c.name, repr(c.type), bool(c.nullable)) for c in table.c]


def test_annotations_and_columns() -> None:
    person = Table("person", MetaData(), Person, Index("by_name", "name"))
    assert facts(person) == [
        ("id", "id", "Integer()", False),
        ("name", "name", "String()", False),
        ("age", "years", "Integer()", True),
        ("nickname", "nickname", "String(length=10)", True),
        ("since", "since", "Date()", False),
        ("balance", "balance", "Numeric()", False),
    ]
    assert [c.name for c in person.primary_key] == ["id"]
    assert sorted(str(i.name) for i in person.indexes) == ["by_name", "ix_person_since"]
    assert str(select(person.c.age)) == "SELECT person.years \nFROM person"


def test_each_table_has_columns_of_its_own() -> None:
    metadata = MetaData()
    one, other = Table("one", metadata, Person), Table("other", metadata, Person, Column("more", ForeignKey("one.id")))
    assert one.c.name is not other.c.name
    assert one.c.name.table is one
    assert [c.key for c in other.c][-1] == "more"


def test_a_class_that_says_it_anew() -> None:
    class Short(Person):
        name: Named[str | None] = Column(String(3))

    table = Table("short", MetaData(), Short)
    assert facts(table)[-1] == ("name", "name", "String(length=3)", True)


def test_what_is_refused() -> None:
    class Unknown(TypedColumns):
        x: Named[complex]

    class Plain(TypedColumns):
        x: int

    class Value(TypedColumns):
        x = 5

    class Lost(TypedColumns):
        x: "Named[Nowhere]"  # type: ignore[name-defined]  # noqa: F821

    for declared, message in [
        (Unknown, "Unknown.x: no SQL type is known for <class 'complex'>"),
        (Plain, "Plain.x is annotated <class 'int'>; a column is annotated Named"),
        (Value, "Value.x must be a Column or an annotation, not 5"),
        (Lost, "an annotation of Lost cannot be found: name 'Nowhere' is not defined"),
    ]:
        with pytest.raises(exc.ArgumentError) as caught:
            Table("t", MetaData(), declared)
        assert str(caught.value).startswith(message)
