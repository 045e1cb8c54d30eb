"""Table: one object per name, what it takes, what it refuses."""

from __future__ import annotations

import pickle
import warnings

import pytest

from lect import exc
from lect.schema import (
    BLANK_SCHEMA,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from lect.types import Integer, String


@pytest.fixture
def metadata() -> MetaData:
    return MetaData()


def test_the_same_name_is_the_same_table(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("id", Integer))
    assert Table("t", metadata) is table
    assert Table("t", metadata, schema="s") is not table
    assert set(metadata.tables) == {"t", "s.t"}


def test_defining_a_table_twice_is_refused(metadata: MetaData) -> None:
    Table("t", metadata, Column("id", Integer))
    with pytest.raises(exc.InvalidRequestError, match=r"Table 't' is already defined.*extend_existing=True"):
        Table("t", metadata, Column("x", Integer))


def test_extend_existing_adds_and_replaces(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
    again = Table("t", metadata, Column("x", String(5)), Column("y", Integer), extend_existing=True, comment="better")
    assert again is table
    assert table.c.keys() == ["id", "x", "y"]
    assert isinstance(table.c.x.type, String)
    assert table.comment == "better"


def test_keep_existing_changes_nothing(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("id", Integer))
    assert Table("t", metadata, Column("x", Integer), keep_existing=True) is table
    assert table.c.keys() == ["id"]


def test_keep_and_extend_exclude_each_other(metadata: MetaData) -> None:
    with pytest.raises(exc.ArgumentError, match="mutually exclusive"):
        Table("t", metadata, keep_existing=True, extend_existing=True)


def test_must_exist_names_what_is_like_it(metadata: MetaData) -> None:
    Table("customer", metadata, Column("id", Integer))
    with pytest.raises(exc.InvalidRequestError, match=r"Table 'costumer' not defined; did you mean 'customer'\?"):
        Table("costumer", metadata, must_exist=True)


def test_a_table_that_fails_leaves_nothing_behind(metadata: MetaData) -> None:
    with pytest.raises(exc.DuplicateColumnError, match="A column with name 'x' is already present in table 't'"):
        Table("t", metadata, Column("x", Integer), Column("x", Integer))
    assert "t" not in metadata.tables


def test_two_columns_of_one_key(metadata: MetaData) -> None:
    with pytest.raises(exc.DuplicateColumnError, match="A column with key 'x' is already present"):
        Table("t", metadata, Column("x", Integer), Column("y", Integer, key="x"))


@pytest.mark.parametrize("thing", ["text", 5, Integer])
def test_what_is_no_schema_item_is_named(metadata: MetaData, thing: object) -> None:
    with pytest.raises(exc.ArgumentError, match="'SchemaItem' object, such as a 'Column' or a 'Constraint' expected"):
        Table("t", metadata, thing)


def test_the_second_argument_is_a_metadata() -> None:
    with pytest.raises(exc.ArgumentError, match=r"Table\('t', \.\.\.\): the second argument must be a MetaData"):
        Table("t", Column("x", Integer))
    with pytest.raises(TypeError, match="at least two positional-only arguments"):
        Table("t")


def test_schema_comes_from_the_metadata() -> None:
    metadata = MetaData(schema="app")
    assert Table("a", metadata).fullname == "app.a"
    assert Table("b", metadata, schema="other").fullname == "other.b"
    assert Table("c", metadata, schema=BLANK_SCHEMA).fullname == "c"
    assert metadata.schemas == ("app", "other")


def test_columns_are_appended_inserted_and_replaced(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("a", Integer), Column("b", Integer))
    view = table.c
    table.append_column(Column("d", Integer))
    table.insert_column(Column("c", Integer), 2)
    assert view.keys() == ["a", "b", "c", "d"]
    with pytest.raises(exc.DuplicateColumnError, match=r"replace_existing=True"):
        table.append_column(Column("b", String))
    table.append_column(Column("b", String), replace_existing=True)
    assert view.keys() == ["a", "b", "c", "d"]
    assert isinstance(table.c.b.type, String)


def test_a_column_belongs_to_one_table(metadata: MetaData) -> None:
    column = Column("x", Integer)
    Table("t", metadata, column)
    with pytest.raises(exc.ArgumentError, match="Column object 'x' already assigned to Table 't'"):
        Table("u", metadata, column)


def test_replacing_a_column_drops_its_foreign_key(metadata: MetaData) -> None:
    Table("other", metadata, Column("id", Integer, primary_key=True))
    table = Table("t", metadata, Column("x", Integer, ForeignKey("other.id")))
    table.append_column(Column("x", Integer), replace_existing=True)
    assert table.foreign_keys == set()
    assert table.foreign_key_constraints == set()


def test_a_changed_table_has_a_new_structure(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("a", Integer))
    before = table._shape or table._structure()
    assert (table._shape or table._structure()) is before
    table.append_column(Column("b", Integer))
    assert (table._shape or table._structure()) is not before


def test_two_tables_never_share_a_structure(metadata: MetaData) -> None:
    one = Table("t", metadata, Column("a", Integer))
    two = Table("t", MetaData(), Column("a", Integer))
    assert (one._shape or one._structure()) is not (two._shape or two._structure())
    assert (one.c.a._shape or one.c.a._structure()) is not (two.c.a._shape or two.c.a._structure())


def test_primary_key_flags_and_constraint_agree(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
    assert [c.name for c in table.primary_key] == ["a", "b"]
    named = Table("u", metadata, Column("a", Integer), PrimaryKeyConstraint("a", name="pk_u"))
    assert named.primary_key.name == "pk_u"
    assert named.c.a.primary_key
    assert not named.c.a.nullable


def test_a_disagreeing_primary_key_is_warned_about(metadata: MetaData) -> None:
    with pytest.warns(exc.LectWarning, match="specifies columns 'a' as primary_key=True, not matching"):
        table = Table(
            "t", metadata, Column("a", Integer, primary_key=True), Column("b", Integer), PrimaryKeyConstraint("b")
        )
    assert [c.name for c in table.primary_key] == ["b"]


def test_only_its_metadata_changes_tables(metadata: MetaData) -> None:
    with pytest.raises(TypeError, match="immutable"):
        metadata.tables["x"] = None


def test_remove_and_clear(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("id", Integer))
    metadata.remove(table)
    assert table not in metadata
    Table("t", metadata, Column("id", Integer))
    metadata.clear()
    assert not metadata.tables


def test_a_pickled_metadata_keeps_its_references() -> None:
    metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s", "ix": "ix_%(column_0_label)s"})
    Table(
        "parent",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(20), index=True, comment="who"),
        UniqueConstraint("name"),
        CheckConstraint("id > 0", name="positive"),
        comment="people",
    )
    Table("child", metadata, Column("id", Integer, primary_key=True), Column("pid", ForeignKey("parent.id")))
    copy = pickle.loads(pickle.dumps(metadata))
    parent, child = copy.tables["parent"], copy.tables["child"]
    (fk,) = child.c.pid.foreign_keys
    assert fk.column is parent.c.id
    assert parent.comment == "people"
    assert {i.name for i in parent.indexes} == {"ix_parent_name"}
    assert {c.name for c in parent.constraints} == {None, "uq_parent", "positive"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert copy.sorted_tables == [parent, child]


def test_index_of_another_table_is_refused(metadata: MetaData) -> None:
    one = Table("one", metadata, Column("x", Integer))
    two = Table("two", metadata, Column("x", Integer))
    with pytest.raises(exc.ArgumentError, match=r"Column\(s\) 'two.x' are not part of table 'one'"):
        Index("ix", one.c.x, two.c.x)


def test_repr_shows_what_was_defined(metadata: MetaData) -> None:
    table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", ForeignKey("o.id")), schema="s")
    assert repr(table) == (
        "Table('t', MetaData(), Column('id', Integer(), table=<t>, primary_key=True, nullable=False), "
        "Column('x', NullType(), ForeignKey('o.id'), table=<t>), schema='s')"
    )
