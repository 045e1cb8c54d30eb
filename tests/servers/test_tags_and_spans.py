"""The bundled plugins on servers: a tag reaches the server and harms nothing there; spans end with cancelled tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("greenlet")

from lect import create_engine, make_url, text
from lect.aio import create_async_engine

CONNECTORS = {
    "psycopg2": "LECT_POSTGRESQL_URL",
    "pymysql": "LECT_MYSQL_URL",
    "asyncpg": "LECT_POSTGRESQL_URL",
    "psycopg": "LECT_POSTGRESQL_URL",
    "asyncmy": "LECT_MYSQL_URL",
}
_SEEN = {
    "postgresql": "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid() AND query LIKE :q",
    "mysql": "SELECT info FROM information_schema.processlist WHERE id = connection_id() AND info LIKE :q",
}
HOSTILE = ["*/ DROP TABLE t; --", "/* x", "?%s%(x)s:y$1", "a\nb\0c", "'\"`;\\", "/*!50000 x*/", "é"]


@pytest.fixture
def url(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Any:
    pytest.importorskip(request.param)
    url = make_url(database_url(CONNECTORS[request.param]))
    return url.set(drivername=f"{url.get_backend_name()}+{request.param}")


@pytest.mark.parametrize("url", CONNECTORS, indirect=True)
def test_the_server_sees_tags_and_no_value_harms(url: Any) -> None:
    seen = text(_SEEN[url.get_backend_name()])
    options: dict[str, Any] = {"plugins": ["query_tags"], "query_tags": {"app": "shop"}}

    def look(connection: Any) -> None:
        for value in HOSTILE:
            tagged = {"query_tags": {"value": value}}
            found = connection.execute(seen, {"q": "%/* app=shop, value=%"}, execution_options=tagged).scalars().all()
            assert len(found) == 1
            assert found[0].count("*/") == 1

    if url.get_driver_name() in ("psycopg2", "pymysql"):
        engine = create_engine(url, **options)
        with engine.connect() as connection:
            look(connection)
        engine.dispose()
        return

    async def main() -> None:
        engine = create_async_engine(url, **options)
        async with engine.connect() as connection:
            await connection.run_sync(look)
        await engine.dispose()

    asyncio.run(main())


@pytest.mark.parametrize("url", ["asyncpg", "psycopg", "asyncmy"], indirect=True)
def test_spans_end_with_cancelled_tasks(url: Any) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    sleep = "SELECT pg_sleep(20)" if url.get_backend_name() == "postgresql" else "SELECT SLEEP(20)"

    async def main() -> None:
        engine = create_async_engine(url, plugins=["opentelemetry"], tracer_provider=provider)
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), engine.connect() as connection:
                await connection.execute(text(sleep))
        await engine.dispose()

    asyncio.run(main())
    first, second = spans.get_finished_spans()
    assert first.status.is_ok or first.status.status_code.name == "UNSET"
    assert second.attributes is not None
    assert second.attributes["error.type"] == "CancelledError"
    assert second.attributes["db.query.text"] == sleep
    assert second.status.status_code.name == "ERROR"
