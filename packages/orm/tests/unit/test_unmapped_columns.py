"""Columns that are the table's alone, and warnings about class bodies."""

from __future__ import annotations

import pytest

from lect import Column, Integer, create_engine, select
from lect.exc import ArgumentError, LectWarning
from lect_orm import DeclarativeBase, Mapped, Session, Unmapped, mapped_column, unmapped_column


def test_an_unmapped_column_is_in_the_table_and_not_in_the_class() -> None:
    class Base(DeclarativeBase):
        pass

    class Paper(Base):
        __tablename__ = "paper"
        id: Mapped[int] = mapped_column(primary_key=True)
        searched: Unmapped[str] = unmapped_column(default="words")

    assert Paper.__table__.c.keys() == ["id", "searched"]
    assert not hasattr(Paper, "searched")
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Paper(id=1))
        session.commit()
        assert session.execute(select(Paper.__table__)).all() == [(1, "words")]


def test_unmapped_needs_an_unmapped_column() -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.raises(ArgumentError, match=r'"Paper.searched" uses the Unmapped\[\] annotation'):

        class Paper(Base):
            __tablename__ = "paper"
            id: Mapped[int] = mapped_column(primary_key=True)
            searched: Unmapped[str] = mapped_column()  # type: ignore[assignment]


def test_one_column_under_two_names_is_told() -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.warns(LectWarning, match="named directly multiple times, only one will be used: a, b"):

        class Paper(Base):
            __tablename__ = "paper"
            id = Column(Integer, primary_key=True)
            a = Column(Integer)
            b = a
