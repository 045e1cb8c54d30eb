"""Passwords that come from a function, on the scripted driver and under asyncio."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import fake_driver
import pytest

from lect import Credential, NullPool, create_engine, exc

SECRET = "canary-5ecret"


class Asking(fake_driver.FakeConnector):
    """Takes a password and lets some pass."""

    name = "asking"
    seen: list[tuple[str | None, str | None]]
    good: Callable[[str | None], bool] = staticmethod(lambda password: True)

    def arguments(self, request: Any) -> Any:
        arguments = super().arguments(request)
        return arguments.replace(kwargs={**arguments.kwargs, "user": request.username, "password": request.password})

    def connect(self, arguments: Any) -> Any:
        password = arguments.kwargs["password"]
        type(self).seen.append((arguments.kwargs["user"], password))
        if not type(self).good(password):
            raise fake_driver.OperationalError("DENIED", "wrong password")
        return super().connect(arguments)


@pytest.fixture
def make(server: fake_driver.Server) -> Any:
    from lect import plugins

    plugins.register_connector("asking", Asking, replace=True)
    Asking.seen = []
    Asking.good = staticmethod(lambda password: True)

    def engine(password: Any, url: str = "fake+asking://ann@host/db") -> Any:
        return create_engine(url, password=password, connect_args={"server": server}, poolclass=NullPool)

    yield engine
    plugins.unregister_connector("asking")


def connect(engine: Any, times: int = 1) -> None:
    for _ in range(times):
        engine.connect().close()


def test_function_is_asked_at_each_physical_connect(make: Any) -> None:
    numbers = iter(range(10))
    engine = make(lambda: f"p{next(numbers)}")
    assert Asking.seen == []
    connect(engine, 2)
    assert Asking.seen == [("ann", "p0"), ("ann", "p1")]


def test_token_is_kept_while_it_is_fresh(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    numbers = iter(range(10))
    engine = make(lambda: Credential(f"t{next(numbers)}", expires_in=100))
    connect(engine, 2)
    now += 80
    connect(engine)
    now += 11  # 91 of 100 seconds: too near to its end for a new connection
    connect(engine)
    assert [password for _, password in Asking.seen] == ["t0", "t0", "t0", "t1"]


def test_refused_token_is_asked_for_again(make: Any) -> None:
    numbers = iter(range(10))
    engine = make(lambda: Credential(f"t{next(numbers)}", expires_in=100, username="vault-user"))
    Asking.good = staticmethod(lambda password: password != "t0")
    with pytest.raises(exc.OperationalError, match="wrong password"):
        connect(engine)
    connect(engine, 2)
    assert Asking.seen == [("vault-user", "t0"), ("vault-user", "t1"), ("vault-user", "t1")]


def test_moment_of_expiry(make: Any) -> None:
    assert Credential("x", expires_at=datetime.now(UTC) + timedelta(hours=1)).fresh
    assert not Credential("x", expires_at=datetime.now(UTC) - timedelta(seconds=1)).fresh
    assert not Credential("x").fresh
    with pytest.raises(exc.ArgumentError, match="time zone"):
        Credential("x", expires_at=datetime.now())
    with pytest.raises(exc.ArgumentError, match="not both"):
        Credential("x", expires_in=1, expires_at=datetime.now(UTC))


def test_errors_of_the_function_come_through(make: Any) -> None:
    def ask() -> str:
        raise LookupError("vault is sealed")

    with pytest.raises(LookupError, match="vault is sealed"):
        connect(make(ask))


def test_answers_that_are_no_password(make: Any) -> None:
    with pytest.raises(exc.InvalidRequestError, match=r"must return a string or a Credential, not .* bytes"):
        connect(make(lambda: SECRET.encode()))

    async def ask() -> str:
        return SECRET

    with pytest.raises(exc.InvalidRequestError, match="connector is not asynchronous"):
        connect(make(ask))


def test_arguments_that_cannot_be_meant(make: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="must be a function") as e:
        make(SECRET)
    assert SECRET not in str(e.value)
    with pytest.raises(exc.ArgumentError, match="which one is meant") as e:
        make(lambda: SECRET, url=f"fake+asking://ann:{SECRET}@host/db")
    assert SECRET not in str(e.value)


def test_the_secret_is_never_shown(make: Any) -> None:
    credential = Credential(SECRET, expires_in=100)
    engine = make(lambda: credential)
    Asking.good = staticmethod(lambda password: False)
    with pytest.raises(exc.OperationalError) as e:
        connect(engine)
    trace = "".join(traceback.format_exception(e.value))
    shown = [repr(credential), repr(engine), str(engine.url), str(e.value), trace]
    assert not [text for text in shown if SECRET in text]
    with pytest.raises(TypeError):
        pickle.dumps(credential)


def test_coroutine_function_under_asyncio(tmp_path: Any) -> None:
    pytest.importorskip("greenlet")
    pytest.importorskip("aiosqlite")
    import asyncio

    from lect.bridge import greenlet_spawn
    from lect.engine.credentials import Passwords

    asked = []

    async def ask() -> Credential:
        await asyncio.sleep(0)
        asked.append(1)
        return Credential("x", expires_in=100)

    async def main() -> None:
        passwords = Passwords(ask, is_async=True)
        for _ in range(3):
            assert (await greenlet_spawn(passwords.get)).password == "x"

    asyncio.run(main())
    assert asked == [1]
