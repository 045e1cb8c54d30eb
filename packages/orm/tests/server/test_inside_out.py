"""The households of New York: one query, built from the inside out, gives the same objects on every database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import Engine, ForeignKey, String, and_, create_engine, event, exists, func, or_, select
from lect_orm import DeclarativeBase, Mapped, Session, aliased, joinedload, mapped_column, relationship

VARIABLES = [None, *sorted(name for name in os.environ if name.startswith("LECT_") and name.endswith("_URL"))]


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(50))
    addresses: Mapped[list[Address]] = relationship(order_by="Address.street")

    def homes(self) -> list[tuple[str, str]]:
        return [(a.street, a.city) for a in self.addresses]


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    street: Mapped[str] = mapped_column(String(50))
    city: Mapped[str] = mapped_column(String(50))
    zip: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


NY = "New York"
PEOPLE = {
    "u1": [("s7", NY)],
    "u2": [("s2", NY), ("s4", NY), ("s6", NY)],
    "u3": [("s7", NY), ("s8", "Boston")],  # shares s7 with u1, and has a house in Boston
    "u4": [("s6", NY), ("s9", "Boston")],
    "u5": [("s1", NY), ("s2", NY), ("s6", NY)],  # shares s2 with u2; s6 has three occupants
    "u6": [("s9", "Boston")],
}


@pytest.fixture(params=VARIABLES, ids=lambda v: v or "sqlite")
def engine(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Engine]:
    url = "sqlite://" if request.param is None else database_url(request.param)
    engine = create_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for name, homes in PEOPLE.items():
            session.add(User(username=name, addresses=[Address(street=s, city=c, zip="12345") for s, c in homes]))
            session.flush()
        session.commit()
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()


def two_occupant_ny() -> Any:
    return (
        select(Address.street, Address.city, Address.zip)
        .where(Address.city == NY)
        .group_by(Address.street, Address.city, Address.zip)
        .having(func.count(Address.user_id) == 2)
        .subquery()
    )


def same_home(a: Any, home: Any) -> Any:
    return and_(a.street == home.c.street, a.city == home.c.city, a.zip == home.c.zip)


def no_house_elsewhere(u_1: Any, u_2: Any) -> Any:
    return ~(
        exists(Address.id).where(Address.city != NY).where(or_(Address.user_id == u_1.id, Address.user_id == u_2.id))
    )


EXPECTED = [
    (
        ("u5", [("s1", NY), ("s2", NY), ("s6", NY)]),
        ("u2", [("s2", NY), ("s4", NY), ("s6", NY)]),
    )
]


class Statements:
    """What is sent while it listens."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.texts: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self._hear)
        return self.texts

    def _hear(self, conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.texts.append(" ".join(statement.split()))

    def __exit__(self, *exc: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._hear)


def assert_shape(text: str) -> None:
    """The parts of the statement, in the order in which one would write them by hand."""
    text = text.replace('"', "").replace("`", "").replace("[", "").replace("]", "")
    position = 0
    for part in (
        "SELECT ",
        "FROM user AS ",
        "JOIN user AS ",
        "JOIN address AS ",
        "JOIN address AS ",
        "JOIN (SELECT address.street AS street, address.city AS city, address.zip AS zip ",
        "FROM address WHERE address.city = ",
        "GROUP BY address.street, address.city, address.zip HAVING count(address.user_id) = ",
        "LEFT OUTER JOIN address AS ",
        "LEFT OUTER JOIN address AS ",
        "WHERE NOT (EXISTS (SELECT address.id FROM address WHERE address.city != ",
        " AND (address.user_id = ",
        " OR address.user_id = ",
    ):
        found = text.find(part, position)
        assert found >= 0, f"{part!r} is not where it should be in: {text}"
        position = found + len(part)


def test_select(engine: Engine) -> None:
    u_1, u_2 = aliased(User), aliased(User)
    a_1, a_2 = aliased(Address), aliased(Address)
    home = two_occupant_ny()
    statement = (
        select(u_1, u_2)
        .select_from(u_1)
        .join(u_2, u_1.id > u_2.id)
        .join(u_1.addresses.of_type(a_1))
        .join(u_2.addresses.of_type(a_2))
        .join(home, same_home(a_1, home) & same_home(a_2, home))
        .where(no_house_elsewhere(u_1, u_2))
        .options(joinedload(u_1.addresses), joinedload(u_2.addresses))
    )
    with Session(engine) as session, Statements(engine) as sent:
        found = [
            ((one.username, one.homes()), (other.username, other.homes()))
            for one, other in session.execute(statement).unique()
        ]
    assert found == EXPECTED
    (text,) = sent  # the addresses came along: nothing was loaded afterwards
    assert_shape(text)


def test_query(engine: Engine) -> None:
    u_1, u_2 = aliased(User), aliased(User)
    a_1, a_2 = aliased(Address), aliased(Address)
    with Session(engine) as session, Statements(engine) as sent:
        home = (
            session.query(Address.street, Address.city, Address.zip)
            .filter(Address.city == NY)
            .group_by(Address.street, Address.city, Address.zip)
            .having(func.count(Address.user_id) == 2)
            .subquery()
        )
        households = (
            session.query(u_1, u_2)
            .select_from(u_1)
            .join(u_2, u_1.id > u_2.id)
            .join(a_1, u_1.addresses)
            .join(a_2, u_2.addresses)
            .join(home, and_(same_home(a_1, home), same_home(a_2, home)))
            .filter(no_house_elsewhere(u_1, u_2))
            .options(joinedload(u_1.addresses), joinedload(u_2.addresses))
        )
        found = [((one.username, one.homes()), (other.username, other.homes())) for one, other in households.all()]
    assert found == EXPECTED
    (text,) = sent
    assert_shape(text)
