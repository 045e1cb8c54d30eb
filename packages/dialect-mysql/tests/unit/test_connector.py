"""What URLs become, and what drivers' exceptions say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from lect import create_engine, exc, make_url
from lect.dialects.contract import ConnectRequest
from lect_mysql.asyncmy import AsyncmyConnector
from lect_mysql.pymysql import PyMySQLConnector, encoded, strict_connection


def request(url: str) -> ConnectRequest:
    parts = make_url(url)
    return ConnectRequest(
        username=parts.username,
        password=parts.password,
        host=parts.host,
        port=parts.port,
        database=parts.database,
        query=dict(parts.query),
    )


def arguments(url: str, connector: Any = PyMySQLConnector) -> dict[str, Any]:
    return dict(connector().arguments(request(url)).kwargs)


def test_parts_of_the_url() -> None:
    found = arguments("mysql://scott:tiger@db.example:3307/shop?connect_timeout=5&ssl_ca=/ca.pem&ssl_verify_cert=true")
    assert found == {
        "charset": "utf8mb4",
        "client_flag": 2,
        "connect_timeout": 5,
        "database": "shop",
        "host": "db.example",
        "password": "tiger",
        "port": 3307,
        "ssl_ca": "/ca.pem",
        "ssl_verify_cert": True,
        "user": "scott",
    }


def test_client_flags_are_added_to() -> None:
    assert arguments("mysql://h/d?client_flag=65536")["client_flag"] == 65538


def test_tls_of_asyncmy_is_a_dictionary() -> None:
    found = arguments("mysql://h/d?ssl_ca=/ca.pem&ssl_verify_identity=false", AsyncmyConnector)
    assert found["ssl"] == {"ca": "/ca.pem", "check_hostname": False}
    assert not [key for key in found if key.startswith("ssl_")]


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(exc.ArgumentError, match=r"unknown parameter 'conect_timeout'.*connect_timeout"):
        arguments("mysql://h/d?conect_timeout=5")
    with pytest.raises(exc.ArgumentError, match="connect_timeout='soon'"):
        arguments("mysql://h/d?connect_timeout=soon")
    with pytest.raises(exc.ArgumentError, match="write_timeout"):
        arguments("mysql://h/d?write_timeout=5", AsyncmyConnector)


def test_password_is_not_shown() -> None:
    assert "tiger" not in repr(PyMySQLConnector().arguments(request("mysql://scott:tiger@h/d")))
    assert "tiger" not in repr(create_engine("mysql://scott:tiger@h/d"))


# -- parameters -------------------------------------------------------------------------------------------------------


class Day(dt.date):
    """A subclass of a class that has an encoder."""


def encoders() -> Any:
    from pymysql.converters import encoders as found

    return found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (True, "1"),
        (None, "NULL"),
        (Decimal("1.50"), "1.50"),
        (dt.date(2024, 1, 2), "'2024-01-02'"),
        (Day(2024, 1, 2), "'2024-01-02'"),
        (dt.timedelta(hours=30), "'30:00:00'"),
    ],
)
def test_encoded(value: Any, text: str) -> None:
    assert encoded(value, encoders()) == text


@pytest.mark.parametrize("value", [[1], (1,), {1}, frozenset({1}), {"a": 1}, object(), int, SimpleNamespace(a=1)])
def test_what_is_no_single_value_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be a parameter of a statement"):
        encoded(value, encoders())


def test_other_functions_that_connect_stay() -> None:
    def connect(**kw: Any) -> None: ...

    assert strict_connection(connect) is connect


# -- failures ---------------------------------------------------------------------------------------------------------


def test_failure() -> None:
    import pymysql

    found = PyMySQLConnector().failure(pymysql.err.IntegrityError(1062, "Duplicate entry '1' for key 'PRIMARY'"))
    assert (found.pep249, found.native_code, found.disconnected) == ("IntegrityError", 1062, False)


def test_closed_socket() -> None:
    import pymysql

    assert PyMySQLConnector().failure(pymysql.err.InterfaceError(0, "")).disconnected
    assert not PyMySQLConnector().failure(pymysql.err.OperationalError(1213, "Deadlock")).disconnected


def test_transaction_identifiers() -> None:
    connector = PyMySQLConnector()
    assert connector.create_xid() != connector.create_xid()
    with pytest.raises(exc.ArgumentError, match="no transaction identifier"):
        connector.begin_two_phase(None, "x'; DROP TABLE t")
