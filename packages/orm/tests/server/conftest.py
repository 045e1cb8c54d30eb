"""One piece of work on every database, over every connector."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lect import Engine, MetaData, create_engine, make_url

Work = Callable[[Engine], None]
Everywhere = Callable[[MetaData, Work], None]

_SYNCHRONOUS = [None, *sorted(name for name in os.environ if name.startswith("LECT_") and name.endswith("_URL"))]
_ASYNCHRONOUS = {"asyncpg": "LECT_POSTGRESQL_URL", "asyncmy": "LECT_MYSQL_URL"}


def _run(engine: Engine, metadata: MetaData, work: Work) -> None:
    metadata.drop_all(engine)
    metadata.create_all(engine)
    try:
        work(engine)
    finally:
        metadata.drop_all(engine)


@pytest.fixture(params=[*_SYNCHRONOUS, *_ASYNCHRONOUS], ids=lambda v: v or "sqlite")
def everywhere(request: pytest.FixtureRequest, database_url: Callable[[str], str], tmp_path: Path) -> Everywhere:
    """Function that creates the tables, does the work with an engine, and drops them.

    Over an asynchronous driver the engine works within ``run_sync()``.
    """
    name = request.param
    if name not in _ASYNCHRONOUS:
        url = make_url(f"sqlite:///{tmp_path}/everywhere.db" if name is None else database_url(name))

        def run(metadata: MetaData, work: Work) -> None:
            engine = create_engine(url)
            try:
                _run(engine, metadata, work)
            finally:
                engine.dispose()

        return run
    pytest.importorskip("greenlet")
    pytest.importorskip(name)
    from lect.aio import create_async_engine

    url = make_url(database_url(_ASYNCHRONOUS[name]))
    url = url.set(drivername=f"{url.get_backend_name()}+{name}")

    def run_async(metadata: MetaData, work: Work) -> None:
        async def main() -> None:
            engine = create_async_engine(url)
            try:
                async with engine.connect() as connection:
                    await connection.run_sync(lambda _: _run(engine.sync_engine, metadata, work))
            finally:
                await engine.dispose()

        asyncio.run(main())

    return run_async
