"""The names that programs use: results, and events with what their listeners receive. Taking one away shows here."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from lect import engine
from lect.engine.events import ConnectionEvents, DialectEvents
from lect.pool.events import PoolEvents
from lect.schema.events import DDLEvents

_FETCHING = "all close closed fetchall fetchmany first one one_or_none partitions unique yield_per"
_RESULT = (
    f"{_FETCHING} columns fetchone freeze keys mappings merge scalar scalar_one scalar_one_or_none scalars t tuples"
)

RESULTS = {
    "Result": _RESULT,
    "ScalarResult": _FETCHING,
    "MappingResult": f"{_FETCHING} columns fetchone keys",
    "IteratorResult": _RESULT,
    "ChunkedIteratorResult": _RESULT,
    "MergedResult": _RESULT,
    "FrozenResult": "with_new_rows",
    "CursorResult": f"{_RESULT} context inserted_primary_key inserted_primary_key_rows is_insert last_inserted_params "
    "last_updated_params lastrow_has_defaults lastrowid postfetch_cols prefetch_cols returned_defaults "
    "returned_defaults_rows returns_rows rowcount splice_horizontally splice_vertically "
    "supports_sane_multi_rowcount supports_sane_rowcount",
    "Row": "count index t tuple",
    "RowMapping": "get items keys values",
}


@pytest.mark.parametrize("name", list(RESULTS))
def test_results(name: str) -> None:
    cls = getattr(engine, name)
    assert [attribute for attribute in RESULTS[name].split() if not hasattr(cls, attribute)] == []


_EXECUTE = "conn clauseelement multiparams params execution_options"
_CURSOR = "conn cursor statement parameters context executemany"
_TABLES = "target connection kw"

EVENTS: dict[Any, dict[str, str]] = {
    ConnectionEvents: {
        "before_execute": _EXECUTE,
        "after_execute": f"{_EXECUTE} result",
        "before_cursor_execute": _CURSOR,
        "after_cursor_execute": _CURSOR,
        "engine_connect": "conn",
        "set_connection_execution_options": "conn opts",
        "set_engine_execution_options": "engine opts",
        "engine_disposed": "engine",
        "begin": "conn",
        "rollback": "conn",
        "commit": "conn",
        "savepoint": "conn name",
        "rollback_savepoint": "conn name context",
        "release_savepoint": "conn name context",
        "begin_twophase": "conn xid",
        "prepare_twophase": "conn xid",
        "rollback_twophase": "conn xid is_prepared",
        "commit_twophase": "conn xid is_prepared",
    },
    DialectEvents: {
        "do_connect": "dialect conn_rec cargs cparams",
        "do_execute": "cursor statement parameters context",
        "do_executemany": "cursor statement parameters context",
        "do_execute_no_params": "cursor statement context",
        "do_setinputsizes": "inputsizes cursor statement parameters context",
        "handle_error": "exception_context",
    },
    PoolEvents: {
        "connect": "dbapi_connection connection_record",
        "first_connect": "dbapi_connection connection_record",
        "checkout": "dbapi_connection connection_record connection_proxy",
        "checkin": "dbapi_connection connection_record",
        "reset": "dbapi_connection connection_record reset_state",
        "invalidate": "dbapi_connection connection_record exception",
        "soft_invalidate": "dbapi_connection connection_record exception",
        "close": "dbapi_connection connection_record",
        "detach": "dbapi_connection connection_record",
        "close_detached": "dbapi_connection",
    },
    DDLEvents: {
        "before_create": _TABLES,
        "after_create": _TABLES,
        "before_drop": _TABLES,
        "after_drop": _TABLES,
        "before_parent_attach": "target parent",
        "after_parent_attach": "target parent",
        "column_reflect": "inspector table column_info",
    },
}


@pytest.mark.parametrize("family", list(EVENTS), ids=lambda family: family.__name__)
def test_events(family: Any) -> None:
    found = {
        name: " ".join(list(inspect.signature(member).parameters)[1:])
        for name, member in vars(family).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }
    assert found == EVENTS[family]
