"""Spans of statements: closed at the end, on errors and on cancellation; without values."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("opentelemetry.sdk")
pytest.importorskip("lect_sqlite")

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

import lect
from lect import create_engine, exc, text

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT count(*) FROM n"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def options(spans: InMemorySpanExporter) -> dict[str, Any]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return {"plugins": ["opentelemetry"], "tracer_provider": provider}


def test_spans_of_statements(spans: InMemorySpanExporter, options: dict[str, Any]) -> None:
    engine = create_engine("sqlite://", **options)
    with engine.connect() as connection:
        connection.execute(text("SELECT :secret"), {"secret": "canary"})
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (:x)"), [{"x": 1}, {"x": 2}])
    first, second, third = spans.get_finished_spans()
    assert [s.name for s in (first, second, third)] == ["SELECT", "CREATE", "INSERT"]
    assert first.attributes is not None and third.attributes is not None
    assert dict(first.attributes) == {
        "db.system.name": "sqlite",
        "db.query.text": "SELECT ?",
        "db.operation.name": "SELECT",
    }
    assert third.attributes["db.operation.batch.size"] == 2
    assert "canary" not in first.to_json()


def test_span_of_an_error(spans: InMemorySpanExporter, options: dict[str, Any]) -> None:
    engine = create_engine("sqlite://", **options)
    with engine.connect() as connection, pytest.raises(exc.UndefinedTable):
        connection.execute(text("SELECT * FROM missing WHERE x = :x"), {"x": "canary"})
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes is not None
    assert span.attributes["error.type"] == "UndefinedTable"
    assert "canary" not in span.to_json()


def test_span_ends_when_the_deadline_does(spans: InMemorySpanExporter, options: dict[str, Any]) -> None:
    engine = create_engine("sqlite://", **options)
    with engine.connect() as connection, pytest.raises(exc.DeadlineExceeded), lect.deadline(0.1):
        connection.execute(text(COUNT))
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR


def test_span_ends_when_the_task_is_cancelled(
    spans: InMemorySpanExporter, options: dict[str, Any], tmp_path: Any
) -> None:
    pytest.importorskip("greenlet")
    pytest.importorskip("aiosqlite")
    from lect.aio import create_async_engine

    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) SELECT count(*) FROM n"

    async def main() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/a.db", **options)

        async def work() -> None:
            async with engine.connect() as connection:
                await connection.execute(text(slow))

        task = asyncio.create_task(work())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await engine.dispose()

    asyncio.run(main())
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "CancelledError"


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, lect; lect.create_engine('sqlite://').connect().close(); "
        "print([m for m in sys.modules if m.startswith(('opentelemetry', 'lect.bundled', 'pluggy'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
