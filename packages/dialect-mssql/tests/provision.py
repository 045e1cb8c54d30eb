"""Gives the tests a SQL Server; run through `.ci/provisioning.py`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from provisioning import require_odbc_driver

ODBC_DRIVER = "ODBC Driver 18 for SQL Server"


def probe(url: str) -> None:
    """Log in."""
    require_odbc_driver(url, ODBC_DRIVER)
    _connect(url).close()


def start(url: str) -> str:
    """Refused: neither the server nor its ODBC driver is in Debian's archive."""
    raise RuntimeError("SQL Server cannot be installed by this script; give the URL of a running one")


def create(url: str, name: str) -> str:
    """Make the database `name`, which keeps versions of rows so that all isolation levels can be tried; its URL."""
    _execute(url, f"CREATE DATABASE [{name}]")
    _execute(url, f"ALTER DATABASE [{name}] SET ALLOW_SNAPSHOT_ISOLATION ON")
    _execute(url, f"ALTER DATABASE [{name}] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE")
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop(url: str, name: str) -> None:
    """Remove the database `name`, whoever is still connected to it."""
    _execute(url, f"ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
    _execute(url, f"DROP DATABASE [{name}]")


def _execute(url: str, statement: str) -> None:
    connection = _connect(url)
    try:
        connection.execute(statement)
    finally:
        connection.close()


def _connect(url: str) -> Any:
    import pyodbc

    parts = urlsplit(url)
    driver = parse_qs(parts.query).get("driver", [ODBC_DRIVER])[0]
    fields = {
        "DRIVER": f"{{{driver}}}",
        "SERVER": f"{parts.hostname},{parts.port or 1433}",
        "UID": unquote(parts.username or ""),
        "PWD": "{" + unquote(parts.password or "").replace("}", "}}") + "}",
        "DATABASE": unquote(parts.path.lstrip("/")) or "master",
        "TrustServerCertificate": "yes",
    }
    return pyodbc.connect(";".join(f"{k}={v}" for k, v in fields.items()), autocommit=True, timeout=10)
