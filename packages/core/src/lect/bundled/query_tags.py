"""The plugin ``query_tags``: a comment behind each statement that says where it comes from.

``create_engine(url, plugins=["query_tags"], query_tags={"app": "shop"})`` sends ``SELECT 1 /* app=shop */``, which the
server's own logs and statistics then show. Tags may be functions, asked at each execution; further ones come with
``execution_options(query_tags={...})`` and, for everything inside a block, with ``tagged(route="/orders")``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pluggy

from lect import event
from lect.exc import ArgumentError

__all__ = ["comment", "lect_engine_created", "lect_engine_options", "tagged"]

hookimpl = pluggy.HookimplMarker("lect")

_NO_TAGS: Mapping[str, Any] = {}
_block: ContextVar[Mapping[str, Any]] = ContextVar("lect_query_tags", default=_NO_TAGS)

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
#: Anything else could end the comment, open another, or be taken for the place of a parameter by some driver.
_UNSAFE = re.compile(r"[^A-Za-z0-9_.@/+-]")
_LONGEST = 200


def comment(tags: Mapping[str, Any]) -> str:
    """Return the comment for `tags`, or ``""`` when there are none.

    Characters of a value that could mean anything in SQL are written as ``_``; long values are cut.

    Raises:
        ArgumentError: a key is no word.
    """
    pairs = []
    for key, value in tags.items():
        _check_key(key)
        if callable(value):
            value = value()
        if value is not None:
            pairs.append(f"{key}={_UNSAFE.sub('_', str(value)[:_LONGEST])}")
    return f"/* {', '.join(pairs)} */" if pairs else ""


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ArgumentError(f"the name of a query tag is a word of ASCII letters and digits, not {key!r}")


@contextmanager
def tagged(**tags: Any) -> Iterator[None]:
    """Add tags to all statements of this thread or task inside the block."""
    token = _block.set({**_block.get(), **tags})
    try:
        yield
    finally:
        _block.reset(token)


@hookimpl
def lect_engine_options(url: Any, options: dict[str, Any]) -> None:
    """Take the engine's tags; they go along as an execution option."""
    tags = options.pop("query_tags", None)
    if tags is None:
        return
    if not isinstance(tags, Mapping):
        raise ArgumentError(f"query_tags must be a dictionary of names and values, not {type(tags).__name__}")
    for key in tags:
        _check_key(key)
    options["execution_options"] = {**(options.get("execution_options") or {}), "query_tags": dict(tags)}


@hookimpl
def lect_engine_created(engine: Any) -> None:
    """Listen to every statement of the engine."""

    def before(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> Any:
        of_engine = engine.get_execution_options().get("query_tags", _NO_TAGS)
        own = context.execution_options.get("query_tags", _NO_TAGS) if context is not None else _NO_TAGS
        text = comment({**of_engine, **own, **_block.get()})
        if not text:
            return statement, parameters
        body = statement.rstrip()
        # A semicolon at the end stays at the end: some drivers take what follows for a second statement.
        ended = body.endswith(";")
        return f"{body[:-1] if ended else body} {text}{';' if ended else ''}", parameters

    event.listen(engine, "before_cursor_execute", before, retval=True)
