"""ForeignKey: names resolved late, and errors that name what is missing."""

from __future__ import annotations

import pytest

from lect import exc
from lect.schema import Column, ForeignKey, ForeignKeyConstraint, ForeignKeyTarget, MetaData, Table
from lect.types import Integer, String


def only(items):  # type: ignore[no-untyped-def]
    (item,) = items
    return item


def test_a_name_is_found_when_its_table_comes() -> None:
    metadata = MetaData()
    child = Table("child", metadata, Column("pid", ForeignKey("parent.id")))
    assert child.c.pid.type._isnull
    parent = Table("parent", metadata, Column("id", String(7), primary_key=True))
    assert only(child.c.pid.foreign_keys).column is parent.c.id
    assert child.c.pid.type.length == 7


def test_types_pass_along_a_chain_of_references() -> None:
    metadata = MetaData()
    c = Table("c", metadata, Column("x", ForeignKey("b.x")))
    b = Table("b", metadata, Column("x", ForeignKey("a.x"), primary_key=True))
    Table("a", metadata, Column("x", Integer, primary_key=True))
    assert isinstance(b.c.x.type, Integer)
    assert isinstance(c.c.x.type, Integer)


def test_a_missing_table_is_named() -> None:
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer))
    child = Table("child", metadata, Column("pid", ForeignKey("parnet.id")))
    with pytest.raises(
        exc.NoReferencedTableError,
        match=(
            r"Foreign key associated with column 'child.pid' could not find table 'parnet' with which to generate a "
            r"foreign key to target column 'id'; did you mean 'parent'\?"
        ),
    ) as caught:
        _ = only(child.c.pid.foreign_keys).column
    assert caught.value.table_name == "parnet"


def test_a_missing_column_is_named() -> None:
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer))
    child = Table("child", metadata, Column("pid", ForeignKey("parent.idd")))
    with pytest.raises(exc.NoReferencedColumnError, match="table 'parent' has no column named 'idd'"):
        _ = only(child.c.pid.foreign_keys).column


def test_a_bare_table_name_means_the_column_of_the_same_key() -> None:
    metadata = MetaData()
    parent = Table("parent", metadata, Column("code", Integer))
    child = Table("child", metadata, Column("code", ForeignKey("parent")))
    assert only(child.c.code.foreign_keys).column is parent.c.code


def test_keys_and_names() -> None:
    metadata = MetaData()
    parent = Table("parent", metadata, Column("id", Integer, key="ident"))
    by_key = Table("k", metadata, Column("x", ForeignKey("parent.ident")))
    by_name = Table("n", metadata, Column("x", ForeignKey("parent.id", link_to_name=True)))
    assert only(by_key.c.x.foreign_keys).column is parent.c.ident
    assert only(by_name.c.x.foreign_keys).column is parent.c.ident


def test_the_schema_of_the_metadata_applies() -> None:
    metadata = MetaData(schema="app")
    parent = Table("parent", metadata, Column("id", Integer))
    child = Table("child", metadata, Column("x", ForeignKey("parent.id")))
    assert only(child.c.x.foreign_keys).column is parent.c.id


def test_a_target_in_parts_may_hold_dots() -> None:
    metadata = MetaData()
    parent = Table("par.ent", metadata, Column("i.d", Integer))
    child = Table("child", metadata, Column("x", ForeignKey(ForeignKeyTarget(None, "par.ent", "i.d"))))
    assert only(child.c.x.foreign_keys).column is parent.c["i.d"]


def test_a_column_object_may_come_later_into_its_table() -> None:
    target = Column("id", Integer, primary_key=True)
    child = Table("child", MetaData(), Column("x", ForeignKey(target)))
    Table("parent", child.metadata, target)
    assert only(child.c.x.foreign_keys).column is target
    assert isinstance(child.c.x.type, Integer)


def test_a_removed_table_is_forgotten_and_found_again() -> None:
    metadata = MetaData()
    parent = Table("parent", metadata, Column("id", Integer))
    child = Table("child", metadata, Column("x", ForeignKey("parent.id")))
    assert only(child.c.x.foreign_keys).column is parent.c.id
    metadata.remove(parent)
    again = Table("parent", metadata, Column("id", Integer))
    assert only(child.c.x.foreign_keys).column is again.c.id


def test_composite() -> None:
    metadata = MetaData()
    parent = Table("parent", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
    child = Table(
        "child",
        metadata,
        Column("x", Integer),
        Column("y", Integer),
        ForeignKeyConstraint(["x", "y"], ["parent.a", "parent.b"], name="fk", ondelete="CASCADE"),
    )
    constraint = only(child.foreign_key_constraints)
    assert constraint.column_keys == ["x", "y"]
    assert constraint.referred_table is parent
    assert [fk.column for fk in constraint.elements] == [parent.c.a, parent.c.b]
    assert child.c.x.references(parent.c.a)
    assert not child.c.x.references(parent.c.b)


def test_composite_refusals() -> None:
    with pytest.raises(exc.ArgumentError, match="number of constrained columns must match"):
        ForeignKeyConstraint(["x"], ["a.b", "a.c"])
    with pytest.raises(
        exc.ArgumentError, match=r"ForeignKeyConstraint on t\(x, y\) refers to multiple remote tables: a and b"
    ):
        Table(
            "t",
            MetaData(),
            Column("x", Integer),
            Column("y", Integer),
            ForeignKeyConstraint(["x", "y"], ["a.b", "b.c"]),
        )
    with pytest.raises(exc.ConstraintColumnNotFoundError, match="no column named 'zz' is present"):
        Table("t", MetaData(), Column("x", Integer), ForeignKeyConstraint(["zz"], ["a.b"]))


def test_it_points_at_a_column() -> None:
    with pytest.raises(exc.ArgumentError, match="String column name or Column object"):
        ForeignKey(5)
    with pytest.raises(exc.InvalidRequestError, match="does not yet have a parent Column"):
        _ = ForeignKey("a.b").column
