"""Transactions are what their name says, DDL and savepoints included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lect import create_engine, exc, inspect, text


def test_ddl_is_undone(engine: Any) -> None:
    with engine.connect() as connection:
        with connection.begin() as transaction:
            connection.execute(text("CREATE TABLE t (a INT)"))
            transaction.rollback()
        assert inspect(connection).get_table_names() == []


def test_ddl_is_undone_to_a_savepoint(engine: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (a INT)"))
        savepoint = connection.begin_nested()
        connection.execute(text("CREATE TABLE undone (a INT)"))
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        savepoint.rollback()
        assert connection.scalar(text("SELECT count(*) FROM kept")) == 0
    assert inspect(engine).get_table_names() == ["kept"]


def test_reads_are_repeatable(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a INT)"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.scalar(text("PRAGMA journal_mode = wal")) == "wal"
    with engine.connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM t")) == 0
        with engine.begin() as writer:
            writer.execute(text("INSERT INTO t VALUES (1)"))
        assert reader.scalar(text("SELECT count(*) FROM t")) == 0
        reader.rollback()
        assert reader.scalar(text("SELECT count(*) FROM t")) == 1
    engine.dispose()


def test_locked(file_engine: Any) -> None:
    with file_engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a INT)"))
    with file_engine.connect() as one, file_engine.connect() as two:
        one.execute(text("INSERT INTO t VALUES (1)"))
        with pytest.raises(exc.LockTimeout, match="database is locked"):
            two.execute(text("INSERT INTO t VALUES (2)"))


def test_immediate(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}?timeout=0.1"
    engine = create_engine(url, connect_args={"isolation_level": "IMMEDIATE"})
    with engine.connect() as one, engine.connect() as two:
        one.execute(text("SELECT 1"))
        with pytest.raises(exc.LockTimeout):
            two.execute(text("SELECT 1"))
    engine.dispose()


def test_isolation_levels(engine: Any) -> None:
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"
        changed = connection.execution_options(isolation_level="READ UNCOMMITTED")
        assert changed.get_isolation_level() == "READ UNCOMMITTED"
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"


def test_autocommit(engine: Any) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TABLE t (a INT)"))
        connection.rollback()
        assert inspect(connection).get_table_names() == ["t"]


def test_an_unknown_level_lists_the_known_ones(engine: Any) -> None:
    with engine.connect() as connection, pytest.raises(exc.ArgumentError, match="SERIALIZABLE"):
        connection.execution_options(isolation_level="SNAPSHOT")
