"""Engines on a MariaDB or MySQL server, over each driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import Engine, create_engine, make_url

#: Synchronous drivers; each is used by every test that asks for `engine`.
DRIVERS = ("pymysql", "pyodbc")


def url_for(database_url: Callable[[str], str], driver: str) -> Any:
    """The URL of this run's database over `driver`."""
    if driver == "pyodbc":
        return make_url(database_url("LECT_MYSQL_PYODBC_URL"))
    return make_url(database_url("LECT_MYSQL_URL")).set(drivername=f"mysql+{driver}")


@pytest.fixture(params=DRIVERS)
def url(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Any:
    return url_for(database_url, request.param)


@pytest.fixture
def engine(url: Any) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def pymysql_engine(database_url: Callable[[str], str]) -> Iterator[Engine]:
    made = create_engine(url_for(database_url, "pymysql"))
    yield made
    made.dispose()


@pytest.fixture
def async_url(database_url: Callable[[str], str]) -> Any:
    return url_for(database_url, "asyncmy")
