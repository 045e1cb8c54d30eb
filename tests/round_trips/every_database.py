"""Every database and driver that round trips are tested on, each with an engine of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import lect

__all__ = ["DATABASES", "Database"]

#: Name -> (variable that holds the URL, driver). SQLite itself needs no server.
DATABASES: dict[str, tuple[str | None, str]] = {
    "sqlite": (None, "sqlite+sqlite3://"),
    "sqlite-aiosqlite": (None, "sqlite+aiosqlite://"),
    "sqlite-odbc": ("LECT_SQLITE_PYODBC_URL", ""),
    "postgresql-psycopg2": ("LECT_POSTGRESQL_URL", "postgresql+psycopg2"),
    "postgresql-psycopg": ("LECT_POSTGRESQL_URL", "postgresql+psycopg"),
    "postgresql-asyncpg": ("LECT_POSTGRESQL_URL", "postgresql+asyncpg"),
    "postgresql-odbc": ("LECT_POSTGRESQL_PYODBC_URL", ""),
    "mysql-pymysql": ("LECT_MYSQL_URL", "mysql+pymysql"),
    "mysql-asyncmy": ("LECT_MYSQL_URL", "mysql+asyncmy"),
    "mysql-odbc": ("LECT_MYSQL_PYODBC_URL", ""),
}
_ASYNCHRONOUS = ("aiosqlite", "asyncpg", "asyncmy")


class Database:
    """One of :data:`DATABASES`, connected.

    Attributes:
        name: its name there; `family` is the part before the driver.
        engine: of a synchronous driver.
    """

    def __init__(self, name: str, database_url: Callable[[str], str]) -> None:
        variable, driver = DATABASES[name]
        url: Any = driver if variable is None else lect.make_url(database_url(variable))
        if variable is not None and driver:
            url = url.set(drivername=driver)
        self.name = name
        self.family, _, self.driver = name.partition("-")
        self._loop: asyncio.AbstractEventLoop | None = None
        if self.driver in _ASYNCHRONOUS:
            from lect.aio import create_async_engine

            self._loop = asyncio.new_event_loop()
            self._async_engine = create_async_engine(url)
        else:
            self.engine = lect.create_engine(url)

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Return what `work` returns, called with a connection in a transaction that is committed after it."""
        if self._loop is not None:
            return self._loop.run_until_complete(self._run(work))
        with self.engine.begin() as connection:
            return work(connection)

    async def _run(self, work: Callable[[Any], Any]) -> Any:
        async with self._async_engine.begin() as connection:
            return await connection.run_sync(work)

    def close(self) -> None:
        """Close all connections."""
        if self._loop is not None:
            self._loop.run_until_complete(self._async_engine.dispose())
            self._loop.close()
        else:
            self.engine.dispose()
