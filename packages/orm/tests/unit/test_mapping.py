"""Declarative, imperative and classical mapping, inheritance, and what is said when a mapping is wrong."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Annotated, Any

import pytest

from lect import JSON, Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect, select, text
from lect.exc import AmbiguousForeignKeysError, ArgumentError, InvalidRequestError, NoForeignKeysError
from lect_orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    column_property,
    composite,
    configure_mappers,
    declared_attr,
    mapped_column,
    mapper,
    polymorphic_union,
    registry,
    relationship,
    synonym,
    validates,
)
from lect_orm.base import MANYTOMANY, MANYTOONE, ONETOMANY
from lect_orm.exc import MappedAnnotationError, UnmappedClassError

Key = Annotated[int, mapped_column(primary_key=True)]
Name = Annotated[str, mapped_column(String(30))]


def test_annotations_say_type_and_nullability() -> None:
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[Key]
        name: Mapped[Name]
        nick: Mapped[str | None]

    table: Any = User.__table__
    assert table.c.id.primary_key
    assert table.c.name.type.length == 30
    assert not table.c.name.nullable
    assert table.c.nick.nullable


def test_every_style_makes_one_mapper_and_the_same_attributes() -> None:
    metadata = MetaData()
    users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))

    class Base(DeclarativeBase):
        pass

    class Declared(Base):
        __table__ = users

    class Imperative:
        pass

    class Classical:
        pass

    registry().map_imperatively(Imperative, users)
    mapper(Classical, users)
    for cls in (Declared, Imperative, Classical):
        assert inspect(cls).column_attrs.keys() == ["id", "name"]
        assert str(select(cls)) == "SELECT users.id, users.name \nFROM users"


def test_mixins_declare_columns_and_declared_attrs() -> None:
    class Base(DeclarativeBase):
        pass

    class Stamped:
        stamp: Mapped[int] = mapped_column(default=0)

        @declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()  # type: ignore[attr-defined,no-any-return]

        @declared_attr
        def owner_id(cls) -> Mapped[int]:
            return mapped_column(ForeignKey("owner.id"))

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[Key]

    class Thing(Stamped, Base):
        id: Mapped[Key]

    table: Any = Thing.__table__
    assert [c.name for c in table.c] == ["id", "stamp", "owner_id"]
    assert table.name == "thing"


def test_dataclass_mapping_has_a_constructor() -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Point(Base):
        __tablename__ = "points"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        x: Mapped[int]
        y: Mapped[int] = mapped_column(default=7)

    point = Point(x=1)
    assert (point.x, point.y) == (1, 7)
    assert "x=1" in repr(point)


def test_composite_synonym_and_column_property() -> None:
    class Base(DeclarativeBase):
        pass

    class Pair:
        def __init__(self, a: int, b: int) -> None:
            self.a, self.b = a, b

        def __composite_values__(self) -> tuple[int, int]:
            return self.a, self.b

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Pair) and (self.a, self.b) == (other.a, other.b)

        __hash__ = None  # type: ignore[assignment]

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[Key]
        a: Mapped[int]
        b: Mapped[int]
        pair: Mapped[Pair] = composite(Pair, "a", "b")
        first: Mapped[int] = synonym("a")

    total: Any = column_property(Thing.__table__.c.a + Thing.__table__.c.b)
    Thing.total = total  # type: ignore[attr-defined]
    thing = Thing(pair=Pair(1, 2))
    assert (thing.a, thing.b, thing.first) == (1, 2, 1)
    assert str(select(Thing.id).where(Thing.pair == Pair(1, 2)).whereclause) == "things.a = :a_1 AND things.b = :b_1"
    assert "things.a + things.b" in str(select(Thing))


def test_inheritance_over_joined_and_single_tables() -> None:
    class Base(DeclarativeBase):
        pass

    class Employee(Base):
        __tablename__ = "employees"
        id: Mapped[Key]
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}

    class Manager(Employee):
        __tablename__ = "managers"
        id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
        budget: Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "manager"}

    class Intern(Employee):
        school: Mapped[str | None]
        __mapper_args__ = {"polymorphic_identity": "intern"}

    assert [t.name for t in inspect(Manager).tables] == ["employees", "managers"]
    assert inspect(Intern).single
    assert Intern().kind == "intern"
    assert str(select(Intern)).endswith("WHERE employees.kind IN (__[POSTCOMPILE_kind_1])")
    assert "FROM employees JOIN managers ON employees.id = managers.id" in str(select(Manager))


def test_directions() -> None:
    class Base(DeclarativeBase):
        pass

    link = Table("link", Base.metadata, Column("l", ForeignKey("left.id")), Column("r", ForeignKey("node.id")))

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[Key]
        up_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
        up: Mapped[Node | None] = relationship(remote_side="Node.id", back_populates="down")
        down: Mapped[list[Node]] = relationship(back_populates="up")

    class Left(Base):
        __tablename__ = "left"
        id: Mapped[Key]
        nodes: Mapped[list[Node]] = relationship(secondary=link)

    globals().update(Node=Node)
    configure_mappers()
    assert inspect(Node).relationships.up.direction is MANYTOONE
    assert inspect(Node).relationships.down.direction is ONETOMANY
    assert inspect(Left).relationships.nodes.direction is MANYTOMANY


def broken(**options: Any) -> None:
    metadata, reg = MetaData(), registry()
    a = Table("a", metadata, Column("id", Integer, primary_key=True))
    b = Table("b", metadata, Column("id", Integer, primary_key=True), *options.pop("columns", ()))

    class A:
        pass

    class B:
        pass

    reg.map_imperatively(A, a, properties={"bs": relationship(options.pop("target", B), **options)})
    reg.map_imperatively(B, b)
    reg.configure()


def test_no_foreign_key() -> None:
    with pytest.raises(
        NoForeignKeysError, match=r"relationship A\.bs - there are no foreign keys linking these tables"
    ):
        broken()


def test_several_foreign_keys() -> None:
    columns = (Column("x", ForeignKey("a.id")), Column("y", ForeignKey("a.id")))
    with pytest.raises(AmbiguousForeignKeysError, match="Specify the 'foreign_keys' argument"):
        broken(columns=columns)


def test_unresolvable_target() -> None:
    class Base(DeclarativeBase):
        pass

    class Adress(Base):
        __tablename__ = "adress"
        id: Mapped[Key]

    class User(Base):
        __tablename__ = "users"
        id: Mapped[Key]
        addresses: Mapped[list[Any]] = relationship("Address")

    with pytest.raises(InvalidRequestError, match=r"failed to locate a name.*did you mean 'Adress'"):
        Base.registry.configure()


def test_no_primary_key() -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.raises(ArgumentError, match="could not assemble any primary key columns"):

        class Thing(Base):
            __tablename__ = "things"
            x: Mapped[int]


def test_an_annotation_without_mapped() -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.raises(MappedAnnotationError, match="can't be correctly interpreted"):

        class Thing(Base):
            __tablename__ = "things"
            id: int = mapped_column(primary_key=True)


def test_an_unknown_attribute_names_the_nearest() -> None:
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[Key]
        name: Mapped[str]

    with pytest.raises(InvalidRequestError, match=r"has no property 'nmae'.*did you mean 'name'"):
        inspect(Thing).get_property("nmae")
    with pytest.raises(TypeError, match="'nmae' is an invalid keyword argument for Thing"):
        Thing(nmae="x")


def test_an_unmapped_class() -> None:
    class Plain:
        pass

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[Key]
        other: Mapped[Any] = relationship(Plain)

    with pytest.raises(UnmappedClassError, match="Plain' is not mapped"):
        Base.registry.configure()


def test_a_collection_is_validated_member_by_member() -> None:
    seen: list[tuple[str, str, bool]] = []

    class Own(DeclarativeBase):
        pass

    class Parent(Own):
        __tablename__ = "parent"

        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list[Child]] = relationship()

        @validates("children", include_removes=True)
        def see(self, key: str, child: Child, removed: bool) -> Child:
            seen.append((key, child.name, removed))
            return child

    class Child(Own):
        __tablename__ = "child"

        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
        name: Mapped[str]

    parent, a = Parent(), Child(name="a")
    parent.children.append(a)
    parent.children.remove(a)
    parent.children = [a, Child(name="b")]
    assert seen == [
        ("children", "a", False),
        ("children", "a", True),
        ("children", "a", False),
        ("children", "b", False),
    ]


@dataclasses.dataclass
class Point:
    x: int
    y: int


def test_order_by_a_composite() -> None:
    class Own(DeclarativeBase):
        pass

    class Place(Own):
        __tablename__ = "place"

        id: Mapped[int] = mapped_column(primary_key=True)
        point: Mapped[Point] = composite(mapped_column("x"), mapped_column("y"))

    assert str(select(Place.id).order_by(Place.point.desc())).endswith("ORDER BY place.x DESC, place.y DESC")
    assert str(select(Place.id).order_by(Place.point)).endswith("ORDER BY place.x, place.y")
    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Place(id=1, point=Point(2, 3)))
        session.flush()
        row = session.execute(select(Place.point.label("where"), *Place.point.clauses)).one()
        assert (row.where, row.x, row.y) == (Point(2, 3), 2, 3)
    engine.dispose()


def test_a_text_is_read_with_the_types_of_attributes() -> None:
    class Own(DeclarativeBase):
        pass

    class Day(Own):
        __tablename__ = "day"

        id: Mapped[int] = mapped_column(primary_key=True)
        date: Mapped[datetime.date]
        data: Mapped[dict[str, Any]] = mapped_column(JSON)

    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Day(id=1, date=datetime.date(2026, 5, 1), data={"a": [1]}))
        session.commit()
        day = session.scalars(select(Day).from_statement(text("SELECT * FROM day"))).one()
        assert (day.date, day.data) == (datetime.date(2026, 5, 1), {"a": [1]})
        pair = session.execute(select(Day.data, Day.date).from_statement(text("SELECT date, data FROM day"))).one()
        assert pair == ({"a": [1]}, datetime.date(2026, 5, 1))
    engine.dispose()


def test_a_union_of_joins_joins_them() -> None:
    metadata = MetaData()
    people = Table("people", metadata, Column("id", Integer, primary_key=True), Column("kind", String(20)))
    engineers = Table("engineers", metadata, Column("id", ForeignKey("people.id"), primary_key=True))
    union = polymorphic_union({"engineer": people.join(engineers)}, None, "pjoin")

    class Person:
        id: Any

    class Engineer(Person):
        pass

    mapping = registry()
    mapping.map_imperatively(
        Person, people, with_polymorphic=("*", union), polymorphic_on=people.c.kind, polymorphic_identity="person"
    )
    mapping.map_imperatively(Engineer, engineers, inherits=Person, polymorphic_identity="engineer")
    assert " ".join(str(select(Person).where(Person.id == 1)).split()) == (
        "SELECT pjoin.id, pjoin.kind FROM (SELECT engineers.id AS id, people.kind AS kind "
        "FROM people JOIN engineers ON people.id = engineers.id) AS pjoin WHERE pjoin.id = :id_1"
    )
    mapping.dispose()
