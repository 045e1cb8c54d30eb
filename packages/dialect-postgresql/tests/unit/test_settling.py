"""What the dialect learns at the first connect."""

from __future__ import annotations

from typing import Any

import pytest

from lect import exc
from lect.dialects.contract import SettleRequest
from lect_postgresql import PostgreSQLDialect


def settled(*answer: Any) -> PostgreSQLDialect:
    asked: list[str] = []

    def query(sql: str) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return [answer]

    found = PostgreSQLDialect().settle(SettleRequest(query=query))
    assert len(asked) == 1
    return found


@pytest.mark.parametrize(("setting", "can"), [("0", False), ("20", True), (None, False)])
def test_two_phase_where_the_server_prepares_transactions(setting: str | None, can: bool) -> None:
    assert settled("15.4 (Debian)", "public", "on", setting).capabilities.two_phase is can


def test_version_and_schema() -> None:
    dialect = settled("15.4 (Debian)", "shop", "off", "0")
    assert dialect.server_version_info == (15, 4)
    assert dialect.default_schema_name == "shop"
    assert dialect.backslash_escapes


def test_a_server_that_is_too_old() -> None:
    with pytest.raises(exc.InvalidRequestError, match=r"PostgreSQL 9\.1 is too old: the dialect needs"):
        settled("9.1", "public", "on", "0")
