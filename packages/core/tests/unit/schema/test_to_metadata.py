"""Tables copied into another MetaData."""

from __future__ import annotations

from typing import Any

import pytest

from lect import event, exc
from lect.schema import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
)
from lect.types import Integer, String


@pytest.fixture
def source() -> Table:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    Table("far", metadata, Column("id", Integer, primary_key=True), schema="other")
    return Table(
        "t",
        metadata,
        Column("id", Integer, Identity(start=3), primary_key=True),
        Column("a", ForeignKey("p.id", name="fk_a", ondelete="CASCADE")),
        Column("b", ForeignKey("other.far.id")),
        Column("c", ForeignKey("t.id")),
        Column("name", String(10), unique=True, index=False),
        Column("twice", Integer, Computed("id * 2", persisted=True)),
        UniqueConstraint("a", "b", name="u"),
        CheckConstraint("a > 1", name="ck"),
        comment="hello",
        info={"x": 1},
        prefixes=["TEMPORARY"],
    )


def targets(table: Table) -> list[str]:
    return sorted(fk.target_fullname for fk in table.foreign_keys)


@pytest.mark.parametrize(
    ("metadata_schema", "options", "name", "expected"),
    [
        (None, {}, "t", ["other.far.id", "p.id", "t.id"]),
        ("new", {"schema": None}, "new.t", ["new.p.id", "new.t.id", "other.far.id"]),
        ("new", {"schema": "s9"}, "s9.t", ["other.far.id", "s9.p.id", "s9.t.id"]),
        (None, {"name": "tt"}, "tt", ["other.far.id", "p.id", "tt.id"]),
    ],
)
def test_references_go_along(
    source: Table, metadata_schema: str | None, options: dict[str, Any], name: str, expected: list[str]
) -> None:
    copy = source.to_metadata(MetaData(schema=metadata_schema), **options)
    assert copy.fullname == name
    assert targets(copy) == expected


def test_references_by_a_function(source: Table) -> None:
    copy = source.to_metadata(
        MetaData(), schema="s", referred_schema_fn=lambda table, schema, constraint, referred: referred or "default"
    )
    assert targets(copy) == ["default.p.id", "default.t.id", "other.far.id"]


def test_everything_is_there(source: Table) -> None:
    Index("ix", source.c.name.desc(), unique=True)
    copy = source.to_metadata(MetaData())
    assert copy is not source
    assert copy.c.keys() == source.c.keys()
    assert copy.comment == "hello"
    assert copy.info == {"x": 1}
    assert copy._prefixes == ["TEMPORARY"]
    assert {c.name for c in copy.constraints} == {c.name for c in source.constraints}
    assert len(copy.constraints) == len(source.constraints)
    assert {i.name for i in copy.indexes} == {"ix"}
    assert copy.c.id.identity.start == 3
    assert copy.c.id.identity is not source.c.id.identity
    assert copy.c.twice.computed.persisted
    (fk,) = copy.c.a.foreign_keys
    assert fk.constraint is not None
    assert fk.constraint.ondelete == "CASCADE"


def test_expressions_speak_of_the_copy() -> None:
    table = Table("t", MetaData(), Column("x", Integer))
    table.append_constraint(CheckConstraint(table.c.x > 5, name="ck"))
    Index("ix", table.c.x)
    copy = table.to_metadata(MetaData())
    (check,) = [c for c in copy.constraints if isinstance(c, CheckConstraint)]
    assert [c.table for c in check.columns] == [copy]
    assert [c.table for c in next(iter(copy.indexes)).columns] == [copy]


def test_a_table_that_is_there_is_kept(source: Table) -> None:
    metadata = MetaData()
    copy = source.to_metadata(metadata)
    with pytest.warns(exc.LectWarning, match="Table 't' already exists within the given MetaData - not copying"):
        assert source.to_metadata(metadata) is copy


def test_listeners_go_along_if_they_say_so(source: Table) -> None:
    def here(*args: Any, **kw: Any) -> None: ...

    def everywhere(*args: Any, **kw: Any) -> None: ...

    event.listen(source, "before_create", here)
    event.listen(source, "before_create", everywhere, propagate=True)
    copy = source.to_metadata(MetaData())
    assert list(copy.dispatch.before_create) == [everywhere]
