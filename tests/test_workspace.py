"""How nox and CI find packages, what a URL needs, and servers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import servers
import workspace

PACKAGES = workspace.find_packages()

# Dialects that need a driver of their own, with what the quickstart must and must not install for them.
NEEDED = {
    "sqlite://": ["lect", "lect-orm", "lect-sqlite"],
    "sqlite+aiosqlite:///x.db": ["lect", "lect-orm", "lect-sqlite"],
    "postgresql://u:p@h/d": ["lect", "lect-orm", "lect-postgresql"],
    "mysql://h/d": ["lect", "lect-mysql", "lect-orm"],
    "mariadb://h/d": ["lect", "lect-mysql", "lect-orm"],
    "mysql+pyodbc://h/d": ["lect", "lect-mysql", "lect-orm", "lect-pyodbc"],
    "mssql://h/d": ["lect", "lect-mssql", "lect-orm", "lect-pyodbc"],
}


@pytest.mark.parametrize("url", NEEDED)
def test_only_what_a_url_needs(url: str) -> None:
    wanted = {"lect-orm": set[str](), **workspace.needed_for_url(PACKAGES, url)}
    assert sorted(workspace.closure(PACKAGES, wanted)) == NEEDED[url]


def test_dependencies_come_first() -> None:
    order = list(workspace.closure(PACKAGES, {"lect-mssql": set()}))
    assert order == ["lect", "lect-pyodbc", "lect-mssql"]


def test_extras_of_a_driver_are_chosen() -> None:
    wanted = workspace.needed_for_url(PACKAGES, "postgresql+asyncpg://h/d")
    assert wanted == {"lect-postgresql": {"asyncpg"}}
    assert workspace.closure(PACKAGES, wanted)["lect"] == {"asyncio"}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite", "a database URL looks like"),
        ("://x", "a database URL looks like"),
        ("postgres://u:secret@h/d", "no package here offers the dialect 'postgres'; there are: mariadb, mssql, mysql"),
        ("mysql+psycopg2000://u:secret@h/d", "no package here offers the driver 'psycopg2000' for mysql"),
    ],
)
def test_a_url_nobody_serves_is_said_without_its_password(url: str, message: str) -> None:
    with pytest.raises(workspace.WorkspaceError) as caught:
        workspace.needed_for_url(PACKAGES, url)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_requirement_that_is_none() -> None:
    assert workspace.split_requirement("Lect_ORM[asyncio, x]>=1") == ("lect-orm", ("asyncio", "x"))
    with pytest.raises(workspace.WorkspaceError, match="not a requirement"):
        workspace.split_requirement("=1")


# Servers: a script per package says how; here one that does as it is told.

SCRIPT = """
import os
from pathlib import Path
HERE = Path(__file__).parent

def probe(url):
    if "up" not in url and not (HERE / "started").exists():
        raise RuntimeError("nobody listens\\nsecond line")

def start(url):
    if "stuck" in url:
        raise RuntimeError("cannot start")
    (HERE / "started").write_text("")
    return url + "?started"

def create(url, name): ...
def drop(url, name): ...
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> workspace.Package:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "provision.py").write_text(SCRIPT)
    monkeypatch.delenv("LECT_POND_URL", raising=False)
    table = {"about": "Pond 1 or newer", "default": "pond://localhost"}
    return workspace.Package(tmp_path, "lect-pond", "1", (), {}, {}, {"lect": {"test-urls": {"LECT_POND_URL": table}}})


def test_a_server_that_answers_is_found(package: workspace.Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECT_POND_URL", "pond://up")
    (answer,) = servers.find(sys.executable, [package], start=False)
    assert answer.url == "pond://up"
    assert servers.summary([answer]) == ""


def test_a_server_that_does_not_answer_is_summed_up(package: workspace.Package) -> None:
    (answer,) = servers.find(sys.executable, [package], start=False)
    text = servers.summary([answer])
    assert not answer.url
    assert "Pond 1 or newer" in text
    assert "why: nobody listens" in text
    assert "LECT_POND_URL=pond://localhost nox -s tests" in text


def test_a_server_is_started_where_that_is_allowed(package: workspace.Package) -> None:
    (answer,) = servers.find(sys.executable, [package], start=True)
    assert answer.url == "pond://localhost?started"


def test_a_url_that_was_given_is_never_started(package: workspace.Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECT_POND_URL", "pond://theirs")
    (answer,) = servers.find(sys.executable, [package], start=True)
    assert not answer.url
    assert answer.reason == "nobody listens"


def test_a_server_that_cannot_be_started_says_why(package: workspace.Package) -> None:
    package.tool["lect"]["test-urls"]["LECT_POND_URL"]["default"] = "pond://stuck"
    (answer,) = servers.find(sys.executable, [package], start=True)
    assert answer.reason == "cannot start"


@pytest.mark.parametrize(("said", "required"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_requiring_servers(monkeypatch: pytest.MonkeyPatch, said: str, required: bool) -> None:
    monkeypatch.setenv("LECT_REQUIRE_SERVERS", said)
    assert servers.servers_required() is required
    assert servers.servers_required(["--require-servers"]) is True


def test_starting_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECT_START_SERVERS", "0")
    assert servers.may_start() is False
    monkeypatch.setenv("LECT_START_SERVERS", "1")
    assert servers.may_start() is True
