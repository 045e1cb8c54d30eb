"""Sessions for asyncio, mutable values, ordering lists, shards."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest

from lect import JSON, ForeignKey, String, create_engine, delete, inspect, select, text, update
from lect.aio import create_async_engine
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from lect_orm.ext.asyncio import AsyncAttrs, async_object_session, async_sessionmaker
from lect_orm.ext.horizontal_shard import ShardedSession, set_shard_id
from lect_orm.ext.mutable import MutableDict, MutableList
from lect_orm.ext.orderinglist import ordering_list


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    facts: Mapped[Any] = mapped_column(MutableDict.as_mutable(JSON))
    words: Mapped[Any] = mapped_column(MutableList.as_mutable(JSON))
    lines: Mapped[list[Line]] = relationship(
        order_by="Line.position", collection_class=ordering_list("position"), cascade="all, delete-orphan"
    )


class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(50))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))


class City(Base):
    __tablename__ = "cities"
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    continent: Mapped[str] = mapped_column(String(50))


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def test_values_changed_in_place(session: Any) -> None:
    note = Note(facts={"a": 1}, words=["x"])
    session.add(note)
    session.commit()
    note.facts["b"] = 2
    note.words.append("y")
    assert note in session.dirty
    session.commit()
    assert note.facts == {"a": 1, "b": 2}
    assert note.words == ["x", "y"]


def test_mutable_values_are_pickled_with_their_object(session: Any) -> None:
    note = Note(facts={"a": 1}, words=[])
    session.add(note)
    session.commit()
    note.facts
    copy = pickle.loads(pickle.dumps(note))
    session.close()
    session.add(copy)
    copy.facts["b"] = 2
    assert copy in session.dirty


def test_mutable_values_refuse_other_types() -> None:
    with pytest.raises(ValueError, match="Attribute 'facts' does not accept objects of type"):
        Note(facts="text")


def test_positions_follow_the_list(session: Any) -> None:
    note = Note(facts={}, words=[], lines=[Line(text="a"), Line(text="b")])
    session.add(note)
    session.commit()
    note.lines.insert(0, Line(text="first"))
    del note.lines[1]
    session.commit()
    assert [(line.text, line.position) for line in note.lines] == [("first", 0), ("b", 1)]
    note.lines.reverse()
    session.commit()
    assert [line.text for line in note.lines] == ["b", "first"]


def test_asyncio() -> None:
    pytest.importorskip("aiosqlite")
    pytest.importorskip("greenlet")

    async def main() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        maker = async_sessionmaker(engine)
        async with maker.begin() as session:
            session.add(Note(facts={"a": 1}, words=[], lines=[Line(text="a")]))
        async with maker() as session:
            note = (await session.scalars(select(Note))).one()
            assert async_object_session(note) is session
            assert [line.text for line in await note.awaitable_attrs.lines] == ["a"]
            number = note.id
            async with session.begin_nested() as nested:
                note.facts["b"] = 2
                await nested.rollback()
            assert await session.get(Note, number) is note
            await session.refresh(note)
            assert note.facts == {"a": 1}
            assert (await session.execute(text("SELECT count(*) FROM lines"))).scalar() == 1
            streamed = await session.stream_scalars(select(Line.text))
            assert [value async for value in streamed] == ["a"]
            assert await session.run_sync(lambda s: s.query(Note).count()) == 1
        await engine.dispose()

    asyncio.run(main())


def test_shards() -> None:
    engines = {name: create_engine("sqlite://") for name in ("europe", "asia")}
    for engine in engines.values():
        Base.metadata.create_all(engine)

    def shard_of(mapper: Any, obj: Any, clause: Any = None) -> str:
        return str(obj.continent) if obj is not None else "europe"

    def new_session() -> ShardedSession:
        return ShardedSession(
            shards=engines,
            shard_chooser=shard_of,
            identity_chooser=lambda mapper, pk, **kw: list(engines),
            execute_chooser=lambda context: list(engines),
        )

    with new_session() as session:
        session.add_all([City(name="Oslo", continent="europe"), City(name="Lahore", continent="asia")])
        session.commit()
        assert {c.name for c in session.scalars(select(City))} == {"Oslo", "Lahore"}
        one_shard = select(City).options(set_shard_id(next(iter(engines))))
        assert len(session.scalars(one_shard).all()) == 1
    for name, engine in engines.items():
        with engine.connect() as connection:
            assert len(connection.execute(select(City.__table__)).all()) == 1, name
    with new_session() as session:
        lahore = session.get(City, "Lahore")
        assert lahore is not None
        lahore.continent = "ASIA"
        session.commit()
        assert lahore.continent == "ASIA"
        assert inspect(lahore).identity_token == "asia"
    with new_session() as session:
        assert session.execute(update(City).where(City.name != "").values(continent="moved")).rowcount == 2
        assert {c.continent for c in session.scalars(select(City))} == {"moved"}
        lahore = session.get_one(City, "Lahore")
        lahore.name = "Karachi"  # another key, on the same shard
        session.flush()
        assert inspect(lahore).key == (City, ("Karachi",), "asia")
        assert session.execute(delete(City).where(City.name != "")).rowcount == 2
