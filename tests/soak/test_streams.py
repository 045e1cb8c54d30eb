"""Five million rows in constant memory, over every driver that can leave them on the server. LECT_SOAK_ROWS sets it."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lect
from lect import Column, Integer, MetaData, String, Table, create_engine, func, insert, literal, select

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")]

ROWS = int(os.environ.get("LECT_SOAK_ROWS", "5000000"))
GROWTH_MB = 24.0
"""What the process may grow by; the rows are about 400 MB of text."""

metadata = MetaData()
digits = Table(
    "digits", metadata, Column("d", Integer, primary_key=True, autoincrement=False), Column("pad", String(60))
)

DRIVERS = [
    ("", "sqlite+sqlite3"),
    ("LECT_POSTGRESQL_URL", "postgresql+psycopg2"),
    ("LECT_POSTGRESQL_URL", "postgresql+psycopg"),
    ("LECT_POSTGRESQL_PYODBC_URL", "postgresql+pyodbc"),
    ("LECT_MYSQL_URL", "mysql+pymysql"),
]


def megabytes() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path, database_url: Callable[[str], str]) -> Iterator[Any]:
    variable, driver = request.param
    url = lect.make_url(database_url(variable)).set(drivername=driver) if variable else f"{driver}:///{tmp_path}/s.db"
    made = create_engine(url, enable_from_linting=False)  # the product of all digits is what is wanted
    metadata.drop_all(made)
    metadata.create_all(made)
    with made.begin() as connection:
        connection.execute(insert(digits), [{"d": d, "pad": "x" * 50} for d in range(10)])
    yield made
    metadata.drop_all(made)
    made.dispose()


def numbers() -> Any:
    """All numbers below ROWS (a digit times a power of ten), each with a text, in no order."""
    places = [digits.alias(f"p{i}") for i in range(len(str(ROWS)))]
    value: Any = literal(0)
    for power, place in enumerate(places):
        value = value + place.c.d * 10**power
    first = int(str(ROWS)[0])
    return select(value.label("n"), places[0].c.pad).where(places[-1].c.d < first)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("how", ["yield_per", "partitions", "stream_results"])
@pytest.mark.parametrize("engine", DRIVERS, indirect=True, ids=[driver for _, driver in DRIVERS])
def test_rows_pass_through(engine: Any, how: str) -> None:
    assert str(ROWS).strip("0") in "123456789", "LECT_SOAK_ROWS must be a digit followed by zeros"
    options = {"stream_results": True} if how == "stream_results" else {"yield_per": 1000}
    count = total = 0
    with engine.connect() as connection:
        connection.scalar(select(func.count()).select_from(digits))
        gc.collect()
        before = peak = megabytes()
        started = time.monotonic()
        result = connection.execute(numbers(), execution_options=options)
        chunks = result.partitions() if how == "partitions" else ([row] for row in result)
        for chunk in chunks:
            for number, text in chunk:
                assert len(text) == 50
                count += 1
                total += number
                if not count % 50_000:
                    peak = max(peak, megabytes())
    print(
        f"{engine.url.drivername}, {how}: {count:,} rows in {time.monotonic() - started:.0f} s, "
        f"{before:.0f} MB before, {peak - before:+.1f} MB at most"
    )
    assert (count, total) == (ROWS, ROWS * (ROWS - 1) // 2)
    assert peak - before < GROWTH_MB
