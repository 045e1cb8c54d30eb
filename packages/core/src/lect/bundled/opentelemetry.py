"""The plugin ``opentelemetry``: a span for each statement; needs ``pip install 'lect[opentelemetry]'``.

``create_engine(url, plugins=["opentelemetry"])``, with ``tracer_provider=`` for another than the global one. Names and
attributes are those of the semantic conventions for databases; values of parameters are never recorded.
"""

from __future__ import annotations

from typing import Any

import pluggy

from lect import event
from lect.exc import InvalidRequestError

__all__ = ["lect_engine_created", "lect_engine_options"]

hookimpl = pluggy.HookimplMarker("lect")

_PROVIDER = "opentelemetry_tracer_provider"


def _api() -> Any:
    """Import the OpenTelemetry API, which an engine with the plugin needs and nothing else."""
    try:
        from opentelemetry import trace
    except ImportError as error:
        raise InvalidRequestError(
            "the plugin 'opentelemetry' needs the OpenTelemetry API; install it with: "
            "pip install 'lect[opentelemetry]'",
            code="opentelemetry-missing",
        ) from error
    return trace


@hookimpl
def lect_engine_options(url: Any, options: dict[str, Any]) -> None:
    """Take the tracer provider; it goes along as an execution option."""
    provider = options.pop("tracer_provider", None)
    if provider is not None:
        options["execution_options"] = {**(options.get("execution_options") or {}), _PROVIDER: provider}


@hookimpl
def lect_engine_created(engine: Any) -> None:
    """Listen to every statement of the engine, and to its errors."""
    spans = _Spans(engine)
    event.listen(engine, "before_cursor_execute", spans.begin)
    event.listen(engine, "after_cursor_execute", spans.end)
    event.listen(engine, "handle_error", spans.fail)


class _Spans:
    """The spans of one engine; the one in progress is kept with the execution it belongs to."""

    def __init__(self, engine: Any) -> None:
        provider = engine.get_execution_options().get(_PROVIDER)
        self._trace = trace = _api()
        self._tracer = trace.get_tracer("lect", tracer_provider=provider)
        url = engine.url
        self._constant: dict[str, Any] = {"db.system.name": engine.name}
        for name, value in (
            ("db.namespace", url.database),
            ("server.address", url.host),
            ("server.port", url.port),
        ):
            if value is not None:
                self._constant[name] = value

    def begin(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        operation = statement.lstrip("( \n\t").partition(" ")[0].partition("\n")[0].upper()[:20]
        attributes = {**self._constant, "db.query.text": statement, "db.operation.name": operation}
        if executemany:
            attributes["db.operation.batch.size"] = len(parameters)
        namespace = self._constant.get("db.namespace")
        name = f"{operation} {namespace}" if namespace else operation
        context._span = self._tracer.start_span(name, kind=self._trace.SpanKind.CLIENT, attributes=attributes)

    def end(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        span = self._taken(context)
        if span is not None:
            span.end()

    def fail(self, facts: Any) -> None:
        """End the span of what failed or was interrupted; cancellation of a task comes here, too."""
        span = self._taken(facts.execution_context)
        if span is None:
            return
        error = facts.lect_exception or facts.original_exception
        span.set_attribute("error.type", type(error).__name__)
        code = getattr(error, "sqlstate", None) or getattr(error, "native_code", None)
        if code is not None:
            span.set_attribute("db.response.status_code", str(code))
        # The message may quote values; class and code are enough.
        span.set_status(self._trace.StatusCode.ERROR, type(error).__name__)
        span.end()

    @staticmethod
    def _taken(context: Any) -> Any:
        return None if context is None else context.__dict__.pop("_span", None)
