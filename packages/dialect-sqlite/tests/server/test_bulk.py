"""Many rows in statements of many rows each."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Column, Engine, Integer, MetaData, String, Table, create_engine, exc, func, insert, select

metadata = MetaData()
t = Table("bulk_t", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
wide = Table("bulk_wide", metadata, *[Column(f"c{n}", Integer) for n in range(150)])


@pytest.fixture
def engine() -> Any:
    made = create_engine("sqlite://")
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.mark.parametrize("count", [2, 19, 20, 499, 500, 501, 1250])
def test_every_row_arrives_and_is_counted(engine: Engine, count: int) -> None:
    with engine.connect() as connection:
        result = connection.execute(insert(t), [{"id": n, "name": f"n{n}"} for n in range(count)])
        assert result.rowcount == count
        assert connection.execute(select(t)).all() == [(n, f"n{n}") for n in range(count)]


def test_wide_rows_stay_below_the_limit_of_parameters(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(insert(wide), [{f"c{n}": n + row for n in range(150)} for row in range(1000)])
        assert connection.scalar(select(func.sum(wide.c.c149))) == sum(149 + row for row in range(1000))


def test_ignored_rows_are_not_counted(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = [{"id": n % 30, "name": f"n{n}"} for n in range(60)]
        assert connection.execute(insert(t).prefix_with("OR IGNORE"), rows).rowcount == 30
        assert connection.scalar(select(func.max(t.c.name))) == "n9"


def test_a_row_that_is_refused(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = [{"id": n % 30, "name": f"n{n}"} for n in range(60)]
        with pytest.raises(exc.UniqueViolation, match=r"bulk_t\.id"):
            connection.execute(insert(t), rows)
        connection.rollback()
        assert connection.scalar(select(func.count()).select_from(t)) == 0
