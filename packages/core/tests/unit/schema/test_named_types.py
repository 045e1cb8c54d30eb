"""In which schema a named type lives, and which MetaData it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Boolean, Column, Enum, Integer, MetaData, Table, TypeDecorator
from lect.exc import ArgumentError
from lect.types.schema_type import SchemaType
from lect.types.type_engine import TypeEngine


class Mood(SchemaType, TypeEngine[str]):
    """A type of somebody's own that is an object of the schema."""

    __visit_name__ = "mood"


def table_with(type_: Any, metadata: MetaData, **kw: Any) -> Table:
    return Table("t", metadata, Column("id", Integer, primary_key=True), Column("v", type_), **kw)


@pytest.mark.parametrize("make", [lambda **kw: Enum("a", name="e", **kw), lambda **kw: Mood(name="e", **kw)])
class TestWhere:
    """For Enum, and for types that others write."""

    def test_the_metadata_of_the_table_decides(self, make: Any) -> None:
        type_ = make()
        assert type_.schema is None
        table_with(type_, MetaData(schema="m"), schema="t")
        assert type_.schema == "m"

    def test_its_own_metadata_comes_first(self, make: Any) -> None:
        type_ = make(metadata=MetaData(schema="own"))
        assert type_.schema == "own"
        assert table_with(type_, MetaData(schema="m"), schema="t").c.v.type.schema == "own"

    def test_the_table_when_it_is_asked_for(self, make: Any) -> None:
        type_ = make(metadata=MetaData(schema="own"), inherit_schema=True)
        assert table_with(type_, MetaData(schema="m"), schema="t").c.v.type.schema == "t"

    @pytest.mark.parametrize("schema", ["e", None])
    def test_what_is_said_stays(self, make: Any, schema: str | None) -> None:
        type_ = make(schema=schema, metadata=MetaData(schema="own"))
        assert table_with(type_, MetaData(schema="m"), schema="t").c.v.type.schema == schema

    def test_one_type_in_two_schemas(self, make: Any) -> None:
        type_, metadata = make(inherit_schema=True), MetaData()
        one = Table("one", metadata, Column("v", type_), schema="a")
        two = Table("two", metadata, Column("v", type_), schema="b")
        assert (one.c.v.type.schema, two.c.v.type.schema) == ("a", "b")

    def test_said_twice(self, make: Any) -> None:
        with pytest.raises(ArgumentError) as raised:
            make(schema="e", inherit_schema=True)
        assert str(raised.value) == (
            "Ambiguously setting inherit_schema=True while also passing a schema argument; leave one of them out"
        )

    def test_copies_and_adaptations_live_there_too(self, make: Any) -> None:
        type_ = make(inherit_schema=True)
        table_with(type_, MetaData(), schema="t")
        assert type_.copy().schema == "t"
        assert type_.adapt(type(type_)).inherit_schema is True
        assert type_.adapt(type(type_), schema="q", inherit_schema=False).schema == "q"

    def test_to_metadata_moves_it_with_the_table(self, make: Any) -> None:
        for type_ in (make(), make(inherit_schema=True)):
            table = table_with(type_, MetaData(schema="m"))
            moved = table.to_metadata(MetaData(), schema="bar")
            assert (table.c.v.type.schema, moved.c.v.type.schema) == ("m", "bar")

    def test_to_metadata_keeps_what_was_said(self, make: Any) -> None:
        table = table_with(make(schema="said"), MetaData())
        assert table.to_metadata(MetaData(), schema="bar").c.v.type.schema == "said"

    def test_to_metadata_changes_its_metadata(self, make: Any) -> None:
        first, second = MetaData(), MetaData(schema="second")
        table = table_with(make(metadata=first), first)
        copied = table.to_metadata(second).c.v.type
        assert (copied.metadata, copied.schema) == (second, "second")
        assert table.c.v.type.metadata is first
        assert second.get_schema_objects(type(copied)) == (copied,)

    def test_a_schema_belongs_to_its_metadata(self, make: Any) -> None:
        metadata = MetaData()
        table_with(make(schema="e"), metadata)
        assert metadata.schemas == ("e",)


def test_a_type_inside_of_another() -> None:
    class Wrapped(TypeDecorator[str]):
        impl = Enum
        cache_ok = True

    type_ = Wrapped("a", "b", name="inner", inherit_schema=True)
    assert table_with(type_, MetaData(), schema="t").c.v.type.schema == "t"


def test_a_boolean_is_no_object_of_a_schema() -> None:
    metadata = MetaData(schema="m")
    table_with(Boolean(), metadata)
    assert metadata.get_schema_objects(Boolean) == ()
