"""What type checkers infer of mapped classes, statements, rows and sessions. Checked by ``test_typing.py``; not run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

from lect import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, func, select
from lect.engine import Result
from lect.engine.result import ScalarResult
from lect.engine.row import Row
from lect.sql._select import Select
from lect_orm import (
    DeclarativeBase,
    DynamicMapped,
    InstrumentedAttribute,
    Mapped,
    MappedAsDataclass,
    Query,
    Session,
    WriteOnlyMapped,
    aliased,
    composite,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)
from lect_orm.ext.asyncio import AsyncSession, async_sessionmaker
from lect_orm.ext.hybrid import hybrid_property


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    nickname: Mapped[str | None]
    addresses: Mapped[list[Address]] = relationship(back_populates="user")


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


class Position:
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[Position] = composite(mapped_column("x"), mapped_column("y"))
    tags: Mapped[set[Tag]] = relationship()
    by_word: Mapped[dict[str, Tag]] = relationship(viewonly=True)
    main_tag: Mapped[Tag | None] = relationship(viewonly=True)
    asked: DynamicMapped[Tag] = relationship(viewonly=True)
    written: WriteOnlyMapped[Tag] = relationship(viewonly=True)

    @hybrid_property
    def twice(self) -> int:
        return self.id * 2


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    word: Mapped[str]


class DataBase(MappedAsDataclass, DeclarativeBase):
    pass


class Point(DataBase):
    __tablename__ = "points"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)
    tags: Mapped[list[str]] = mapped_column(default_factory=list, kw_only=True)


def attributes(user: User, address: Address) -> None:
    assert_type(User.id, InstrumentedAttribute[int])
    assert_type(User.nickname, InstrumentedAttribute[str | None])
    assert_type(user.id, int)
    assert_type(user.name, str)
    assert_type(user.nickname, str | None)
    user.name = "ed"
    user.nickname = None
    user.name = func.lower("ED")


def relationships(user: User, address: Address) -> None:
    assert_type(user.addresses, list[Address])
    assert_type(user.addresses[0], Address)
    assert_type(address.user, User)
    assert_type(User.addresses, InstrumentedAttribute[list[Address]])
    address.user = user
    user.addresses.append(address)


def statements() -> None:
    assert_type(select(User), Select[tuple[User]])
    assert_type(select(User.id, User.name), Select[tuple[int, str]])
    assert_type(select(User, Address), Select[tuple[User, Address]])
    assert_type(select(User, Address.id, User.nickname), Select[tuple[User, int, str | None]])
    assert_type(select(User).where(User.id == 5).order_by(User.name).limit(3), Select[tuple[User]])
    assert_type(select(User.id).join(User.addresses).distinct(), Select[tuple[int]])
    other = aliased(User)
    assert_type(other, type[User])
    assert_type(select(other), Select[tuple[User]])


def core() -> None:
    table = Table("t", MetaData(), Column("x", Integer))
    assert_type(table.c.x, Column[Any])
    assert_type(table.c["x"], Column[Any])
    number: Column[int] = Column("x", Integer)
    assert_type(select(number), Select[tuple[int]])
    with create_engine("sqlite://").connect() as connection:
        result = connection.execute(select(number, number))
        for row in result:
            assert_type(row, Row[int, int])
        assert_type(connection.scalars(select(number)).all(), Sequence[int])
        assert_type(connection.scalar(select(number)), int | None)


def sessions(session: Session) -> None:
    assert_type(session.get(User, 1), User | None)
    assert_type(session.get_one(User, 1), User)
    assert_type(session.scalars(select(User)), ScalarResult[User])
    assert_type(session.scalars(select(User)).all(), Sequence[User])
    assert_type(session.scalars(select(User)).first(), User | None)
    assert_type(session.scalars(select(User)).unique().one(), User)
    assert_type(session.scalars(select(User.id, User.name)).all(), Sequence[int])
    assert_type(session.scalar(select(User.name)), str | None)
    result = session.execute(select(User.id, User.name))
    assert_type(result, Result[int, str])
    assert_type(result.all(), Sequence[Row[int, str]])
    assert_type(result.first(), Row[int, str] | None)
    assert_type(result.scalars().all(), Sequence[int])
    assert_type(result.scalar_one(), int)
    for row in session.execute(select(User.id, User.name)):
        assert_type(row, Row[int, str])
        number, name = row
        assert_type(number, int)
        assert_type(name, str)
        assert_type(row[1], str)
    for number, name in session.execute(select(User.id, User.name)).tuples():
        assert_type(number, int)
        assert_type(name, str)


def factories() -> None:
    with sessionmaker(create_engine("sqlite://"))() as session:
        assert_type(session, Session)
    with sessionmaker(create_engine("sqlite://")).begin() as begun:
        assert_type(begun, Session)


def dataclasses() -> None:
    point = Point(1, 2, tags=["a"])
    assert_type(point.x, int)
    assert_type(point.tags, list[str])
    Point(x=1)


class Sized(Point, kw_only=True):
    __tablename__ = "sized"

    id: Mapped[int] = mapped_column(ForeignKey("points.id"), primary_key=True, init=False)
    size: Mapped[float]
    label: Mapped[str | None] = mapped_column(default=None)


def derived_dataclasses() -> None:
    sized = Sized(1, size=2.5)
    assert_type(sized.size, float)
    assert_type(sized.label, str | None)
    assert_type(sized.x, int)


def collections(place: Place, session: Session) -> None:
    assert_type(place.tags, set[Tag])
    assert_type(place.by_word["a"], Tag)
    assert_type(place.main_tag, Tag | None)
    assert_type(place.position, Position)
    assert_type(place.twice, int)
    for tag in place.tags:
        assert_type(tag.word, str)
    for asked in place.asked:
        assert_type(asked, Tag)
    assert_type(session.scalars(place.written.select()).all(), Sequence[Tag])


def joins_and_aliases(session: Session) -> None:
    parent = aliased(User)
    assert_type(select(User, parent), Select[tuple[User, User]])
    assert_type(select(User.id, parent.name), Select[tuple[int, str]])
    assert_type(select(User, Address).join(User.addresses), Select[tuple[User, Address]])
    assert_type(select(User, Address).join_from(User, Address, User.addresses), Select[tuple[User, Address]])
    assert_type(select(User).outerjoin(User.addresses.of_type(Address)), Select[tuple[User]])
    assert_type(select(User.name, func.count(Address.id)), Select[tuple[str, int]])
    rows = session.execute(select(User, Address, User.nickname).join(Address)).all()
    assert_type(rows, Sequence[Row[User, Address, str | None]])
    user, address, nickname = rows[0]
    assert_type(user, User)
    assert_type(address, Address)
    assert_type(nickname, str | None)
    one = session.execute(select(User.id, User.name, Address.id, Address.user_id)).one()
    assert_type(one, Row[int, str, int, int])
    subquery = select(User).where(User.name == "x").subquery()
    assert_type(session.scalars(select(aliased(User, subquery))).one(), User)


def queries(session: Session) -> None:
    assert_type(session.query(User), Query[User])
    assert_type(session.query(User).filter(User.name == "x").all(), list[User])
    assert_type(session.query(User).first(), User | None)
    assert_type(session.query(User).one(), User)
    assert_type(session.query(User).count(), int)


async def awaited(session: AsyncSession) -> None:
    assert_type(await session.get(User, 1), User | None)
    assert_type(await session.get_one(User, 1), User)
    assert_type((await session.scalars(select(User))).all(), Sequence[User])
    assert_type(await session.scalar(select(User.name)), str | None)
    assert_type((await session.execute(select(User.id, User.name))).all(), Sequence[Row[int, str]])
    async for user in await session.stream_scalars(select(User)):
        assert_type(user, User)
    make = async_sessionmaker(expire_on_commit=False)
    async with make() as made:
        assert_type(made, AsyncSession)


def scopes() -> None:
    scope = scoped_session(sessionmaker())
    assert_type(scope(), Session)
    assert_type(scope.scalars(select(User)).all(), Sequence[User])
    assert_type(scope.get(User, 1), User | None)
