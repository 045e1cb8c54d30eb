"""Long runs whose memory, connections and caches must not grow. LECT_SOAK_S gives the seconds of each."""

from __future__ import annotations

import gc
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lect import Column, Integer, MetaData, String, Table, create_engine, insert, literal_column, select

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("LECT_SOAK_S", "30"))
WARM_UP_ROUNDS = 3000
"""Past the bound of the plan cache, so that what is measured is the steady state."""
NEW_STRUCTURES = 120_000
"""More than any table of structures holds, so that each has met its bound; without bounds they fill 130 MB."""
BYTES_OF_ALL_CACHES = 100_000_000
BYTES_PER_ROUND = 50
"""Growth per round that is noise: dictionaries of the interpreter that were enlarged, and the like."""


def growth(one_round: Callable[[int], None], seconds: float) -> tuple[int, float]:
    """Rounds done, and bytes by which the process grew per round, measured after a warm-up of a fifth of the time."""
    number = 0
    # Traced from the start: otherwise a bounded cache that exchanges its old entries looks like growth.
    tracemalloc.start()
    try:
        end_of_warm_up = time.monotonic() + seconds / 5
        while time.monotonic() < end_of_warm_up or number < WARM_UP_ROUNDS:
            one_round(number)
            number += 1
        gc.collect()
        before, first = tracemalloc.get_traced_memory()[0], number
        end = time.monotonic() + seconds * 4 / 5
        while time.monotonic() < end or number < 2 * WARM_UP_ROUNDS:
            one_round(number)
            number += 1
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    return number, (after - before) / max(1, number - first)


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    engine = create_engine(f"sqlite:///{tmp_path}/soak.db")
    yield engine
    assert engine.pool.stats().in_use == 0
    engine.dispose()


@pytest.mark.timeout(SECONDS * 4 + 900)
def test_sessions_leave_nothing(engine: Any) -> None:
    from lect_orm import DeclarativeBase, Session, mapped_column

    class Base(DeclarativeBase):
        pass

    class Visit(Base):
        __tablename__ = "visit"
        id = mapped_column(Integer, primary_key=True)
        page = mapped_column(String(50))

    Base.metadata.create_all(engine)

    def request(number: int) -> None:
        with Session(engine) as session:
            session.add_all([Visit(page=f"page {number % 7}"), Visit(page="home")])
            session.commit()
            found = session.scalars(select(Visit).order_by(Visit.id.desc()).limit(5)).all()
            for visit in found[2:]:
                session.delete(visit)
            found[0].page = "changed"
            session.commit()

    rounds, grown = growth(request, SECONDS)
    assert grown < BYTES_PER_ROUND, f"{grown:.0f} bytes a round over {rounds} rounds"


@pytest.mark.timeout(SECONDS * 4 + 900)
def test_statements_of_ever_new_structure_do_not_fill_memory(engine: Any) -> None:
    """Caches are bounded: a program that makes up labels forever still has a limit."""
    metadata = MetaData()
    city = Table("city", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(city), [{"name": "Lisbon"}, {"name": "Oslo"}])

    def request(number: int) -> None:
        with engine.connect() as connection:
            statement = select(city.c.name, literal_column(str(number)).label(f"n{number}")).where(city.c.id == 1)
            assert tuple(connection.execute(statement).one()) == ("Lisbon", number)

    tracemalloc.start()
    try:
        number, end = 0, time.monotonic() + SECONDS
        while number < NEW_STRUCTURES or time.monotonic() < end:
            request(number)
            number += 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < BYTES_OF_ALL_CACHES, f"{peak:,} bytes after {number:,} structures"
