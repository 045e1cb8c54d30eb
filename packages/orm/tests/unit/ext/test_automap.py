"""Classes from tables, and relationships from foreign keys."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, select
from lect.exc import ArgumentError
from lect_orm import MANYTOMANY, DeclarativeBase, Mapped, Session, configure_mappers, mapped_column, relationship
from lect_orm.exc import UnmappedClassError
from lect_orm.ext.automap import automap_base, cascade_mappers, generate_relationship, pluralized


@pytest.fixture
def engine() -> Any:
    engine = create_engine("sqlite://")
    metadata = MetaData()
    Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
    Table(
        "addresses",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("user_id", ForeignKey("users.id"), nullable=False),
    )
    Table("items", metadata, Column("id", Integer, primary_key=True))
    Table("user_items", metadata, Column("u", ForeignKey("users.id")), Column("i", ForeignKey("items.id")))
    Table("nodes", metadata, Column("id", Integer, primary_key=True), Column("parent", ForeignKey("nodes.id")))
    Table("log", metadata, Column("line", String(20)))
    metadata.create_all(engine)
    return engine


def test_reflected_classes_work(engine: Any) -> None:
    base = automap_base()
    base.prepare(autoload_with=engine)
    classes = base.classes
    assert "log" not in classes and "user_items" not in classes
    user = classes.users(name="x", addresses_collection=[classes.addresses()], items_collection=[classes["items"]()])
    with Session(engine) as session:
        session.add(user)
        session.commit()
        address = session.scalars(select(classes.addresses)).one()
        assert address.users.name == "x"
        assert user.items_collection[0].users_collection == [user]


def test_required_parents_own_their_children(engine: Any) -> None:
    base = automap_base()
    base.prepare(engine)
    configure_mappers()
    rel = base.classes.users.addresses_collection.property
    assert rel.cascade.delete_orphan and rel.cascade.delete
    assert not base.classes.nodes.nodes_collection.property.cascade.delete


def test_self_reference(engine: Any) -> None:
    base = automap_base()
    base.prepare(engine)
    parent, child = base.classes.nodes(), base.classes.nodes()
    parent.nodes_collection.append(child)
    assert child.nodes is parent


def test_classes_written_by_hand_come_first(engine: Any) -> None:
    base = automap_base()

    class User(base):  # type: ignore[misc, valid-type]
        __tablename__ = "users"
        addresses_collection = relationship("addresses", collection_class=set)

    with pytest.raises(UnmappedClassError, match=r"until the \.prepare\(\) method is called"):
        select(User)
    base.prepare(engine)
    address = base.classes.addresses()
    user = User(name="x", addresses_collection={address})
    assert address.user is user and "users" not in base.classes
    held = base.by_module
    for part in User.__module__.split("."):
        held = held[part]
    assert held.User is User


def test_names_of_ones_own(engine: Any) -> None:
    directions = []

    def generate(base: Any, direction: Any, *args: Any, **kw: Any) -> Any:
        directions.append(direction)
        return None if direction is MANYTOMANY else generate_relationship(base, direction, *args, **kw)

    base = automap_base()
    base.prepare(
        engine,
        classname_for_table=lambda base, name, table: name.capitalize(),
        name_for_scalar_relationship=lambda base, local, other, fk: "the_" + other.__name__.lower(),
        name_for_collection_relationship=lambda base, local, other, fk: "all_" + other.__name__.lower(),
        generate_relationship=generate,
    )
    assert {"the_users"} == set(base.classes.Addresses.__mapper__.relationships.keys())
    assert "all_addresses" in base.classes.Users.__mapper__.relationships
    assert MANYTOMANY in directions and "all_items" not in base.classes.Users.__mapper__.relationships


def test_prepare_again_for_further_tables(engine: Any) -> None:
    base = automap_base()
    base.prepare(engine, reflection_options={"only": ["users"], "resolve_fks": False})
    mapper = base.classes.users.__mapper__
    assert "addresses" not in base.classes
    base.prepare(engine)
    assert base.classes.users.__mapper__ is mapper
    assert base.classes.addresses.users.property.mapper is mapper


def test_two_tables_of_one_name_warn() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True))
    Table("t", metadata, Column("id", Integer, primary_key=True), schema="other")
    base = automap_base(metadata=metadata)
    with pytest.warns(match="duplicate class name 't'"):
        base.prepare()


def test_an_unknown_class_is_named() -> None:
    base = automap_base()
    with pytest.raises(AttributeError, match="users"):
        base.classes.users


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))


class Box(Base):
    __tablename__ = "boxes"
    id: Mapped[int] = mapped_column(primary_key=True)


Table("box_books", Base.metadata, Column("box", ForeignKey("boxes.id")), Column("book", ForeignKey("books.id")))


def test_cascade_mappers() -> None:
    cascade_mappers(Author, Book, Box.__mapper__)
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    kind: Any = Book
    book = kind()
    author: Any = Author(books=[book])
    box: Any = Box(books=[book])
    assert book.author is author and book.boxes == [box]
    with Session(engine) as session:
        session.add_all([author, box])
        session.commit()
        assert session.scalars(select(Book).where(kind.author.has(id=author.id))).one() is book
    before = set(Author.__mapper__.relationships.keys())
    cascade_mappers(Author, Book, Box)
    assert set(Author.__mapper__.relationships.keys()) == before


def test_cascade_mappers_takes_mapped_classes() -> None:
    with pytest.raises(ArgumentError, match="mapped classes and mappers"):
        cascade_mappers(Author, int)


@pytest.mark.parametrize(("one", "many"), [("user", "users"), ("box", "boxes"), ("class", "classes")])
def test_plural(one: str, many: str) -> None:
    assert pluralized(one) == many
