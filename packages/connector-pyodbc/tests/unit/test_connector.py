"""The connector with a stand-in for pyodbc: arguments, set-up of connections, bulk, failures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lect import exc
from lect.dialects.capabilities import Capabilities
from lect.dialects.contract import (
    BulkRequest,
    ConnectRequest,
    ExecutesInBulk,
    FailureKind,
    InputSizesRequest,
    KnowsServer,
    Pings,
    PoolChoice,
    PreparesConnections,
    SessionRequest,
    SetsAutocommit,
    SetsInputSizes,
)
from lect_pyodbc import Profile
from lect_pyodbc.connector import PyODBCConnector


class Error(Exception):
    pass


class IntegrityError(Error):
    pass


class OperationalError(Error):
    pass


class ProgrammingError(Error):
    pass


MODULE = SimpleNamespace(
    Error=Error,
    IntegrityError=IntegrityError,
    OperationalError=OperationalError,
    ProgrammingError=ProgrammingError,
    SQL_VARBINARY=-3,
    drivers=list,
)


class Recorder:
    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.rowcount = -1

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: self.calls.append((name, args, kwargs))


def connector(**profile: Any) -> PyODBCConnector:
    return PyODBCConnector(profile=Profile(**profile), module=MODULE)


def test_abilities() -> None:
    made = connector()
    for ability in (
        ExecutesInBulk,
        KnowsServer,
        Pings,
        PreparesConnections,
        SetsAutocommit,
        SetsInputSizes,
    ):
        assert isinstance(made, ability), ability


def test_arguments_of_pyodbc_are_no_keywords() -> None:
    request = ConnectRequest(
        host="h", database="d", query={"driver": "D", "readonly": "true"}, connect_args={"timeout": 5}
    )
    arguments = connector().arguments(request)
    assert arguments.args == ("DRIVER={D};Server=h;Database=d",)
    assert arguments.kwargs == {"readonly": True, "timeout": 5}


def test_autocommit_in_the_url_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="isolation_level='AUTOCOMMIT'"):
        connector().arguments(ConnectRequest(host="h", query={"autocommit": "true"}))
    with pytest.raises(exc.ArgumentError, match="ansi='perhaps' in the URL is neither true nor false"):
        connector().arguments(ConnectRequest(host="h", query={"ansi": "perhaps"}))


def test_no_secret_in_messages() -> None:
    request = ConnectRequest(host="h", username="u", password="canary", query={"k;": "canary"})
    with pytest.raises(exc.ArgumentError) as caught:
        connector().arguments(request)
    assert "canary" not in str(caught.value)
    assert "canary" not in repr(request)


def test_connections_are_set_up_as_the_profile_says() -> None:
    recorder = Recorder()
    made = connector(encoding="utf-8", decodings=((1, "latin1"),), output_converters=((91, bytes.decode),))
    made.prepare_connection(SessionRequest(connection=recorder))
    (encoding, decoding, converter) = recorder.calls
    assert encoding == ("setencoding", (), {"encoding": "utf-8"})
    assert decoding == ("setdecoding", (1,), {"encoding": "latin1"})
    name, (code, function), _ = converter
    assert (name, code, function(b"x"), function(None)) == ("add_output_converter", 91, "x", None)


@pytest.mark.parametrize(("option", "profile", "fast"), [(None, True, True), (None, False, False), (True, False, True)])
def test_bulk(option: bool | None, profile: bool, fast: bool) -> None:
    made = PyODBCConnector(profile=Profile(fast_executemany=profile), module=MODULE, fast_executemany=option)
    cursor = Recorder()
    assert made.execute_in_bulk(BulkRequest(cursor=cursor, statement="s", parameters=[(1,)])) == -1
    assert cursor.fast_executemany is fast
    assert cursor.calls == [("executemany", ("s", [(1,)]), {})]


def test_input_sizes_are_told_where_one_is_known() -> None:
    made = connector(input_size=lambda pyodbc, type_, is_none: (pyodbc.SQL_VARBINARY, 0, 0) if is_none else None)
    cursor = Recorder()
    made.set_input_sizes(InputSizesRequest(cursor=cursor, statement="s", types=[("a", "x", False), ("b", "x", False)]))
    assert cursor.calls == []
    made.set_input_sizes(InputSizesRequest(cursor=cursor, statement="s", types=[("a", "x", False), ("b", "x", True)]))
    assert cursor.calls == [("setinputsizes", ([None, (-3, 0, 0)],), {})]


def test_restrictions_and_pool_come_from_the_profile() -> None:
    made = connector(restrict=lambda facts: facts.replace(two_phase=True), pool_choice=lambda request: PoolChoice.NONE)
    assert made.restrict(Capabilities()).two_phase
    assert made.pool_choice(ConnectRequest()) is PoolChoice.NONE
    assert connector().pool_choice(ConnectRequest()) is PoolChoice.QUEUE
    plain = connector().restrict(Capabilities())
    assert (plain.max_parameters, plain.max_list_parameters) == (32767, 30000)
    assert plain.replace(max_parameters=None, max_list_parameters=None) == Capabilities()


@pytest.mark.parametrize(
    ("error", "pep249", "sqlstate", "native", "message", "kind", "lost"),
    [
        (
            IntegrityError(
                "23000", "[23000] [Vendor][Driver]Violation of 'x'. (2627) (SQLExecDirectW); [01000] more (3621)"
            ),
            "IntegrityError",
            "23000",
            2627,
            "Violation of 'x'.",
            None,
            False,
        ),
        (
            Error("08S01", "[08S01] [V]gone (10054) (SQLExecDirectW)"),
            "DatabaseError",
            "08S01",
            10054,
            "gone",
            FailureKind.CONNECTION_LOST,
            True,
        ),
        (
            Error("40001", "[40001] [V]try again (1) (SQLExecDirectW)"),
            "DatabaseError",
            "40001",
            1,
            "try again",
            FailureKind.SERIALIZATION_FAILURE,
            False,
        ),
        (
            ProgrammingError("42S02", "[42S02] [V]no table (208) (SQLExecDirectW)"),
            "ProgrammingError",
            "42S02",
            208,
            "no table",
            FailureKind.UNDEFINED_TABLE,
            False,
        ),
        (
            ProgrammingError("The cursor's connection has been closed."),
            "ProgrammingError",
            None,
            None,
            "The cursor's connection has been closed.",
            None,
            True,
        ),
        (
            OperationalError("HYT00", "[HYT00] [V]Login timeout expired (0) (SQLDriverConnect)"),
            "OperationalError",
            "HYT00",
            0,
            "Login timeout expired",
            FailureKind.CONNECT_FAILED,
            False,
        ),
        (
            OperationalError("HYT00", "[HYT00] [V]Query timeout expired (0) (SQLExecDirectW)"),
            "OperationalError",
            "HYT00",
            0,
            "Query timeout expired",
            FailureKind.STATEMENT_TIMEOUT,
            False,
        ),
        (OverflowError("int too big"), "DataError", None, None, "int too big", None, False),
        (Error(), "DatabaseError", None, None, "", None, False),
    ],
)
def test_failures(
    error: BaseException, pep249: str, sqlstate: str | None, native: int | None, message: str, kind: Any, lost: bool
) -> None:
    failure = connector().failure(error)
    assert (failure.pep249, failure.sqlstate, failure.native_code, failure.message) == (
        pep249,
        sqlstate,
        native,
        message,
    )
    assert (failure.kind, failure.disconnected) == (kind, lost)


def test_a_value_that_looks_like_a_code_is_none() -> None:
    text = "[23000] [V]duplicate value (1205) (SQLExecDirectW) in key. (2627) (SQLExecDirectW)"
    assert connector().failure(IntegrityError("23000", text)).native_code == 2627


def test_codes_of_the_profile_mean_disconnected() -> None:
    made = connector(disconnect_codes=frozenset({596}), disconnect_sqlstates=frozenset({"HY999"}))
    assert made.failure(Error("HY000", "[HY000] [V]killed (596) (SQLExecDirectW)")).disconnected
    assert made.failure(Error("HY999", "[HY999] [V]x (1) (SQLExecDirectW)")).disconnected
    assert not made.failure(Error("HY000", "[HY000] [V]596 rows (1) (SQLExecDirectW)")).disconnected
