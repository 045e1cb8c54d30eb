"""Gives the tests SQLite over ODBC, which needs a driver and no server; run through `.ci/provisioning.py`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from provisioning import install_debian_packages, require_odbc_driver


def probe(url: str) -> None:
    """Look for the ODBC driver."""
    require_odbc_driver(url, "SQLite3")


def start(url: str) -> str:
    """Install the ODBC driver."""
    install_debian_packages("libsqliteodbc")
    probe(url)
    return url


def create(url: str, name: str) -> str:
    """A file of that name among the temporary ones; returns the URL that leads to it."""
    # Not by urlunsplit, which would take away one of the slashes that mark an absolute path.
    return f"{urlsplit(url).scheme}:///{_file(name)}?{urlsplit(url).query}"


def drop(url: str, name: str) -> None:
    """Remove the file again."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(f"{_file(name)}{suffix}").unlink(missing_ok=True)


def _file(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"{name}.db"
