"""Managers of classes that handle attributes in a way of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import Column, ForeignKey, Integer, String, Table, create_engine, select
from lect.exc import ArgumentError
from lect_orm import Session, registry, relationship
from lect_orm.attributes.access import get_attribute, set_attribute
from lect_orm.exc import UnmappedClassError
from lect_orm.ext.instrumentation import (
    InstrumentationManager,
    instrumentation_finders,
    is_instrumented,
    manager_of_class,
    opt_manager_of_class,
)


@pytest.fixture
def mapping() -> Iterator[Any]:
    found = registry()
    Table("things", found.metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
    Table("parts", found.metadata, Column("id", Integer, primary_key=True), Column("thing", ForeignKey("things.id")))
    yield found
    found.dispose()


class Recorder(InstrumentationManager):
    def __init__(self, class_: Any) -> None:
        self.log: list[Any] = []
        class_.manager = self

    def manage(self, class_: Any, manager: Any) -> None:
        self.log.append("manage")

    def unregister(self, class_: Any, manager: Any) -> None:
        self.log.append("unregister")

    def instrument_attribute(self, class_: Any, key: str, inst: Any) -> None:
        self.log.append(("attribute", key))

    def post_configure_attribute(self, class_: Any, key: str, inst: Any) -> None:
        self.log.append(("configured", key))

    def instrument_collection_class(self, class_: Any, key: str, collection_class: Any) -> Any:
        return set

    def install_state(self, class_: Any, instance: Any, state: Any) -> None:
        self.log.append(("state", type(instance).__name__))


def test_the_manager_hears_of_everything(mapping: Any) -> None:
    class Thing:
        __sa_instrumentation_manager__ = Recorder
        manager: Any

        def __init__(self, **values: Any) -> None:
            for key, value in values.items():
                setattr(self, key, value)

    class Part:
        pass

    tables = mapping.metadata.tables
    mapping.map_imperatively(Part, tables["parts"])
    mapping.map_imperatively(Thing, tables["things"], properties={"parts": relationship(Part)})
    engine = create_engine("sqlite://")
    mapping.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Thing(name="a", parts={Part()}))
        session.commit()
        session.expunge_all()
        thing: Any = session.scalars(select(Thing)).one()
        assert isinstance(thing.parts, set) and len(thing.parts) == 1
    log = Thing.manager.log
    assert log[0] == "manage" and ("attribute", "name") in log and ("configured", "name") in log
    assert log.count(("state", "Thing")) == 2
    assert is_instrumented(thing, "name") and not is_instrumented(thing, "log")
    mapping.dispose()
    assert log[-1] == "unregister" and not hasattr(Thing, "name")


def test_a_class_that_reads_and_writes_by_itself(mapping: Any) -> None:
    class NoDescriptors(InstrumentationManager):
        def install_descriptor(self, class_: Any, key: str, inst: Any) -> None:
            pass

    class Thing:
        __lect_instrumentation_manager__ = staticmethod(NoDescriptors)
        reads: list[str] = []

        def __getattr__(self, key: str) -> Any:
            if is_instrumented(self, key):
                self.reads.append(key)
                return get_attribute(self, key)
            raise AttributeError(key)

        def __setattr__(self, key: str, value: Any) -> None:
            if is_instrumented(self, key):
                set_attribute(self, key, value)
            else:
                object.__setattr__(self, key, value)

    mapping.map_imperatively(Thing, mapping.metadata.tables["things"])
    assert "name" not in Thing.__dict__
    engine = create_engine("sqlite://")
    mapping.metadata.create_all(engine)
    with Session(engine) as session:
        thing: Any = Thing()
        thing.name = "a"
        session.add(thing)
        session.commit()
        assert thing.name == "a" and Thing.reads == ["name"]
        thing.name = "b"
        assert session.is_modified(thing)


def test_finders_know_classes_that_cannot_be_changed(mapping: Any) -> None:
    class Thing:
        manager: Any

    def find(cls: Any) -> Any:
        return Recorder if cls is Thing else None

    instrumentation_finders.insert(0, find)
    try:
        mapping.map_imperatively(Thing, mapping.metadata.tables["things"])
    finally:
        instrumentation_finders.remove(find)
    assert Thing.manager.log[0] == "manage"


@pytest.mark.parametrize("name", ["get_instance_dict", "initialize_instance_dict", "dict_getter"])
def test_values_elsewhere_are_refused(mapping: Any, name: str) -> None:
    elsewhere = type("Elsewhere", (InstrumentationManager,), {name: lambda self, *args: {}})

    class Thing:
        __sa_instrumentation_manager__ = elsewhere

    with pytest.raises(ArgumentError, match=rf"Elsewhere\.{name}: values of mapped objects are kept"):
        mapping.map_imperatively(Thing, mapping.metadata.tables["things"])


def test_a_manager_that_keeps_states_and_managers_itself(mapping: Any) -> None:
    """What a class written for SQLAlchemy does: state and manager are kept where it likes, and found there."""

    class Keeper(InstrumentationManager):
        def manage(self, class_: Any, manager: Any) -> None:
            class_.kept = manager

        def unregister(self, class_: Any, manager: Any) -> None:
            del class_.kept

        def manager_getter(self, class_: Any) -> Any:
            assert super().manager_getter(class_)(class_) is opt_manager_of_class(class_)
            return lambda cls: cls.kept

        def install_state(self, class_: Any, instance: Any, state: Any) -> None:
            instance.__dict__["_my_state"] = state

        def state_getter(self, class_: Any) -> Any:
            return lambda instance: instance.__dict__["_my_state"]

    class Thing:
        __sa_instrumentation_manager__ = Keeper
        kept: Any

    mapper = mapping.map_imperatively(Thing, mapping.metadata.tables["things"])
    thing = Thing()
    keeper, plain = Keeper(Thing), InstrumentationManager(Thing)
    assert keeper.manager_getter(Thing)(Thing) is mapper is manager_of_class(Thing)
    assert keeper.state_getter(Thing)(thing) is plain.state_getter(Thing)(thing)
    assert plain.get_instance_dict(Thing, thing) is plain.dict_getter(Thing)(thing) is thing.__dict__
    mapping.dispose()
    assert opt_manager_of_class(Thing) is None and not hasattr(Thing, "kept")


def test_what_is_no_manager_is_refused(mapping: Any) -> None:
    class Thing:
        __sa_instrumentation_manager__ = dict[str, Any]

        def __iter__(self) -> Any:
            return iter(())

    Thing.__sa_instrumentation_manager__ = staticmethod(lambda cls: 5)  # type: ignore[assignment]
    with pytest.raises(ArgumentError, match="has to make an InstrumentationManager"):
        mapping.map_imperatively(Thing, mapping.metadata.tables["things"])


def test_managers_of_classes(mapping: Any) -> None:
    class Thing:
        pass

    assert opt_manager_of_class(Thing) is None and opt_manager_of_class(None) is None
    with pytest.raises(UnmappedClassError, match="instrumentation manager"):
        manager_of_class(Thing)
    mapper = mapping.map_imperatively(Thing, mapping.metadata.tables["things"])
    assert manager_of_class(Thing) is mapper
