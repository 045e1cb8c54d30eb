"""What `lect_orm.collections` offers: dictionaries by key, collections of classes of one's own, adapters."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from lect import Column, ForeignKey, create_engine, event, text
from lect.exc import ArgumentError, InvalidRequestError, LectWarning
from lect_orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, collections, mapped_column, relationship
from lect_orm.attributes import init_collection
from lect_orm.collections import (
    InstrumentedDict,
    InstrumentedList,
    InstrumentedSet,
    KeyFuncDict,
    attribute_keyed_dict,
    bulk_replace,
    collection,
    collection_adapter,
    column_keyed_dict,
    keyfunc_mapping,
    prepare_instrumentation,
)


class Base(DeclarativeBase):
    pass


class Leaf(Base):
    __tablename__ = "co_leaf"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    size: Mapped[int | None]
    tree_id: Mapped[int | None] = mapped_column(ForeignKey("co_tree.id"))
    tree: Mapped[Tree | None] = relationship(back_populates="by_name", foreign_keys=[tree_id])
    other_id: Mapped[int | None] = mapped_column(ForeignKey("co_tree.id"))


class Tree(Base):
    __tablename__ = "co_tree"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_name: Mapped[dict[str, Leaf]] = relationship(
        collection_class=attribute_keyed_dict("name"), foreign_keys=[Leaf.tree_id], back_populates="tree"
    )
    listed: Mapped[list[Leaf]] = relationship(foreign_keys=[Leaf.other_id], order_by=Leaf.id)


class Careful(Base):
    """Leaves without a name are left out."""

    __tablename__ = "co_careful"

    id: Mapped[int] = mapped_column(primary_key=True)
    twigs: Mapped[dict[str, Twig]] = relationship(
        collection_class=lambda: KeyFuncDict(_name, ignore_unpopulated_attribute=True), back_populates="careful"
    )


class Twig(Base):
    __tablename__ = "co_twig"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    careful_id: Mapped[int | None] = mapped_column(ForeignKey("co_careful.id"))
    careful: Mapped[Careful | None] = relationship(back_populates="twigs")


_name = attribute_keyed_dict("name")().keyfunc


def test_the_documented_names_are_there() -> None:
    documented = """CollectionAdapter InstrumentedDict InstrumentedList InstrumentedSet KeyFuncDict MappedCollection
        attribute_keyed_dict attribute_mapped_collection bulk_replace collection collection_adapter column_keyed_dict
        column_mapped_collection keyfunc_mapping mapped_collection prepare_instrumentation"""
    assert sorted(collections.__all__) == sorted(documented.split())
    assert all(hasattr(collections, name) for name in collections.__all__)
    marks = "adds appender internally_instrumented iterator remover removes removes_return replaces link"
    assert all(callable(getattr(collection, name)) for name in marks.split())


# -- keys


def test_an_object_joins_under_its_key_whatever_it_is_called() -> None:
    leaf = Leaf(name="right")
    tree = Tree(by_name={"wrong": leaf})
    assert tree.by_name == {"right": leaf} and leaf.tree is tree


def test_a_key_that_was_never_set() -> None:
    tree = Tree()
    with pytest.raises(
        InvalidRequestError, match=r"attribute 'Leaf\.tree', a Leaf has no key .* 'name' has never been"
    ):
        Leaf(tree=tree)
    with pytest.raises(InvalidRequestError, match="attribute 'by_name', a Leaf has no key"):
        tree.by_name = {"x": Leaf()}
    leaf = Leaf(name="a", tree=tree)
    del leaf.__dict__["name"]
    with pytest.raises(InvalidRequestError, match=r"attribute 'Leaf\.tree', a Leaf has no key"):
        leaf.tree = None


def test_a_key_that_is_none() -> None:
    tree = Tree()
    with pytest.warns(LectWarning, match=r"value for attribute 'Leaf\.tree' was None"):
        leaf = Leaf(name=None, tree=tree)
    assert tree.by_name == {None: leaf}
    with pytest.warns(LectWarning, match="value for attribute 'by_name' was None"):
        Tree(by_name={"x": Leaf(name=None)})


def test_a_function_may_give_none_as_a_key() -> None:
    made = keyfunc_mapping(lambda leaf: leaf.size)()
    leaf = Leaf(size=None)
    made.set(leaf)
    assert made == {None: leaf}


def test_objects_without_a_key_are_left_out_when_asked_for() -> None:
    careful = Careful()
    for twig in (Twig(careful=careful), Twig(name=None, careful=careful)):
        assert careful.twigs == {}
        twig.careful = None
    careful.twigs = {"x": Twig(), "y": Twig(name="z")}
    assert list(careful.twigs) == ["z"]
    careful.twigs["here"] = twig = Twig(careful=careful)
    assert careful.twigs["here"] is twig


def test_keys_are_read_when_an_object_is_loaded() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([tree := Tree(id=1), leaf := Leaf(id=1, name="a")])
        session.commit()
        assert tree.by_name == {}
        assert "name" not in leaf.__dict__
        leaf.tree = tree
        assert tree.by_name == {"a": leaf}
    engine.dispose()


def test_columns_are_wanted() -> None:
    with pytest.raises(ArgumentError, match=r"Column expression expected for argument 'mapping_spec'; got 'a'"):
        column_keyed_dict("a")
    with pytest.raises(ArgumentError, match=r"expected for argument 'mapping_spec'; got TextClause"):
        column_keyed_dict([Leaf.id, text("a")])
    two = column_keyed_dict((Leaf.name, Leaf.__table__.c.size))()
    two.set(leaf := Leaf(name="a", size=3))
    assert two == {("a", 3): leaf}
    assert isinstance(column_keyed_dict(Column("free"))(), KeyFuncDict)


@pytest.mark.parametrize(
    "make", [attribute_keyed_dict("name"), column_keyed_dict(Leaf.name), column_keyed_dict(Leaf.__table__.c.name)]
)
def test_a_keyed_dictionary_is_pickled(make: Any) -> None:
    made = make()
    made.set(Leaf(name="a"))
    for _ in range(2):
        made = pickle.loads(pickle.dumps(made))
        assert (list(made), made.keyfunc(Leaf(name="b"))) == (["a"], "b")


def test_a_keyed_dictionary_of_an_object_is_pickled() -> None:
    tree = pickle.loads(pickle.dumps(Tree(by_name={"a": Leaf(name="a")})))
    leaf = Leaf(name="b", tree=tree)
    assert (sorted(tree.by_name), tree.by_name["b"]) == (["a", "b"], leaf)
    tree.by_name.pop("b")
    assert leaf.tree is None


def test_dictionaries_are_made_of_pairs_as_plain_ones_are() -> None:
    leaf = Leaf(name="a")
    assert attribute_keyed_dict("name")({"a": leaf}) == {"a": leaf}


def test_a_dataclass_shows_its_members() -> None:
    class Model(DeclarativeBase):
        pass

    class Branch(MappedAsDataclass, Model):
        __tablename__ = "co_branch"

        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        name: Mapped[str] = mapped_column()
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("co_branch.id"), init=False)
        branches: Mapped[dict[str, Branch]] = relationship(
            collection_class=attribute_keyed_dict("name"), default_factory=dict
        )

    branch = Branch("a", branches={"b": Branch("b")})
    assert list(dataclasses.asdict(branch)["branches"]) == ["b"]


# -- adapters


def test_the_adapter_tells_whose_the_collection_is() -> None:
    tree = Tree(listed=[Leaf(name="a")])
    adapter = collection_adapter(tree.listed)
    assert adapter is not None
    assert (adapter.owner_state.obj(), adapter.attr.key, len(adapter)) == (tree, "listed", 1)
    assert collection_adapter([]) is None and collection_adapter(InstrumentedList()) is None


def test_members_are_added_silently_or_not() -> None:
    heard: list[Any] = []
    event.listen(Tree.listed, "append", lambda target, value, initiator: heard.append(value))
    event.listen(Tree.listed, "remove", lambda target, value, initiator: heard.append(("out", value)))
    a, b, c = Leaf(), Leaf(), Leaf()
    tree = Tree()
    adapter = init_collection(tree, "listed")
    adapter.append_without_event(a)
    adapter.append_with_event(b)
    adapter.remove_without_event(a)
    assert (tree.listed, heard) == ([b], [b])
    heard.clear()
    other = init_collection(Tree(), "listed")
    bulk_replace([b, c], adapter, other)
    assert (list(other), heard) == ([b, c], [c])
    heard.clear()
    bulk_replace([c], other, third := init_collection(Tree(), "listed"))
    assert (list(third), heard) == ([c], [("out", b)])
    bulk_replace([a], None, third)
    assert list(third) == [c, a]


def test_what_makes_collections() -> None:
    for plain, instrumented in ((list, InstrumentedList), (set, InstrumentedSet), (dict, InstrumentedDict)):
        if plain is not dict:
            assert type(prepare_instrumentation(plain)()) is instrumented
    assert type(prepare_instrumentation(list)()) is InstrumentedList

    class Bag:
        pass

    with pytest.raises(ArgumentError, match="Type Bag must elect an appender method"):
        prepare_instrumentation(Bag)


# -- marks


class Stack:
    """Marks each of its methods in another way."""

    def __init__(self) -> None:
        self.content: list[Any] = []

    @collection.appender
    def push(self, item: Any) -> None:
        self.content.append(item)

    @collection.remover
    def drop(self, item: Any) -> None:
        self.content.remove(item)

    @collection.iterator
    def every(self) -> Any:
        return iter(self.content)

    @collection.adds(2)
    def insert(self, place: int, item: Any) -> None:
        self.content.insert(place, item)

    @collection.adds("item")
    def named(self, *, item: Any) -> None:
        self.content.append(item)

    @collection.removes(1)
    def forget(self, item: Any) -> None:
        self.content.remove(item)

    @collection.removes_return()
    def pop(self) -> Any:
        return self.content.pop()

    @collection.replaces(2)
    def put(self, place: int, item: Any) -> Any:
        old, self.content[place] = self.content[place], item
        return old

    @collection.internally_instrumented
    def raw(self, item: Any) -> None:
        self.content.append(item)


class Pile(Base):
    __tablename__ = "co_pile"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheets: Mapped[Stack] = relationship("Sheet", collection_class=Stack, uselist=True)


class Sheet(Base):
    __tablename__ = "co_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    pile_id: Mapped[int | None] = mapped_column(ForeignKey("co_pile.id"))


def test_marked_methods() -> None:
    heard: list[Any] = []
    event.listen(Pile.sheets, "append", lambda target, value, initiator: heard.append(("in", value)))
    event.listen(Pile.sheets, "remove", lambda target, value, initiator: heard.append(("out", value)))
    a, b, c, d = Sheet(), Sheet(), Sheet(), Sheet()
    sheets = Pile().sheets
    sheets.push(a)
    sheets.insert(0, b)
    sheets.named(item=c)
    sheets.forget(a)
    assert sheets.put(0, d) is b
    assert sheets.pop() is c
    sheets.raw(a)
    sheets.drop(d)
    assert sheets.content == [a]
    assert heard == [
        ("in", a),
        ("in", b),
        ("in", c),
        ("out", a),
        ("in", d),
        ("out", b),
        ("out", c),
        ("out", d),
    ]
