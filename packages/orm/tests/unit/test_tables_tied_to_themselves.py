"""Many-to-many relationships of a class with itself: which column of the table between is whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import Column, ForeignKey, Integer, Table, create_engine, func, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    immediateload,
    joinedload,
    lazyload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)


class Base(DeclarativeBase):
    pass


follows = Table(
    "tt_follows",
    Base.metadata,
    Column("follower_id", ForeignKey("tt_member.id"), primary_key=True),
    Column("followed_id", ForeignKey("tt_member.id"), primary_key=True),
)
doors = Table("tt_door", Base.metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))


class Member(Base):
    __tablename__ = "tt_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    followed: Mapped[list[Member]] = relationship(
        secondary=follows,
        primaryjoin=id == follows.c.follower_id,
        secondaryjoin=id == follows.c.followed_id,
        order_by=id,
        back_populates="followers",
    )
    followers: Mapped[list[Member]] = relationship(
        secondary=follows,
        primaryjoin=id == follows.c.followed_id,
        secondaryjoin=id == follows.c.follower_id,
        order_by=id,
        back_populates="followed",
    )


class Room(Base):
    """The table between has no foreign keys."""

    __tablename__ = "tt_room"

    id: Mapped[int] = mapped_column(primary_key=True)
    beyond: Mapped[list[Room]] = relationship(
        secondary=doors, primaryjoin=id == doors.c.a, secondaryjoin=id == doors.c.b, order_by=id
    )


PAIRS = [(1, 2), (1, 3), (2, 3), (3, 1), (4, 1)]


@pytest.fixture
def session() -> Iterator[Any]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all([Member(id=n) for n in range(1, 5)] + [Room(id=n) for n in range(1, 5)])
        made.flush()
        made.execute(follows.insert(), [{"follower_id": a, "followed_id": b} for a, b in PAIRS])
        made.execute(doors.insert(), [{"a": a, "b": b} for a, b in PAIRS])
        made.commit()
        yield made
    engine.dispose()


@pytest.mark.parametrize("loader", [selectinload, joinedload, subqueryload, immediateload, lazyload])
def test_each_side_has_its_own(session: Any, loader: Any) -> None:
    def found(cls: Any, attribute: Any) -> list[tuple[int, int]]:
        session.expunge_all()
        statement = select(cls).order_by(cls.id).options(loader(attribute))
        return [(o.id, p.id) for o in session.scalars(statement).unique() for p in getattr(o, attribute.key)]

    assert found(Member, Member.followed) == PAIRS
    assert found(Member, Member.followers) == sorted((b, a) for a, b in PAIRS)
    assert found(Room, Room.beyond) == PAIRS
    assert found(Member, Member.followed.and_(Member.id > 1)) == [p for p in PAIRS if p[1] > 1]


def test_what_was_deleted_before_is_not_deleted_again(session: Any) -> None:
    """Collections in memory still hold an object whose rows went with it in an earlier flush."""
    members = session.scalars(select(Member).order_by(Member.id)).all()
    assert [(len(m.followed), len(m.followers)) for m in members] == [(2, 2), (1, 1), (1, 2), (1, 0)]
    session.delete(members[0])
    session.flush()
    assert session.scalar(select(func.count()).select_from(follows)) == 1
    for member in members[1:]:
        session.delete(member)
    session.flush()
    assert session.scalar(select(func.count()).select_from(follows)) == 0
    session.commit()
    assert session.scalar(select(func.count(Member.id))) == 0
