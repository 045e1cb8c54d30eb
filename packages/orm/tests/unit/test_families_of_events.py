"""Every family of events that there is, and those of classes, registries and queries at work."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Integer, String, create_engine, event
from lect_orm import (
    AttributeEvents,
    DeclarativeBase,
    InstanceEvents,
    InstrumentationEvents,
    MapperEvents,
    Query,
    QueryEvents,
    RegistryEvents,
    Session,
    SessionEvents,
    mapped_column,
)

NAMES = {
    AttributeEvents: "append append_wo_mutation bulk_replace dispose_collection init_collection init_scalar modified "
    "remove set",
    InstanceEvents: "expire first_init init init_failure load pickle refresh refresh_flush unpickle",
    InstrumentationEvents: "attribute_instrument class_instrument class_uninstrument",
    MapperEvents: "after_configured after_delete after_insert after_mapper_constructed after_update before_configured "
    "before_delete before_insert before_mapper_configured before_update instrument_class mapper_configured",
    QueryEvents: "before_compile before_compile_delete before_compile_update",
    RegistryEvents: "after_configured before_configured",
    SessionEvents: "after_attach after_begin after_bulk_delete after_bulk_update after_commit after_flush "
    "after_flush_postexec after_rollback after_soft_rollback after_transaction_create after_transaction_end "
    "before_attach before_commit before_flush deleted_to_detached deleted_to_persistent detached_to_persistent "
    "do_orm_execute loaded_as_persistent pending_to_persistent pending_to_transient persistent_to_deleted "
    "persistent_to_detached persistent_to_transient transient_to_pending",
}


@pytest.mark.parametrize("family", NAMES, ids=lambda f: f.__name__)
def test_names(family: Any) -> None:
    assert sorted(family._events) == NAMES[family].split()


@pytest.fixture
def Base() -> Any:
    class Base(DeclarativeBase):
        pass

    yield Base
    Base.registry.dispose()


def thing_of(Base: Any) -> Any:
    class Thing(Base):
        __tablename__ = "thing"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(30))

    return Thing


def test_classes_and_attributes_that_are_mapped(Base: Any) -> None:
    seen: list[Any] = []

    @event.listens_for(Base, "class_instrument", propagate=True)
    def instrumented(cls: Any) -> None:
        seen.append(cls.__name__)

    @event.listens_for(Base, "attribute_instrument", propagate=True)
    def attribute(cls: Any, key: str, inst: Any) -> None:
        seen.append((cls.__name__, key, inst.key))

    @event.listens_for(Base, "class_uninstrument", propagate=True)
    def gone(cls: Any) -> None:
        seen.append("gone")

    thing_of(Base)
    assert seen == ["Thing", ("Thing", "id", "id"), ("Thing", "name", "name")]
    Base.registry.dispose()
    assert seen[-1] == "gone"
    for name, fn in (("class_instrument", instrumented), ("attribute_instrument", attribute)):
        event.remove(Base, name, fn)
    assert not event.contains(Base, "class_instrument", instrumented)


def test_a_registry_that_is_settled(Base: Any) -> None:
    seen: list[Any] = []
    event.listen(Base.registry, "before_configured", lambda registry: seen.append(("before", registry)))
    event.listen(Base.registry, "after_configured", lambda registry: seen.append(("after", registry)))
    thing_of(Base)
    Base.registry.configure()
    assert seen == [("before", Base.registry), ("after", Base.registry)]


def test_queries_that_are_changed_before_they_are_compiled(Base: Any) -> None:
    Thing = thing_of(Base)
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)

    class Visible(Query[Any]):
        pass

    @event.listens_for(Visible, "before_compile", retval=True)
    def without_hidden(query: Any) -> Any:
        return query.filter(Thing.name != "hidden")

    @event.listens_for(Visible, "before_compile_update", retval=True)
    def only_visible(query: Any, context: Any) -> Any:
        assert context.mapper is Thing.__mapper__
        context.values = {**context.values, "name": context.values["name"].upper()}
        return query.filter(Thing.name != "hidden")

    @event.listens_for(Visible, "before_compile_delete")
    def told(query: Any, context: Any) -> None:
        told.calls += 1  # type: ignore[attr-defined]

    told.calls = 0  # type: ignore[attr-defined]
    with Session(engine, query_cls=Visible) as session:
        session.add_all([Thing(name="hidden"), Thing(name="a")])
        session.commit()
        assert [t.name for t in session.query(Thing)] == ["a"]
        assert session.query(Thing).count() == 1
        assert "thing.name != " in str(session.query(Thing))
        assert session.query(Thing).update({"name": "b"}) == 1
        assert session.connection().exec_driver_sql("SELECT name FROM thing ORDER BY id").scalars().all() == [
            "hidden",
            "B",
        ]
        assert session.query(Thing).delete() == 2
        assert told.calls == 1  # type: ignore[attr-defined]
