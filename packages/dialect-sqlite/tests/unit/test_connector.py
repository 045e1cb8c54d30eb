"""The connector for sqlite3: addresses, the kind of BEGIN, the pool, without a database."""

from __future__ import annotations

import os
from typing import Any

import pytest

from lect import exc
from lect.dialects.contract import (
    BeginsTransactions,
    Cancels,
    ConnectRequest,
    Pings,
    PoolChoice,
    PreparesConnections,
    SetsAutocommit,
)
from lect_sqlite.aiosqlite import AioSqliteConnector
from lect_sqlite.sqlite3 import Sqlite3Connector, floor, regexp

PLAIN = {"check_same_thread": False, "isolation_level": None}


def arguments(**parts: Any) -> tuple[str, dict[str, Any]]:
    made = Sqlite3Connector().arguments(ConnectRequest(**parts))
    return made.args[0], dict(made.kwargs)


def test_abilities() -> None:
    for ability in (BeginsTransactions, Cancels, Pings, PreparesConnections, SetsAutocommit):
        assert isinstance(Sqlite3Connector(), ability)


@pytest.mark.parametrize("database", [None, "", ":memory:"])
def test_memory(database: str | None) -> None:
    assert arguments(database=database) == (":memory:", PLAIN)


def test_file() -> None:
    assert arguments(database="a.db") == (os.path.abspath("a.db"), PLAIN)
    assert arguments(database="/x/a.db") == ("/x/a.db", PLAIN)


def test_options_in_the_url() -> None:
    query = {"timeout": "2.5", "detect_types": "3", "cached_statements": "50", "check_same_thread": "true"}
    assert arguments(database="/a", query=query) == (
        "/a",
        {
            "timeout": 2.5,
            "detect_types": 3,
            "cached_statements": 50,
            "check_same_thread": True,
            "isolation_level": None,
        },
    )


def test_connect_args_win() -> None:
    assert arguments(database="/a", query={"timeout": "2"}, connect_args={"timeout": 9})[1]["timeout"] == 9


def test_uri() -> None:
    database, options = arguments(database="file:/a b", query={"uri": "true", "mode": "ro", "cache": "shared"})
    assert (database, options["uri"]) == ("file:/a b?cache=shared&mode=ro", True)


def test_unknown_option() -> None:
    with pytest.raises(
        exc.ArgumentError, match=r"unknown parameter 'timeot'; did you mean 'timeout'\? .*need uri=true"
    ):
        arguments(database="/a", query={"timeot": "5"})


def test_unreadable_option() -> None:
    with pytest.raises(exc.ArgumentError, match="timeout='soon' cannot be read"):
        arguments(database="/a", query={"timeout": "soon"})


@pytest.mark.parametrize("part", [{"host": "h"}, {"username": "u"}, {"password": "canary"}, {"port": 5}])
def test_hosts_and_users_are_refused(part: dict[str, Any]) -> None:
    with pytest.raises(exc.ArgumentError, match=r"sqlite:////absolute/path\.db") as caught:
        arguments(database="a", **part)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("mode", "begin"),
    [(None, "BEGIN"), ("deferred", "BEGIN"), ("IMMEDIATE", "BEGIN IMMEDIATE"), ("exclusive", "BEGIN EXCLUSIVE")],
)
def test_kinds_of_begin(mode: str | None, begin: str) -> None:
    connector = Sqlite3Connector()
    made = connector.arguments(ConnectRequest(connect_args={"isolation_level": mode}))
    assert made.kwargs["isolation_level"] is None
    assert connector._begin == begin


def test_wrong_modes() -> None:
    with pytest.raises(exc.ArgumentError, match="'SERIALIZABLE' is not one of DEFERRED, IMMEDIATE, EXCLUSIVE"):
        arguments(connect_args={"isolation_level": "SERIALIZABLE"})
    with pytest.raises(exc.ArgumentError, match=r"isolation_level=.AUTOCOMMIT."):
        arguments(connect_args={"autocommit": True})
    assert "autocommit" not in arguments(connect_args={"autocommit": False})[1]


@pytest.mark.parametrize(
    ("parts", "threads", "tasks"),
    [
        ({}, PoolChoice.PER_THREAD, PoolChoice.ONE),
        ({"database": ":memory:"}, PoolChoice.PER_THREAD, PoolChoice.ONE),
        ({"database": "file:x", "query": {"mode": "memory"}}, PoolChoice.PER_THREAD, PoolChoice.ONE),
        ({"database": "/a"}, PoolChoice.QUEUE, PoolChoice.QUEUE),
    ],
)
def test_pools(parts: dict[str, Any], threads: PoolChoice, tasks: PoolChoice) -> None:
    assert Sqlite3Connector().pool_choice(ConnectRequest(**parts)) is threads
    assert AioSqliteConnector().pool_choice(ConnectRequest(**parts)) is tasks


def test_functions_given_to_sqlite() -> None:
    assert (regexp("b+", "abbc"), regexp("^b", "abbc"), regexp(None, "a"), regexp("a", None)) == (
        True,
        False,
        None,
        None,
    )
    assert regexp("5", 156) is True
    assert (floor(-1.5), floor(None)) == (-2, None)
