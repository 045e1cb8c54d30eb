"""Statements of the same structure are translated once, whichever aliases they are made of."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Integer, create_engine, select
from lect.exc import InvalidRequestError
from lect_orm import DeclarativeBase, Session, aliased, mapped_column
from lect_orm.query.execute import plan_for


class Base(DeclarativeBase):
    pass


class Stone(Base):
    __tablename__ = "sp_stone"
    id = mapped_column(Integer, primary_key=True)
    weight = mapped_column(Integer)


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all([Stone(id=1, weight=20), Stone(id=2, weight=50)])
        made.commit()
        yield made
    engine.dispose()


def _heavier_than(number: int) -> tuple[Any, Any]:
    stone = aliased(Stone)
    return stone, select(stone, stone.weight).where(stone.id == number)


def test_new_aliases_do_not_make_a_new_translation() -> None:
    first, _ = plan_for(_heavier_than(1)[1])
    second, _ = plan_for(_heavier_than(2)[1])
    assert second.translation is first.translation


def test_a_row_is_read_by_the_alias_of_its_own_statement(session: Any) -> None:
    for number, weight in ((1, 20), (2, 50)):
        stone, statement = _heavier_than(number)
        row = session.execute(statement).one()
        assert row._mapping[stone].id == number
        assert row._mapping[stone.weight] == weight


def test_columns_of_two_aliases_keep_their_sides(session: Any) -> None:
    for number, weights in ((1, (20, 50)), (2, (50, 20))):
        left, right = aliased(Stone), aliased(Stone)
        row = session.execute(select(left.weight, right.weight).where(left.id == number, right.id != left.id)).one()
        assert (row._mapping[left.weight], row._mapping[right.weight]) == weights


def test_unique_rows_in_pieces_are_refused(session: Any) -> None:
    result = session.execute(select(Stone)).yield_per(1).unique()
    with pytest.raises(InvalidRequestError, match="yield_per"):
        next(result)


def test_what_is_added_to_a_union_concerns_the_union(session: Any) -> None:
    light = session.query(Stone).filter(Stone.weight < 30)
    heavy = session.query(Stone).filter(Stone.weight > 30)
    both = light.union(heavy)
    assert [s.id for s in both.order_by(Stone.weight.desc())] == [2, 1]
    assert [s.id for s in both.filter(Stone.id == 1)] == [1]
    assert [s.id for s in both.union(light).filter_by(weight=50)] == [2]


def test_a_column_that_the_subquery_lacks_is_loaded_when_read(session: Any) -> None:
    session.expunge_all()
    stone = aliased(Stone, select(Stone.id).where(Stone.id == 2).subquery())
    statement = select(stone)
    assert "sp_stone.weight" not in str(statement)
    assert [s.weight for s in session.scalars(statement)] == [50]
