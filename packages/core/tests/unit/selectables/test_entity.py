"""The seam for mappers, used by the smallest mapper there can be."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, Integer, MetaData, String, Table, insert, select
from lect.exc import ArgumentError
from lect.shape import Shape, fresh
from lect.sql.entity import Entity, of_entity, register
from lect.sql.node import statement_key


class Plugin:
    def translate(self, statement: Any) -> Any:
        if statement._kind == "select":
            columns: list[Any] = []
            for raw in statement._raw_columns:
                columns.extend(raw.entity_columns if raw._is_entity else [raw])
            froms = tuple(f.entity_from if f._is_entity else f for f in statement._from_obj)
            return statement._replace(_raw_columns=tuple(columns), _from_obj=froms, _plugin=None)
        return statement._replace(table=statement.table.entity_from, _plugin=None)


class MappedEntity(Entity):
    plugin = Plugin()

    def __init__(self, table: Table) -> None:
        self.mapped = table

    def _structure(self) -> Shape:
        self._shape = shape = fresh(MappedEntity, self.mapped.name)
        return shape

    @property
    def entity_columns(self) -> Any:
        return tuple(self.mapped.c)

    @property
    def entity_from(self) -> Any:
        return self.mapped


users = Table("users", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(50)))
entity = MappedEntity(users)


class Meta(type):
    pass


class User(metaclass=Meta):
    id = of_entity(users.c.id, entity)


register(Meta, lambda cls: entity if cls is User else None)


def test_select_of_a_class() -> None:
    assert str(select(User)) == "SELECT users.id, users.name \nFROM users"


def test_select_of_an_attribute() -> None:
    statement = select(User.id).where(User.id == 5)
    assert statement._plugin is MappedEntity.plugin
    assert str(statement) == "SELECT users.id \nFROM users \nWHERE users.id = :id_1"


def test_subquery_of_a_class_has_its_columns() -> None:
    assert select(User).subquery().c.keys() == ["id", "name"]


def test_class_inside_of_a_plain_statement() -> None:
    inner = select(User.id).scalar_subquery()
    assert "(SELECT users.id \nFROM users)" in str(select(inner))


def test_insert_of_a_class() -> None:
    assert str(insert(User).values(name="x")) == "INSERT INTO users (name) VALUES (:name)"


def test_same_statement_same_key() -> None:
    one, other = select(User).where(User.id == 1), select(User).where(User.id == 2)
    assert statement_key(one)[0] == statement_key(other)[0]


def test_class_that_nobody_mapped() -> None:
    class Other(metaclass=Meta):
        pass

    with pytest.raises(ArgumentError):
        select(Other)
