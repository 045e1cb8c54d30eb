"""Statements of entities as SQL, and objects loaded from SQLite by every strategy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import ForeignKey, String, and_, create_engine, event, exists, func, or_, select, text
from lect.exc import InvalidRequestError
from lect_orm import (
    Bundle,
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    Session,
    WriteOnlyMapped,
    aliased,
    contains_eager,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    query_expression,
    raiseload,
    relationship,
    selectinload,
    subqueryload,
    with_expression,
    with_loader_criteria,
    with_parent,
)
from lect_orm.exc import DetachedInstanceError


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    addresses: Mapped[list[Address]] = relationship(back_populates="user", order_by="Address.id")


class Address(Base):
    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    street: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(20))
    zip: Mapped[str] = mapped_column(String(10))
    user: Mapped[User] = relationship(back_populates="addresses")


#: occupant -> (street, city)
HOMES = {
    "u1": [("s1", "Boston")],
    "u2": [("s2", "New York"), ("s4", "New York"), ("s5", "New York")],
    "u3": [("s6", "New York"), ("s9", "Boston")],
    "u4": [("s6", "New York")],
    "u5": [("s1", "New York"), ("s2", "New York"), ("s3", "New York")],
}


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        for name, homes in HOMES.items():
            made.add(User(name=name, addresses=[Address(street=s, city=c, zip="12345") for s, c in homes]))
        made.commit()
    with Session(engine) as made:
        yield made
    engine.dispose()


class Statements:
    """Collects the SQL that a session emits within a block."""

    def __init__(self, session: Session) -> None:
        self.engine: Any = session.get_bind()
        self.texts: list[str] = []

    def _hear(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.texts.append(statement)

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self._hear)
        return self.texts

    def __exit__(self, *exc: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._hear)


@pytest.mark.parametrize(
    ("option", "statements"),
    [
        (joinedload(User.addresses), 1),
        (selectinload(User.addresses), 2),
        (subqueryload(User.addresses), 2),
        (immediateload(User.addresses), 6),
        (lazyload(User.addresses), 6),
    ],
)
def test_every_strategy_gives_the_same_objects(session: Session, option: Any, statements: int) -> None:
    with Statements(session) as texts:
        users = session.scalars(select(User).options(option).order_by(User.id)).unique().all()
        found = {u.name: [(a.street, a.city) for a in u.addresses] for u in users}
    assert found == HOMES
    assert len(texts) == statements


def test_joined_collections_must_be_made_unique(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match=r"unique\(\) method must be invoked"):
        session.scalars(select(User).options(joinedload(User.addresses))).all()


def test_a_limit_counts_objects_not_joined_rows(session: Session) -> None:
    statement = select(User).options(joinedload(User.addresses)).order_by(User.id.desc()).limit(2)
    users = session.scalars(statement).unique().all()
    assert [(u.name, len(u.addresses)) for u in users] == [("u5", 3), ("u4", 1)]


def test_many_to_one_is_found_in_the_session(session: Session) -> None:
    users = session.scalars(select(User)).all()
    addresses = session.scalars(select(Address)).all()
    with Statements(session) as texts:
        assert all(a.user in users for a in addresses)
    assert texts == []


def test_refused_loading_names_the_way_out(session: Session) -> None:
    user = session.scalars(select(User).options(raiseload(User.addresses)).limit(1)).one()
    with pytest.raises(InvalidRequestError, match=r"'User.addresses' is not available.*selectinload\(User.addresses\)"):
        _ = user.addresses


def test_a_detached_object_does_not_load(session: Session) -> None:
    user = session.scalars(select(User).limit(1)).one()
    session.expunge(user)
    with pytest.raises(DetachedInstanceError, match="lazy load operation of attribute 'addresses' cannot proceed"):
        _ = user.addresses


def test_columns_left_out_are_loaded_when_read(session: Session) -> None:
    address = session.scalars(select(Address).options(load_only(Address.street)).limit(1)).one()
    assert "city" not in address.__dict__
    assert address.city == "Boston"
    deferred = session.scalars(select(User).options(defer(User.name, raiseload=True)).limit(1)).one()
    with pytest.raises(InvalidRequestError, match="raiseload"):
        _ = deferred.name


def test_contains_eager_takes_what_the_statement_joins(session: Session) -> None:
    statement = (
        select(User)
        .join(User.addresses)
        .where(Address.city == "Boston")
        .options(contains_eager(User.addresses))
        .order_by(User.id)
    )
    users = session.scalars(statement).unique().all()
    assert [(u.name, [a.street for a in u.addresses]) for u in users] == [("u1", ["s1"]), ("u3", ["s9"])]


def test_loader_criteria_hold_for_lazy_loads_too(session: Session) -> None:
    option = with_loader_criteria(Address, Address.city == "New York")
    user = session.scalars(select(User).where(User.name == "u3").options(option)).one()
    assert [a.street for a in user.addresses] == ["s6"]


def test_the_statement_of_the_second_run_is_the_first_ones(session: Session) -> None:
    for name in ("u1", "u2", "u1"):
        assert session.scalars(select(User).where(User.name == name)).one().name == name


def test_rows_of_columns_entities_and_bundles(session: Session) -> None:
    row = session.execute(select(User, User.name, Bundle("b", User.id, User.name)).order_by(User.id)).first()
    assert row is not None
    assert row.User.name == row.name == row.b.name == "u1"


def test_text_of_joins_and_exists() -> None:
    assert str(select(User.id).join(User.addresses)) == (
        'SELECT "user".id \nFROM "user" JOIN address ON "user".id = address.user_id'
    )
    assert str(select(User.id).where(User.addresses.any(Address.city == "x"))) == (
        'SELECT "user".id \nFROM "user" \nWHERE EXISTS (SELECT 1 \nFROM address \n'
        'WHERE "user".id = address.user_id AND address.city = :city_1)'
    )
    assert str(select(Address.id).where(~Address.user.has(name="x"))) == (
        'SELECT address.id \nFROM address \nWHERE NOT (EXISTS (SELECT 1 \nFROM "user" \n'
        'WHERE "user".id = address.user_id AND "user".name = :name_1))'
    )


def test_related_to_an_object(session: Session) -> None:
    user = session.scalars(select(User).where(User.name == "u2")).one()
    by_parent = session.scalars(select(Address).where(with_parent(user, User.addresses))).all()
    assert by_parent == session.scalars(select(Address).where(Address.user == user)).all() == user.addresses


def test_entities_from_text(session: Session) -> None:
    statement = select(User).from_statement(text('SELECT * FROM "user" WHERE name = :n'))
    assert session.scalars(statement, {"n": "u4"}).one().name == "u4"


def test_households_in_new_york_with_two_occupants_and_no_home_elsewhere(session: Session) -> None:
    two_occupant_ny = (
        session.query(Address.street, Address.city, Address.zip)
        .filter(Address.city == "New York")
        .group_by(Address.street, Address.city, Address.zip)
        .having(func.count(Address.user_id) == 2)
        .subquery()
    )
    u_1, u_2, a_1, a_2 = aliased(User), aliased(User), aliased(Address), aliased(Address)
    query = (
        session.query(u_1, u_2)
        .select_from(u_1)
        .join(u_2, u_1.id > u_2.id)
        .join(a_1, u_1.addresses)
        .join(a_2, u_2.addresses)
        .join(
            two_occupant_ny,
            and_(
                a_1.street == two_occupant_ny.c.street,
                a_1.city == two_occupant_ny.c.city,
                a_1.zip == two_occupant_ny.c.zip,
                a_2.street == two_occupant_ny.c.street,
                a_2.city == two_occupant_ny.c.city,
                a_2.zip == two_occupant_ny.c.zip,
            ),
        )
        .filter(
            ~exists(
                select(Address.id)
                .where(Address.city != "New York")
                .where(or_(Address.user_id == u_1.id, Address.user_id == u_2.id))
            )
        )
        .options(joinedload(u_1.addresses), joinedload(u_2.addresses))
    )
    with Statements(session) as texts:
        pairs = [(a.name, b.name, len(a.addresses), len(b.addresses)) for a, b in query.all()]
    assert pairs == [("u5", "u2", 3, 3)]
    assert len(texts) == 1
    assert "GROUP BY address.street, address.city, address.zip" in texts[0]
    assert "NOT (EXISTS (SELECT address.id" in texts[0]
    assert texts[0].count("LEFT OUTER JOIN address") == 2


def test_rows_in_pieces_end_where_they_end(session: Session) -> None:
    statement = select(User).order_by(User.id).execution_options(yield_per=1)
    whole = session.scalars(select(User).order_by(User.id)).all()
    assert [list(piece) for piece in session.scalars(statement).partitions()] == [[user] for user in whole]
    assert [user for piece in session.execute(statement).partitions() for (user,) in piece] == whole
    result = session.scalars(statement)
    assert result.all() == whole
    assert result.fetchmany(3) == []


def test_a_wildcard_without_entity_is_about_everything_behind(session: Session) -> None:
    statement = select(User).options(joinedload(User.addresses), raiseload("*")).order_by(User.id)
    user = session.scalars(statement).unique().first()
    assert user is not None
    with pytest.raises(InvalidRequestError, match=r"'Address.user' is not available due to lazy='raise'"):
        assert user.addresses[0].user


def test_an_expression_that_no_statement_gives_is_none() -> None:
    class Own(DeclarativeBase):
        pass

    class Thing(Own):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        score: Mapped[int | None] = query_expression()

    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Thing(id=1))
        session.commit()
        thing = session.get_one(Thing, 1)
        assert thing.score is None
        scored = select(Thing).options(with_expression(Thing.score, Thing.id + 41))
        assert session.scalars(scored, execution_options={"populate_existing": True}).one().score == 42
        session.expire(thing)
        assert thing.score is None
        session.expire(thing, ["score"])
        assert thing.score is None
        assert Thing().score is None
    engine.dispose()


def test_members_taken_from_a_query_of_members_stay_away() -> None:
    class Own(DeclarativeBase):
        pass

    class Parent(Own):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        asked: DynamicMapped[Child] = relationship(order_by="Child.id")
        written: WriteOnlyMapped[Child] = relationship(order_by="Child.id", overlaps="asked")

    class Child(Own):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))

    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as session:
        parent = Parent()
        session.add(parent)
        parent.written.add_all([Child(id=1), Child(id=2), Child(id=3)])
        session.commit()
        parent.asked.remove(session.get_one(Child, 1))
        session.commit()
        parent.written.remove(session.get_one(Child, 2))
        session.commit()
        assert [child.id for child in parent.asked] == [3]
        assert [child.id for child in session.scalars(parent.written.select())] == [3]
    engine.dispose()
