"""Elements of lists and JSON values as attributes."""

from __future__ import annotations

from typing import Any

import pytest

from lect import ARRAY, JSON, Integer, create_engine, select
from lect_orm import DeclarativeBase, Mapped, Session, aliased, mapped_column
from lect_orm.ext.indexable import index_property


class Base(DeclarativeBase):
    pass


class Paper(Base):
    __tablename__ = "papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    facts: Mapped[Any] = mapped_column(JSON)
    numbers: Mapped[Any] = mapped_column(JSON)
    title: Any = index_property("facts", "title")
    pages: Any = index_property("facts", "pages", default=0)
    inner: Any = index_property("facts", "inner")
    deep: Any = index_property("inner", "deep")
    third: Any = index_property("numbers", 2)
    fixed: Any = index_property("numbers", 0, mutable=False)


def test_read_write_delete() -> None:
    paper = Paper(facts={"title": "x"})
    assert (paper.title, paper.pages) == ("x", 0)
    paper.pages = 3
    del paper.title
    assert paper.facts == {"pages": 3}
    with pytest.raises(AttributeError, match="'facts' has no element 'title'"):
        paper.title


def test_the_whole_is_made_when_missing() -> None:
    assert Paper(title="x").facts == {"title": "x"}
    assert Paper(third=5).numbers == [None, None, 5]
    assert Paper(deep="d").facts == {"inner": {"deep": "d"}}


def test_immutable() -> None:
    with pytest.raises(AttributeError, match="'fixed'"):
        Paper(numbers=[1]).fixed = 2


def test_changes_are_flushed_and_queried() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        paper = Paper(facts={"title": "x"}, numbers=[])
        session.add(paper)
        session.commit()
        paper.title = "y"
        paper.deep = "z"
        session.commit()
        assert paper.facts == {"title": "y", "inner": {"deep": "z"}}
        assert session.scalars(select(Paper).where(Paper.title.as_string() == "y")).one() is paper
        other = aliased(Paper)
        assert "papers_1" in str(select(other.title))


def test_elements_count_from_one_in_sql() -> None:
    class Grid(Base):
        __tablename__ = "grids"
        id: Mapped[int] = mapped_column(primary_key=True)
        cells: Mapped[Any] = mapped_column(ARRAY(Integer))
        first: Any = index_property("cells", 0)
        zeroth: Any = index_property("cells", 0, onebased=False)

    assert Grid.first.expression.compile().params == {"cells_1": 1}
    assert Grid.zeroth.expression.compile().params == {"cells_1": 0}
