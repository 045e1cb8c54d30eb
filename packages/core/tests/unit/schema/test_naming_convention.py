"""Naming conventions."""

from __future__ import annotations

from typing import Any

import pytest

from lect import exc
from lect.schema import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    conv,
)
from lect.types import Boolean, Integer


def name_of(convention: dict[Any, Any], item: Any, **table: Any) -> Any:
    metadata = MetaData(naming_convention=convention)
    Table("parent", metadata, Column("id", Integer, primary_key=True), Column("id2", Integer))
    Table("t", metadata, Column("a", Integer), Column("b", Integer, key="bee"), item, **table)
    return item.name


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("uq_%(table_name)s", "uq_t"),
        ("uq_%(column_0_name)s", "uq_a"),
        ("uq_%(column_1_name)s", "uq_b"),
        ("uq_%(column_1_key)s", "uq_bee"),
        ("uq_%(column_0_label)s", "uq_t_a"),
        ("uq_%(column_0N_name)s", "uq_ab"),
        ("uq_%(column_0_N_name)s", "uq_a_b"),
        ("uq_%(column_0_N_key)s", "uq_a_bee"),
        ("uq_%(column_0_N_label)s", "uq_t_a_t_b"),
        ("uq_%(column_5_name)s", "uq_"),
    ],
)
def test_tokens_of_columns(template: str, expected: str) -> None:
    name = name_of({"uq": template}, UniqueConstraint("a", "bee"))
    assert name == expected
    assert isinstance(name, conv)


def test_tokens_of_a_reference() -> None:
    convention = {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s_%(referred_column_0_N_name)s"}
    constraint = ForeignKeyConstraint(["a", "bee"], ["parent.id", "parent.id2"])
    assert name_of(convention, constraint) == "fk_t_a_parent_id_id2"


def test_a_reference_to_a_table_that_is_not_there_yet() -> None:
    metadata = MetaData(naming_convention={"fk": "fk_%(column_0_name)s_%(referred_table_name)s"})
    table = Table("t", metadata, Column("x", ForeignKey("later.id")))
    (constraint,) = table.foreign_key_constraints
    assert constraint.name == "fk_x_later"


def test_a_given_name_stays_unless_the_convention_builds_on_it() -> None:
    assert name_of({"ck": "ck_%(table_name)s"}, CheckConstraint("a > 1", name="mine")) == "mine"
    assert name_of({"ck": "ck_%(table_name)s_%(constraint_name)s"}, CheckConstraint("a > 1", name="x")) == "ck_t_x"
    assert name_of({"ck": "ck_%(table_name)s_%(constraint_name)s"}, CheckConstraint("a > 1", name=conv("x"))) == "x"


def test_a_needed_name_is_asked_for() -> None:
    with pytest.raises(exc.InvalidRequestError, match="requires that constraint is explicitly named"):
        name_of({"ck": "ck_%(constraint_name)s"}, CheckConstraint("a > 1"))


def test_a_types_check_may_stay_without_a_name() -> None:
    metadata = MetaData(naming_convention={"ck": "ck_%(constraint_name)s"})
    table = Table("t", metadata, Column("x", Boolean(create_constraint=True)))
    assert [c.name for c in table.constraints if isinstance(c, CheckConstraint)] == [None]


def test_own_tokens() -> None:
    convention = {"size": lambda constraint, table: len(table.c), "uq": "uq_%(table_name)s_%(size)s"}
    assert name_of(convention, UniqueConstraint("a")) == "uq_t_2"


def test_an_unknown_token_is_named() -> None:
    with pytest.raises(exc.InvalidRequestError, match=r"'%\(tabel_name\)s' is not known; did you mean 'table_name'"):
        name_of({"uq": "uq_%(tabel_name)s"}, UniqueConstraint("a"))


def test_a_class_may_be_the_key() -> None:
    assert name_of({UniqueConstraint: "u_%(table_name)s"}, UniqueConstraint("a")) == "u_t"


def test_the_primary_key_is_named_with_its_columns() -> None:
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s_%(column_0_name)s"})
    table = Table("t", metadata, Column("id", Integer, primary_key=True))
    assert table.primary_key.name == "pk_t_id"


def test_indexes_have_names_by_default() -> None:
    table = Table("t", MetaData(), Column("x", Integer, index=True), schema="s")
    assert {i.name for i in table.indexes} == {"ix_s_t_x"}
    assert Index(None, table.c.x, unique=True).name == "ix_s_t_x"


def test_a_check_of_a_column_is_named_too() -> None:
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
    table = Table("t", metadata, Column("x", Integer, CheckConstraint("x > 1", name="one")))
    assert {c.name for c in table.c.x.constraints} == {"ck_t_one"}


def test_names_are_not_built_twice_in_a_copy() -> None:
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
    table = Table("t", metadata, Column("x", Integer), CheckConstraint("x > 1", name="one"))
    copy = table.to_metadata(MetaData(naming_convention=metadata.naming_convention))
    assert {c.name for c in copy.constraints if isinstance(c, CheckConstraint)} == {"ck_t_one"}
