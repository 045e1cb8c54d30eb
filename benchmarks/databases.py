"""A database of its own for every contender, so that none finds what another one left."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci"))

import provisioning  # noqa: E402 - found through the line above
import workspace  # noqa: E402 - found through the line above


@contextmanager
def one_each(database: str, contenders: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """URL by contender. `database` is "sqlite" (files), a URL, or a dialect whose LECT_…_URL or default answers."""
    if database == "sqlite":
        with tempfile.TemporaryDirectory(prefix="lect-bench-") as folder:
            yield {c: f"sqlite:///{folder}/{c}.db" for c in contenders}
        return
    server, script = _server(database)
    names = {c: f"lect_bench_{c}_{secrets.token_hex(4)}" for c in contenders}
    try:
        yield {c: script.create(server, name) for c, name in names.items()}
    finally:
        for name in names.values():
            script.drop(server, name)


def _server(database: str) -> tuple[str, provisioning.Provision]:
    kind = database.partition(":")[0].partition("+")[0]
    for package in workspace.find_packages(ROOT):
        for wanted in package.test_urls():
            default = wanted.default.partition(":")[0]
            if default in (kind, database):
                url = database if "://" in database else os.environ.get(wanted.variable) or wanted.default
                return url, provisioning.load(wanted.provision)
    raise SystemExit(f"no package here declares a database called {database!r} in [tool.lect.test-urls]")


def with_driver(url: str, contender: str) -> str:
    """The URL as a contender takes it: the raw program's drivers are the default ones of both libraries but one."""
    if contender == "sqlalchemy" and url.startswith("mysql://"):
        return url.replace("mysql://", "mysql+pymysql://", 1)
    if contender == "sqlalchemy" and url.startswith("postgresql://"):
        # The rival's default here is psycopg 3; the comparison is over one driver.
        return url.replace("postgresql://", "postgresql+psycopg2://", 1)
    return url
