"""Column: its arguments, its defaults, its copies."""

from __future__ import annotations

from typing import Any

import pytest

from lect import exc
from lect.schema import (
    CheckConstraint,
    Column,
    ColumnDefault,
    Computed,
    DefaultClause,
    FetchedValue,
    ForeignKey,
    Identity,
    MetaData,
    Sequence,
    Table,
)
from lect.types import NULLTYPE, Boolean, Integer, Numeric, String


@pytest.mark.parametrize(
    ("args", "name", "kind"),
    [
        (("x", Integer), "x", Integer),
        (("x", Integer()), "x", Integer),
        ((Integer,), None, Integer),
        (("x", ForeignKey("a.b")), "x", type(NULLTYPE)),
        ((Integer, ForeignKey("a.b")), None, Integer),
        (("x", None, ForeignKey("a.b")), "x", type(NULLTYPE)),
        ((), None, type(NULLTYPE)),
    ],
)
def test_positions(args: tuple[Any, ...], name: str | None, kind: type) -> None:
    column: Column[Any] = Column(*args)
    assert column.name == name
    assert type(column.type) is kind


def test_name_and_type_are_given_once() -> None:
    with pytest.raises(exc.ArgumentError, match="May not pass name positionally and as a keyword"):
        Column("x", name="y")
    with pytest.raises(exc.ArgumentError, match="May not pass type_ positionally and as a keyword"):
        Column("x", Integer, type_=String)


def test_a_column_needs_a_name_in_a_table() -> None:
    with pytest.raises(exc.ArgumentError, match="non-blank name"):
        Table("t", MetaData(), Column(Integer))


def test_nullable_follows_the_primary_key() -> None:
    assert Column("x", Integer).nullable
    assert not Column("x", Integer, primary_key=True).nullable
    assert Column("x", Integer, primary_key=True, nullable=True).nullable


def test_default_kinds() -> None:
    scalar = Column("x", Integer, default=5).default
    assert scalar.is_scalar
    assert scalar.arg == 5
    called = Column("x", Integer, default=lambda: 7).default
    assert called.is_callable
    assert called.arg(None) == 7
    with_context = Column("x", Integer, default=lambda context: context + 1).default
    assert with_context.arg(1) == 2
    built_in = Column("x", Integer, default=dict).default
    assert built_in.arg(None) == {}
    sequence = Column("x", Integer, Sequence("s")).default
    assert sequence.is_sequence


def test_a_default_function_takes_the_context_or_nothing() -> None:
    with pytest.raises(exc.ArgumentError, match="takes zero or one positional arguments"):
        Column("x", Integer, default=lambda a, b: a)


def test_default_and_insert_default() -> None:
    assert Column("x", Integer, insert_default=3).default.arg == 3
    with pytest.raises(exc.ArgumentError, match="mutually exclusive"):
        Column("x", Integer, default=1, insert_default=2)


def test_none_is_no_default() -> None:
    assert Column("x", Integer, default=None).default is None


def test_server_default_is_text_or_sql() -> None:
    column = Column("x", Integer, server_default="a'b", server_onupdate=FetchedValue())
    assert isinstance(column.server_default, DefaultClause)
    assert column.server_onupdate.for_update
    with pytest.raises(exc.ArgumentError, match="expected to be one of type"):
        Column("x", Integer, server_default=5)


def test_a_default_is_not_a_server_default() -> None:
    with pytest.raises(exc.ArgumentError, match="server-side default type"):
        ColumnDefault(FetchedValue())


def test_identity_and_computed_exclude_other_defaults() -> None:
    with pytest.raises(exc.ArgumentError, match=r"Identity object cannot specify a server_default.*'x'"):
        Column("x", Integer, Identity(), server_default="1")
    with pytest.raises(exc.ArgumentError, match="generated column cannot specify a server_default"):
        Column("x", Integer, Computed("y + 1"), server_default="1")
    with pytest.raises(exc.ArgumentError, match="autoincrement=False"):
        Column("x", Integer, Identity(), autoincrement=False)


def test_sequence_options_are_numbers() -> None:
    with pytest.raises(exc.ArgumentError, match=r"Sequence\(start=...\) must be an integer"):
        Sequence("s", start="1; DROP TABLE x")  # type: ignore[arg-type]


def test_index_and_unique_are_booleans() -> None:
    with pytest.raises(exc.ArgumentError, match="'unique' keyword argument on Column is boolean only"):
        Table("t", MetaData(), Column("x", Integer, unique="name"))  # type: ignore[arg-type]
    with pytest.raises(exc.ArgumentError, match="'index' keyword argument on Column is boolean only"):
        Table("t", MetaData(), Column("x", Integer, index="name"))  # type: ignore[arg-type]


def test_index_with_unique_is_one_unique_index() -> None:
    table = Table("t", MetaData(), Column("x", Integer, index=True, unique=True))
    (index,) = table.indexes
    assert index.unique
    assert index.name == "ix_t_x"
    assert len(table.constraints) == 1


def test_a_copy_has_everything_and_no_table() -> None:
    table = Table(
        "t",
        MetaData(),
        Column(
            "x",
            String(10),
            CheckConstraint("x > 5", name="five"),
            key="ecks",
            default="d",
            onupdate="u",
            server_default="s",
            nullable=False,
            comment="c",
            doc="doc",
            info={"a": 1},
        ),
    )
    copy = table.c.ecks._copy()
    assert copy.table is None
    assert (copy.name, copy.key, copy.comment, copy.doc, copy.info) == ("x", "ecks", "c", "doc", {"a": 1})
    assert (copy.default.arg, copy.onupdate.arg, copy.server_default.arg) == ("d", "u", "s")
    assert copy.default.column is copy
    assert table.c.ecks.default.column is table.c.ecks
    assert not copy.nullable
    assert [c.name for c in copy.constraints] == ["five"]


def test_a_foreign_key_is_copied_until_it_is_the_tables() -> None:
    assert len(Column("x", ForeignKey("a.b"))._copy().foreign_keys) == 1
    table = Table("t", MetaData(), Column("x", ForeignKey("a.b")))
    assert not table.c.x._copy().foreign_keys


def test_merge_completes_a_declaration() -> None:
    template: Column[Any] = Column(String(30), default="d", comment="c", nullable=False, index=True)
    declared: Column[Any] = Column("x", comment="mine")
    template._merge(declared)
    assert declared.type.length == 30
    assert declared.default.arg == "d"
    assert declared.comment == "mine"
    assert not declared.nullable
    assert declared.index


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([Column("a", Integer, primary_key=True)], "a"),
        ([Column("a", Numeric(10, 0), primary_key=True)], None),
        ([Column("a", Numeric(10, 0), primary_key=True, autoincrement=True)], "a"),
        ([Column("a", String, primary_key=True)], None),
        ([Column("a", Integer, primary_key=True, autoincrement=False)], None),
        ([Column("a", Integer, primary_key=True, default=5)], None),
        ([Column("a", Integer, ForeignKey("o.id"), primary_key=True)], None),
        ([Column("a", Integer, ForeignKey("o.id"), primary_key=True, autoincrement="ignore_fk")], "a"),
        ([Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True)], None),
        ([Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True, autoincrement=True)], "b"),
        ([Column("a", Integer, Identity(), primary_key=True)], "a"),
        ([Column("a", Integer)], None),
    ],
)
def test_which_column_numbers_itself(columns: list[Column[Any]], expected: str | None) -> None:
    table = Table("t", MetaData(), *columns)
    found = table.autoincrement_column
    assert (None if found is None else found.name) == expected


def test_two_columns_cannot_number_themselves() -> None:
    table = Table(
        "t",
        MetaData(),
        Column("a", Integer, primary_key=True, autoincrement=True),
        Column("b", Integer, primary_key=True, autoincrement=True),
    )
    with pytest.raises(exc.ArgumentError, match="Only one Column may be marked autoincrement=True"):
        _ = table.autoincrement_column


def test_a_string_cannot_number_itself() -> None:
    table = Table("t", MetaData(), Column("a", String, primary_key=True, autoincrement=True))
    with pytest.raises(exc.ArgumentError, match=r"on column 't.a' is not compatible with autoincrement=True"):
        _ = table.autoincrement_column


def test_a_boolean_brings_its_check() -> None:
    table = Table("t", MetaData(), Column("x", Boolean(create_constraint=True, name="ck_x")))
    assert {c.name for c in table.constraints if isinstance(c, CheckConstraint)} == {"ck_x"}


def test_columns_of_an_alias_stand_for_the_tables() -> None:
    metadata = MetaData()
    parent = Table("p", metadata, Column("id", Integer, primary_key=True))
    table = Table("t", metadata, Column("x", ForeignKey("p.id"), key="ecks", nullable=False))
    column = table.alias().c.ecks
    assert isinstance(column, Column)
    assert column.name == "x"
    assert not column.nullable
    (fk,) = column.foreign_keys
    assert fk.parent is column
    assert fk.column is parent.c.id
    assert column.references(parent.c.id)
