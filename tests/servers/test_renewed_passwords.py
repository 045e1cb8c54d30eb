"""Passwords that change between two connections: asked for at each of them, accepted by the server, shown nowhere."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import create_engine, exc, make_url, text
from lect.engine.credentials import Credential


class Account:
    """A user of the server whose password is changed again and again."""

    def __init__(self, engine: Any, url: Any) -> None:
        self._engine = engine
        self.name = f"lect_{secrets.token_hex(4)}"
        self.url = url.set(username=self.name, password=None)
        self.passwords: list[str] = []
        self.asked = 0

    def renew(self, verb: str = "ALTER") -> None:
        self.passwords.append(f"canary-{secrets.token_hex(8)}")
        self.run(f"{verb} USER '{self.name}'@'%' IDENTIFIED BY '{self.passwords[-1]}'")

    def run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def password(self) -> str:
        self.asked += 1
        return self.passwords[-1]

    async def password_awaited(self) -> Credential:
        await asyncio.sleep(0)
        return Credential(self.password(), expires_in=3600)


@pytest.fixture
def account(database_url: Callable[[str], str]) -> Iterator[Account]:
    url = make_url(database_url("LECT_MYSQL_URL"))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    account = Account(engine, url)
    try:
        account.renew("CREATE")
    except exc.DBAPIError:
        pytest.skip("may not make users here")
    account.run(f"GRANT SELECT ON `{url.database}`.* TO '{account.name}'@'%'")
    yield account
    account.run(f"DROP USER '{account.name}'@'%'")
    engine.dispose()


def test_each_connection_asks(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    engine = create_engine(account.url, password=account.password, pool_size=2, max_overflow=0, echo_pool="debug")
    with engine.connect() as one:
        account.renew()
        with engine.connect() as two:
            for connection in (one, two):
                assert connection.scalar(text("SELECT substring_index(user(), '@', 1)")) == account.name
    assert account.asked == 2
    engine.dispose()
    account.passwords.append("canary-refused")
    with pytest.raises(exc.DBAPIError) as caught:
        engine.connect()
    account.passwords.pop()
    shown = f"{caught.value}{caught.value!r}{engine!r}{engine.url}{caplog.text}"
    assert "canary" not in shown
    assert account.passwords[-1] not in shown


def test_a_token_is_kept_until_it_is_refused(account: Account) -> None:
    pytest.importorskip("asyncmy")
    pytest.importorskip("greenlet")
    from lect.aio import create_async_engine

    async def main() -> None:
        url = account.url.set(drivername="mysql+asyncmy")
        engine = create_async_engine(url, password=account.password_awaited, pool_size=3, max_overflow=0)
        async with engine.connect() as one, engine.connect() as two:
            assert await one.scalar(text("SELECT 1")) == await two.scalar(text("SELECT 1")) == 1
            assert account.asked == 1  # within its time to live
            account.renew()
            with pytest.raises(exc.DBAPIError) as caught:
                async with engine.connect():  # the server does not take the kept one any more, which is forgotten
                    pass
            assert "canary" not in f"{caught.value}{caught.value!r}"
            async with engine.connect() as three:
                assert await three.scalar(text("SELECT 3")) == 3
            assert account.asked == 2
        await engine.dispose()

    asyncio.run(main())
