"""Streamed rows over PyMySQL: other statements on the connection take none of them away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lect import create_engine, exc, text


@pytest.fixture
def url(database_url: Callable[[str], str]) -> str:
    return database_url("LECT_MYSQL_URL")


def test_other_statements_take_no_row_away(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT seq FROM seq_1_to_5000"), execution_options={"stream_results": True, "yield_per": 50}
        )
        assert [n for (n,) in rows.fetchmany(60)] == list(range(1, 61))
        assert connection.scalar(text("SELECT 7")) == 7
        connection.commit()
        assert [n for (n,) in rows] == list(range(61, 5001))
        assert connection.scalar(text("SELECT 8")) == 8
    engine.dispose()


def test_rows_cut_short_are_not_taken_for_all(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        slow = text("SELECT seq, SLEEP(0.002), repeat('x', 20000) FROM seq_1_to_100000")
        rows = connection.execute(slow, execution_options={"stream_results": True, "yield_per": 5, "timeout": 0.5})
        assert len(rows.fetchmany(5)) == 5
        with pytest.raises(exc.StatementTimeout):
            rows.all()
        connection.rollback()
        assert connection.scalar(text("SELECT 5")) == 5
    engine.dispose()
