"""Rows that refer to each other, or to rows of their own class: what is written when."""

from __future__ import annotations

import pytest

from lect import Column, ForeignKey, ForeignKeyConstraint, String, Table, create_engine, event, select
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from lect_orm.exc import FlushError


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    friend_code: Mapped[str | None] = mapped_column(ForeignKey("person.code"))
    friend: Mapped[Person | None] = relationship(remote_side=[code], post_update=True)


def test_an_object_that_is_expired_lets_go() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        ann, bob = Person(code="a"), Person(code="b")
        ann.friend, bob.friend = bob, ann
        session.add_all([ann, bob])
        session.commit()
        assert session.connection().exec_driver_sql("SELECT code, friend_code FROM person ORDER BY code").all() == [
            ("a", "b"),
            ("b", "a"),
        ]
        session.expire_all()
        ann.friend = None  # nothing of ann is in memory, not even the key
        session.commit()
        assert ann.friend is None
        assert bob.friend is ann


@pytest.mark.parametrize("in_memory", ["all", "columns", "nothing"])
def test_deleted_objects_let_go_of_each_other_first(in_memory: str) -> None:
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys = 1"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        ann, bob = Person(code="a"), Person(code="b")
        ann.friend, bob.friend = bob, ann
        session.add_all([ann, bob])
        session.flush()
        if in_memory == "nothing":
            session.expire_all()
        elif in_memory == "columns":
            session.expire(ann, ["friend"])
            session.expire(bob, ["friend"])
            assert (ann.friend_code, bob.friend_code) == ("b", "a")
        session.delete(ann)
        session.delete(bob)
        session.commit()
        assert session.connection().exec_driver_sql("SELECT count(*) FROM person").scalar_one() == 0


def test_an_object_that_refers_to_nobody_is_deleted_by_one_statement() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Person(code="a"))
        session.commit()
        ann = session.get_one(Person, "a")
        sent = []
        event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2].split()[0]))
        ann.friend = ann  # never written
        session.delete(ann)
        session.commit()
        assert sent == ["DELETE"]


class Page(Base):
    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    next_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"))
    following: Mapped[Page | None] = relationship(remote_side=[id], post_update=True)
    __mapper_args__ = {"version_id_col": version}


def test_a_version_that_is_not_in_memory() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        first, second = Page(), Page()
        session.add_all([first, second])
        session.commit()
        first.following = second
        session.commit()
        assert first.following is second
        assert first.version > 1


def test_a_savepoint_gives_back_the_version_of_an_object_that_was_deleted() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        second = Page()
        first = Page(following=second)
        session.add_all([first, second])
        session.commit()
        savepoint = session.begin_nested()
        session.delete(first)
        session.flush()
        savepoint.rollback()
        assert first.following is second
        first.following = None
        session.commit()
        assert session.scalars(select(Page.next_id)).all() == [None, None]


def test_a_row_that_another_object_takes_over_is_not_made_to_let_go() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        first = Page(id=1)
        session.add(first)
        session.flush()  # what the row refers to is not in memory
        session.delete(first)
        session.add(Page(id=1))
        session.commit()
        assert session.scalars(select(Page.version)).all() == [2]


class Item(Base):
    __tablename__ = "item"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    inside_code: Mapped[str | None] = mapped_column(ForeignKey("item.code"))
    contents: Mapped[list[Item]] = relationship()  # nothing mirrors it


def test_a_member_of_its_own_class_that_is_taken_out() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        # "a" is written before "b", by its key, whatever holds it.
        session.add_all([box := Item(code="b"), thing := Item(code="a")])
        box.contents.append(thing)
        session.commit()
        box.contents.remove(thing)
        session.commit()
        assert box.contents == []
        assert thing.inside_code is None
        box.contents.append(thing)
        session.commit()
        # The two change places within one flush.
        box.contents.remove(thing)
        thing.contents.append(box)
        session.commit()
        assert (box.inside_code, thing.inside_code) == ("a", None)


likes = Table(
    "likes",
    Base.metadata,
    Column("liker", String(10), ForeignKey("fan.code"), primary_key=True),
    Column("liked", String(10), ForeignKey("fan.code"), primary_key=True),
)


class Fan(Base):
    __tablename__ = "fan"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    liked: Mapped[list[Fan]] = relationship(
        secondary=likes,
        primaryjoin=lambda: Fan.code == likes.c.liker,
        secondaryjoin=lambda: Fan.code == likes.c.liked,
        back_populates="liked_by",
        passive_updates=False,
    )
    liked_by: Mapped[list[Fan]] = relationship(
        secondary=likes,
        primaryjoin=lambda: Fan.code == likes.c.liked,
        secondaryjoin=lambda: Fan.code == likes.c.liker,
        back_populates="liked",
        passive_updates=False,
    )


def test_keys_of_both_sides_of_a_pair_change() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        ann, bob = Fan(code="a"), Fan(code="b")
        ann.liked.extend([ann, bob])
        session.add_all([ann, bob])
        session.commit()
        ann.code, bob.code = "x", "y"
        session.commit()
        rows = session.connection().execute(likes.select().order_by(likes.c.liked)).all()
        assert rows == [("x", "x"), ("x", "y")]
        assert set(ann.liked) == {ann, bob}


class Animal(Base):
    __tablename__ = "animal"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {
        "polymorphic_on": "kind", "polymorphic_identity": "animal", "version_id_col": version, "passive_updates": False,
    }  # fmt: skip


class Dog(Animal):
    __tablename__ = "dog"
    code: Mapped[str] = mapped_column(ForeignKey("animal.code"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "dog"}


def test_a_new_key_survives_reading_other_columns() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        dog = Dog(code="rex")
        session.add(dog)
        session.commit()

        def codes() -> list[str]:
            connection = session.connection()
            return [str(connection.exec_driver_sql(f"SELECT code FROM {t}").scalar_one()) for t in ("animal", "dog")]

        assert dog.code == "rex"
        session.expire(dog, ["version"])
        dog.code = "max"
        with session.no_autoflush:
            assert dog.version == 1
        assert dog.code == "max"
        session.flush()
        assert codes() == ["max", "max"]

        session.expire(dog, ["version"])
        dog.code = "bello"
        session.flush()  # reads the version by itself
        assert codes() == ["bello", "bello"]

        with session.no_autoflush:
            dog.code = "fips"
            session.refresh(dog, ["version"])
        assert dog.code == "fips"
        session.refresh(dog, ["code"])
        assert dog.code == "bello"


class Street(Base):
    __tablename__ = "street"
    town: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    next_town: Mapped[str | None] = mapped_column(String(10))
    next_name: Mapped[str | None] = mapped_column(String(10))
    following: Mapped[Street | None] = relationship(remote_side=[town, name], passive_updates=False)
    __table_args__ = (ForeignKeyConstraint([next_town, next_name], [town, name]),)


@pytest.mark.parametrize("expired", [None, ["following"], ["following", "next_town", "next_name"]])
def test_a_new_key_reaches_references_that_are_not_in_memory(expired: list[str] | None) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        high, low, other = (Street(town="x", name=name) for name in ("high", "low", "other"))
        low.following, other.following = high, low
        session.add_all([high, low, other])
        session.commit()
        for street in (high, low, other):
            session.refresh(street)
            session.expire(street, expired)
        high.name = "main"
        session.flush()
        rows = session.connection().exec_driver_sql("SELECT name, next_town, next_name FROM street ORDER BY name")
        found = rows.all()
        assert found == [("low", "x", "main"), ("main", None, None), ("other", "x", "low")]
        assert low.following is high


class Plant(Base):
    __tablename__ = "plant"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("plant.code"))
    parent: Mapped[Plant | None] = relationship(remote_side=[code], passive_updates=False)


class Tree(Plant):
    """Its rows are of another table: no plant's parent is among them."""

    __tablename__ = "tree"
    __mapper_args__ = {"concrete": True}
    code: Mapped[str] = mapped_column(String(10), primary_key=True)


def test_a_new_key_of_a_concrete_subclass_concerns_nobody_else() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        oak, seed = Tree(code="a"), Plant(code="b", parent=Plant(code="a"))
        session.add_all([oak, seed])
        session.commit()
        assert seed.parent_code == "a"
        session.expire(seed, ["parent"])
        oak.code = "c"
        session.commit()
        assert session.scalars(select(Tree.code)).all() == ["c"]
        assert seed.parent_code == "a"


def test_a_class_that_a_relationship_would_not_give_back_is_refused() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Plant(code="b", parent=Tree(code="a")))
        with pytest.raises(FlushError, match=r"item of type .*Tree.* of collection .*Plant\.parent.*enable_typechecks"):
            session.flush()


def test_objects_of_a_concrete_subclass_are_deleted_together() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Tree(code="a"), Tree(code="b"), Plant(code="c")])
        session.commit()
        for plant in (*session.scalars(select(Tree)), *session.scalars(select(Plant))):
            session.delete(plant)
        session.commit()
        assert session.scalars(select(Tree.code)).all() == []


class Bark(Plant):
    """A class of its own table that refers to plants of the other table."""

    __tablename__ = "bark"
    __mapper_args__ = {"concrete": True}
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    of_code: Mapped[str | None] = mapped_column(ForeignKey("plant.code"))
    of: Mapped[Plant | None] = relationship(foreign_keys=[of_code])


def test_objects_of_a_concrete_subclass_that_refer_to_the_base_class_are_deleted_together() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Bark(code="a"), Bark(code="b")])
        session.commit()
        for bark in session.scalars(select(Bark)):
            session.delete(bark)
        session.commit()
        assert session.scalars(select(Bark.code)).all() == []


class Label(Base):
    __tablename__ = "label"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)


label_of_parcel = Table(
    "label_of_parcel",
    Base.metadata,
    Column("parcel_code", ForeignKey("parcel.code"), primary_key=True),
    Column("label_code", ForeignKey("label.code"), primary_key=True),
)


class Parcel(Base):
    __tablename__ = "parcel"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    labels: Mapped[list[Label]] = relationship(secondary=label_of_parcel, passive_updates=False, order_by=Label.code)


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_new_key_of_a_member_reaches_pairs_that_only_the_other_side_knows(in_memory: bool) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        red, blue, new = Label(code="red"), Label(code="blue"), Label(code="new")
        one, two = Parcel(code="1", labels=[red, blue]), Parcel(code="2", labels=[red])
        session.add_all([one, two])
        session.commit()
        if in_memory:
            assert (len(one.labels), len(two.labels)) == (2, 1)
        red.code = "crimson"  # of both parcels, one of which gets another key and another label in the same flush
        two.code = "3"
        two.labels.append(new)
        session.commit()
        rows = session.connection().execute(select(label_of_parcel)).all()
        assert sorted(rows) == [("1", "blue"), ("1", "crimson"), ("3", "crimson"), ("3", "new")]
        assert [label.code for label in one.labels] == ["blue", "crimson"]


def test_a_class_that_comes_later_is_told_of_new_keys() -> None:
    class Early(Base):
        __tablename__ = "early"
        code: Mapped[str] = mapped_column(String(10), primary_key=True)

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        early = Early(code="a")
        session.add(early)
        session.commit()
        early.code = "b"
        session.commit()  # what has to be told is known from now on

        class Late(Base):
            __tablename__ = "late"
            id: Mapped[int] = mapped_column(primary_key=True)
            early_code: Mapped[str | None] = mapped_column(ForeignKey("early.code"))
            early: Mapped[Early | None] = relationship(Early, passive_updates=False)

        Base.metadata.create_all(engine)
        late = Late(early=early)
        session.add(late)
        session.commit()
        early.code = "c"
        session.commit()
        assert late.early_code == "c"


class Cell(Base):
    __tablename__ = "cell"
    row: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None]


@pytest.mark.parametrize("expired", [None, ["row"], ["column"], ["row", "column"], []])
@pytest.mark.parametrize("what", ["both", "one", "taken over", "changed and taken over"])
def test_a_key_of_which_a_part_is_expired(expired: list[str] | None, what: str) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        cell = Cell(row=1, column=2, text="a")
        session.add(cell)
        session.commit()
        assert cell.text == "a"
        if expired != []:
            session.expire(cell, expired)
        if what == "both":
            cell.row, cell.column = 3, 4
        elif what != "taken over":
            cell.column = 5
        if what.endswith("taken over"):
            session.delete(cell)
            session.add(Cell(row=1, column=2, text="b"))
        else:
            assert (cell.row, cell.column, cell.text) == ((3, 4, "a") if what == "both" else (1, 5, "a"))
        session.commit()
        expected = {"both": (3, 4, "a"), "one": (1, 5, "a")}.get(what, (1, 2, "b"))
        assert session.execute(select(Cell.row, Cell.column, Cell.text)).all() == [expected]
        if what in ("both", "one"):
            assert session.get(Cell, expected[:2]) is cell
