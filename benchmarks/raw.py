"""The hand-written program's side: a driver, its placeholders, and the conversions that it leaves to the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote, urlsplit

from benchmarks.data import Row

DDL = {
    "five": "id {key}, name {text} NOT NULL, score {float} NOT NULL, created {datetime} NOT NULL, note {text}",
    "wide": "id {key}, name {text} NOT NULL, email {text} NOT NULL, city {text} NOT NULL, quantity INTEGER NOT NULL,"
    " score {float} NOT NULL, price NUMERIC(12, 2) NOT NULL, created {datetime} NOT NULL, updated {datetime} NOT NULL,"
    " note {text}",
    "parent": "id {key}, name {text} NOT NULL, city {text} NOT NULL",
    "child": "id {key}, parent_id INTEGER NOT NULL REFERENCES parent (id), name {text} NOT NULL,"
    " quantity INTEGER NOT NULL",
    "customer": "id {key}, name {text} NOT NULL, city {text} NOT NULL",
    "purchase": "id {key}, customer_id INTEGER NOT NULL REFERENCES customer (id), placed {datetime} NOT NULL",
    "item": "id {key}, purchase_id INTEGER NOT NULL REFERENCES purchase (id), product {text} NOT NULL,"
    " quantity INTEGER NOT NULL",
}
INDEXES = {"child": "parent_id", "purchase": "customer_id", "item": "purchase_id"}

TYPES = {
    "sqlite": {"key": "INTEGER PRIMARY KEY", "text": "VARCHAR(60)", "float": "FLOAT", "datetime": "DATETIME"},
    "postgresql": {
        "key": "SERIAL PRIMARY KEY",
        "text": "VARCHAR(60)",
        "float": "DOUBLE PRECISION",
        "datetime": "TIMESTAMP",
    },
    "mysql": {
        "key": "INTEGER PRIMARY KEY AUTO_INCREMENT",
        "text": "VARCHAR(60)",
        "float": "DOUBLE",
        "datetime": "DATETIME(6)",
    },
}


class Raw:
    """One open connection of the driver. `converts` says that the program itself makes datetimes and Decimals."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kind = urlsplit(url).scheme.partition("+")[0]
        self.converts = self.kind == "sqlite"
        self.connection: Any = self._connect()

    def _connect(self) -> Any:
        parts = urlsplit(self.url)
        if self.kind == "sqlite":
            import sqlite3

            return sqlite3.connect(parts.path.removeprefix("/"))
        name, host = unquote(parts.path.lstrip("/")), parts.hostname or "127.0.0.1"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if self.kind == "postgresql":
            import psycopg2

            return psycopg2.connect(host=host, port=parts.port or 5432, user=user, password=password, dbname=name)
        if self.kind == "mysql":
            import pymysql

            return pymysql.connect(host=host, port=parts.port or 3306, user=user, password=password, database=name)
        raise ValueError(f"the raw program is written for {', '.join(TYPES)}, not {self.kind}")

    def sql(self, statement: str) -> str:
        """The statement with the driver's placeholders instead of question marks."""
        return statement if self.kind == "sqlite" else statement.replace("?", "%s")

    def query(self, statement: str, parameters: Row = ()) -> list[Row]:
        """All rows; for preparation and checks, not for what is timed."""
        cursor = self.connection.cursor()
        cursor.execute(self.sql(statement), parameters)
        return [tuple(row) for row in cursor.fetchall()]

    def create(self, table: str) -> None:
        """Make one of the tables, empty."""
        cursor = self.connection.cursor()
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TABLE {table} ({DDL[table].format(**TYPES[self.kind])})")
        if column := INDEXES.get(table):
            cursor.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
        self.connection.commit()

    def fill(self, table: str, rows: Iterable[Row]) -> None:
        """Make one of the tables with its rows."""
        self.create(table)
        converted = [tuple(map(self.outgoing, row)) for row in rows]
        marks = ", ".join("?" * len(converted[0]))
        statement = self.sql(f"INSERT INTO {table} VALUES ({marks})")
        cursor = self.connection.cursor()
        if self.kind == "postgresql":
            from psycopg2.extras import execute_batch

            execute_batch(cursor, statement, converted, page_size=500)
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {len(converted)})")
        else:
            cursor.executemany(statement, converted)
        self.connection.commit()
        if self.kind != "sqlite":
            cursor.execute(f"ANALYZE {'TABLE ' if self.kind == 'mysql' else ''}{table}")
            self.connection.commit()

    def outgoing(self, value: Any) -> Any:
        """A value as the driver takes it."""
        if self.converts:
            if isinstance(value, datetime):
                return stored(value)
            if isinstance(value, Decimal):
                return float(value)
        return value


def stored(value: datetime) -> str:
    """SQLite's text for a datetime, as both libraries write it."""
    return value.isoformat(" ", "microseconds")


def money(value: float) -> Decimal:
    """A Decimal of two places from what SQLite keeps."""
    return Decimal(f"{value:.2f}")


moment: Callable[[str], datetime] = datetime.fromisoformat
