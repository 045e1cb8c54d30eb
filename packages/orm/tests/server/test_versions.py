"""Columns that the database or the mapper fills: versions, defaults, keys that change, on every database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from lect import Computed, Engine, FetchedValue, ForeignKey, MetaData, String, event, func, select, text, update
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from lect_orm.exc import StaleDataError

Everywhere = Callable[[MetaData, Callable[[Engine], None]], None]


class Base(DeclarativeBase):
    pass


class Counted(Base):
    __tablename__ = "ver_counted"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Stamped(Base):
    __tablename__ = "ver_stamped"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(32))
    __mapper_args__ = {"version_id_col": version, "version_id_generator": lambda _: uuid.uuid4().hex}


class Triggered(Base):
    """The database counts."""

    __tablename__ = "ver_triggered"
    # SQLite's RETURNING gives what the statement wrote, not what triggers made of it.
    __table_args__ = {"implicit_returning": False}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(server_default="1", server_onupdate=FetchedValue())
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class Filled(Base):
    __tablename__ = "ver_filled"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    given: Mapped[int] = mapped_column(server_default="5")
    twice: Mapped[int | None] = mapped_column(Computed("given * 2"))
    touched: Mapped[int | None] = mapped_column(onupdate=func.abs(-9))
    __mapper_args__ = {"eager_defaults": True}


class Country(Base):
    __tablename__ = "ver_country"
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    cities: Mapped[list[City]] = relationship(back_populates="country", order_by="City.number")


class City(Base):
    __tablename__ = "ver_city"
    code: Mapped[str] = mapped_column(ForeignKey("ver_country.code", onupdate="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    country: Mapped[Country] = relationship(back_populates="cities")


_TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER ver_count AFTER UPDATE ON ver_triggered BEGIN "
        "UPDATE ver_triggered SET version = old.version + 1 WHERE id = new.id; END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION ver_count() RETURNS trigger AS "
        "$$ BEGIN new.version = old.version + 1; RETURN new; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER ver_count BEFORE UPDATE ON ver_triggered FOR EACH ROW EXECUTE FUNCTION ver_count()",
    ],
    "mysql": ["CREATE TRIGGER ver_count BEFORE UPDATE ON ver_triggered FOR EACH ROW SET new.version = old.version + 1"],
}


def test_versions(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        name = {"mariadb": "mysql"}.get(engine.dialect.name, engine.dialect.name)
        if name not in _TRIGGERS:
            return
        with engine.begin() as connection:
            for trigger in _TRIGGERS[name]:
                connection.execute(text(trigger))
        for mapped in (Counted, Stamped, Triggered):
            with Session(engine, expire_on_commit=False) as session:
                things: list[Any] = [mapped(name=str(n)) for n in range(3)]
                session.add_all(things)
                session.commit()
                before = [thing.version for thing in things]
                for thing in things:
                    thing.name += "!"
                session.commit()
                rows = session.scalars(select(mapped.version).order_by(mapped.id)).all()
                assert [thing.version for thing in things] == rows
                assert all(old != new for old, new in zip(before, rows, strict=True))
                session.execute(update(mapped).where(mapped.name == "1!").values(name="one"))
                session.commit()
                things[1].name = "mine"  # what the bulk statement did to the version is known
                session.commit()
                # Somebody else is faster.
                table: Any = mapped.__table__
                other: Any = "else" if mapped is Stamped else 99
                session.execute(table.update().where(table.c.id == things[0].id).values(version=other, name="x"))
                session.commit()
                things[0].name = "y"
                with pytest.raises(StaleDataError, match=f"'{table.name}' expected to update 1 row"):
                    session.commit()

    everywhere(Base.metadata, work)


def test_values_of_the_database_are_there_after_the_flush(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        with Session(engine) as session:
            things = [Filled(name=str(n)) for n in range(3)]
            session.add_all(things)
            session.flush()
            sent: list[str] = []
            event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
            assert [(thing.given, thing.twice) for thing in things] == [(5, 10)] * 3
            assert sent == []
            for number, thing in enumerate(things):
                thing.given = func.abs(-number) if number else 7
            session.flush()
            sent.clear()
            assert [(t.given, t.twice, t.touched) for t in things] == [(7, 14, 9), (1, 2, 9), (2, 4, 9)]
            assert sent == []

    everywhere(Base.metadata, work)


def test_a_key_that_changes_is_carried_along(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        if engine.dialect.name == "sqlite":
            if engine.driver == "pyodbc":
                return  # begins a transaction by itself, and within one the PRAGMA does nothing
            event.listen(engine, "connect", lambda raw, _: raw.cursor().execute("PRAGMA foreign_keys = ON"))
            engine.dispose()
        with Session(engine) as session:
            country = Country(code="a", cities=[City(number=1), City(number=2)])
            session.add(country)
            session.commit()
            first = country.cities[0]
            country.code = "b"
            session.commit()
            assert session.get(Country, "b") is country
            assert session.get(City, ("b", 1)) is first
            assert [(city.code, city.number) for city in country.cities] == [("b", 1), ("b", 2)]
            assert session.get(Country, "a") is None

    everywhere(Base.metadata, work)
