"""Rows that refer to each other are deleted in an order that foreign keys allow, in memory or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect import Engine, ForeignKey, MetaData, event, func, select
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

Everywhere = Callable[[MetaData, Callable[[Engine], None]], None]


class Base(DeclarativeBase):
    pass


class Step(Base):
    """Knows what it follows; what follows it is known to the table alone."""

    __tablename__ = "deleting_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    after_id: Mapped[int | None] = mapped_column(ForeignKey("deleting_step.id"))
    after: Mapped[Step | None] = relationship(remote_side=id)


class Album(Base):
    __tablename__ = "deleting_album"
    id: Mapped[int] = mapped_column(primary_key=True)
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("deleting_photo.id", use_alter=True, name="deleting_cover"))
    photos: Mapped[list[Photo]] = relationship(
        foreign_keys="Photo.album_id", back_populates="album", cascade="all, delete-orphan"
    )
    cover: Mapped[Photo | None] = relationship(foreign_keys=cover_id, post_update=True)


class Photo(Base):
    __tablename__ = "deleting_photo"
    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("deleting_album.id"))
    album: Mapped[Album] = relationship(foreign_keys=album_id, back_populates="photos")


def foreign_keys_hold(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.cursor().execute("PRAGMA foreign_keys = ON"))
        engine.dispose()


def count(session: Session, mapped: Any) -> int:
    return session.scalars(select(func.count()).select_from(mapped)).one()


def test_a_chain_that_is_known_from_one_side(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        foreign_keys_hold(engine)
        for order, how in (
            ([0, 1, 2], "expired"),
            ([2, 1, 0], "read again"),
            ([1, 2, 0], "expired"),
            ([2, 1, 0], "changed in memory"),
        ):
            with Session(engine) as session:
                steps = [Step(), Step(), Step()]
                steps[0].after, steps[1].after = steps[1], steps[2]
                session.add_all(steps)
                session.commit()
                if how == "read again":
                    _ = [step.after for step in steps]
                elif how == "changed in memory":
                    steps[1].after, steps[2].after = None, steps[0]
                for number in order:
                    session.delete(steps[number])
                session.commit()
                assert count(session, Step) == 0

    everywhere(Base.metadata, work)


def test_a_row_lets_go_of_the_one_that_refers_to_it(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        foreign_keys_hold(engine)
        for loaded in (True, False):
            with Session(engine) as session:
                album = Album(photos=[Photo(), Photo()])
                album.cover = album.photos[1]
                session.add(album)
                session.commit()
                if loaded:
                    assert album.cover in album.photos
                session.delete(album)
                session.commit()
                assert (count(session, Album), count(session, Photo)) == (0, 0)

    everywhere(Base.metadata, work)
