"""Rows that are read to be locked have the version of the object in memory, or the program is told."""

from __future__ import annotations

from typing import Any

import pytest
from shop import statements

from lect import ForeignKey, create_engine, select, update
from lect.exc import ArgumentError
from lect_orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship
from lect_orm.exc import StaleDataError


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "vl_page"
    __mapper_args__ = {"version_id_col": "version"}

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    text: Mapped[str]
    lines: Mapped[list[Line]] = relationship(order_by="Line.id")


class Line(Base):
    __tablename__ = "vl_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("vl_page.id"))
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision}


class Note(Base):
    __tablename__ = "vl_note"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "note", "version_id_col": "version"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]


class Memo(Note):
    __tablename__ = "vl_memo"
    __mapper_args__ = {"polymorphic_identity": "memo"}

    id: Mapped[int] = mapped_column(ForeignKey("vl_note.id"), primary_key=True)
    text: Mapped[str]


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all([Page(id=1, text="a", lines=[Line(id=1)]), Memo(id=1, text="m")])
        made.commit()
        made.page, made.memo = made.get(Page, 1), made.get(Note, 1)
        assert (made.page.version, made.memo.version, made.page.lines[0].revision) == (1, 1, 1)
        yield made
    engine.dispose()


def move(session: Any) -> None:
    """Change the rows as another program would have done."""
    connection = session.connection()
    connection.execute(update(Page.__table__).values(version=5, text="moved"))
    connection.execute(update(Line.__table__).values(revision=5))
    connection.execute(update(Note.__table__).values(version=5))


STALE = r"has version id '1' which does not match database-loaded version id '5'"


@pytest.mark.parametrize("how", [True, {"read": True}, {"nowait": True}, {}])
def test_get(session: Any, how: Any) -> None:
    assert session.get(Page, 1, with_for_update=how) is session.page
    move(session)
    with pytest.raises(StaleDataError, match=STALE):
        session.get(Page, 1, with_for_update=how)
    with pytest.raises(StaleDataError, match=STALE):
        session.get_one(Page, 1, with_for_update=how)
    assert session.get(Page, 1).version == 1


def test_a_subclass_by_way_of_its_base(session: Any) -> None:
    move(session)
    for entity in (Note, Memo):
        with pytest.raises(StaleDataError, match=STALE):
            session.get(entity, 1, with_for_update=True)


def test_query_get(session: Any) -> None:
    move(session)
    with pytest.raises(StaleDataError, match=STALE):
        session.query(Page).with_for_update().get(1)


def test_a_change_that_waits_does_not_hide_it(session: Any) -> None:
    move(session)
    session.page.version = 9
    with session.no_autoflush, pytest.raises(StaleDataError, match=STALE):
        session.get(Page, 1, with_for_update=True)


def test_what_comes_along_is_looked_at_too(session: Any) -> None:
    session.connection().execute(update(Line.__table__).values(revision=5))
    session.get(Page, 1, with_for_update=True)
    with pytest.raises(StaleDataError, match=STALE):
        session.get(Page, 1, options=[joinedload(Page.lines)], with_for_update=True)


def test_what_is_read_anew_has_the_version_of_its_row(session: Any) -> None:
    move(session)
    session.refresh(session.page, with_for_update=True)
    assert (session.page.version, session.page.text) == (5, "moved")
    session.expire(session.memo)
    assert session.get(Note, 1, with_for_update=True).version == 5
    line = session.get(Line, 1, with_for_update=True, populate_existing=True)
    assert line.revision == 5
    session.expunge_all()
    assert session.get(Page, 1, with_for_update=True).version == 5


def test_a_refresh_of_some_attributes(session: Any) -> None:
    session.refresh(session.page, ["text"], with_for_update=True)
    move(session)
    with pytest.raises(StaleDataError, match=STALE):
        session.refresh(session.page, ["text"], with_for_update=True)
    session.refresh(session.page, ["text", "version"], with_for_update=True)
    assert (session.page.version, session.page.text) == (5, "moved")


def test_a_select_of_the_programs_own_is_not_looked_at(session: Any) -> None:
    move(session)
    assert session.scalars(select(Page).with_for_update()).one().version == 1


def test_all_tables_of_an_object_are_locked(session: Any) -> None:
    with statements(session.get_bind()) as texts:
        session.refresh(session.memo, ["text"], with_for_update=True)
    assert "vl_note JOIN vl_memo" in texts[0]


def test_a_version_that_is_no_attribute() -> None:
    with pytest.raises(ArgumentError, match=r"version_id_col: Draft has no column attribute 'versoin'.*version"):

        class Draft(Base):
            __tablename__ = "vl_draft"
            __mapper_args__ = {"version_id_col": "versoin"}

            id: Mapped[int] = mapped_column(primary_key=True)
            version: Mapped[int]


def test_no_names_are_all_names(session: Any) -> None:
    move(session)
    session.expire(session.page, [])
    assert session.page.version == 5
    session.refresh(session.memo, [])
    assert session.memo.version == 5


class Item(Base):
    __tablename__ = "vl_item"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "item"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]


class Book(Item):
    __tablename__ = "vl_book"
    __mapper_args__ = {"polymorphic_identity": "book", "version_id_col": "version"}

    id: Mapped[int] = mapped_column(ForeignKey("vl_item.id"), primary_key=True)
    version: Mapped[int]


class Comic(Book):
    __tablename__ = "vl_comic"
    __mapper_args__ = {"polymorphic_identity": "comic"}

    id: Mapped[int] = mapped_column(ForeignKey("vl_book.id"), primary_key=True)
    colours: Mapped[int]


def test_a_joined_subclass_counts_versions_where_its_base_does_not(session: Session) -> None:
    item, book, comic = Item(id=11, name="i"), Book(id=12, name="b"), Comic(id=13, name="c", colours=2)
    session.add_all([item, book, comic])
    session.commit()
    assert (book.version, comic.version) == (1, 1)
    item.name = book.name = comic.name = "of the base's table"
    session.commit()
    assert (book.version, comic.version) == (2, 2)
    comic.colours = 4
    session.commit()
    assert (book.version, comic.version) == (2, 3)
    for other, change, version in ((book, "name", 2), (comic, "colours", 3)):
        assert other.version == version
        session.connection().execute(update(Book.__table__).values(version=9))  # type: ignore[arg-type]
        setattr(other, change, 5)
        with pytest.raises(StaleDataError, match="'vl_book' expected to update 1 row"):
            session.flush()
        session.rollback()
