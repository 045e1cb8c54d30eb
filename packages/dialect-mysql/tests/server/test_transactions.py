"""Transactions: two-phase commit, rows left on the server, autocommit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lect import Column, Engine, Integer, MetaData, Table, insert, select, text

table = Table("txn_thing", MetaData(), Column("id", Integer, primary_key=True), mysql_engine="InnoDB")


@pytest.fixture
def things(engine: Engine) -> Iterator[Table]:
    table.drop(engine, checkfirst=True)
    table.create(engine)
    yield table
    table.drop(engine)


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(table.c.id)).all())


def test_two_phase_commit(pymysql_engine: Engine) -> None:
    table.drop(pymysql_engine, checkfirst=True)
    table.create(pymysql_engine)
    try:
        with pymysql_engine.connect() as connection:
            transaction = connection.begin_twophase()
            connection.execute(insert(table), {"id": 1})
            transaction.prepare()
            transaction.commit()
            transaction = connection.begin_twophase()
            connection.execute(insert(table), {"id": 2})
            transaction.prepare()
            transaction.rollback()
            transaction = connection.begin_twophase()
            connection.execute(insert(table), {"id": 3})
            transaction.commit()
        with pymysql_engine.connect() as connection:
            assert connection.scalars(select(table.c.id).order_by(table.c.id)).all() == [1, 3]
    finally:
        table.drop(pymysql_engine)


def test_prepared_transaction_is_recovered(pymysql_engine: Engine) -> None:
    table.drop(pymysql_engine, checkfirst=True)
    table.create(pymysql_engine)
    try:
        with pymysql_engine.connect() as connection:
            transaction = connection.begin_twophase()
            connection.execute(insert(table), {"id": 1})
            transaction.prepare()
            connection.invalidate()
        with pymysql_engine.connect() as connection:
            found = connection.recover_twophase()
            assert transaction.xid in found
            connection.commit_prepared(transaction.xid, recover=True)
        assert count(pymysql_engine) == 1
    finally:
        table.drop(pymysql_engine)


def test_savepoints(engine: Engine, things: Table) -> None:
    with engine.begin() as connection:
        connection.execute(insert(things), {"id": 1})
        with connection.begin_nested() as nested:
            connection.execute(insert(things), {"id": 2})
            nested.rollback()
        with connection.begin_nested():
            connection.execute(insert(things), {"id": 3})
    assert count(engine) == 2


def test_rows_left_on_the_server(engine: Engine, things: Table) -> None:
    with engine.begin() as connection:
        connection.execute(insert(things), [{"id": i} for i in range(1, 501)])
    with engine.connect().execution_options(stream_results=True, max_row_buffer=50) as connection:
        result = connection.execute(select(things.c.id).order_by(things.c.id))
        assert result.fetchone() == (1,)
        result.close()
        assert connection.scalar(text("SELECT 1")) == 1


def test_row_count_is_of_matched_rows(engine: Engine, things: Table) -> None:
    with engine.begin() as connection:
        connection.execute(insert(things), {"id": 1})
        assert connection.execute(things.update().values(id=1)).rowcount == 1
