"""Gives the tests a MariaDB or MySQL; run through `.ci/provisioning.py`."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from provisioning import driver_of, install_debian_packages, password_for_tests, require_odbc_driver, wait_until

DRIVER = "pymysql"
DEBIAN_PACKAGES = {"pymysql": ["mariadb-server"], "pyodbc": ["mariadb-server", "odbc-mariadb"]}


def probe(url: str) -> None:
    """Log in; with an ODBC URL, look for the ODBC driver as well."""
    if driver_of(url, DRIVER) == "pyodbc":
        require_odbc_driver(url, "MariaDB Unicode")
    _connect(url).close()


def start(url: str) -> str:
    """Start the machine's server, installing MariaDB first if there is none; returns the URL that answers."""
    driver = driver_of(url, DRIVER)
    if driver != DRIVER or not (shutil.which("mariadbd") or shutil.which("mysqld")):
        install_debian_packages(*DEBIAN_PACKAGES[driver])
    if not _answers(url):
        _start_server()
    try:
        wait_until(lambda: probe(url), lambda said: "denied" not in said and "connect" in said, limit_s=30)
        return url
    except Exception as error:
        # Debian lets root in through the socket only, so that the tests get a user of their own.
        password = password_for_tests()
        names = [f"'lect_tests'@'{host}'" for host in ("127.0.0.1", "localhost")]
        statement = "".join(
            f"CREATE USER IF NOT EXISTS {name}; ALTER USER {name} IDENTIFIED BY '{password}';"
            f" GRANT ALL ON *.* TO {name} WITH GRANT OPTION;"
            for name in names
        )
        client = shutil.which("mariadb") or shutil.which("mysql") or "mysql"
        if subprocess.run([client, "-uroot"], input=statement, text=True, capture_output=True).returncode != 0:
            raise error
    own = urlunsplit(urlsplit(url)._replace(netloc=f"lect_tests:{password}@127.0.0.1:{urlsplit(url).port or 3306}"))
    probe(own)
    return own


def create(url: str, name: str) -> str:
    """Make the database `name`; returns the URL that leads to it."""
    connection = _connect(url)
    try:
        connection.cursor().execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    finally:
        connection.close()
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop(url: str, name: str) -> None:
    """Remove the database `name`, after ending whoever is still connected to it and might hold a lock."""
    connection = _connect(url)
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (name,))
        for (identifier,) in cursor.fetchall():
            cursor.execute(f"KILL {int(identifier)}")
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
    finally:
        connection.close()


def _connect(url: str) -> Any:
    import pymysql

    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")) or None,
        connect_timeout=10,
    )


def _answers(url: str) -> bool:
    """Whether a server listens, be it one that does not let us in."""
    try:
        _connect(url).close()
    except Exception as error:
        return "refused" not in str(error)
    return True


def _start_server() -> None:
    service = next((n for n in ("mariadb", "mysql") if os.path.exists(f"/etc/init.d/{n}")), None)
    if service and subprocess.run(["service", service, "start"], capture_output=True).returncode == 0:
        return
    program = shutil.which("mariadbd-safe") or shutil.which("mysqld_safe")
    if program is None:
        raise RuntimeError("no service and no mariadbd-safe to start MariaDB with")
    os.makedirs("/run/mysqld", exist_ok=True)
    shutil.chown("/run/mysqld", "mysql", "mysql")
    quiet = subprocess.DEVNULL
    subprocess.Popen([program, "--user=mysql"], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
