"""Gives the tests a PostgreSQL; run through `.ci/provisioning.py`."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from provisioning import driver_of, install_debian_packages, password_for_tests, require_odbc_driver, wait_until

DRIVER = "psycopg2"
DEBIAN_PACKAGES = {"psycopg2": ["postgresql"], "pyodbc": ["postgresql", "odbc-postgresql"]}


def probe(url: str) -> None:
    """Log in; with an ODBC URL, look for the ODBC driver as well."""
    if driver_of(url, DRIVER) == "pyodbc":
        require_odbc_driver(url, "PostgreSQL Unicode")
    _connect(url).close()


def start(url: str) -> str:
    """Start the machine's clusters, installing PostgreSQL first if there is none; returns the URL that answers."""
    driver = driver_of(url, DRIVER)
    if shutil.which("pg_lsclusters") is None or driver != DRIVER:
        install_debian_packages(*DEBIAN_PACKAGES[driver])
    clusters = subprocess.run(["pg_lsclusters", "-h"], capture_output=True, text=True, check=True).stdout
    port = None
    for line in clusters.splitlines():
        version, cluster, cluster_port, status, *_ = line.split()
        if status.startswith("down"):
            subprocess.run(["pg_ctlcluster", version, cluster, "start"], check=True, capture_output=True)
        port = port or int(cluster_port)
    if port is None:
        raise RuntimeError("PostgreSQL is installed, but the machine has no cluster: see pg_createcluster(1)")
    parts = urlsplit(url)
    try:
        wait_until(lambda: probe(url), lambda said: "refused" in said or "starting up" in said, limit_s=15)
        return url
    except Exception as error:
        # Debian asks for a password over TCP; only what we may not do is worth a user of our own.
        password = password_for_tests()
        statement = (
            "DO $$ BEGIN CREATE ROLE lect_tests SUPERUSER LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
            f" ALTER ROLE lect_tests PASSWORD '{password}'"
        )
        command = ["runuser", "-u", "postgres", "--", "psql", "-q", "-p", str(port)]
        if subprocess.run(command, input=statement, text=True, capture_output=True, cwd="/").returncode != 0:
            raise error
    own = urlunsplit(parts._replace(netloc=f"lect_tests:{password}@127.0.0.1:{port}"))
    probe(own)
    return own


def create(url: str, name: str) -> str:
    """Make the database `name`; returns the URL that leads to it."""
    connection = _connect(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(f'CREATE DATABASE "{name}"')
    finally:
        connection.close()
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop(url: str, name: str) -> None:
    """Remove the database `name`, whoever is still connected to it."""
    connection = _connect(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        connection.close()


def _connect(url: str) -> Any:
    import psycopg2

    parts = urlsplit(url)
    return psycopg2.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 5432,
        user=unquote(parts.username or "postgres"),
        password=unquote(parts.password) if parts.password else None,
        dbname=unquote(parts.path.lstrip("/")) or "postgres",
        connect_timeout=10,
    )
