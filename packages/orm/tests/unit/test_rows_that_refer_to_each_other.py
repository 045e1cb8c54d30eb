"""Rows that refer to each other, or to rows of their own class: what is written when."""

from __future__ import annotations

from lect import ForeignKey, String, create_engine
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


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
