"""Columns that are read later are read after what is pending was written, as everything else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shop import statements

from lect import ForeignKey, create_engine, func, select
from lect_orm import DeclarativeBase, Mapped, Session, column_property, mapped_column


class Base(DeclarativeBase):
    pass


class Bird(Base):
    __tablename__ = "af_bird"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    song: Mapped[str | None] = mapped_column(deferred=True)
    code: Mapped[str | None] = mapped_column(active_history=True)


class Egg(Base):
    __tablename__ = "af_egg"

    id: Mapped[int] = mapped_column(primary_key=True)
    bird_id: Mapped[int] = mapped_column(ForeignKey("af_bird.id"))


Bird.eggs = column_property(
    select(func.count(Egg.id)).where(Egg.bird_id == Bird.id).correlate_except(Egg).scalar_subquery()
)
Bird.late_eggs = column_property(
    select(func.count(Egg.id)).where(Egg.bird_id == Bird.id).correlate_except(Egg).scalar_subquery(), deferred=True
)


@pytest.fixture
def session() -> Iterator[Any]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add(Bird(id=1, name="wren", song="tic", code="w"))
        made.commit()
        made.bird = made.get(Bird, 1)
        yield made
    engine.dispose()


def test_an_expired_expression_counts_what_is_pending(session: Any) -> None:
    assert session.bird.eggs == 0
    session.add(Egg(bird_id=1))
    session.expire(session.bird, ["eggs"])
    assert session.bird.eggs == 1


def test_a_deferred_expression_counts_what_is_pending(session: Any) -> None:
    session.add(Egg(bird_id=1))
    assert session.bird.late_eggs == 1


def test_a_change_of_the_object_is_written_first(session: Any) -> None:
    session.bird.name = "robin"
    with statements(session.get_bind()) as texts:
        assert session.bird.song == "tic"
    assert [t.split()[0] for t in texts] == ["UPDATE", "SELECT"]
    assert session.bird not in session.dirty


def test_nothing_is_written_where_that_was_asked_for(session: Any) -> None:
    session.add(Egg(bird_id=1))
    session.expire(session.bird, ["eggs"])
    with session.no_autoflush:
        assert (session.bird.eggs, session.bird.late_eggs) == (0, 0)
    assert len(session.new) == 1


def test_the_old_value_of_a_change_is_read_as_any_other(session: Any) -> None:
    session.expire(session.bird, ["code"])
    session.add(Egg(bird_id=1))
    with statements(session.get_bind()) as texts:
        session.bird.code = "x"
    assert [t.split()[0] for t in texts] == ["INSERT", "SELECT"]
    with session.no_autoflush, statements(session.get_bind()) as texts:
        session.expire(session.bird, ["code"])
        session.add(Egg(bird_id=1))
        session.bird.code = "y"
    assert [t.split()[0] for t in texts] == ["SELECT"]
