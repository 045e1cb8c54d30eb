"""What a case is: a test method of a :class:`Group`, known by an id, that may need something of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar

import pytest

from lect import Column, Engine, Integer, MetaData, Table, Unicode
from lect.dialects.capabilities import Capabilities
from lect.engine import Connection
from lect_compliance.needs import Need

__all__ = ["GROUPS", "Group", "case_id", "cases", "needs", "needs_of"]

_F = TypeVar("_F", bound=Callable[..., Any])

#: Every group of the suite by name, in the order of import.
GROUPS: dict[str, type[Group]] = {}


def needs(*wanted: Need) -> Callable[[_F], _F]:
    """Mark a case, or a whole group, as one for databases that claim all of `wanted`."""

    def mark(thing: _F) -> _F:
        thing.__dict__  # noqa: B018 - a thing without attributes cannot be marked
        setattr(thing, "_lect_needs", (*wanted, *getattr(thing, "_lect_needs", ())))
        return thing

    return mark


def needs_of(group: type[Any], function: Any) -> tuple[Need, ...]:
    """Return what a case needs: of its group and of its own, each once."""
    found = (*getattr(group, "_lect_needs", ()), *getattr(function, "_lect_needs", ()))
    return tuple(dict.fromkeys(found))


def case_id(group: type[Any], name: str) -> str:
    """Return ``group.case`` for the test method `name` of `group`."""
    return f"{group.group}.{name.removeprefix('test_')}"


def cases() -> list[str]:
    """Return the ids of all cases of the suite."""
    return [
        case_id(group, name) for group in GROUPS.values() for name in sorted(vars(group)) if name.startswith("test_")
    ]


class Group:
    """Base of the groups of cases. Fixtures here are for cases only; nothing is added to other tests.

    Tables of the suite have names that start with ``lect_``; whatever a case creates in `metadata` is dropped after it.
    """

    _lect_is_group: ClassVar[bool] = True
    #: Name of the group in ids. Groups without one are bases.
    group: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.group and cls.__module__.startswith("lect_compliance."):
            GROUPS[cls.group] = cls

    @pytest.fixture
    def engine(self, lect_engine: Engine) -> Engine:
        """The engine under test."""
        return lect_engine

    @pytest.fixture
    def capabilities(self, lect_capabilities: Capabilities) -> Capabilities:
        """What the settled dialect claims."""
        return lect_capabilities

    @pytest.fixture
    def connection(self, lect_engine: Engine, metadata: MetaData) -> Iterator[Connection]:
        """A connection whose transaction is rolled back, before the tables of `metadata` are dropped."""
        with lect_engine.connect() as connection:
            yield connection
            connection.rollback()

    @pytest.fixture
    def metadata(self, lect_engine: Engine) -> Iterator[MetaData]:
        """A MetaData whose tables are dropped afterwards."""
        metadata = MetaData()
        try:
            yield metadata
        finally:
            metadata.drop_all(lect_engine)

    @pytest.fixture
    def person(self, lect_engine: Engine, metadata: MetaData) -> Table:
        """An empty table: id (generated), name, age."""
        table = Table(
            "lect_person",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("name", Unicode(50), nullable=False),
            Column("age", Integer),
        )
        metadata.create_all(lect_engine)
        return table

    @pytest.fixture
    def people(self, lect_engine: Engine, person: Table) -> Table:
        """The table with four rows; Dora's age is not known."""
        with lect_engine.begin() as connection:
            connection.execute(
                person.insert(),
                [
                    {"id": 1, "name": "Ann", "age": 30},
                    {"id": 2, "name": "Bob", "age": 25},
                    {"id": 3, "name": "Cleo", "age": 41},
                    {"id": 4, "name": "Dora", "age": None},
                ],
            )
        return person
