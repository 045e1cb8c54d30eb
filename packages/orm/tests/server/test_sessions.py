"""Sessions as an application uses them, on every database: states, savepoints, transactions joined and of two phases,
several engines, bulk methods, pickled objects.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import Engine, ForeignKey, String, create_engine, func, insert, inspect, select, text, update
from lect.exc import DBAPIError, InvalidRequestError
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    make_transient,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)

VARIABLES = [None, *sorted(name for name in os.environ if name.startswith("LECT_") and name.endswith("_URL"))]


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "session_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(30))
    entries: Mapped[list[Entry]] = relationship(back_populates="account", cascade="all, delete-orphan")


class Entry(Base):
    __tablename__ = "session_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("session_account.id"))
    account: Mapped[Account] = relationship(back_populates="entries")


class Elsewhere(DeclarativeBase):
    pass


class Note(Elsewhere):
    __tablename__ = "session_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(30))


@pytest.fixture(params=VARIABLES, ids=lambda v: v or "sqlite")
def engine(request: pytest.FixtureRequest, database_url: Callable[[str], str], tmp_path: Any) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/one.db" if request.param is None else database_url(request.param)
    engine = create_engine(url)
    for metadata in (Base.metadata, Elsewhere.metadata):
        metadata.drop_all(engine)
        metadata.create_all(engine)
    yield engine
    for metadata in (Base.metadata, Elsewhere.metadata):
        metadata.drop_all(engine)
    engine.dispose()


def count(engine: Engine, mapped: Any) -> Any:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(mapped.__table__))


def test_a_savepoint_that_is_rolled_back_restores_objects_exactly(engine: Engine) -> None:
    with Session(engine) as session:
        ann = Account(owner="Ann", entries=[Entry(cents=1), Entry(cents=2)])
        untouched = Account(owner="Eve")
        session.add_all([ann, untouched])
        session.commit()
        first, second = ann.entries
        assert untouched.owner == "Eve"
        with pytest.raises(RuntimeError), session.begin_nested():
            ann.owner = "Nobody"
            ann.entries.remove(first)
            second.cents = 20
            new = Entry(cents=3)
            ann.entries.append(new)
            bob = Account(owner="Bob")
            session.add(bob)
            session.flush()
            assert inspect(first).deleted
            assert inspect(new).persistent
            raise RuntimeError
        assert untouched.__dict__["owner"] == "Eve"  # was not written within the savepoint, and is not read again
        assert (ann.owner, ann.entries, second.cents) == ("Ann", [first, second], 2)
        assert inspect(first).persistent
        assert inspect(new).transient
        assert inspect(bob).transient
        assert inspect(bob).identity is None
        session.commit()
    assert (count(engine, Account), count(engine, Entry)) == (2, 2)


def test_savepoints_within_savepoints(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(Account(owner="outer"))
        with session.begin_nested():
            session.add(Account(owner="inner"))
            innermost = session.begin_nested()
            session.add(Account(owner="innermost"))
            session.flush()
            innermost.rollback()
        owners = session.scalars(select(Account.owner).order_by(Account.owner)).all()
    assert owners == ["inner", "outer"]


def test_a_failed_flush_within_a_savepoint_leaves_the_rest(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Account(id=1, owner="Ann"))
        session.flush()
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(insert(Account), {"id": 1, "owner": "twice"})
        session.add(Account(id=2, owner="Bob"))
        session.commit()
    assert count(engine, Account) == 2


@pytest.mark.parametrize(
    ("mode", "left_after_rollback", "left_after_commit"),
    [
        ("conditional_savepoint", 0, 1),
        ("rollback_only", 0, 1),
        ("control_fully", 0, 1),
        ("create_savepoint", 1, 2),
    ],
)
def test_joining_a_transaction_of_somebody_else(
    engine: Engine, mode: Any, left_after_rollback: int, left_after_commit: int
) -> None:
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(insert(Account.__table__), {"owner": "outside"})
        with Session(connection, join_transaction_mode=mode) as session:
            session.add(Account(owner="inside"))
            session.flush()
            session.rollback()
        assert transaction.is_active == (mode == "create_savepoint")
        if transaction.is_active:
            transaction.commit()
    assert count(engine, Account) == left_after_rollback
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode=mode) as session:
            session.add(Account(owner="inside"))
            session.commit()
        assert transaction.is_active == (mode != "control_fully")
        if transaction.is_active:
            transaction.commit()
    assert count(engine, Account) == left_after_commit


def supports_two_phase(engine: Engine) -> str:
    """Return why not, or nothing."""
    if not engine.dialect.capabilities.two_phase:
        return f"{engine.dialect.name} over {engine.driver} has no two-phase transactions"
    try:
        with engine.connect() as connection, connection.begin_twophase() as transaction:
            connection.execute(text("SELECT 1"))
            transaction.prepare()
            transaction.rollback()
    except (DBAPIError, InvalidRequestError) as error:
        return f"it is refused: {str(error).splitlines()[0]}"
    return ""


def test_one_commit_over_two_engines(engine: Engine) -> None:
    if reason := supports_two_phase(engine):
        pytest.skip(reason)
    other = create_engine(engine.url)
    try:
        make = sessionmaker(twophase=True, binds={Account: engine, Entry: engine, Note: other})
        with make() as session, session.begin():
            session.add_all([Account(owner="Ann"), Note(text="first")])
        with make() as session:
            session.add_all([Account(owner="Bob"), Note(text="second")])
            session.flush()
            session.rollback()
        with make() as session:
            session.add_all([Account(owner="Eve"), Note(text="third")])
            session.prepare()
            assert count(engine, Account) == 1  # prepared on both, committed on none
            session.commit()
        # One of the two fails before both have promised: neither is committed.
        with make() as session, pytest.raises(DBAPIError):
            session.add(Account(owner="Joe"))
            session.flush()
            session.execute(text("SELECT no_such_column FROM session_note"), bind_arguments={"mapper": Note})
            session.commit()
    finally:
        other.dispose()
    assert (count(engine, Account), count(engine, Note)) == (2, 2)


def test_reading_and_writing_by_different_engines(engine: Engine) -> None:
    reader = create_engine(engine.url)
    used: list[str] = []

    class Routed(Session):
        def get_bind(self, mapper: Any = None, *, clause: Any = None, **kw: Any) -> Any:
            writes = self._flushing or (clause is not None and clause.is_dml)
            used.append("write" if writes else "read")
            return engine if writes else reader

    with Routed() as session:
        session.add(Account(owner="Ann"))
        session.commit()
        assert session.scalars(select(Account.owner)).all() == ["Ann"]
        session.rollback()
        session.execute(update(Account).values(owner="Eve"))
        session.commit()
    reader.dispose()
    assert "read" in used
    assert "write" in used
    with Session(engine) as session:
        assert session.scalars(select(Account.owner)).all() == ["Eve"]


def test_classes_on_engines_of_their_own(engine: Engine) -> None:
    apart = create_engine("sqlite://")
    Elsewhere.metadata.create_all(apart)
    with Session(binds={Base: engine, Elsewhere: apart}) as session:
        session.add_all([Account(owner="Ann"), Note(text="apart")])
        session.commit()
        assert session.scalars(select(Note.text)).all() == ["apart"]
        assert session.get_bind(Account) is engine
        assert session.get_bind(Note) is apart
        assert session.get_bind(clause=select(Note.id)) is apart
    assert count(engine, Note) == 0


def test_one_session_per_thread(engine: Engine) -> None:
    import threading

    sessions = scoped_session(sessionmaker(engine))
    seen: list[Any] = []

    def work(name: str) -> None:
        sessions.add(Account(owner=name))
        sessions.commit()
        seen.append(sessions())
        sessions.remove()

    for name in ("a", "b"):
        thread = threading.Thread(target=work, args=(name,))
        thread.start()
        thread.join()
    work("c")
    assert len({id(s) for s in seen}) == 3
    assert count(engine, Account) == 3


def test_bulk_methods(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        things = [Account(owner="a"), Account(owner="b")]
        session.bulk_save_objects(things, return_defaults=True)
        session.bulk_insert_mappings(Account, [{"owner": "c"}, {"owner": "d"}])
        session.bulk_update_mappings(Account, [{"id": t.id, "owner": t.owner.upper()} for t in things])
        assert not session.new
        assert not session.identity_map
        assert sorted(session.scalars(select(Account.owner))) == ["A", "B", "c", "d"]


def test_flush_of_chosen_objects_and_what_is_modified(engine: Engine) -> None:
    with Session(engine) as session:
        a, b = Account(owner="a"), Account(owner="b")
        session.add_all([a, b])
        session.flush([a])
        assert set(session.new) == {b}
        session.commit()
        assert (a.owner, b.owner) == ("a", "b")
        a.owner, b.owner = "new", "b"
        assert session.is_modified(a)
        assert not session.is_modified(b)  # set to what it was
        assert inspect(a).attrs.owner.history == (["new"], (), ["a"])
        with session.no_autoflush:
            assert session.scalar(select(func.count()).where(Account.owner == "new")) == 0
        assert session.scalar(select(func.count()).where(Account.owner == "new")) == 1


def test_objects_travel_by_pickle(engine: Engine) -> None:
    with Session(engine) as session:
        ann = Account(owner="Ann", entries=[Entry(cents=1)])
        session.add(ann)
        session.commit()
        ann.owner, ann.entries
        ann.owner = "Anna"
        data = pickle.dumps(ann)
    assert len(data) < 2_000  # objects, not what they are mapped by
    copy = pickle.loads(data)
    assert inspect(copy).detached
    with Session(engine) as session:
        session.add(copy)
        assert copy in session.dirty
        copy.entries.append(Entry(cents=2))
        session.commit()
        assert [e.cents for e in session.scalars(select(Entry).order_by(Entry.id))] == [1, 2]
        assert session.get(Account, copy.id) is copy
        assert copy.owner == "Anna"
        merged = session.merge(pickle.loads(data))
        assert merged is copy


def test_a_row_becomes_another(engine: Engine) -> None:
    with Session(engine) as session:
        ann = Account(owner="Ann")
        session.add(ann)
        session.commit()
        assert ann.owner == "Ann"
        session.expunge(ann)
        make_transient(ann)
        ann.id = None  # type: ignore[assignment]
        session.add(ann)
        session.commit()
    assert count(engine, Account) == 2


def test_a_session_that_cannot_go_on_says_what_to_do(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Account(id=1, owner="a"), Account(id=1, owner="b")])
        with pytest.raises(DBAPIError):
            session.flush()
        with pytest.raises(InvalidRequestError, match=r"rollback\(\)"):
            session.scalars(select(Account)).all()
        session.rollback()
        assert session.scalars(select(Account)).all() == []
