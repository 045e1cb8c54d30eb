"""What attributes of mapped classes do without a database: values, histories, collections, the two sides."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, ForeignKey, Integer, MetaData, String, Table, event
from lect_orm import attribute_keyed_dict, backref, registry, relationship, validates
from lect_orm.attributes import NO_VALUE, flag_modified, get_history, instance_state, set_committed_value
from lect_orm.exc import UnmappedInstanceError


def parent_and_child(**options: Any) -> tuple[Any, Any]:
    metadata, reg = MetaData(), registry()
    parents = Table("parents", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
    children = Table(
        "children",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(20)),
        Column("parent_id", ForeignKey("parents.id")),
    )

    class Parent:
        pass

    class Child:
        pass

    reg.map_imperatively(Parent, parents, properties={"children": relationship(Child, backref="parent", **options)})
    reg.map_imperatively(Child, children)
    reg.configure()
    return Parent, Child


def test_reading_a_value_that_is_there_asks_nobody() -> None:
    Parent, _ = parent_and_child()
    parent = Parent(name="ada")
    assert parent.__dict__["name"] == "ada"
    assert not hasattr(type(Parent.__dict__["name"]), "__set__")


def test_the_first_old_value_is_kept() -> None:
    Parent, _ = parent_and_child()
    parent = Parent()
    set_committed_value(parent, "name", "a")
    parent.name = "b"
    parent.name = "c"
    assert get_history(parent, "name") == (["c"], (), ["a"])


def test_setting_the_old_value_again_is_no_change() -> None:
    Parent, _ = parent_and_child()
    parent = Parent()
    set_committed_value(parent, "name", "a")
    parent.name = "b"
    parent.name = "a"
    assert not get_history(parent, "name").has_changes()


def test_deleting_an_attribute_keeps_what_it_held() -> None:
    Parent, _ = parent_and_child()
    parent = Parent()
    set_committed_value(parent, "name", "a")
    del parent.name
    assert get_history(parent, "name") == ((), (), ["a"])
    assert parent.name is None
    with pytest.raises(AttributeError, match="object does not have a value"):
        del Parent().name


def test_a_member_knows_its_parent_and_the_other_way_round() -> None:
    Parent, Child = parent_and_child()
    parent, child = Parent(), Child()
    parent.children.append(child)
    assert child.parent is parent
    other = Parent()
    child.parent = other
    assert parent.children == []
    assert other.children == [child]
    child.parent = None
    assert other.children == []


def test_a_collection_is_replaced_and_members_that_stay_are_not_announced() -> None:
    Parent, Child = parent_and_child()
    heard: list[Any] = []
    event.listen(Parent.children, "append", lambda target, value, initiator: heard.append(value))
    a, b, c = Child(), Child(), Child()
    parent = Parent(children=[a, b])
    heard.clear()
    parent.children = [b, c]
    assert heard == [c]
    assert a.parent is None
    assert c.parent is parent


@pytest.mark.parametrize("kind", [set, attribute_keyed_dict("name")])
def test_collections_of_other_kinds(kind: Any) -> None:
    Parent, Child = parent_and_child(collection_class=kind)
    parent, child = Parent(), Child(name="x")
    child.parent = parent
    assert list(parent.children if kind is set else parent.children.values()) == [child]
    child.parent = None
    assert not parent.children


def test_a_wrong_kind_of_collection_is_refused() -> None:
    Parent, Child = parent_and_child()
    with pytest.raises(TypeError, match="Incompatible collection type: set is not list-like"):
        Parent().children = {Child()}


def test_validators_see_and_change_values() -> None:
    metadata, reg = MetaData(), registry()
    table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))

    class Thing:
        @validates("name")
        def check(self, key: str, value: str) -> str:
            if not value:
                raise ValueError(f"{key} is empty")
            return value.strip()

    reg.map_imperatively(Thing, table)
    assert Thing(name=" x ").name == "x"
    with pytest.raises(ValueError, match="name is empty"):
        Thing().name = ""


def test_a_class_with_its_own_setattr_is_tracked_too() -> None:
    metadata, reg = MetaData(), registry()
    table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))

    class Thing:
        def __setattr__(self, key: str, value: Any) -> None:
            object.__setattr__(self, key, value)

    reg.map_imperatively(Thing, table)
    thing = Thing()
    thing.name = "x"
    assert get_history(thing, "name") == (["x"], (), ())


def test_flag_modified_marks_a_value_changed_in_place() -> None:
    Parent, _ = parent_and_child()
    parent = Parent()
    set_committed_value(parent, "name", "a")
    flag_modified(parent, "name")
    assert instance_state(parent).committed_state == {"name": NO_VALUE}


def test_an_unmapped_object_is_named() -> None:
    class Plain:
        pass

    with pytest.raises(UnmappedInstanceError, match=r"Class '.*Plain' is not mapped"):
        instance_state(Plain())


def test_backref_takes_arguments_for_the_other_side() -> None:
    metadata, reg = MetaData(), registry()
    a = Table("a", metadata, Column("id", Integer, primary_key=True))
    b = Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))

    class A:
        pass

    class B:
        pass

    reg.map_imperatively(A, a, properties={"bs": relationship(B, backref=backref("a", info={"x": 1}))})
    reg.map_imperatively(B, b)
    reg.configure()
    assert B.a.info == {"x": 1}  # type: ignore[attr-defined]
