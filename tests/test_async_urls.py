"""Which URLs asynchronous engines take, and what they say of the others and of what is not installed."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("greenlet")

from lect import bridge, create_engine, exc
from lect.aio import async_engine_from_config, create_async_engine
from lect.aio.exc import SyncConnector


def test_one_url_serves_both_kinds_of_engine() -> None:
    pytest.importorskip("psycopg")
    url = "postgresql+psycopg://someone@somewhere/base"
    assert not create_engine(url)._driver.is_async
    engine = create_async_engine(url)
    assert engine.sync_engine._driver.is_async
    assert str(engine.url) == url
    assert async_engine_from_config({"lect.url": url}).sync_engine._driver.is_async


@pytest.mark.parametrize(
    ("url", "driver", "advice"),
    [
        ("sqlite://", "sqlite3", " Write sqlite+aiosqlite:// in the URL for one that is."),
        (
            "postgresql://x/y",
            "psycopg2",
            " Write postgresql+asyncpg:// or postgresql+psycopg:// in the URL for one that is.",
        ),
        ("mysql://x/y", "pymysql", " Write mysql+asyncmy:// in the URL for one that is."),
        ("mariadb+pymysql://x/y", "pymysql", " Write mariadb+asyncmy:// in the URL for one that is."),
        ("mssql+pyodbc://x/y", "pyodbc", ""),
    ],
)
def test_a_url_without_asynchronous_connector_is_told_which_there_are(url: str, driver: str, advice: str) -> None:
    with pytest.raises(SyncConnector) as caught:
        create_async_engine(url)
    assert str(caught.value).partition("\n")[0] == (
        f"The asyncio extension requires an async driver to be used. The loaded {driver!r} is not async.{advice}"
    )


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [
        ("sqlite+aiosqlite://", "aiosqlite", "lect-sqlite[aiosqlite]"),
        ("postgresql+asyncpg://x/y", "asyncpg", "lect-postgresql[asyncpg]"),
        ("postgresql+psycopg://x/y", "psycopg", "lect-postgresql[psycopg]"),
        ("mysql+asyncmy://x/y", "asyncmy", "lect-mysql[asyncmy]"),
    ],
)
def test_a_missing_driver_names_the_extra(url: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == module:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing, *sys.meta_path])
    with pytest.raises(exc.NoSuchModuleError) as caught:
        create_async_engine(url)
    assert str(caught.value).partition("\n")[0].endswith(
        f"cannot be imported: ModuleNotFoundError: No module named {module!r}. Install it: pip install '{extra}'"
    )


def test_missing_greenlet_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_class", None)
    monkeypatch.setitem(sys.modules, "greenlet", None)
    with pytest.raises(exc.InvalidRequestError, match=r"install it with: pip install 'lect\[asyncio\]'"):
        create_async_engine("sqlite+aiosqlite://")
