"""What mixins, hooks and events of declarative classes do, and how mistakes in class bodies are answered."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from lect import Column, ForeignKey, Integer, String, Table, UniqueConstraint, event, func, select
from lect.exc import ArgumentError, InvalidRequestError, LectWarning, NoForeignKeysError
from lect_orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    Session,
    column_property,
    configure_mappers,
    declarative_base,
    declared_attr,
    joinedload,
    mapped_column,
    registry,
    relationship,
)


def make_base() -> Any:
    class Base(DeclarativeBase):
        pass

    return Base


def test_a_mixin_refers_to_its_columns() -> None:
    class Sums:
        x: Mapped[int]
        y: Mapped[int] = mapped_column()

        @declared_attr
        def total(cls) -> Mapped[int]:
            return column_property(cls.x + cls.y)  # type: ignore[return-value]

    class Something(Sums, make_base()):  # type: ignore[misc]
        __tablename__ = "something"

        id: Mapped[int] = mapped_column(primary_key=True)

    assert "something.x + something.y" in str(select(Something.total))


def test_a_mixin_refers_to_itself_by_foreign_key() -> None:
    class Tree:
        id = mapped_column(Integer, primary_key=True)

        @declared_attr
        def parent_id(cls) -> Mapped[int | None]:
            return mapped_column(ForeignKey(cls.id))

    base = make_base()

    class A(Tree, base):
        __tablename__ = "a"

    class B(Tree, base):
        __tablename__ = "b"

    for cls in (A, B):
        assert cls.__table__.c.parent_id.references(cls.__table__.c.id)


def test_a_mixins_foreign_key_to_its_own_column_needs_a_function() -> None:
    class Tree:
        id = mapped_column(Integer, primary_key=True)
        parent_id = mapped_column(ForeignKey(id.column))

    with pytest.raises(InvalidRequestError, match=r"must be declared as @declared_attr callables"):

        class A(Tree, make_base()):  # type: ignore[misc]
            __tablename__ = "a"


def test_cascading_attributes_are_declared_for_subclasses() -> None:
    seen: list[str] = []

    class Mixin:
        @declared_attr.cascading
        def twice(cls) -> Mapped[int]:
            seen.append(cls.__name__)  # type: ignore[attr-defined]
            return column_property(cls.x * 2)  # type: ignore[attr-defined, return-value]

    class A(make_base(), Mixin):  # type: ignore[misc]
        __tablename__ = "a"

        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int]

    class B(A):
        pass

    assert seen == ["A", "B"]
    with pytest.warns(LectWarning, match="'twice' on class .* cannot be processed due to @declared_attr.cascading"):

        class C(A):
            twice = mapped_column("thrice", Integer)


def test_documentation_of_a_declared_attribute() -> None:
    class Mixin:
        @declared_attr
        def kind(cls) -> Mapped[str]:
            """What it is."""
            return mapped_column(String(10))

    class A(Mixin, make_base()):  # type: ignore[misc]
        __tablename__ = "a"

        id: Mapped[int] = mapped_column(primary_key=True)

    assert A.kind.__doc__ == "What it is."


def test_a_property_stands_for_its_column_in_constraints() -> None:
    class A(make_base()):  # type: ignore[misc]
        __tablename__ = "a"

        id: Mapped[int] = mapped_column(primary_key=True)
        code = column_property(Column(String(5)))
        __table_args__ = (UniqueConstraint(code),)

    unique = next(c for c in A.__table__.constraints if isinstance(c, UniqueConstraint))
    assert list(unique.columns) == [A.__table__.c.code]


def test_hooks_are_called_once_and_hold_no_class() -> None:
    calls: list[tuple[str, str]] = []

    def make(reg: Any, name: str) -> Any:
        @reg.mapped
        class Model:
            __tablename__ = name
            id = Column(Integer, primary_key=True)

            @classmethod
            def __declare_first__(cls) -> None:
                calls.append(("first", name))

            @classmethod
            def __declare_last__(cls) -> None:
                calls.append(("last", name))

        return Model

    one, two = registry(), registry()
    kept = weakref.ref(make(one, "one"))
    configure_mappers()
    make(two, "two")
    configure_mappers()
    assert calls == [("first", "one"), ("last", "one"), ("first", "two"), ("last", "two")]
    del one, two
    gc.collect()
    assert kept() is None


def test_events_of_registries_and_classes() -> None:
    reg = registry()
    seen: list[Any] = []
    event.listen(reg, "before_configured", lambda r: seen.append(("before", r is reg)))
    event.listen(reg, "after_configured", lambda r: seen.append(("after", r is reg)))

    class Plain:
        pass

    event.listen(Plain, "class_instrument", lambda cls: seen.append(("mapped", cls)))
    event.listen(Plain, "attribute_instrument", lambda cls, key, inst: seen.append((key, inst.key)))
    event.listen(Plain, "class_uninstrument", lambda cls: seen.append(("unmapped", cls)))
    table = Table("plain", reg.metadata, Column("id", Integer, primary_key=True))
    reg.map_imperatively(Plain, table)
    assert Plain.__table__ is table  # type: ignore[attr-defined]
    reg.configure()
    reg.dispose()
    assert seen == [("mapped", Plain), ("id", "id"), ("before", True), ("after", True), ("unmapped", Plain)]
    assert not hasattr(Plain, "__table__")


def test_bases_share_names() -> None:
    names: dict[str, Any] = {}
    one, two = declarative_base(class_registry=names), declarative_base(class_registry=names)

    class A(one):  # type: ignore[misc, valid-type]
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)

    class B(two):  # type: ignore[misc, valid-type]
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
        a_id = Column(Integer, ForeignKey(A.id))
        a = relationship("A")

    assert B.a.property.mapper.class_ is A


def test_another_name_for_an_inherited_attribute() -> None:
    class A(make_base()):  # type: ignore[misc]
        __tablename__ = "a"

        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("a.id"))
        parent: Mapped[Any] = relationship("A", remote_side=id)

    class B(A):
        above = A.parent

    assert B.above.property is A.parent.property
    b = B()
    b.above = a = A()
    assert b.parent is a


def parent_and_child(parent: dict[str, Any], child: dict[str, Any]) -> Any:
    base = make_base()
    made = type("Parent", (base,), {"__tablename__": "parent", "id": Column(Integer, primary_key=True), **parent})
    other = type("Child", (base,), {"__tablename__": "child", "id": Column(Integer, primary_key=True), **child})
    return made, other


@pytest.mark.parametrize(
    ("parent", "child", "text"),
    [
        (
            {"children": relationship("Child")},
            {"parent_id": Column(ForeignKey("parents.id"))},
            r"could not find table 'parents' .* did you mean 'parent'\?",
        ),
        (
            {"children": relationship("Child", order_by="Child.nome")},
            {"parent_id": Column(ForeignKey("parent.id")), "name": Column(String)},
            r"mapped column named 'nome'; did you mean 'name'\?",
        ),
        (
            {"children": relationship("Child", secondary="parent_child")},
            {},
            r"secondary table 'parent_child' of relationship Parent.children was not found; tables known: child",
        ),
        (
            {"children": relationship("Child", secondary="Child")},
            {"parent_id": Column(ForeignKey("parent.id"))},
            "must be a Table object",
        ),
    ],
)
def test_mistakes_in_relationships_name_the_thing(parent: Any, child: Any, text: str) -> None:
    classes = parent_and_child(parent, child)
    with pytest.raises((InvalidRequestError, ArgumentError, NoForeignKeysError), match=text):
        configure_mappers()
    assert len(classes) == 2  # they live until here


def test_a_loading_strategy_that_does_not_exist() -> None:
    with pytest.raises(ArgumentError, match="did you mean 'selectin'"):
        relationship("Child", lazy="selectinn")  # type: ignore[arg-type]


def test_the_base_of_bases_is_no_base() -> None:
    with pytest.raises(InvalidRequestError, match="Cannot use 'DeclarativeBase' directly as a declarative base"):

        class User(DeclarativeBase):
            __tablename__ = "users"

            id: Mapped[int] = mapped_column(primary_key=True)


def test_dataclass_arguments_need_a_dataclass() -> None:
    with pytest.raises(ArgumentError, match="'default_factory' but class does not specify a dataclass configuration"):

        class User(make_base()):  # type: ignore[misc]
            __tablename__ = "users"

            id: Mapped[int] = mapped_column(primary_key=True)
            tags: Mapped[int] = mapped_column(default_factory=int)


def test_a_dynamic_collection_cannot_be_joined() -> None:
    base = make_base()

    class Node(base):
        __tablename__ = "node"

        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
        children: DynamicMapped[Any] = relationship("Node")

    with pytest.raises(InvalidRequestError, match=r"'Node.children' does not support object population"):
        str(select(Node).options(joinedload(Node.children)))
    assert str(select(func.count(Node.id)))
    assert Session is not None
