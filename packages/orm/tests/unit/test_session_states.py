"""The five states of an object, how it gets from one to the next, and who hears of it."""

from __future__ import annotations

import gc
import pickle
from typing import Any

import pytest
from shop import Category, Customer, Order, Tag, new_engine, statements

from lect import Column, ForeignKey, Table, create_engine, delete, event, inspect, select, update
from lect.exc import InvalidRequestError
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    make_transient,
    make_transient_to_detached,
    mapped_column,
    object_session,
    relationship,
    selectinload,
    subqueryload,
)
from lect_orm.exc import DetachedInstanceError, ObjectDeletedError, UnmappedInstanceError

LIFECYCLE = (
    "transient_to_pending",
    "pending_to_transient",
    "persistent_to_transient",
    "pending_to_persistent",
    "detached_to_persistent",
    "loaded_as_persistent",
    "persistent_to_deleted",
    "deleted_to_persistent",
    "deleted_to_detached",
    "persistent_to_detached",
)


@pytest.fixture
def engine() -> Any:
    return new_engine()


@pytest.fixture
def session(engine: Any) -> Any:
    with Session(engine) as session:
        yield session


def state_name(obj: Any) -> str:
    state = inspect(obj)
    (name,) = [n for n in ("transient", "pending", "persistent", "deleted", "detached") if getattr(state, n)]
    return name


def test_an_object_goes_through_all_states(session: Any) -> None:
    heard: list[str] = []
    for name in LIFECYCLE:
        event.listen(session, name, lambda s, obj, name=name: heard.append(name))
    ada = Customer(name="ada")
    assert state_name(ada) == "transient"
    session.add(ada)
    assert state_name(ada) == "pending"
    assert object_session(ada) is session
    session.flush()
    assert state_name(ada) == "persistent"
    session.commit()
    session.delete(ada)
    session.flush()
    assert state_name(ada) == "deleted"
    assert ada not in session
    session.commit()
    assert state_name(ada) == "detached"
    assert inspect(ada).was_deleted
    assert heard == [
        "transient_to_pending",
        "pending_to_persistent",
        "persistent_to_deleted",
        "deleted_to_detached",
    ]


def test_rollback_gives_states_back(session: Any) -> None:
    kept = Customer(name="kept")
    session.add(kept)
    session.commit()
    added = Customer(name="added")
    session.add(added)
    session.delete(kept)
    session.flush()
    session.rollback()
    assert state_name(added) == "transient"
    assert state_name(kept) == "persistent"
    assert kept.name == "kept"
    assert added.name == "added"


def test_savepoint_restores_only_what_it_touched(engine: Any) -> None:
    with Session(engine, expire_on_commit=False) as session:
        a, b = Customer(name="a"), Customer(name="b")
        session.add_all([a, b])
        session.commit()
        a.name = "a2"
        nested = session.begin_nested()
        b.name = "b2"
        new = Order(text="new")
        session.add(new)
        session.flush()
        nested.rollback()
        assert state_name(new) == "transient"
        assert "name" in a.__dict__  # was not touched within the savepoint
        assert a.name == "a2"
        assert b.name == "b"
        session.commit()
        assert {c.name for c in session.query(Customer)} == {"a2", "b"}


def test_with_begin_commits_and_rolls_back(engine: Any) -> None:
    with Session(engine) as session, session.begin():
        session.add(Customer(name="a"))
    with pytest.raises(ZeroDivisionError), Session(engine) as session, session.begin():
        session.add(Customer(name="b"))
        session.flush()
        1 / 0
    with Session(engine) as session:
        assert [c.name for c in session.query(Customer)] == ["a"]


def test_an_object_nobody_holds_is_forgotten(session: Any) -> None:
    session.add(Customer(name="a"))
    session.commit()
    gc.collect()
    assert len(session.identity_map) == 0


def test_a_changed_object_is_held(session: Any) -> None:
    session.add(Customer(name="a"))
    session.commit()
    session.query(Customer).one().name = "changed"
    gc.collect()
    session.commit()
    assert session.query(Customer).one().name == "changed"


def test_one_row_is_one_object(session: Any) -> None:
    session.add(Customer(name="a"))
    session.commit()
    assert session.get(Customer, 1) is session.query(Customer).one()


def test_expunge_and_add_again(session: Any, engine: Any) -> None:
    ada = Customer(name="ada", orders=[Order(text="x")])
    session.add(ada)
    session.commit()
    order = ada.orders[0]
    session.expunge(ada)
    assert state_name(ada) == "detached"
    assert state_name(order) == "detached"  # the cascade
    with Session(engine) as other:
        other.add(ada)
        assert object_session(order) is other
        ada.name = "new"
        other.commit()
    assert session.get(Customer, 1).name == "new"


def test_two_sessions_do_not_share_an_object(session: Any, engine: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    with Session(engine) as other, pytest.raises(InvalidRequestError, match="is already attached to session"):
        other.add(ada)


def test_expired_attributes_are_read_again(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    session.commit()
    session.connection().exec_driver_sql("UPDATE customers SET name = 'other'")
    session.expire(ada, ["name"])
    assert ada.name == "other"
    ada.name = "pending"
    session.refresh(ada)
    assert ada.name == "other"


def test_expire_names_unknown_attributes(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    session.flush()
    with pytest.raises(InvalidRequestError, match="no mapped attribute 'nam'; did you mean 'name'"):
        session.expire(ada, ["nam"])


def test_a_row_that_is_gone(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    session.commit()
    session.connection().exec_driver_sql("DELETE FROM customers")
    with pytest.raises(ObjectDeletedError):
        ada.name
    assert session.get(Customer, 1) is None


def test_detached_objects_cannot_load(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    session.commit()
    session.close()
    with pytest.raises(DetachedInstanceError):
        ada.name
    with pytest.raises(DetachedInstanceError):
        ada.orders


def test_unmapped_objects_are_refused(session: Any) -> None:
    for action in (session.add, session.delete, session.merge, session.expunge, session.refresh):
        with pytest.raises(UnmappedInstanceError, match="object"):
            action(object())
    with pytest.raises(UnmappedInstanceError):
        session.add_all([Customer(), "text"])


def test_what_has_no_row_cannot_be_deleted(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="is not persisted"):
        session.delete(Customer())


def test_deleting_what_is_deleted_already_sends_nothing(session: Any, engine: Any) -> None:
    customer = Customer(name="c")
    session.add(customer)
    session.commit()
    session.delete(customer)
    session.flush()
    session.delete(customer)
    with statements(engine) as seen:
        session.flush()
    assert seen == []


def test_a_deleted_object_cannot_be_added(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    session.flush()
    session.delete(ada)
    session.flush()
    with pytest.raises(InvalidRequestError, match="make_transient"):
        session.add(ada)


def test_make_transient(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    session.commit()
    ada.name  # loaded
    make_transient(ada)
    assert state_name(ada) == "transient"
    ada.id = None
    session.add(ada)
    session.commit()
    assert ada.id == 2


def test_make_transient_to_detached(session: Any) -> None:
    session.add(Customer(name="ada"))
    session.commit()
    session.close()
    ada = Customer(id=1)
    make_transient_to_detached(ada)
    assert state_name(ada) == "detached"
    session.add(ada)
    assert ada.name == "ada"


def test_pickled_objects_come_back_detached(session: Any, engine: Any) -> None:
    ada = Customer(name="ada", orders=[Order(text="x")])
    session.add(ada)
    session.commit()
    ada.name, ada.orders[0].text
    ada.name = "changed"
    copy = pickle.loads(pickle.dumps(ada))
    assert state_name(copy) == "detached"
    assert inspect(copy).identity == (1,)
    assert inspect(copy).attrs.name.history.deleted == ["ada"]
    assert copy.orders[0].text == "x"
    session.rollback()
    session.close()
    with Session(engine) as other:
        other.add(copy)
        other.commit()
        assert other.get(Customer, 1).name == "changed"


def test_history(session: Any) -> None:
    ada = Customer(name="ada")
    assert inspect(ada).attrs.name.history == (["ada"], (), ())
    session.add(ada)
    session.flush()
    assert inspect(ada).attrs.name.history == ((), ["ada"], ())
    ada.name = "bob"
    assert inspect(ada).attrs.name.history == (["bob"], (), ["ada"])
    ada.name = "ada"
    assert inspect(ada).attrs.name.history == ((), ["ada"], ())
    assert ada in session.dirty
    assert not session.is_modified(ada)


def test_pending_orphans_leave_the_session(session: Any) -> None:
    ada, order = Customer(name="ada"), Order(text="x")
    session.add(ada)
    ada.orders.append(order)
    assert state_name(order) == "pending"
    ada.orders.remove(order)
    assert state_name(order) == "transient"


def test_a_pending_object_may_move_to_another_parent(session: Any) -> None:
    a, b, order = Customer(name="a"), Customer(name="b"), Order(text="x")
    session.add_all([a, b])
    session.flush()
    a.orders.append(order)
    order.customer = b
    assert state_name(order) == "pending"
    session.commit()
    assert b.orders == [order]
    assert a.orders == []


def test_backrefs_pull_nothing_into_a_session(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    order = Order(text="x", customer=ada)
    assert ada.orders == [order]
    assert state_name(order) == "transient"


def test_close_and_reuse(session: Any) -> None:
    ada = Customer(name="ada")
    session.add(ada)
    session.close()
    assert state_name(ada) == "transient"
    session.add(ada)
    session.commit()
    assert ada.id == 1


def test_a_session_that_is_closed_for_good(engine: Any) -> None:
    session = Session(engine, close_resets_only=False)
    session.close()
    with pytest.raises(InvalidRequestError, match="permanently closed"):
        session.query(Customer).all()


def test_failed_flush_asks_for_rollback(session: Any) -> None:
    from lect.exc import IntegrityError, PendingRollbackError

    session.add(Customer(id=1, name="a"))
    session.commit()
    session.expunge_all()
    session.add(Customer(id=1, name="b"))
    with pytest.raises(IntegrityError):
        session.flush()
    assert not session.is_active
    with pytest.raises(PendingRollbackError, match=r"first issue Session.rollback\(\)"):
        session.query(Customer).all()
    session.rollback()
    assert session.query(Customer).count() == 1


def test_no_flush_within_a_flush(session: Any) -> None:
    event.listen(session, "after_flush", lambda s, context: s.flush())
    session.add(Tag(label="x"))
    with pytest.raises(InvalidRequestError, match="already flushing"):
        session.flush()


def test_no_autoflush(session: Any) -> None:
    session.add(Category(name="x"))
    with session.no_autoflush:
        assert session.query(Category).count() == 0
    assert session.query(Category).count() == 1


def test_get_refuses_what_is_no_key(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="Incorrect number of values"):
        session.get(Customer, (1, 2))
    with pytest.raises(InvalidRequestError, match="Incorrect names of values"):
        session.get(Customer, {"id": 1, "name": "x"})
    assert session.get(Customer, {"id": 1}) is None


@pytest.mark.parametrize("how", ["lost", "evaluate", "fetch", "expired"])
def test_a_savepoint_takes_back_what_is_in_memory_by_another_way(how: str) -> None:
    engine = new_engine()
    with Session(engine) as session:
        session.add(Tag(id=1, label="before"))
        session.commit()
        tag = session.get_one(Tag, 1)
        savepoint = session.begin_nested()
        if how == "lost":  # the object that is changed is not the one that is there when all is undone
            tag.label = "after"
            session.flush()
            session.expire_all()
            del tag
            gc.collect()
            tag = session.get_one(Tag, 1)
        else:
            if how == "expired":
                session.expire(tag)
            synchronize = "evaluate" if how == "expired" else how
            session.execute(update(Tag).values(label="after"), execution_options={"synchronize_session": synchronize})
        assert tag.label == "after"
        savepoint.rollback()
        assert tag.label == "before"


@pytest.mark.parametrize("fate", ["changed", "to be deleted", "deleted"])
def test_a_rollback_lets_go_of_what_was_read_from_a_row_that_took_the_place_of_another(fate: str) -> None:
    engine = new_engine()
    with Session(engine) as session:
        first = Tag(id=1, label="first")
        session.add(first)
        session.commit()
        session.delete(first)
        session.add(Tag(id=1, label="second"))
        session.flush()
        session.expire_all()
        gc.collect()  # nobody holds the second one: the same row makes a third object
        third = session.get_one(Tag, 1)
        third.label = "third"
        if fate != "changed":
            session.delete(third)
        if fate == "deleted":
            session.flush()
        session.rollback()
        assert (state_name(first), state_name(third)) == ("persistent", "detached")
        assert first.label == "first"
        assert session.get(Tag, 1) is first


class BoxBase(DeclarativeBase):
    pass


pairs = Table(
    "pairs",
    BoxBase.metadata,
    Column("box_id", ForeignKey("box.id"), primary_key=True),
    Column("mark_id", ForeignKey("mark.id"), primary_key=True),
)


class Mark(BoxBase):
    __tablename__ = "mark"
    id: Mapped[int] = mapped_column(primary_key=True)


class Lid(BoxBase):
    __tablename__ = "lid"
    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"))


class Box(BoxBase):
    __tablename__ = "box"
    id: Mapped[int] = mapped_column(primary_key=True)
    marks: Mapped[list[Mark]] = relationship(secondary=pairs)
    lid: Mapped[Lid | None] = relationship(uselist=False)


@pytest.mark.parametrize("how", ["lazy", "joined", "selectin", "subquery"])
def test_what_a_savepoint_read_among_rows_that_it_wrote_is_read_again(how: str) -> None:
    engine = create_engine("sqlite://")
    BoxBase.metadata.create_all(engine)
    load = {"joined": joinedload, "selectin": selectinload, "subquery": subqueryload}.get(how)
    options = () if load is None else (load(Box.marks), load(Box.lid))
    with Session(engine) as session:
        box, quiet = Box(marks=[Mark()], lid=Lid()), Box(marks=[Mark()])
        session.add_all([box, quiet])
        session.commit()
        mark, lid = box.marks[0], box.lid
        assert quiet.marks
        savepoint = session.begin_nested()
        session.expire(box)
        session.execute(delete(pairs).where(pairs.c.box_id == box.id))
        session.delete(mark)
        session.delete(lid)
        session.flush()
        session.expire(box)
        assert session.scalars(select(Box).options(*options).where(Box.id == box.id)).unique().one() is box
        assert (box.marks, box.lid) == ([], None)
        savepoint.rollback()
        assert "marks" in quiet.__dict__  # read before, and it stays
        assert (box.marks, box.lid) == ([mark], lid)
