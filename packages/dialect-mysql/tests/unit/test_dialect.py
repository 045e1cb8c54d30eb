"""Which server answers, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

import lect_mysql
from lect import exc, literal
from lect.dialects.contract import SettleRequest
from lect_mysql import mariadb


def settled(version: str, mode: str = "", schema: Any = b"shop", lower: int = 0, dialect: Any = None) -> Any:
    row = (version, mode, schema, lower)
    return (dialect or lect_mysql.dialect()).settle(SettleRequest(query=lambda sql: [row]))


def test_mysql() -> None:
    found = settled("8.0.36-0ubuntu0.22.04.1")
    assert (found.name, found.is_mariadb, found.server_version_info) == ("mysql", False, (8, 0, 36))
    assert (found.capabilities.product, found.capabilities.version) == ("MySQL", (8, 0, 36))
    assert found.default_schema_name == "shop"


@pytest.mark.parametrize("version", ["10.11.6-MariaDB-0+deb12u1", "5.5.5-10.11.6-MariaDB"])
def test_mariadb_behind_mysql(version: str) -> None:
    found = settled(version)
    assert (found.name, found.is_mariadb, found.server_version_info) == ("mariadb", True, (10, 11, 6))
    assert type(found) is mariadb.MariaDBDialect
    assert found.rules.name == "mariadb"


def test_mysql_behind_mariadb() -> None:
    assert settled("8.4.0", dialect=mariadb.dialect()).name == "mysql"


@pytest.mark.parametrize("version", ["5.6.51", "10.1.48-MariaDB"])
def test_too_old(version: str) -> None:
    with pytest.raises(exc.InvalidRequestError, match="is too old: the dialect needs"):
        settled(version)


def test_sql_mode_decides_how_literals_and_names_are_written() -> None:
    def text(dialect: Any) -> str:
        column = literal("a\\'b").label("order")
        from lect import select

        return str(select(column).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

    assert text(settled("8.4.0")) == "SELECT 'a\\\\''b' AS `order`"
    assert text(settled("8.4.0", "NO_BACKSLASH_ESCAPES,ANSI_QUOTES")) == "SELECT 'a\\''b' AS \"order\""


@pytest.mark.parametrize(
    ("version", "query"),
    [
        ("5.7.44", "SELECT @@transaction_isolation"),
        ("10.11.6-MariaDB", "SELECT @@tx_isolation"),
        ("11.4.2-MariaDB", "SELECT @@transaction_isolation"),
    ],
)
def test_isolation_query(version: str, query: str) -> None:
    assert settled(version).isolation_query() == query
    assert settled(version).read_isolation(b"REPEATABLE-READ") == "REPEATABLE READ"


def test_public_names() -> None:
    for module in (lect_mysql, mariadb):
        assert not [name for name in module.__all__ if not hasattr(module, name)]
